//! `docs/quirks.md` names every repair, with a request that needs it.

use scim::bulk::{BULK_REQUEST_URN, BulkRequest};
use scim::query::Projection;
use scim::resource::{Document, Meta, Required, render};
use scim::schema::ResourceType;
use scim::{Limits, Profile, Repair, Repairs, Result};
use scim_facade::backend::Deactivate;
use scim_facade::facade::Target;
use scim_facade::kernel::Kind;
use serde_json::{Value, json};

use crate::support::World;

const TEXT: &str = include_str!("../../docs/quirks.md");
const URNS: [(&str, &str); 3] = [
    ("<U>", "urn:ietf:params:scim:schemas:core:2.0:User"),
    ("<G>", "urn:ietf:params:scim:schemas:core:2.0:Group"),
    ("<E>", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"),
];
const PATCH_OP: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// A row of the table: repair, who sends it, request, strict answer.
fn rows() -> Vec<[&'static str; 4]> {
    let cells = |line: &'static str| -> Option<[&'static str; 4]> {
        let cells: Vec<&str> = line.strip_prefix("| `")?.trim_end_matches(" |").split(" | ").collect();
        let [repair, who, request, strict] = cells.try_into().ok()?;
        Some([repair.trim_end_matches('`'), who, request.trim_matches('`'), strict.trim_matches('`')])
    };
    TEXT.lines().filter_map(cells).collect()
}

#[tokio::test(start_paused = true)]
async fn the_table_has_every_repair_and_a_request_that_needs_it() {
    let rows = rows();
    let names: Vec<&str> = rows.iter().map(|row| row[0]).collect();
    let all: Vec<&str> = Repair::ALL.iter().map(|repair| repair.name()).collect();
    assert_eq!(names, all);
    let world = World::memory(Deactivate::Native);
    for ([name, who, request, strict], repair) in rows.into_iter().zip(Repair::ALL) {
        assert!(!who.is_empty(), "{name}");
        let (forgiven, repairs) = send(&world, request, Profile::Tolerant);
        assert_eq!(forgiven, Ok(()), "{name}: {request}");
        assert!(repairs.count(*repair) > 0, "{name}: {request} needs {repairs:?}");
        let refused = send(&world, request, Profile::Strict).0.expect_err(request);
        assert_eq!(refused.scim_type.map(scim::ScimType::as_str), Some(strict), "{name}: {refused}");
    }
}

/// Reads a request `METHOD Type …` as far as it needs no backend.
fn send(world: &World, request: &str, profile: Profile) -> (Result<()>, Repairs) {
    let request = URNS.iter().fold(request.to_owned(), |text, (short, urn)| text.replace(short, urn));
    let (method, rest) = request.split_once(' ').unwrap();
    let (kind, what) = rest.split_once(' ').unwrap();
    if kind == "Bulk" {
        return bulk(serde_json::from_str(what).unwrap(), profile);
    }
    let kind = if kind == "User" { Kind::User } else { Kind::Group };
    let rt = world.facade.resource_type(kind);
    let mut repairs = Repairs::new();
    let result = match method {
        "GET" => get(what, rt, profile, &mut repairs),
        "POST" => post(serde_json::from_str(what).unwrap(), rt, profile, &mut repairs).map(drop),
        _ => patch(serde_json::from_str(what).unwrap(), rt, profile, &mut repairs),
    };
    (result, repairs)
}

/// Reads the operations of a bulk request; what is wrong with one of them is the error.
fn bulk(operations: Value, profile: Profile) -> (Result<()>, Repairs) {
    let mut repairs = Repairs::new();
    let body = json!({ "schemas": [BULK_REQUEST_URN], "Operations": operations });
    let read = BulkRequest::parse(body, profile, &Limits::default(), &mut repairs);
    let result = read.and_then(|read| read.operations.into_iter().try_for_each(|one| one.wish.map(drop)));
    (result, repairs)
}

fn get(what: &str, rt: &ResourceType, profile: Profile, repairs: &mut Repairs) -> Result<()> {
    let (name, value) = what.split_once('=').unwrap();
    if name == "attributes" {
        return Projection::parse(Some(value), None, rt, profile, &Limits::default(), repairs).map(drop);
    }
    let filter = scim::filter::parse(value, profile, &Limits::default(), repairs)?;
    filter.bind(rt, profile, repairs).map(drop)
}

fn post(mut body: Value, rt: &ResourceType, profile: Profile, repairs: &mut Repairs) -> Result<Document> {
    let map = body.as_object_mut().unwrap();
    map.entry("schemas").or_insert_with(|| json!([rt.schema.id]));
    let read = Document::parse(body, rt, profile, &Limits::default(), Required::Check, repairs);
    read.map(|incoming| incoming.document)
}

fn patch(body: Value, rt: &ResourceType, profile: Profile, repairs: &mut Repairs) -> Result<()> {
    let mut body = if body.is_array() { json!({ "Operations": body }) } else { body };
    body.as_object_mut().unwrap().entry("schemas").or_insert_with(|| json!([PATCH_OP]));
    let before = json!({
        "userName": "ada", "displayName": "Ada", "title": "Countess",
        "emails": [{ "value": "ada@example.com", "type": "work" }], URNS[2].1: { "manager": { "value": "g0" } },
        "schemas": [URNS[0].1, URNS[2].1],
    });
    let before = if rt.name == "User" { before } else { json!({ "displayName": "Engineers" }) };
    let mut document = post(before, rt, Profile::Strict, &mut Repairs::new())?;
    let current = render(document.clone(), "1", rt, &Meta::default());
    let mut patch = scim::patch::Patch::parse(body, rt, profile, &Limits::default(), repairs)?;
    patch.take_members();
    patch.apply(&mut document, &current, rt, profile, repairs).map(drop)
}
