//! `docs/quirks.md` names every repair, with a request that needs it.

use std::collections::BTreeMap;
use std::sync::Arc;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use scim::bulk::{BULK_REQUEST_URN, BulkRequest};
use scim::query::Projection;
use scim::resource::{Document, Meta, Required, Resource};
use scim::schema::ResourceType;
use scim::{Limits, Profile, Repair, Repairs, Result};
use scim_facade::backend::Deactivate;
use scim_facade::facade::Target;
use scim_facade::kernel::Kind;
use serde_json::{Value, json};

use crate::support::web::HttpReply;
use crate::support::world::{group, person};
use crate::support::{Over, World};

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

/// Over HTTP each repair is counted under its name for a tolerant client; a strict one is refused, and nothing is counted.
#[tokio::test(start_paused = true)]
async fn every_repair_has_a_counter() {
    for ([name, _, request, strict], _) in rows().into_iter().zip(Repair::ALL) {
        let counter = format!("repairs_total{{client=\"okta\",repair=\"{name}\"}}");
        let world = Over::Memory.world();
        let forgiven = over_http(&world, request).await;
        assert!(forgiven.status < 300, "{name}: {request}: {forgiven:?}");
        let metrics = world.telemetry.render();
        assert!(metrics.contains(&counter), "{name}: {request}: {metrics}");

        let world = Over::Memory.strict();
        let refused = over_http(&world, request).await;
        let error = error_of(&refused);
        assert_eq!(error["status"], "400", "{name}: {request}: {error}");
        assert_eq!(error["scimType"], strict, "{name}: {request}: {error}");
        assert!(!world.telemetry.render().contains(&counter), "{name}");
    }
}

/// The error that a request ended with, or the first of a bulk request's operations.
fn error_of(refused: &HttpReply) -> Value {
    let body = refused.json();
    let of_operation = body["Operations"][0]["response"].clone();
    if of_operation.is_null() { body } else { of_operation }
}

/// Sends a request to a world with a person and a group that it can be about.
async fn over_http(world: &World, request: &str) -> HttpReply {
    let request = spelled_out(request);
    let (method, rest) = request.split_once(' ').unwrap();
    let (kind, what) = rest.split_once(' ').unwrap();
    if kind == "Bulk" {
        let body = complete(what, BULK_REQUEST_URN).to_string();
        return world.http(method, "/Bulk", &BTreeMap::new(), Some(body)).await;
    }
    let mut ada = person("ada");
    ada["schemas"] = json!([URNS[0].1, URNS[2].1]);
    ada["userName"] = json!("countess@example.com");
    ada[URNS[2].1] = json!({ "manager": { "value": "g0" } });
    let ada = world.post("/Users", ada).await.id();
    let team = world.post("/Groups", group("Crew", &[&ada])).await.id();
    let what = what.replace("value eq \\\"a\\\"", &format!("value eq \\\"{ada}\\\""));
    let (endpoint, core) = if kind == "User" { ("Users", URNS[0].1) } else { ("Groups", URNS[1].1) };
    let (path, body) = match method {
        "GET" => {
            let (name, value) = what.split_once('=').unwrap();
            let value = utf8_percent_encode(value, NON_ALPHANUMERIC);
            (format!("/{endpoint}?{name}={value}"), None)
        }
        "POST" => (format!("/{endpoint}"), Some(complete(&what, core))),
        _ => {
            let id = if kind == "User" { ada } else { team };
            (format!("/{endpoint}/{id}"), Some(complete(&what, PATCH_OP)))
        }
    };
    world.http(method, &path, &BTreeMap::new(), body.map(|body| body.to_string())).await
}

fn spelled_out(request: &str) -> String {
    URNS.iter().fold(request.to_owned(), |text, (short, urn)| text.replace(short, urn))
}

/// A body as it is sent: the table leaves out `schemas` where they are as they should be, and what is around operations.
fn complete(what: &str, urn: &str) -> Value {
    let body: Value = serde_json::from_str(what).unwrap();
    let mut body = if body.is_array() { json!({ "Operations": body }) } else { body };
    body.as_object_mut().unwrap().entry("schemas").or_insert_with(|| json!([urn]));
    body
}

/// Reads a request `METHOD Type …` as far as it needs no backend.
fn send(world: &World, request: &str, profile: Profile) -> (Result<()>, Repairs) {
    let request = spelled_out(request);
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
        "POST" => post(complete(what, &rt.schema.id), rt, profile, &mut repairs).map(drop),
        _ => patch(complete(what, PATCH_OP), rt, profile, &mut repairs),
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

fn post(body: Value, rt: &ResourceType, profile: Profile, repairs: &mut Repairs) -> Result<Document> {
    let read = Document::parse(body, rt, profile, &Limits::default(), Required::Check, repairs);
    read.map(|incoming| incoming.document)
}

fn patch(body: Value, rt: &ResourceType, profile: Profile, repairs: &mut Repairs) -> Result<()> {
    let before = json!({
        "userName": "ada", "displayName": "Ada", "title": "Countess",
        "emails": [{ "value": "ada@example.com", "type": "work" }], URNS[2].1: { "manager": { "value": "g0" } },
        "schemas": [URNS[0].1, URNS[2].1],
    });
    let before = if rt.name == "User" {
        before
    } else {
        json!({ "displayName": "Engineers", "schemas": [URNS[1].1] })
    };
    let mut document = post(before, rt, Profile::Strict, &mut Repairs::new())?;
    let (resource_type, id) = (Arc::new(rt.clone()), "1".to_owned());
    let resource = Resource {
        resource_type,
        id: id.into(),
        document: document.clone(),
        external_id: None,
        relation: None,
        meta: Meta::default(),
    };
    let current = resource.to_map();
    let mut patch = scim::patch::Patch::parse(body, rt, profile, &Limits::default(), repairs)?;
    patch.take_members();
    patch.apply(&mut document, &current, rt, profile, repairs).map(drop)
}
