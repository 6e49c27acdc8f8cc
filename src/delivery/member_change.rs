//! One person's membership as it is to be.

use serde::{Deserialize, Serialize};

use crate::backend::{MemberDelta, NativeRef};
use crate::kernel::ScimId;
use crate::store::{Action, Intent};

/// One person's membership as it is to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberChange {
    /// The person.
    pub user: ScimId,
    /// Its native object; `None` for a parked person, whose memberships only the facade keeps.
    pub native: Option<NativeRef>,
    /// Whether the person is to be a member.
    pub member: bool,
}

/// What the audit calls a change of members: a removal if nobody is let in.
pub(super) fn action_of(changes: &[MemberChange]) -> Action {
    let lets_in = changes.iter().any(|change| change.member);
    if lets_in { Action::MemberIn } else { Action::MemberOut }
}

pub(super) fn delta_of(changes: &[MemberChange]) -> MemberDelta {
    let of = |member: bool| {
        changes
            .iter()
            .filter(|change| change.member == member)
            .filter_map(|change| change.native.clone())
            .collect()
    };
    MemberDelta { add: of(true), remove: of(false) }
}

/// A journalled change of one member; `None` if it is none.
pub(super) fn change_of(intent: &Intent) -> Option<MemberChange> {
    Some(MemberChange {
        user: serde_json::from_value(intent.payload.get("user")?.clone()).ok()?,
        native: serde_json::from_value(intent.payload.get("native")?.clone()).ok()?,
        member: intent.action == Action::MemberIn,
    })
}
