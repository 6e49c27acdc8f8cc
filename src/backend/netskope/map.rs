//! SCIM attributes to Netskope's fields and back. Pure.
//!
//! Netskope speaks SCIM, so that most fields are attributes. It keeps one e-mail address, and of a name two parts.

use scim::resource::{Document, SharedMap};
use serde_json::{Map, Value, json};

use super::config::NetskopeConfig;
use super::model::{ENTERPRISE, Email, Flag, Object, TENANT};
use crate::backend::attributes::{set_email, set_name, text};
use crate::backend::{
    Attrs, Compare, Custom, CustomLimits, Field, ListTells, Native, NativeRef, Neighbour, Pushdown,
    Requirement,
};
use crate::kernel::{Kind, Timestamp};

const USER_NAME: &str = "userName";
const DISPLAY_NAME: &str = "displayName";
/// The native field of the externalId; what each client calls a resource is kept per client.
pub(super) const EXTERNAL_ID: &str = "externalId";
const GIVEN_NAME: &str = "givenName";
const FAMILY_NAME: &str = "familyName";
pub(super) const EMAIL: &str = "email";
const MANAGER: &str = "manager";

/// Attributes of a person that only the documents of 2026 know.
const PROFILE: [&str; 6] = [DISPLAY_NAME, "title", "userType", "preferredLanguage", "locale", "timezone"];
/// Attributes of the enterprise schema.
const EMPLOYEE: [&str; 6] =
    ["employeeNumber", "costCenter", "organization", "division", "department", MANAGER];

const fn exact(name: &'static str) -> Field {
    Field { name, compare: Compare::Exact }
}

const fn folded(name: &'static str) -> Field {
    Field { name, compare: Compare::Folded }
}

/// What Netskope keeps of a person; the tenant's own attributes are one field, an object.
const USER_FIELDS: &[Field] = &[
    folded(USER_NAME),
    exact(GIVEN_NAME),
    exact(FAMILY_NAME),
    folded(EMAIL),
    exact(DISPLAY_NAME),
    exact("title"),
    exact("userType"),
    exact("preferredLanguage"),
    exact("locale"),
    exact("timezone"),
    exact("employeeNumber"),
    exact("costCenter"),
    exact("organization"),
    exact("division"),
    exact("department"),
    exact(MANAGER),
    exact(TENANT),
];

/// What is kept of a person, with or without the tenant's own attributes: where nobody is shown them, nobody's change of a
/// whole resource may take them away.
pub(super) fn user_fields(tenant_attributes: bool) -> &'static [Field] {
    match USER_FIELDS.split_last() {
        Some((_, without)) if !tenant_attributes => without,
        _ => USER_FIELDS,
    }
}

/// The extension for the tenant's own attributes. The number is a vendor's, the lengths are hearsay.
pub(super) const CUSTOM: Custom =
    Custom { urn: TENANT, name: "TenantUser", limits: CustomLimits { attributes: 15, name: 32, value: 64 } };

/// Vendor: nobody is without an e-mail address.
pub(super) fn requires(email_from_username: bool) -> &'static [Requirement] {
    const fn email(advice: &'static str) -> [Requirement; 1] {
        [Requirement { scim: "emails.value", field: EMAIL, advice }]
    }
    const SENT: &[Requirement] = &email("Send an e-mail address.");
    const MADE_UP: &[Requirement] = &email("Send an e-mail address, or a userName that is one.");
    if email_from_username { MADE_UP } else { SENT }
}

/// What Netskope keeps of a group.
pub(super) const GROUP_FIELDS: &[Field] = &[folded(DISPLAY_NAME)];

/// What can be searched for in people (vendor: `eq` alone, of userName and of externalId), and by e-mail address where the
/// User-Management API may be used.
pub(super) fn user_pushdown(user_management: bool) -> &'static [Pushdown] {
    const PUSHDOWN: &[Pushdown] =
        &[Pushdown { scim: USER_NAME, field: USER_NAME }, Pushdown { scim: "emails.value", field: EMAIL }];
    match PUSHDOWN.split_last() {
        Some((_, without)) if !user_management => without,
        _ => PUSHDOWN,
    }
}

/// What can be searched for in groups.
pub(super) const GROUP_PUSHDOWN: &[Pushdown] = &[Pushdown { scim: DISPLAY_NAME, field: DISPLAY_NAME }];

/// What a row of a list tells of a person.
pub(super) const LIST_TELLS: ListTells = ListTells {
    fields: &[USER_NAME, GIVEN_NAME, FAMILY_NAME, EMAIL],
    attributes: &[USER_NAME, "name", "emails", "active"],
};

