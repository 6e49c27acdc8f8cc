//! What a backend holds and does. Discovery, planning and the tests derive from it.

use std::time::Duration;

use scim::resource::fold;
use serde_json::Value;

use crate::kernel::{Catalogue, Kind};

/// How two values of a field are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compare {
    /// Equal as JSON values.
    Exact,
    /// Equal after folding (Unicode NFC and lower case).
    Folded,
}

impl Compare {
    /// Whether two values are the same.
    pub fn same(self, a: &Value, b: &Value) -> bool {
        match (self, a, b) {
            (Self::Folded, Value::String(a), Value::String(b)) => a == b || fold(a) == fold(b),
            _ => a == b,
        }
    }
}

/// A native field that a SCIM write can change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// The vendor's name for it.
    pub name: &'static str,
    /// How its values are compared.
    pub compare: Compare,
}

impl Field {
    /// Whether two values of the field are equal by its own comparison. `None`, null and the empty string are all
    /// "unassigned" (RFC 7643 §2.5).
    pub fn same(&self, a: Option<&Value>, b: Option<&Value>) -> bool {
        same(self.compare, a, b)
    }
}

/// A SCIM attribute that the backend can look up itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pushdown {
    /// The attribute, as `scim::filter::Equality` spells it: `emails.value`.
    pub scim: &'static str,
    /// The native field that answers it.
    pub field: &'static str,
}

/// An attribute without which the backend takes no person. `/Schemas` says that it is required.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// The attribute, as [`Pushdown::scim`] spells it.
    pub scim: &'static str,
    /// The native field that is missing without it, by [`Backend::desired`](super::Backend::desired).
    pub field: &'static str,
    /// What a client that has none can send, as a sentence.
    pub advice: &'static str,
}

/// An extension of people whose attributes operators declare. Its data is one field, named by its URN, with an object. The
/// backend holds that field if something is declared, and shows of the object only what is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Custom {
    /// Its URN.
    pub urn: &'static str,
    /// Its name for humans.
    pub name: &'static str,
    /// What the product takes, as far as is known.
    pub limits: CustomLimits,
}

/// How much can be declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CustomLimits {
    /// So many attributes.
    pub attributes: usize,
    /// So many characters in a name.
    pub name: usize,
    /// So many characters in a text.
    pub value: usize,
}

/// What a backend can do for one kind. The default can nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct KindCaps {
    /// The fields it keeps for us.
    pub holds: &'static [Field],
    /// Equality look-ups that it answers.
    pub pushdown: &'static [Pushdown],
    /// Native fields that a userName or displayName is compared with when a person or group is sought.
    pub match_on: &'static [&'static str],
    /// Fields in which the backend refuses duplicates itself.
    pub unique: &'static [&'static str],
    /// The field that keeps an externalId, if there is one: what the client that owns an object calls it. It is not among
    /// `holds`, for it is no part of a document: it comes with [`Native::attrs`](super::Native::attrs), is named in creates
    /// and changes, and is looked up like a `pushdown`.
    pub external_id: Option<&'static str>,
}

/// What `active: false` can mean natively.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deactivate {
    /// The backend has a disabled state: [`Backend::set_active`](super::Backend::set_active).
    Native,
    /// It has a group for people without access: [`Backend::set_active`](super::Backend::set_active) puts a person in and
    /// out. The person's other memberships are kept here meanwhile.
    Quarantine,
    /// It has none: the person is parked (deleted there, kept here).
    Absent,
}

/// How many members one call can carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PerCall {
    /// To be added; at least one.
    pub add: usize,
    /// To be removed; at least one.
    pub remove: usize,
}

/// How many calls a backend takes; past that, callers wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// So many at once, after a pause.
    pub burst: u32,
    /// Then so many a minute.
    pub per_minute: u32,
}

impl Rate {
    /// How long so many calls wait at least, if nobody else makes any.
    pub fn wait(self, calls: u64) -> Duration {
        let late = calls.saturating_sub(u64::from(self.burst));
        Duration::from_secs((late * 60).div_ceil(u64::from(self.per_minute.max(1))))
    }
}

/// What lists tell of people, where that is less than a read by id does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListTells {
    /// The native fields.
    pub fields: &'static [&'static str],
    /// The top-level SCIM attributes that are made of nothing else.
    pub attributes: &'static [&'static str],
}

