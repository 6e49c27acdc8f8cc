//! How people lose access on a target: `deactivate` and what belongs to it.

use std::time::Duration;

use super::problem::Problems;
use super::section::Section;
use crate::facade::{AdminOffboarding, DeactivatePolicy, OnDelete, OnResurrection, Policy};

/// The name of the quarantine group, where the operator gives none.
pub const QUARANTINE_GROUP: &str = "Quarantine (scim-facade)";
/// How long people stay in quarantine before they are parked, where the operator says nothing.
const PARK_AFTER: Duration = Duration::from_secs(30 * 24 * 3600);

/// The keys that belong to a backend without a disabled state.
pub(super) const KEYS: &[&str] =
    &["deactivate", "quarantine_group", "park_after", "admin_offboarding", "on_resurrection"];

/// What `active: false` means where the backend has no disabled state.
#[derive(Clone, Debug)]
pub struct Deactivation {
    /// The policy.
    pub policy: DeactivatePolicy,
    /// The name of the quarantine group.
    pub quarantine_group: String,
    /// When the quarantined are parked; `None`: never.
    pub park_after: Option<Duration>,
    /// What becomes of admin records.
    pub admin_offboarding: AdminOffboarding,
    /// What happens when a parked person exists natively again.
    pub on_resurrection: OnResurrection,
}

impl Deactivation {
    /// The name of the group that the policy puts people into, if it does.
    pub fn quarantine_group(&self) -> Option<&str> {
        self.policy.quarantines().then_some(self.quarantine_group.as_str())
    }

    /// Together with what a target says of deletions.
    pub fn policy(&self, on_delete: OnDelete) -> Policy {
        Policy { admin_offboarding: self.admin_offboarding, on_delete, park_after: self.park_after }
    }
}

/// Reads `on_delete`.
pub(super) fn on_delete(at: &mut Section, problems: &mut Problems) -> OnDelete {
    let words = [
        ("delete", OnDelete::Delete),
        ("deactivate", OnDelete::Deactivate),
        ("deactivate_then_delete", OnDelete::DeactivateThenDelete),
        ("refuse", OnDelete::Refuse),
    ];
    at.word("on_delete", &words, problems).unwrap_or_default()
}

/// Reads the keys of [`KEYS`].
pub(super) fn read(at: &mut Section, on_delete: OnDelete, problems: &mut Problems) -> Option<Deactivation> {
    let policy = policy(at, problems);
    let words = [("remove", AdminOffboarding::Remove), ("refuse", AdminOffboarding::Refuse)];
    let admin_offboarding = at.word("admin_offboarding", &words, problems).unwrap_or_default();
    let words = [("repark", OnResurrection::Repark), ("report", OnResurrection::Report)];
    let on_resurrection = at.word("on_resurrection", &words, problems).unwrap_or_default();
    let group = at.string("quarantine_group", problems);
    let park_after = at.duration("park_after", "1m", "3650d", problems);
    let policy = policy?;
    if group.is_some() && !policy.quarantines() {
        problems.add(at.key("quarantine_group"), "has no meaning without quarantine: remove it");
    }
    if group.as_deref().is_some_and(|name| name.trim().is_empty()) {
        problems.add(at.key("quarantine_group"), "must be the name of a group");
    }
    if park_after.is_some() && policy != DeactivatePolicy::QuarantineThenPark {
        problems.add(at.key("park_after"), "has a meaning with \"quarantine_then_park\" alone: remove it");
    }
    if on_delete.deactivates() && policy == DeactivatePolicy::Reject {
        problems.add(
            at.key("on_delete"),
            "deactivates, but deactivate is \"reject\": choose \"delete\" or \"refuse\"",
        );
    }
    let later = policy == DeactivatePolicy::QuarantineThenPark;
    Some(Deactivation {
        policy,
        quarantine_group: group.unwrap_or_else(|| QUARANTINE_GROUP.to_owned()),
        park_after: later.then(|| park_after.unwrap_or(PARK_AFTER)),
        admin_offboarding,
        on_resurrection,
    })
}

/// `deactivate` has no default: the operator has to know what is destroyed.
fn policy(at: &mut Section, problems: &mut Problems) -> Option<DeactivatePolicy> {
    let key = at.key("deactivate");
    let given = at.value("deactivate");
    let word = given.as_ref().and_then(toml::Value::as_str);
    let known = DeactivatePolicy::ALL.into_iter().find(|policy| word == Some(policy.word()));
    if known.is_none() {
        let what = if given.is_some() { "is none of its words" } else { "is missing and has no default" };
        let choices =
            DeactivatePolicy::ALL.map(|policy| format!("\"{}\": {}", policy.word(), policy.consequences()));
        problems.add(key, format!("{what}; choose one.\n  {}.", choices.join(".\n  ")));
    }
    known
}
