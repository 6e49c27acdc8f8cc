//! PATCH (RFC 7644 §3.5.2), and what stands in a body.

use std::sync::{Arc, LazyLock};

use scim::patch::{Member, MemberOp, Patch};
use scim::resource::{Document, Meta, Required, Resource, parse_json};
use scim::schema::ResourceType;
use scim::{Limits, Profile, Repairs};
use serde_json::{Map, Value, json};

use crate::PROFILES;
use crate::things::{Kind, group, user};

static USER: LazyLock<Kind> = LazyLock::new(user);
static GROUP: LazyLock<Kind> = LazyLock::new(group);
static ADA: LazyLock<Document> = LazyLock::new(|| {
    let enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    let body = json!({
        "schemas": [USER.resource_type.schema.id, enterprise],
        "userName": "ada@example.com", "displayName": "Ada Lovelace", "active": true, "title": "Countess",
        "name": { "givenName": "Ada", "familyName": "Lovelace" },
        "emails": [
            { "value": "ada@example.com", "type": "work", "primary": true },
            { "value": "ada@home.example", "type": "home" },
        ],
        enterprise: { "department": "Engines", "manager": { "value": "grace" } },
    });
    read(body, &USER.resource_type, Profile::Strict).unwrap()
});

/// Any body is refused or carried out as a whole. What it leaves is a document that the strict profile reads back without a
/// repair; nothing changes unless that is said; a group loses its members only to a plain request; and whether access ends does
/// not depend on how the body is looked at.
///
/// # Panics
/// If that is not so.
pub fn patch(data: &[u8]) {
    let limits = Limits::default();
    let Ok(body) = parse_json(data, &limits) else { return };
    for profile in PROFILES {
        on_user(&body, profile);
        on_group(&body, profile);
        as_a_resource(&body, profile);
    }
}

fn read(body: Value, rt: &ResourceType, profile: Profile) -> Option<Document> {
    let mut repairs = Repairs::new();
    let read = Document::parse(body, rt, profile, &Limits::default(), Required::Check, &mut repairs).ok()?;
    Some(read.document)
}

fn rendered(document: &Document, rt: &ResourceType) -> Map<String, Value> {
    let (resource_type, id) = (Arc::new(rt.clone()), "ada-id".into());
    let (document, meta) = (document.clone(), Meta::default());
    Resource { resource_type, id, document, external_id: None, relation: None, meta }.to_map()
}

/// A document is canonical if the strict profile reads what is shown of it back, as it was and without a repair.
fn is_canonical(document: &Document, rt: &ResourceType) {
    let mut repairs = Repairs::new();
    let body = Value::Object(rendered(document, rt));
    let again = Document::parse(body, rt, Profile::Strict, &Limits::default(), Required::Check, &mut repairs);
    assert_eq!(again.map(|read| read.document).as_ref(), Ok(document));
    assert!(repairs.is_empty(), "{repairs:?}");
}

fn on_user(body: &Value, profile: Profile) {
    let (rt, limits, mut repairs) = (&USER.resource_type, Limits::default(), Repairs::new());
    let ending = Patch::deactivation(body, rt, profile, &limits);
    assert!(ending.as_ref().is_none_or(Patch::deactivates));
    let Ok(patch) = Patch::parse(body.clone(), rt, profile, &limits, &mut repairs) else { return };
    assert!(
        profile.is_tolerant() || repairs.iter().all(|(repair, _)| repair.name() == "empty_string"),
        "{repairs:?}"
    );
    assert_eq!(patch.deactivates(), ending.is_some(), "{body}");
    let before = &*ADA;
    let mut after = before.clone();
    match patch.apply(&mut after, &rendered(before, rt), rt, profile, &mut repairs) {
        // RFC 7644 §3.5.2: all or none.
        Err(_) => assert_eq!(&after, before),
        Ok(outcome) => {
            assert_eq!(outcome.changed, &after != before, "{body}");
            assert!(!outcome.changed || !outcome.wrote.is_empty(), "{body}");
            assert!(!outcome.removed_active || after.active().is_none(), "{body}");
            assert!(!patch.deactivates() || after.active() == Some(false), "{body}");
            is_canonical(&after, rt);
        }
    }
}

fn on_group(body: &Value, profile: Profile) {
    let (rt, mut repairs) = (&GROUP.resource_type, Repairs::new());
    let Ok(mut patch) = Patch::parse(body.clone(), rt, profile, &Limits::default(), &mut repairs) else {
        return;
    };
    let operations = patch.take_members();
    let people: Vec<Member> =
        ["one", "two"].map(|id| Member { value: id.to_owned(), r#type: Some("User".to_owned()) }).into();
    let after = MemberOp::apply_all(&operations, &people);
    let plain = |operation: &MemberOp| match operation {
        MemberOp::Add(_) => false,
        MemberOp::Remove(ids) => ids.iter().any(|id| id == "one" || id == "two"),
        MemberOp::Replace(_) | MemberOp::Clear | MemberOp::RemoveMatching(_) => true,
    };
    let all = people.iter().all(|one| after.iter().any(|member| member.value == one.value));
    assert!(all || operations.iter().any(plain), "{body}");
    let ids: std::collections::BTreeSet<&str> = after.iter().map(|member| member.value.as_str()).collect();
    assert_eq!(ids.len(), after.len(), "somebody is a member twice: {body}");
}

/// The same body as that of a POST or PUT.
fn as_a_resource(body: &Value, profile: Profile) {
    for kind in [&*USER, &*GROUP] {
        if let Some(document) = read(body.clone(), &kind.resource_type, profile) {
            is_canonical(&document, &kind.resource_type);
        }
    }
}
