//! Objects as the vendor writes them. What is absent is left out, never null.

use serde_json::{Map, Value, json};

use super::directory::Directory;
use super::model::{Admin, Assignment, Group, Role, Tenant, User};
use super::switches::Switches;
use crate::text::{timestamp, timestamp_without_zone};

/// What all objects need to be written.
pub(crate) struct Renderer<'a> {
    pub directory: &'a Directory,
    pub tenant: &'a Tenant,
    pub rules: &'a Switches,
}

impl Renderer<'_> {
    pub fn user(&self, user: &User) -> Value {
        let mut object = Map::new();
        put(&mut object, "id", &user.id);
        put(&mut object, "name", &user.name);
        put_some(&mut object, "firstName", user.first_name.as_ref());
        put_some(&mut object, "lastName", user.last_name.as_ref());
        put_some(&mut object, "email", user.email.as_ref());
        put_some(&mut object, "domain", user.domain.as_ref());
        put_some(&mut object, "exchangeLogin", user.exchange_login.as_ref());
        let groups = self.directory.groups_of(&user.id);
        let groups = groups.filter_map(|id| self.directory.groups.get(id));
        let mut total = 0;
        let mut items = Vec::new();
        for group in groups {
            total += 1;
            if items.len() < self.rules.embedded_limit {
                let mut item = json!({"id": group.id, "name": group.name});
                if self.rules.display_names {
                    item["displayName"] = group.name.as_str().into();
                }
                items.push(item);
            }
        }
        object.insert("groups".to_owned(), embedded(total, &items));
        object.insert("tenant".to_owned(), self.tenant());
        object.insert("source".to_owned(), json!({"type": user.source}));
        put(&mut object, "createdAt", &timestamp(user.created_at));
        put_some(&mut object, "updatedAt", user.updated_at.map(timestamp).as_ref());
        Value::Object(object)
    }

    pub fn group(&self, group: &Group) -> Value {
        let mut object = Map::new();
        put(&mut object, "id", &group.id);
        put(&mut object, "name", &group.name);
        if self.rules.display_names {
            put(&mut object, "displayName", &group.name);
        }
        put_some(&mut object, "description", group.description.as_ref());
        put_some(&mut object, "domain", group.domain.as_ref());
        let members = self.directory.members(&group.id).filter_map(|id| self.directory.users.get(id));
        let items = members.take(self.rules.embedded_limit);
        let items: Vec<Value> = items.map(|user| json!({"id": user.id, "name": user.name})).collect();
        object.insert("users".to_owned(), embedded(self.directory.member_count(&group.id), &items));
        object.insert("groups".to_owned(), embedded(0, &[]));
        object.insert("source".to_owned(), json!({"type": group.source}));
        object.insert("tenant".to_owned(), self.tenant());
        put(&mut object, "createdAt", &timestamp(group.created_at));
        put(&mut object, "updatedAt", &timestamp(group.updated_at));
        Value::Object(object)
    }

    /// Admins have timestamps without a zone.
    pub fn admin(&self, admin: &Admin) -> Value {
        let users = admin.user_ids.iter().filter_map(|id| self.directory.users.get(id));
        let users: Vec<Value> = users.map(|user| json!({"id": user.id, "name": user.name})).collect();
        let mut profile = Map::new();
        put(&mut profile, "name", &admin.name);
        put_some(&mut profile, "firstName", admin.first_name.as_ref());
        put_some(&mut profile, "lastName", admin.last_name.as_ref());
        put_some(&mut profile, "email", admin.email.as_ref());
        json!({
            "id": admin.id,
            "tenant": {"id": self.tenant.id},
            "users": users,
            "profile": profile,
            "roleAssignments": admin.role_assignments.iter().map(assignment).collect::<Vec<_>>(),
            "createdAt": timestamp_without_zone(admin.created_at),
            "updatedAt": timestamp_without_zone(admin.updated_at),
        })
    }

    fn tenant(&self) -> Value {
        if self.rules.tenant_name {
            json!({"id": self.tenant.id, "name": self.tenant.name})
        } else {
            json!({"id": self.tenant.id})
        }
    }
}

pub(crate) fn assignment(assignment: &Assignment) -> Value {
    json!({"id": assignment.id, "roleId": assignment.role_id})
}

pub(crate) fn role(role: &Role) -> Value {
    let mut object = Map::new();
    put(&mut object, "id", &role.id);
    put(&mut object, "name", &role.name);
    put_some(&mut object, "description", role.description.as_ref());
    put(&mut object, "type", role.kind());
    put(&mut object, "principalType", role.principal_type());
    object.insert("permissionSets".to_owned(), json!(role.permission_sets));
    put(&mut object, "createdAt", &timestamp(role.created_at));
    put(&mut object, "updatedAt", &timestamp(role.updated_at));
    Value::Object(object)
}

fn embedded(total: usize, items: &[Value]) -> Value {
    json!({"total": total, "itemsCount": items.len(), "items": items})
}

fn put(object: &mut Map<String, Value>, key: &str, value: &str) {
    object.insert(key.to_owned(), value.into());
}

fn put_some(object: &mut Map<String, Value>, key: &str, value: Option<&String>) {
    if let Some(value) = value {
        put(object, key, value);
    }
}
