//! Resource types, requests and a reader of paths that does not use the crate's own.

use std::sync::Arc;

use scim::patch::{MemberOp, Patch, PatchOutcome};
use scim::resource::{Document, Incoming, Location, Meta, Required, Resource};
use scim::schema::{ResourceType, Schema};
use scim::{Limits, Profile, Repair, Repairs, Result, ScimError};
use serde_json::{Map, Value, json};

pub const CORE: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
pub const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
pub const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
pub const SOPHOS: &str = "urn:scim-facade:params:scim:schemas:extension:sophos:2.0:User";
pub const PATCH_OP: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
pub const T: Profile = Profile::Tolerant;
pub const S: Profile = Profile::Strict;

macro_rules! schema {
    ($file:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../scim-schemas/", $file))
    };
}
pub(crate) use schema;

pub fn schemas() -> Vec<Arc<Schema>> {
    let texts = [
        schema!("core/User.json"),
        schema!("core/Group.json"),
        schema!("enterprise/User.json"),
        schema!("sophos/User.json"),
    ];
    texts.iter().map(|text| Arc::new(Schema::from_json(text).unwrap())).collect()
}

/// User with the enterprise and the Sophos extension.
pub fn user() -> ResourceType {
    ResourceType::from_json(schema!("sophos/ResourceTypes/User.json"), &schemas()).unwrap()
}

pub fn group() -> ResourceType {
    ResourceType::from_json(schema!("core/ResourceTypes/Group.json"), &schemas()).unwrap()
}

/// A parsed body and the repairs that it needed.
pub fn parse_with(body: Value, rt: &ResourceType, profile: Profile) -> (Result<Incoming>, Repairs) {
    let mut repairs = Repairs::new();
    let incoming = Document::parse(body, rt, profile, &Limits::default(), Required::Check, &mut repairs);
    (incoming, repairs)
}

/// A user as the tolerant profile reads it.
pub fn doc(body: Value) -> Document {
    parse_with(body, &user(), T).0.unwrap().document
}

/// A body of a user with these attributes besides userName and schemas.
pub fn user_body(extra: Value) -> Value {
    let mut body = json!({ "schemas": [CORE, ENTERPRISE, SOPHOS], "userName": "ada@example.com" });
    body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    body
}

pub fn ada() -> Document {
    doc(json!({
        "schemas": [CORE, ENTERPRISE],
        "userName": "ada@example.com",
        "externalId": "ext-ada",
        "displayName": "Ada Lovelace",
        "active": true,
        "name": { "givenName": "Ada", "familyName": "Lovelace" },
        "emails": [{ "value": "ada@example.com", "type": "work", "primary": true }],
        ENTERPRISE: { "department": "Engines" },
    }))
}

pub fn rendered(doc: &Document, rt: &ResourceType) -> Map<String, Value> {
    resource(doc, rt).to_map()
}

/// A URL of the service provider of these tests.
pub fn location(endpoint: &'static str, id: &str) -> Location {
    Location::new(&"https://scim.example.com/v2".into(), endpoint, id)
}

pub fn resource(doc: &Document, rt: &ResourceType) -> Resource {
    let meta = Meta {
        created: Some("2026-01-01T00:00:00Z".parse().unwrap()),
        last_modified: Some("2026-02-03T04:05:06.789Z".parse().unwrap()),
        location: Some(location("Users", "ada-id")),
        version: Some("W/\"1\"".into()),
    };
    let (resource_type, id) = (Arc::new(rt.clone()), "ada-id".into());
    Resource { resource_type, id, document: doc.clone(), external_id: None, relation: None, meta }
}

/// What a JSON text says.
pub fn tree(text: impl AsRef<[u8]>) -> Value {
    serde_json::from_slice(text.as_ref()).unwrap()
}

pub fn message(operations: Value) -> Value {
    json!({ "schemas": [PATCH_OP], "Operations": operations })
}

/// What a PATCH of a user did.
#[derive(Debug)]
pub struct Patched {
    pub doc: Document,
    pub outcome: PatchOutcome,
    pub repairs: Repairs,
}

impl Patched {
    pub fn at(&self, path: &str) -> Value {
        at(&Value::Object(self.doc.as_map().to_map()), path)
    }

    pub fn used(&self, repair: Repair) -> bool {
        self.repairs.count(repair) > 0
    }
}

/// Applies a whole PATCH body to a user.
pub fn patch_body(doc: &Document, body: Value, profile: Profile) -> Result<Patched> {
    let mut after = doc.clone();
    let (outcome, repairs) = patch_into(&mut after, body, profile)?;
    Ok(Patched { doc: after, outcome, repairs })
}

/// The same of the user itself.
pub fn patch_into(doc: &mut Document, body: Value, profile: Profile) -> Result<(PatchOutcome, Repairs)> {
    let rt = user();
    let mut repairs = Repairs::new();
    let patch = Patch::parse(body, &rt, profile, &Limits::default(), &mut repairs)?;
    let current = rendered(doc, &rt);
    let outcome = patch.apply(doc, &current, &rt, profile, &mut repairs)?;
    Ok((outcome, repairs))
}

/// Applies operations to a user.
pub fn patch(doc: &Document, operations: Value, profile: Profile) -> Result<Patched> {
    patch_body(doc, message(operations), profile)
}

/// The member operations of a group's PATCH.
pub fn members(operations: Value, profile: Profile) -> (Result<Vec<MemberOp>>, Repairs) {
    let mut repairs = Repairs::new();
    let parsed = Patch::parse(message(operations), &group(), profile, &Limits::default(), &mut repairs);
    let members = parsed.map(|mut patch| {
        let members = patch.take_members();
        assert!(patch.is_empty());
        members
    });
    (members, repairs)
}

/// `scimType` of an error.
pub fn kind<T>(result: Result<T>) -> &'static str {
    let error: ScimError = result.err().expect("an error");
    error.scim_type.map_or("", scim::ScimType::as_str)
}

/// The value at `a.b`, `a[0]`, `a[type eq "x"].b`, `urn:…:User:a.b`; null if there is none.
pub fn at(value: &Value, path: &str) -> Value {
    let (urn, rest) = match path.split('[').next().unwrap().rfind(":User:") {
        Some(end) => (Some(&path[..end + 5]), &path[end + 6..]),
        None if path.ends_with(":User") => (Some(path), ""),
        None => (None, path),
    };
    let mut here = urn.map_or(value, |urn| &value[urn]).clone();
    let mut rest = rest;
    while !rest.is_empty() {
        if let Some(inside) = rest.strip_prefix('[') {
            let (filter, after) = inside.split_once(']').unwrap();
            here = match filter.split_once(" eq ") {
                None => here[filter.parse::<usize>().unwrap()].clone(),
                Some((name, literal)) => {
                    let wanted: Value = serde_json::from_str(literal).unwrap();
                    let list = here.as_array().cloned().unwrap_or_default();
                    list.into_iter().find(|element| element[name] == wanted).unwrap_or_default()
                }
            };
            rest = after;
        } else {
            let name = rest.trim_start_matches('.');
            let end = name.find(['.', '[']).unwrap_or(name.len());
            here = here[&name[..end]].clone();
            rest = &name[end..];
        }
    }
    here
}
