//! What a comparison found, and the digest by which an operator agrees to it.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::kernel::{Kind, NativeRef, ScimId, TargetName, hex};
use crate::store::{Action, IntentId, Operation, State};

/// What becomes of people who should have no access and are there natively.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WhenBack {
    /// Their access is ended again.
    #[default]
    End,
    /// They came back after the copy was made: the rows take them over.
    Keep,
}

/// What a comparison goes by.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    /// Intents of a copy that are older are held.
    pub max_age: Duration,
    /// What becomes of people who should have no access.
    pub when_back: WhenBack,
}

/// Everything that differs between a target's rows and its backend.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Which target.
    pub target: TargetName,
    /// Whether the rows come from a copy.
    pub restored: bool,
    /// How many rows were compared.
    pub compared: u64,
    /// What differs, people first, in SCIM-id order.
    pub items: Vec<Item>,
    /// Large changes of members of a copy that were under way: dropped, for what is left of them nobody knows.
    pub operations: Vec<Operation>,
}

/// What differs in one resource, and what is to become of its open wishes.
#[derive(Clone, Debug)]
pub struct Item {
    /// User or group.
    pub kind: Kind,
    /// Whose row it is.
    pub scim_id: ScimId,
    /// Where the row says that it is.
    pub state: State,
    /// What is found natively.
    pub finding: Finding,
    /// Its open intents.
    pub wishes: Vec<OpenWish>,
}

/// What is found natively of a resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Finding {
    /// What the row says.
    Same,
    /// Other values in these native fields: the row takes them over.
    Drifted(Vec<String>),
    /// Exactly one object that no row links is in its place: the row is linked to it and takes it over.
    Linked(NativeRef),
    /// Nothing, though the row says that it is there: it is lost. It is never made again.
    Gone,
    /// Nothing, and nobody wishes for it any more: only the row has to learn it.
    Ended,
    /// Somebody who should have no access: it is ended again, or the row takes it over.
    Back(NativeRef),
    /// Somebody who should have no access and whom a directory manages: told, for it can only be ended there.
    Managed(NativeRef),
    /// So many objects in its place: told, for nobody knows which it is.
    Several(usize),
}

/// An open intent.
#[derive(Clone, Debug)]
pub struct OpenWish {
    /// Which.
    pub intent: IntentId,
    /// What is wished.
    pub action: Action,
    /// For how long it has been open.
    pub age: Duration,
    /// Whether it is too old to be sent without being asked.
    pub held: bool,
    /// What is to become of it.
    pub fate: Fate,
}

/// What is to become of an open intent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fate {
    /// It is sent again.
    Resent,
    /// Only looked at: kept if it shows natively, else taken back.
    LookedAt,
    /// Forgotten.
    Dropped,
    /// The rows are no copy: settlement goes on with it.
    Left,
}

impl Finding {
    /// Whether this is the other finding, or one of which the other is what is left.
    fn is_or_holds(&self, rest: &Self) -> bool {
        match (self, rest) {
            (Self::Drifted(all), Self::Drifted(left)) => left.iter().all(|field| all.contains(field)),
            _ => self == rest,
        }
    }
}

impl Item {
    /// Whether carrying it out changes anything.
    pub fn acts(&self) -> bool {
        let told = matches!(self.finding, Finding::Managed(_) | Finding::Several(_));
        let is_over = matches!(self.state, State::Parking | State::Quarantined);
        (self.finding != Finding::Same && !told)
            || (told && is_over)
            || self.wishes.iter().any(|wish| wish.fate != Fate::Left)
    }

    /// Whether carrying it out ends an access natively.
    pub fn ends_access(&self) -> bool {
        let resent = |wish: &OpenWish| wish.fate == Fate::Resent && wish.action.ends_access();
        matches!(self.finding, Finding::Back(_)) || self.wishes.iter().any(resent)
    }
}

impl Plan {
    /// The plan's SHA-256, in hexadecimal: the same findings have the same.
    pub fn digest(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(format!("{} {}\n", self.target, self.restored));
        for item in self.items.iter().filter(|item| item.acts()) {
            let fates =
                item.wishes.iter().map(|wish| (&wish.intent.0, wish.fate)).collect::<BTreeMap<_, _>>();
            let line = serde_json::json!([item.kind, item.scim_id, item.state, item.finding, fates]);
            hash.update(format!("{line}\n"));
        }
        for operation in &self.operations {
            hash.update(format!("{}\n", operation.id.0));
        }
        hex(&hash.finalize())
    }

    /// What is kept of a plan that was agreed to.
    pub(super) fn agreed(&self) -> Agreed {
        let acting = self.items.iter().filter(|item| item.acts());
        Agreed { digest: self.digest(), items: acting.map(|item| (name(item), consent(item))).collect() }
    }
}

/// A plan that was agreed to, as it is kept while it is carried out.
#[derive(Serialize, Deserialize)]
pub(super) struct Agreed {
    pub digest: String,
    items: BTreeMap<String, Consent>,
}

/// What was agreed to about one resource.
#[derive(Serialize, Deserialize)]
struct Consent {
    finding: Finding,
    fates: BTreeMap<String, Fate>,
    ends_access: bool,
}

impl Agreed {
    /// Whether nothing is left to do but what was agreed to.
    pub fn covers(&self, rest: &Plan) -> bool {
        let covered = |item: &Item| self.items.get(&name(item)).is_some_and(|consent| consent.covers(item));
        rest.items.iter().filter(|item| item.acts()).all(covered)
    }
}

impl Consent {
    fn covers(&self, rest: &Item) -> bool {
        let same = self.finding.is_or_holds(&rest.finding)
            && rest.wishes.iter().all(|wish| self.fates.get(&wish.intent.0) == Some(&wish.fate));
        // An end of access that has begun is an open intent by now; one that is done may have to be recorded.
        let ends = |wish: &OpenWish| wish.action.ends_access() || wish.fate == Fate::Dropped;
        let begun = self.ends_access
            && rest.kind == Kind::User
            && matches!(rest.finding, Finding::Same | Finding::Ended)
            && rest.wishes.iter().all(ends);
        same || begun
    }
}

fn consent(item: &Item) -> Consent {
    let fates = item.wishes.iter().map(|wish| (wish.intent.0.clone(), wish.fate)).collect();
    Consent { finding: item.finding.clone(), fates, ends_access: item.ends_access() }
}

fn name(item: &Item) -> String {
    format!("{}/{}", item.kind, item.scim_id)
}
