//! The whole tenant, for tests and people.

use serde_json::{Value, json};

use super::Netskope;

/// Everything, also what the API hides: deleted rows, other importers' rows, mails that went out.
pub(crate) fn state(netskope: &Netskope) -> Value {
    let directory = netskope.store.current();
    let memberships: Vec<Value> = directory
        .groups
        .keys()
        .flat_map(|group| {
            let members = directory.memberships.members(group);
            members.map(move |user| json!({"groupId": group, "userId": user}))
        })
        .collect();
    json!({
        "users": directory.users.values().collect::<Vec<_>>(),
        "groups": directory.groups.values().collect::<Vec<_>>(),
        "memberships": memberships,
        "invited": directory.invited,
    })
}
