//! The whole directory of the main tenant, for tests and people.

use serde_json::{Value, json};

use super::switches::Switches;
use super::{Sophos, render};

/// Everything as the API writes it but with nothing left out.
pub(crate) fn state(sophos: &Sophos) -> Value {
    let rules = Switches { embedded_limit: usize::MAX, ..sophos.switches().clone() };
    let (tenant, directory) = sophos.main();
    let renderer = render::Renderer { directory, tenant, rules: &rules };
    let users: Vec<Value> = directory.users.values().map(|user| renderer.user(user)).collect();
    let groups: Vec<Value> = directory.groups.values().map(|group| renderer.group(group)).collect();
    let admins: Vec<Value> = directory.admins.values().map(|admin| renderer.admin(admin)).collect();
    let roles: Vec<Value> = directory.roles.values().map(render::role).collect();
    let memberships: Vec<Value> = directory
        .groups
        .keys()
        .flat_map(|group| directory.members(group).map(move |user| json!({"groupId": group, "userId": user})))
        .collect();
    json!({
        "tenant": {"id": tenant.id, "name": tenant.name, "region": tenant.region},
        "users": users,
        "groups": groups,
        "memberships": memberships,
        "admins": admins,
        "roles": roles,
    })
}
