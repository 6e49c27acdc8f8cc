//! What an operator decides about one target.

use std::time::Duration;

use scim::limits::Limits;

use super::custom::CustomAttributes;
pub use crate::delivery::Keep;
use crate::delivery::Policy;

/// For how long a resource is remembered whose native object vanished, unless configured otherwise.
pub const LOST_RETENTION: Duration = Duration::from_secs(30 * 24 * 3600);

/// What `active: false` means on a backend without a disabled state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeactivatePolicy {
    /// The person is put into the quarantine group and taken out of all others.
    Quarantine,
    /// The same, and parked later.
    QuarantineThenPark,
    /// The person is deleted natively and kept here, to be made again when reactivated.
    Park,
    /// Refused with 400 `mutability`.
    Reject,
}

impl DeactivatePolicy {
    /// Every policy, the one that destroys least first.
    pub const ALL: [Self; 4] = [Self::Quarantine, Self::QuarantineThenPark, Self::Park, Self::Reject];

    /// Whether people are put into the quarantine group.
    pub fn quarantines(self) -> bool {
        matches!(self, Self::Quarantine | Self::QuarantineThenPark)
    }

    /// The word in the configuration.
    pub fn word(self) -> &'static str {
        match self {
            Self::Quarantine => "quarantine",
            Self::QuarantineThenPark => "quarantine_then_park",
            Self::Park => "park",
            Self::Reject => "reject",
        }
    }

    /// What the policy does and destroys, for the operator who chooses it.
    pub fn consequences(self) -> &'static str {
        match self {
            Self::Quarantine => {
                "a deactivated person stays in the product, in the quarantine group and in no other; an admin role is ended. \
                 Destroys nothing but the admin role: reactivation takes the person out and gives every group back. What the \
                 quarantine group may do is decided by the policies that you assign to it there: WITHOUT a policy that \
                 blocks, it blocks nothing"
            }
            Self::QuarantineThenPark => {
                "a deactivated person is put into quarantine at once (in the quarantine group and in no other, the admin role \
                 ended) and, after park_after, DELETED in the product and kept here, alive in SCIM with active: false. What \
                 does not come back after that: the mailbox, device links, policies assigned to the person. Until then \
                 reactivation gives everything back but the admin role. The quarantine group needs policies that block"
            }
            Self::Park => {
                "a deactivated person is DELETED in the product and kept here, alive in SCIM with active: false. \
                 Reactivation makes the person again, with the same SCIM id, attributes and groups. What does not come back: \
                 the mailbox, device links, policies assigned to the person, an admin role. A device log-in may recreate \
                 the person in the meantime"
            }
            Self::Reject => {
                "a deactivation is refused with 400 and destroys nothing: the person KEEPS ACCESS until deleted"
            }
        }
    }
}

/// Whether people whom nobody linked and who have no e-mail address are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PeopleWithoutEmail {
    /// They are left out.
    #[default]
    Hide,
    /// They are listed.
    Show,
}

/// What becomes of a write to attributes that a directory manages. The later is the stricter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SyncedWrite {
    /// They are left out and counted; the rest is accepted.
    Ignore,
    /// 400 `mutability`.
    Reject,
}

/// What happens when a parked person exists natively again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnResurrection {
    /// The person loses access again, at most once a day.
    #[default]
    Repark,
    /// An operator is told.
    Report,
}

/// What happens when a client makes somebody who exists natively and whom nobody has linked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnExisting {
    /// Exactly one, managed by nobody else, is linked and brought to what the client says.
    #[default]
    Adopt,
    /// 409 `uniqueness`.
    Conflict,
}

/// One target's settings.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What `active: false` means where the backend has no disabled state.
    pub deactivate: DeactivatePolicy,
    /// How people lose access.
    pub policy: Policy,
    /// What becomes of writes to synced attributes; `None`: as the client's profile has it.
    pub synced_write: Option<SyncedWrite>,
    /// What happens when a parked person exists natively again.
    pub on_resurrection: OnResurrection,
    /// Whether unlinked people without an e-mail address are seen.
    pub people_without_email: PeopleWithoutEmail,
    /// What a POST does that meets somebody whom nobody linked.
    pub on_existing: OnExisting,
    /// The native fields that a userName is compared with; `None` for the backend's own choice.
    pub match_on: Option<Vec<String>>,
    /// The attributes that the operator declares.
    pub custom_attributes: CustomAttributes,
    /// The most objects that one query may look at natively; past it the answer is 400 `tooMany`.
    pub scan_limit: u64,
    /// For how long parked and lost rows are kept.
    pub keep: Keep,
    /// The bounds of one request.
    pub limits: Limits,
    /// The base URL of every `location` and `$ref`, without a trailing slash: `{public_url}/{target}/scim/v2`.
    pub base_url: String,
}

impl Settings {
    /// The defaults, for a target at this base URL.
    pub fn new(base_url: String, deactivate: DeactivatePolicy) -> Self {
        Self {
            deactivate,
            policy: Policy::default(),
            synced_write: None,
            on_existing: OnExisting::default(),
            match_on: None,
            custom_attributes: CustomAttributes::default(),
            on_resurrection: OnResurrection::default(),
            people_without_email: PeopleWithoutEmail::default(),
            scan_limit: 2000,
            keep: Keep { parked: None, lost: LOST_RETENTION },
            limits: Limits::default(),
            base_url,
        }
    }
}