/// What a backend holds and does. A backend names what it has and takes the rest from the default, which has nothing: a new
/// capability touches only those that have it.
#[derive(Clone, Copy, Debug)]
pub struct Capabilities {
    /// For people.
    pub user: KindCaps,
    /// For groups.
    pub group: KindCaps,
    /// What `active: false` can mean.
    pub deactivate: Deactivate,
    /// For how long after a write a list or search may not show it. A read by id shows it at once.
    pub visibility_lag: Duration,
    /// A group can only be deleted when it has no members.
    pub delete_needs_empty: bool,
    /// How many members one call can carry: a large change is made of so large parts.
    pub members_per_call: PerCall,
    /// A create can name groups (of a user) or members (of a group) in the same call.
    pub create_with_links: bool,
    /// A native id that is not of this form is known to name nothing, without a call.
    pub is_native_id: fn(&str) -> bool,
    /// What it takes no person without.
    pub requires: &'static [Requirement],
    /// The schema of the backend's own user attributes, if it has one.
    pub user_extension: Option<&'static str>,
    /// The extension for attributes that operators declare, if it has one.
    pub custom: Option<Custom>,
    /// A person can be an administrator of the product.
    pub admins: bool,
    /// What the backend can list of what people can have: it is served read-only.
    pub catalogues: &'static [Catalogue],
    /// The field whose absence hides an unlinked person from lists (setting `people_without_email`).
    pub listed_having: Option<&'static str>,
    /// How many calls it takes, where it is known.
    pub rate: Option<Rate>,
    /// Its lists come in an order of its own that stays, not by native id: they have pages by index, and a walk by cursor has
    /// to sort them first.
    pub own_order: bool,
    /// A person never tells their groups: only the groups tell their members, one by one.
    pub groups_by_members: bool,
    /// What lists tell of people, where that is not all.
    pub list_tells: Option<ListTells>,
    /// A person who is switched off may be out of sight: no read and no list shows them, and only a create of the same person
    /// brings them back. Needs [`Deactivate::Native`].
    pub hides_inactive: bool,
    /// Switching a person off is confirmed by a read of its own; nobody is locked or an administrator, and nothing of the
    /// person has to be remembered: they need not be read before. Needs [`Deactivate::Native`].
    pub confirms_end: bool,
}

impl Capabilities {
    /// Of one kind.
    pub fn of(&self, kind: Kind) -> &KindCaps {
        match kind {
            Kind::User => &self.user,
            Kind::Group => &self.group,
        }
    }

    /// Whether a list tells a field, or its absence.
    pub fn is_listed(&self, kind: Kind, field: &str) -> bool {
        kind == Kind::Group || self.list_tells.is_none_or(|tells| tells.fields.contains(&field))
    }
}

impl Default for Capabilities {
    fn default() -> Self {
        Self {
            user: KindCaps::default(),
            group: KindCaps::default(),
            deactivate: Deactivate::Absent,
            visibility_lag: Duration::ZERO,
            delete_needs_empty: false,
            members_per_call: PerCall { add: 1, remove: 1 },
            create_with_links: false,
            is_native_id: |_| true,
            requires: &[],
            user_extension: None,
            custom: None,
            admins: false,
            catalogues: &[],
            listed_having: None,
            rate: None,
            own_order: false,
            groups_by_members: false,
            list_tells: None,
            hides_inactive: false,
            confirms_end: false,
        }
    }
}

impl KindCaps {
    /// [`Field::same`], of a field by name; one that is not held is compared exactly.
    pub fn same(&self, field: &str, a: Option<&Value>, b: Option<&Value>) -> bool {
        let compare =
            self.holds.iter().find(|held| held.name == field).map_or(Compare::Exact, |held| held.compare);
        same(compare, a, b)
    }
}

fn same(compare: Compare, a: Option<&Value>, b: Option<&Value>) -> bool {
    // What was read and what is wished mostly share their values.
    let is_shared = a.zip(b).is_some_and(|(a, b)| std::ptr::eq(a, b));
    is_shared
        || match (assigned(a), assigned(b)) {
            (None, None) => true,
            (Some(a), Some(b)) => compare.same(a, b),
            _ => false,
        }
}

fn assigned(value: Option<&Value>) -> Option<&Value> {
    value.filter(|value| !value.is_null() && value.as_str() != Some(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_free_and_the_rest_waits() {
        let rate = Rate { burst: 300, per_minute: 100 };
        for (calls, seconds) in [(0, 0), (300, 0), (301, 1), (400, 60), (5300, 3000)] {
            assert_eq!(rate.wait(calls).as_secs(), seconds, "{calls}");
        }
    }
}