/// The attribute that a filter names for a field, if Netskope filters by it.
pub(super) fn filtered(kind: Kind, field: &str) -> Option<&'static str> {
    match (kind, field) {
        (Kind::User, USER_NAME) => Some(USER_NAME),
        (Kind::Group, DISPLAY_NAME) => Some(DISPLAY_NAME),
        (_, EXTERNAL_ID) => Some(EXTERNAL_ID),
        _ => None,
    }
}

/// The field that is a kind's name.
pub(super) fn name_field(kind: Kind) -> &'static str {
    match kind {
        Kind::User => USER_NAME,
        Kind::Group => DISPLAY_NAME,
    }
}

/// Whether every PATCH that was ever documented can change a field of a person.
pub(super) fn is_core(field: &str) -> bool {
    [USER_NAME, GIVEN_NAME, FAMILY_NAME, EMAIL, EXTERNAL_ID].contains(&field)
}

/// Whether a field is one of those that not every server keeps.
pub(super) fn is_profile(field: &str) -> bool {
    PROFILE.contains(&field)
}

/// A list's row has fewer fields than this, and few people have more.
const USUAL: usize = 7;

/// An object as it was read. Empty strings and nulls are no values.
pub(super) fn native(kind: Kind, object: Object) -> Native {
    let mut attrs = SharedMap::with_capacity(USUAL);
    let mut put = |name: &str, value: Option<String>| {
        if let Some(value) = value.filter(|text| !text.is_empty()) {
            attrs.insert(name, Value::String(value));
        }
    };
    put(EXTERNAL_ID, object.external_id);
    put(DISPLAY_NAME, object.display_name);
    if kind == Kind::User {
        let name = object.name.unwrap_or_default();
        put(USER_NAME, object.user_name);
        put(GIVEN_NAME, name.given_name);
        put(FAMILY_NAME, name.family_name);
        put(EMAIL, object.emails.as_deref().and_then(kept_email));
        put("title", object.title);
        put("userType", object.user_type);
        put("preferredLanguage", object.preferred_language);
        put("locale", object.locale);
        put("timezone", object.timezone);
        if let Some(employee) = object.enterprise {
            EMPLOYEE.iter().for_each(|name| put(name, plain(employee.get(*name))));
        }
        if let Some(own) = object.tenant.filter(|own| !own.is_empty()) {
            attrs.insert(TENANT.to_owned(), Value::Object(own));
        }
    }
    let members = |list: Vec<_>| list.into_iter().filter_map(|member: super::model::Member| member.value);
    let member = |id| Neighbour { at: NativeRef::new(id), name: None, locked: None };
    let meta = object.meta;
    let time = |value: Option<&Value>| {
        let text = value?.as_str()?;
        Some(Timestamp(text.parse::<jiff::Timestamp>().ok()?.as_microsecond()))
    };
    Native {
        at: NativeRef::new(object.id.unwrap_or_default()),
        attrs: attrs.into(),
        active: object.active.as_ref().filter(|_| kind == Kind::User).and_then(Flag::get),
        locked: None,
        // Vendor: a person never tells their groups.
        groups: None,
        members: object
            .members
            .filter(|_| kind == Kind::Group)
            .map(|list| members(list).map(member).collect()),
        created: time(meta.as_ref().and_then(|meta| meta.created.as_ref())),
        modified: time(
            meta.as_ref().and_then(|meta| meta.last_modified.as_ref()).filter(|_| kind == Kind::User),
        ),
    }
}

/// The primary address, else the first.
fn kept_email(emails: &[Email]) -> Option<String> {
    let is_primary = |email: &&Email| email.primary.as_ref().and_then(Flag::get) == Some(true);
    let chosen = emails.iter().find(is_primary).or_else(|| emails.first())?;
    chosen.value.clone()
}

/// A text, or the `value` of an object.
fn plain(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) => Some(text.clone()),
        Value::Object(object) => object.get("value")?.as_str().map(str::to_owned),
        _ => None,
    }
}

/// The fields that a document wants.
pub(super) fn desired(kind: Kind, document: &Document, config: &NetskopeConfig) -> Attrs {
    let mut attrs = Attrs::new();
    let mut put = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            attrs.insert(name, Value::String(value));
        }
    };
    put(EXTERNAL_ID, text(document.get(EXTERNAL_ID)));
    if kind == Kind::Group {
        put(DISPLAY_NAME, text(document.get(DISPLAY_NAME)));
        return attrs;
    }
    let name = document.get("name");
    put(USER_NAME, text(document.get(USER_NAME)));
    put(GIVEN_NAME, text(name.and_then(|name| name.get(GIVEN_NAME))));
    put(FAMILY_NAME, text(name.and_then(|name| name.get(FAMILY_NAME))));
    let email = match config.email_from_username {
        true => document.email_or_user_name(),
        false => document.email(),
    };
    put(EMAIL, email.map(str::to_owned));
    PROFILE.iter().for_each(|name| put(name, text(document.get(name))));
    if let Some(employee) = document.extension(ENTERPRISE) {
        for name in EMPLOYEE {
            put(name, plain(employee.get(name)).filter(|text| !text.trim().is_empty()));
        }
    }
    if let Some(own) = document.extension(TENANT).filter(|own| !own.is_empty()) {
        attrs.insert(TENANT, Value::Object(own.clone()));
    }
    attrs
}

