//! Objects as Netskope writes them.

use serde_json::{Map, Value, json};

use super::directory::Directory;
use super::model::{ENTERPRISE_URN, GROUP_URN, Group, TENANT_URN, USER_URN, User};
use super::switches::{
    Booleans, EmailType, LastModified, MemberDisplay, MemberType, MembersOnGet, NoExternalId, PostMeta,
    Switches,
};
use crate::text::timestamp;

/// Where links point when they point elsewhere.
const FOREIGN: &str = "https://internal.example.com/scim";

/// What all objects need to be written.
pub(crate) struct Renderer<'a> {
    pub directory: &'a Directory,
    pub rules: &'a Switches,
}

impl Renderer<'_> {
    /// A read by id.
    pub fn user(&self, user: &User) -> Value {
        let mut object = self.user_body(user, self.rules.email_type == EmailType::Always);
        object.insert("meta".to_owned(), self.meta("User", &user.id, Some(user.updated_at)));
        self.strays(&mut object);
        Value::Object(object)
    }

    /// The answer to a POST or PUT: no `meta`, but the status.
    pub fn written_user(&self, user: &User, status: u16) -> Value {
        let mut object = self.user_body(user, self.rules.email_type == EmailType::Always);
        if self.rules.post_meta == PostMeta::ResourceType {
            object.insert("meta".to_owned(), self.meta("User", &user.id, None));
        }
        self.stray_status(&mut object, status);
        self.strays(&mut object);
        Value::Object(object)
    }

    /// A row of a list.
    pub fn user_row(&self, user: &User) -> Value {
        if !self.rules.list_items_skinny {
            return self.user(user);
        }
        let mut object = Map::new();
        object.insert("id".to_owned(), user.id.as_str().into());
        self.external_id(&mut object, user.external_id.as_deref());
        object.insert("userName".to_owned(), user.user_name.as_str().into());
        object.insert("active".to_owned(), self.boolean(user.active));
        put_name(&mut object, user);
        object.insert("emails".to_owned(), self.emails(user, self.rules.email_type != EmailType::Never));
        self.strays(&mut object);
        Value::Object(object)
    }

    fn user_body(&self, user: &User, email_type: bool) -> Map<String, Value> {
        let mut urns = vec![USER_URN];
        let extensions = [(ENTERPRISE_URN, &user.enterprise), (TENANT_URN, &user.tenant)];
        let extensions = extensions.into_iter().filter(|(_, values)| !values.is_empty());
        if self.rules.lists_extension_urns {
            urns.extend(extensions.clone().map(|(urn, _)| urn));
        }
        let mut object = Map::new();
        object.insert("schemas".to_owned(), json!(urns));
        object.insert("id".to_owned(), user.id.as_str().into());
        object.insert("userName".to_owned(), user.user_name.as_str().into());
        put_name(&mut object, user);
        object.insert("active".to_owned(), self.boolean(user.active));
        object.insert("emails".to_owned(), self.emails(user, email_type));
        self.external_id(&mut object, user.external_id.as_deref());
        object.extend(user.profile.clone());
        for (urn, values) in extensions {
            object.insert(urn.to_owned(), Value::Object(values.clone()));
        }
        object
    }

    fn emails(&self, user: &User, with_type: bool) -> Value {
        let mut email = Map::new();
        if with_type {
            email.insert("type".to_owned(), "work".into());
        }
        email.insert("value".to_owned(), user.email.as_str().into());
        email.insert("primary".to_owned(), self.boolean(true));
        json!([email])
    }

    /// A read by id; `asked`: with `attributes=members`.
    pub fn group(&self, group: &Group, asked: bool) -> Value {
        let with_members = match self.rules.members_on_get {
            MembersOnGet::Always => true,
            MembersOnGet::OnlyWithAttributes => asked,
            MembersOnGet::Never => false,
        };
        let mut object = Map::new();
        object.insert("schemas".to_owned(), json!([GROUP_URN]));
        object.insert("id".to_owned(), group.id.as_str().into());
        if !(asked && self.rules.sparse_when_attributes) {
            object.insert("displayName".to_owned(), group.display_name.as_str().into());
            self.external_id(&mut object, group.external_id.as_deref());
            object.insert("meta".to_owned(), self.meta("Group", &group.id, Some(group.updated_at)));
        }
        if with_members {
            object.insert("members".to_owned(), self.members(group));
        }
        self.strays(&mut object);
        Value::Object(object)
    }

    /// The answer to a POST or PUT; `members`: they were sent.
    pub fn written_group(&self, group: &Group, members: bool, status: u16) -> Value {
        let mut object = Map::new();
        object.insert("schemas".to_owned(), json!([GROUP_URN]));
        object.insert("id".to_owned(), group.id.as_str().into());
        object.insert("displayName".to_owned(), group.display_name.as_str().into());
        self.external_id(&mut object, group.external_id.as_deref());
        if members {
            object.insert("members".to_owned(), self.members(group));
        }
        object.insert("meta".to_owned(), self.meta("Group", &group.id, None));
        self.stray_status(&mut object, status);
        self.strays(&mut object);
        Value::Object(object)
    }

    /// A row of a list.
    pub fn group_row(&self, group: &Group, asked: bool) -> Value {
        let asked = asked && self.rules.list_honours_attributes;
        if asked || !self.rules.list_items_skinny {
            return self.group(group, asked);
        }
        let mut object = Map::new();
        object.insert("id".to_owned(), group.id.as_str().into());
        object.insert("displayName".to_owned(), group.display_name.as_str().into());
        self.external_id(&mut object, group.external_id.as_deref());
        self.strays(&mut object);
        Value::Object(object)
    }

    fn members(&self, group: &Group) -> Value {
        self.directory.members(&group.id, self.rules).map(|user| self.member(user)).collect()
    }

    fn member(&self, user: &User) -> Value {
        let mut member = Map::new();
        member.insert("value".to_owned(), user.id.as_str().into());
        let display_name = || user.profile.get("displayName").and_then(Value::as_str);
        let display = match self.rules.member_display {
            MemberDisplay::Email => Some(user.email.as_str()),
            MemberDisplay::DisplayName => Some(display_name().unwrap_or(&user.user_name)),
            MemberDisplay::Absent => None,
        };
        if let Some(display) = display {
            member.insert("display".to_owned(), display.into());
        }
        if self.rules.member_type == MemberType::Work {
            member.insert("type".to_owned(), "work".into());
        }
        if self.rules.foreign_links {
            member.insert("$ref".to_owned(), format!("{FOREIGN}/Users/{}", user.id).into());
        }
        Value::Object(member)
    }

    fn meta(&self, kind: &str, id: &str, updated_at: Option<i64>) -> Value {
        let mut meta = json!({"resourceType": kind});
        if let Some(at) = updated_at {
            match self.rules.last_modified {
                LastModified::Absent => {}
                LastModified::DateTime => meta["lastModified"] = timestamp(at).into(),
                LastModified::EpochMillis => meta["lastModified"] = (at / 1000).into(),
            }
        }
        if self.rules.foreign_links {
            meta["location"] = format!("{FOREIGN}/{kind}s/{id}").into();
        }
        meta
    }

    fn external_id(&self, object: &mut Map<String, Value>, id: Option<&str>) {
        match (id, self.rules.no_external_id) {
            (Some(id), _) => object.insert("externalId".to_owned(), id.into()),
            (None, NoExternalId::Null) => object.insert("externalId".to_owned(), Value::Null),
            (None, NoExternalId::Omitted) => None,
        };
    }

    fn stray_status(&self, object: &mut Map<String, Value>, status: u16) {
        if self.rules.stray_status {
            object.insert("status".to_owned(), status.into());
        }
    }

    fn strays(&self, object: &mut Map<String, Value>) {
        if self.rules.stray_keys {
            object.insert("metadata".to_owned(), json!({"recordType": "USER", "scimUrl": FOREIGN}));
            object.insert("_etag".to_owned(), "1".into());
        }
    }

    fn boolean(&self, value: bool) -> Value {
        match self.rules.booleans {
            Booleans::Json => value.into(),
            Booleans::Text => if value { "True" } else { "False" }.into(),
            Booleans::Number => i32::from(value).into(),
        }
    }
}

fn put_name(object: &mut Map<String, Value>, user: &User) {
    let mut name = Map::new();
    for (key, part) in [("familyName", &user.family_name), ("givenName", &user.given_name)] {
        if let Some(part) = part {
            name.insert(key.to_owned(), part.as_str().into());
        }
    }
    if !name.is_empty() {
        object.insert("name".to_owned(), Value::Object(name));
    }
}
