//! What a backend holds, in its own fields, and what can be asked of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::kernel::{Attrs, Kind, NativeRef, Timestamp};

/// Why a backend refuses to have an object changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locked {
    /// Who manages it instead, in words for the client: "Active Directory".
    pub by: String,
}

/// A group that a person is in, or a member that a group has, as embedded in the other's native object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Neighbour {
    /// The other object.
    pub at: NativeRef,
    /// Its display name, where the backend tells it.
    pub name: Option<String>,
    /// Who manages it instead, where a list of members tells it.
    pub locked: Option<Locked>,
}

/// One native object as it was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Native {
    /// Which object.
    pub at: NativeRef,
    /// Its fields.
    pub attrs: Attrs,
    /// Whether a person has access, where the object tells it.
    pub active: Option<bool>,
    /// Set if the backend refuses changes of it.
    pub locked: Option<Locked>,
    /// A user's groups, if the answer held all of them. `None` is "not known", never "none".
    pub groups: Option<Vec<Neighbour>>,
    /// A group's members, if the answer held all of them. `None` is "not known", never "none".
    pub members: Option<Vec<Neighbour>>,
    /// When it was made there.
    pub created: Option<Timestamp>,
    /// When it was last changed there.
    pub modified: Option<Timestamp>,
}

impl Native {
    /// Whether the object says that the person has no access.
    pub fn is_inactive(&self) -> bool {
        self.active == Some(false)
    }
}

/// What a read has to bring besides the fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Want {
    /// A user's groups, complete, even if that costs a call more.
    pub groups: bool,
}

/// What can be asked of a backend's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NativeQuery {
    /// Every object, in native id order. `having`: only those in which this field is assigned.
    All {
        /// The field that has to be assigned.
        having: Option<String>,
    },
    /// Objects in which one of `fields` equals `value` by that field's own comparison.
    Equals {
        /// Fields to compare; all of them are in the kind's `pushdown`, or its `external_id`.
        fields: Vec<String>,
        /// The value sought.
        value: String,
    },
    /// The objects with these ids; those that don't exist are left out.
    Ids(Vec<String>),
}

/// How many objects match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Total {
    /// So many.
    Exact(u64),
    /// At least so many; the scan ended at its limit.
    AtLeast(u64),
}

/// A slice of a backend's list.
#[derive(Clone, Debug, PartialEq)]
pub struct Listing {
    /// The objects of the slice, in order.
    pub rows: Vec<Native>,
    /// How many match in all.
    pub total: Total,
}

/// A slice of a group's members.
#[derive(Clone, Debug, PartialEq)]
pub struct MemberPage {
    /// The members of the slice.
    pub members: Vec<Neighbour>,
    /// Where the next slice starts; `None` at the end.
    pub next: Option<u64>,
}

/// An object to be made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Desired {
    /// User or group.
    pub kind: Kind,
    /// Its fields.
    pub attrs: Attrs,
    /// A user's groups or a group's members from the start; needs `Capabilities::create_with_links`.
    pub links: Vec<NativeRef>,
    /// Whether it is made active; `false` needs [`Deactivate::Native`](super::Deactivate::Native).
    pub active: bool,
}

/// Fields to be changed; what is not named stays.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// New values.
    pub set: Attrs,
    /// Fields to unassign.
    pub clear: Vec<String>,
}

impl Change {
    /// Whether nothing would change.
    pub fn is_empty(&self) -> bool {
        self.set.is_empty() && self.clear.is_empty()
    }

    /// The names of the fields that it is about.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        self.set.keys().chain(self.clear.iter().map(String::as_str))
    }
}

/// Members to be added to and removed from one group, or the groups of one person. No id is in both.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MemberDelta {
    /// To be members afterwards.
    pub add: Vec<NativeRef>,
    /// Not to be members afterwards.
    pub remove: Vec<NativeRef>,
}

impl MemberDelta {
    /// Whether nothing would change.
    pub fn is_empty(&self) -> bool {
        self.add.is_empty() && self.remove.is_empty()
    }
}

/// What became of each member of a delta; who is not named is as was asked.
#[derive(Clone, Debug, Default)]
pub struct MemberOutcome {
    /// Members that could not be changed, by native id.
    pub refused: BTreeMap<String, Refusal>,
    /// Members that were refused only because of those: they are still to be changed, by a write of its own.
    pub left: MemberDelta,
}

/// Why one member could not be added or removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The backend has no such person.
    Unknown,
    /// Somebody else manages the person or the group.
    Locked(Locked),
}

/// One write, as decided; [`Backend::plan`](super::Backend::plan) tells which calls it costs.
#[derive(Clone, Debug, PartialEq)]
pub enum Write {
    /// Make an object.
    Create(Desired),
    /// Change fields.
    Update(Kind, NativeRef, Change),
    /// Switch a person on or off, where the backend can.
    SetActive(NativeRef, bool),
    /// Change a group's members.
    ChangeMembers(NativeRef, MemberDelta),
    /// Change a person's groups.
    ChangeGroups(NativeRef, MemberDelta),
    /// End an admin record.
    EndAdmin(NativeRef),
    /// Remove an object.
    Delete(Kind, NativeRef),
}

/// One native call that a write needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NativeCall {
    /// The HTTP method, or a verb of its own for a backend that is not reached by HTTP.
    pub method: &'static str,
    /// The path below the vendor's base, with its query where that names objects.
    pub path: String,
}

/// A role or entitlement that people can have.
#[derive(Clone, Debug, PartialEq)]
pub struct Offered {
    /// An id that stays.
    pub id: String,
    /// Its attributes as draft-ietf-scim-roles-entitlements names them; `value` and `supported` are there.
    pub attrs: Attrs,
}

/// What a backend said of itself when it was probed, each in a line for the operator.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Probe {
    /// What is so.
    pub facts: Vec<String>,
    /// What operators trip over, or should change: the target works.
    pub warnings: Vec<String>,
    /// What will not work as long as it is so, though the product answers.
    pub failures: Vec<String>,
}