/// An object that nobody wrote through us, in SCIM. Every row of a list is one: what is there is looked at, not what could be.
pub(super) fn present(kind: Kind, native: &Native, tenant_attributes: bool) -> Document {
    let is_shown = |field: &str| match kind {
        Kind::User => field != EXTERNAL_ID && (field != TENANT || tenant_attributes),
        Kind::Group => field == DISPLAY_NAME,
    };
    let mut person = attributes(native.attrs.iter().filter(|(field, _)| is_shown(field)));
    if kind == Kind::User {
        person.insert("active".to_owned(), Value::Bool(native.active.unwrap_or(true)));
    }
    Document::from_canonical(person)
}

/// Puts one field's native value, assigned or not, where [`desired`] would take it from.
pub(super) fn overlay(kind: Kind, field: &str, native: &Native, document: &mut Document) {
    let value = native.attrs.get(field).cloned().unwrap_or(Value::Null);
    match (kind, field) {
        (Kind::Group, DISPLAY_NAME) => document.set(field, value),
        (Kind::Group, _) => {}
        (Kind::User, GIVEN_NAME | FAMILY_NAME) => set_name(document, field, value),
        (Kind::User, EMAIL) => set_email(document, value),
        (Kind::User, MANAGER) if !value.is_null() => {
            document.set_extension(ENTERPRISE, MANAGER, json!({ "value": value }));
        }
        (Kind::User, field) if EMPLOYEE.contains(&field) => document.set_extension(ENTERPRISE, field, value),
        (Kind::User, field) if field == USER_NAME || field == TENANT || PROFILE.contains(&field) => {
            document.set(field, value);
        }
        (Kind::User, _) => {}
    }
}

/// What a PATCH calls a field (vendor: an enumeration of odd spellings, the missing quotes around `work` too).
pub(super) fn patch_path(kind: Kind, field: &str) -> String {
    match (kind, field) {
        (_, EXTERNAL_ID) => "externalid".to_owned(),
        (Kind::Group, DISPLAY_NAME) => "displayname".to_owned(),
        (_, GIVEN_NAME) => "name.givenname".to_owned(),
        (_, FAMILY_NAME) => "name.familyname".to_owned(),
        (_, EMAIL) => "emails[type eq work].value".to_owned(),
        (_, field) if EMPLOYEE.contains(&field) => format!("{ENTERPRISE}:{field}"),
        (_, field) => field.to_owned(),
    }
}

/// Fields as the body of a POST or PUT has them.
pub(super) fn body(kind: Kind, attrs: &Attrs) -> Map<String, Value> {
    let mut body = attributes(attrs.iter());
    let core = format!("urn:ietf:params:scim:schemas:core:2.0:{kind}");
    let mut schemas = vec![Value::from(core)];
    let extensions = [ENTERPRISE, TENANT].into_iter().filter(|urn| body.contains_key(*urn));
    schemas.extend(extensions.map(Value::from));
    body.insert("schemas".to_owned(), Value::Array(schemas));
    body.insert("meta".to_owned(), json!({ "resourceType": kind.to_string() }));
    body
}

/// Fields as attributes: parts of a name together, and what is known of an employee.
fn attributes<'a>(fields: impl IntoIterator<Item = (&'a str, &'a Value)>) -> Map<String, Value> {
    let mut attributes = Map::with_capacity(USUAL);
    let (mut name, mut employee) = (Map::new(), Map::new());
    for (field, value) in fields {
        match field {
            GIVEN_NAME | FAMILY_NAME => drop(name.insert(field.to_owned(), value.clone())),
            EMAIL => {
                let email = json!([{"value": value, "type": "work", "primary": true}]);
                attributes.insert("emails".to_owned(), email);
            }
            MANAGER => drop(employee.insert(field.to_owned(), json!({ "value": value }))),
            field if EMPLOYEE.contains(&field) => drop(employee.insert(field.to_owned(), value.clone())),
            _ => drop(attributes.insert(field.to_owned(), value.clone())),
        }
    }
    if !name.is_empty() {
        attributes.insert("name".to_owned(), Value::Object(name));
    }
    if !employee.is_empty() {
        attributes.insert(ENTERPRISE.to_owned(), Value::Object(employee));
    }
    attributes
}
