//! SCIM attributes to Sophos's fields and back. Pure.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use scim::resource::{Document, fold};
use serde_json::{Value, json};

use super::auth::Place;
use super::model::{NamedRef, Object, RefList};
use crate::backend::attributes::{set_email, set_name, text};
use crate::backend::{Attrs, Compare, Field, Locked, Native, NativeRef, Neighbour, Pushdown};
use crate::kernel::{Kind, Timestamp};

/// The schema of what Sophos has and SCIM has not.
pub const USER_EXTENSION: &str = "urn:scim-facade:params:scim:schemas:extension:sophos:2.0:User";

const NAME: &str = "name";
const FIRST_NAME: &str = "firstName";
const LAST_NAME: &str = "lastName";
const EMAIL: &str = "email";
const EXCHANGE_LOGIN: &str = "exchangeLogin";

/// Attributes of the extension that are only read. As native attributes they have the same names.
const READ_ONLY: [&str; 4] = ["domain", "sourceType", "tenantId", "dataRegion"];

/// What Sophos keeps of a person (vendor: one free display name; no userName, no active, no externalId).
pub(super) const USER_FIELDS: &[Field] = &[
    Field { name: NAME, compare: Compare::Exact },
    Field { name: FIRST_NAME, compare: Compare::Exact },
    Field { name: LAST_NAME, compare: Compare::Exact },
    Field { name: EMAIL, compare: Compare::Folded },
    Field { name: EXCHANGE_LOGIN, compare: Compare::Folded },
];

/// What Sophos keeps of a group.
pub(super) const GROUP_FIELDS: &[Field] = &[Field { name: NAME, compare: Compare::Folded }];

/// What can be searched for in people (vendor: `searchFields`). Not name.formatted: Sophos has it only of people without a
/// displayName.
pub(super) const USER_PUSHDOWN: &[Pushdown] = &[
    Pushdown { scim: "emails.value", field: EMAIL },
    Pushdown { scim: "displayName", field: NAME },
    Pushdown { scim: "name.givenName", field: FIRST_NAME },
    Pushdown { scim: "name.familyName", field: LAST_NAME },
    Pushdown {
        scim: "urn:scim-facade:params:scim:schemas:extension:sophos:2.0:User:exchangeLogin",
        field: EXCHANGE_LOGIN,
    },
];

/// What can be searched for in groups.
pub(super) const GROUP_PUSHDOWN: &[Pushdown] = &[Pushdown { scim: "displayName", field: NAME }];

/// An object as it was read. Empty strings are no values (vendor: names "may be empty or absent").
pub(super) fn native(kind: Kind, object: Object, place: &Place) -> Native {
    let source = object.source.and_then(|source| source.kind);
    let fields = [
        (NAME, object.name),
        (FIRST_NAME, object.first_name),
        (LAST_NAME, object.last_name),
        (EMAIL, object.email),
        (EXCHANGE_LOGIN, object.exchange_login),
        ("domain", object.domain),
        ("sourceType", source.clone()),
        ("tenantId", Some(place.tenant.clone())),
        ("dataRegion", place.data_region.clone()),
    ];
    let assigned = |(name, value): (&'static str, Option<String>)| {
        let value = value.filter(|text| !text.is_empty())?;
        Some((name, Value::String(value)))
    };
    let neighbours = |list: Vec<NamedRef>| list.into_iter().map(neighbour).collect();
    let created = object.created_at.as_deref().and_then(utc);
    Native {
        at: NativeRef::new(object.id),
        attrs: fields.into_iter().filter_map(assigned).collect(),
        active: None,
        locked: source.as_deref().and_then(locked),
        groups: object.groups.filter(|_| kind == Kind::User).and_then(RefList::complete).map(neighbours),
        members: object.users.filter(|_| kind == Kind::Group).and_then(RefList::complete).map(neighbours),
        // Vendor: never-edited objects may have no updatedAt.
        modified: object.updated_at.as_deref().and_then(utc).or(created),
        created,
    }
}

fn neighbour(of: NamedRef) -> Neighbour {
    Neighbour { at: NativeRef::new(of.id), name: of.name.or(of.display_name), locked: None }
}

/// A whole object in a list of members or of groups.
pub(super) fn member(of: Object) -> Neighbour {
    let locked = of.source.as_ref().and_then(|source| locked(source.kind.as_deref()?));
    Neighbour { at: NativeRef::new(of.id), name: of.name, locked }
}

/// Vendor: everything but `custom` comes from a directory and is read-only.
fn locked(source: &str) -> Option<Locked> {
    let by = match source {
        "custom" => return None,
        "activeDirectory" => "Active Directory",
        "azureActiveDirectory" => "Microsoft Entra ID",
        other => other,
    };
    Some(Locked { by: by.to_owned() })
}

/// A vendor's timestamp, with or without a zone, in RFC 3339 and UTC.
fn utc(text: &str) -> Option<Timestamp> {
    let zoneless =
        || text.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
    let time = text.parse::<jiff::Timestamp>().ok().or_else(zoneless)?;
    Some(Timestamp(time.as_microsecond()))
}

/// The fields that a document wants.
pub(super) fn desired(kind: Kind, document: &Document) -> Attrs {
    let name = document.get("name");
    let part = |part: &str| name.and_then(|name| text(name.get(part)));
    let fields: Vec<(&str, Option<String>)> = match kind {
        Kind::Group => vec![(NAME, text(document.get("displayName")))],
        Kind::User => {
            let email = document.email_or_user_name().map(str::to_owned);
            vec![
                (NAME, name_of(document)),
                (FIRST_NAME, part("givenName")),
                (LAST_NAME, part("familyName")),
                (EXCHANGE_LOGIN, exchange_login_of(document, email.as_deref())),
                (EMAIL, email),
            ]
        }
    };
    let assigned = |(name, value): (&'static str, Option<String>)| Some((name, Value::String(value?)));
    fields.into_iter().filter_map(assigned).collect()
}

/// displayName, else name.formatted, else given and family name, else userName.
fn name_of(document: &Document) -> Option<String> {
    let name = document.get("name");
    let part = |part: &str| name.and_then(|name| text(name.get(part)));
    let both = || {
        let parts: Vec<String> = [part("givenName"), part("familyName")].into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    };
    text(document.get("displayName"))
        .or_else(|| part("formatted"))
        .or_else(both)
        .or_else(|| text(document.get("userName")))
}

/// The extension's value, else a userName that differs from the e-mail.
fn exchange_login_of(document: &Document, email: Option<&str>) -> Option<String> {
    let own = document.extension(USER_EXTENSION).and_then(|data| text(data.get(EXCHANGE_LOGIN)));
    let differs = |name: &String| email.is_none_or(|email| fold(email) != fold(name));
    own.or_else(|| text(document.get("userName")).filter(differs))
}

/// An object that nobody wrote through us, in SCIM.
pub(super) fn present(kind: Kind, native: &Native) -> Document {
    let mut document = Document::default();
    if kind == Kind::User {
        let key = native.attrs.get(EMAIL).or_else(|| native.attrs.get(EXCHANGE_LOGIN)).cloned();
        document.set("userName", key.unwrap_or_else(|| json!(native.at.id)));
        // Vendor: there is no disabled state; who exists has access.
        document.set("active", Value::Bool(true));
        if let Some(name) = native.attrs.get(NAME) {
            document.set("name", json!({ "formatted": name }));
        }
    }
    let fields = match kind {
        Kind::User => USER_FIELDS,
        Kind::Group => GROUP_FIELDS,
    };
    for field in fields.iter().filter(|field| native.attrs.contains_key(field.name)) {
        overlay(kind, field.name, native, &mut document);
    }
    annotate(kind, native, &mut document);
    document
}

/// Puts one field's native value, assigned or not, where [`desired`] would take it from.
pub(super) fn overlay(kind: Kind, field: &str, native: &Native, document: &mut Document) {
    let value = native.attrs.get(field).cloned().unwrap_or(Value::Null);
    match (kind, field) {
        (Kind::Group, NAME) => document.set("displayName", value),
        (Kind::Group, _) => {}
        (Kind::User, NAME) => {
            if document.get("name").is_some_and(|name| name.get("formatted").is_some()) {
                set_name(document, "formatted", value.clone());
            }
            document.set("displayName", value);
        }
        (Kind::User, FIRST_NAME) => set_name(document, "givenName", value),
        (Kind::User, LAST_NAME) => set_name(document, "familyName", value),
        (Kind::User, EMAIL) => set_email(document, value),
        (Kind::User, EXCHANGE_LOGIN) => document.set_extension(USER_EXTENSION, EXCHANGE_LOGIN, value),
        (Kind::User, _) => {}
    }
}

/// Puts what only Sophos knows of a person into the extension.
pub(super) fn annotate(kind: Kind, native: &Native, document: &mut Document) {
    if kind == Kind::Group {
        return;
    }
    document.set_extension(USER_EXTENSION, "nativeId", json!(native.at.id));
    for name in READ_ONLY {
        let value = native.attrs.get(name).cloned().unwrap_or(Value::Null);
        document.set_extension(USER_EXTENSION, name, value);
    }
    let synced = native.modified.filter(|_| native.locked.is_some()).map(|at| at.to_string());
    document.set_extension(USER_EXTENSION, "syncedAt", json!(synced));
}

#[cfg(test)]
#[path = "map_tests.rs"]
mod tests;
