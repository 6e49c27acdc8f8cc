//! RFC 7644 §3.9: attributes of an answer.

use std::sync::Arc;

use rstest::rstest;
use scim::query::Projection;
use scim::resource::Resource;
use scim::schema::{ResourceType, Returned};
use scim::{Limits, Profile, Repair, Repairs};
use serde_json::{Map, Value, json};

use crate::support::{ENTERPRISE, GROUP, S, T, ada, kind, location, rendered, resource, tree, user};

fn project(
    attributes: Option<&str>,
    excluded: Option<&str>,
    profile: Profile,
) -> scim::Result<(Projection, Repairs)> {
    let mut repairs = Repairs::new();
    let projection =
        Projection::parse(attributes, excluded, &user(), profile, &Limits::default(), &mut repairs)?;
    Ok((projection, repairs))
}

fn names(map: &Map<String, Value>) -> String {
    let mut names: Vec<_> =
        map.keys().map(|name| if name == ENTERPRISE { "ENT" } else { name.as_str() }).collect();
    names.sort_unstable();
    names.join(" ")
}

#[rstest]
#[case(None, None, "ENT active displayName emails externalId id meta name schemas userName")]
#[case(Some("userName"), None, "id schemas userName")]
#[case(Some(" USERNAME , nonsense,name.surname"), None, "id schemas userName")]
#[case(Some("id"), None, "id schemas")]
#[case(Some("department"), None, "ENT id schemas")]
#[case(Some("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"), None, "ENT id schemas")]
#[case(Some("urn:ietf:params:scim:schemas:core:2.0:User:userName,meta"), None, "id meta schemas userName")]
#[case(None, Some("userName,id,schemas"), "ENT active displayName emails externalId id meta name schemas")]
#[case(
    None,
    Some("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User,name,emails"),
    "active displayName externalId id meta schemas userName"
)]
#[case(Some(""), Some(" "), "ENT active displayName emails externalId id meta name schemas userName")]
fn choosing(#[case] attributes: Option<&str>, #[case] excluded: Option<&str>, #[case] wanted: &str) {
    let projection = project(attributes, excluded, T).unwrap().0;
    let projected = projection.apply(rendered(&ada(), &user()));
    assert_eq!(names(&projected), wanted);
    let written = tree(resource(&ada(), &user()).shown(&projection));
    assert_eq!(written, Value::Object(projected), "an answer is written down without a tree");
}

/// A document that somebody keeps is written once and copied from then on, until something is different.
#[test]
fn what_is_kept_is_written_like_what_is_not() {
    let text =
        |shown: Resource| String::from_utf8(shown.shown(&Projection::all(&user())).into_text()).unwrap();
    let (kept, alone) = (ada(), resource(&ada(), &user()));
    let first = text(resource(&kept, &user()));
    assert_eq!(first, text(alone));
    assert_eq!(first, text(resource(&kept, &user())));
    let mut changed = kept.clone();
    changed.set("displayName", json!("Countess"));
    assert_eq!(text(resource(&changed, &user())), first.replace("Ada Lovelace", "Countess"));
    assert_eq!(first, text(resource(&kept, &user())), "it has not changed");
    let moved = |to: &str| {
        let mut moved = resource(&kept, &user());
        moved.meta.location = Some(location("Users", to));
        text(moved)
    };
    assert_eq!(moved("1"), first.replace("ada-id\",\"version", "1\",\"version"));
    let mut other = resource(&kept, &user());
    other.id = "other".into();
    assert_eq!(text(other), first.replace(r#""id":"ada-id""#, r#""id":"other""#));
    let mut later = resource(&kept, &user());
    later.meta.last_modified = Some("2026-02-03T04:05:07Z".parse().unwrap());
    later.meta.version = Some("W/\"2\"".into());
    let later_text = first.replace("04:05:06.789Z", "04:05:07Z").replace(r#"W/\"1\""#, r#"W/\"2\""#);
    assert_eq!(text(later), later_text);
    assert_eq!(first, text(resource(&kept, &user())));
    // Nobody else keeps it any more, and it is changed where it is.
    let mut last = kept;
    last.set("displayName", json!("Countess"));
    let again = resource(&last, &user());
    assert_eq!(text(again), first.replace("Ada Lovelace", "Countess"));
}

#[test]
fn sub_attributes() {
    let (only, _) = project(Some("name.givenName,emails.value,meta.lastModified"), None, S).unwrap();
    let projected = Value::Object(only.apply(rendered(&ada(), &user())));
    assert_eq!(tree(resource(&ada(), &user()).shown(&only)), projected);
    assert_eq!(projected["name"], json!({ "givenName": "Ada" }));
    assert_eq!(projected["emails"], json!([{ "value": "ada@example.com" }]));
    assert_eq!(projected["meta"].as_object().unwrap().len(), 1);
    let (except, _) = project(None, Some("name.givenName,emails.type,meta.version"), S).unwrap();
    let projected = Value::Object(except.apply(rendered(&ada(), &user())));
    assert_eq!(projected["name"], json!({ "familyName": "Lovelace" }));
    assert_eq!(projected["emails"], json!([{ "value": "ada@example.com", "primary": true }]));
    assert_eq!(projected["meta"].as_object().unwrap().len(), 4);
    // The wider choice wins.
    let (both, _) = project(Some("name.givenName,name"), None, S).unwrap();
    assert_eq!(both.apply(rendered(&ada(), &user()))["name"].as_object().unwrap().len(), 2);
    // Nothing left is nothing there.
    let (none, _) = project(Some("name.middleName"), None, S).unwrap();
    assert!(!none.apply(rendered(&ada(), &user())).contains_key("name"));
}

#[test]
fn both_exclude_each_other() {
    assert_eq!(kind(project(Some("userName"), Some("emails"), T)), "invalidValue");
}

/// Microsoft's Postman set asks for `attributes=emails[type eq "work"]`.
#[test]
fn a_filter_within_is_ignored() {
    let text = r#"userName,emails[type eq "work" and value co ","].value"#;
    let (projection, repairs) = project(Some(text), None, T).unwrap();
    assert_eq!(repairs.count(Repair::FilteredProjection), 1);
    assert!(projection.wants("emails") && projection.asked("emails") && !projection.wants("name"));
    assert_eq!(kind(project(Some(text), None, S)), "invalidPath");
    assert_eq!(kind(project(Some("a b"), None, T)), "invalidPath");
}

fn group_that_gives_members_on_request() -> ResourceType {
    let mut rt = crate::support::group();
    let mut schema = (*rt.schema).clone();
    schema.attributes.change("members", |a| a.returned = Returned::Request);
    schema.attributes.change("displayName", |a| a.returned = Returned::Always);
    rt.schema = Arc::new(schema);
    rt
}

/// RFC 7643 §2.2: `always`, `never`, `request`.
#[test]
fn returned() {
    let rt = group_that_gives_members_on_request();
    let resource = || {
        json!({ "schemas": [GROUP], "id": "g", "displayName": "E", "members": [{ "value": "a", "type": "User" }] }).as_object().unwrap().clone()
    };
    let parse = |attributes, excluded| {
        Projection::parse(attributes, excluded, &rt, S, &Limits::default(), &mut Repairs::new()).unwrap()
    };
    let default = Projection::all(&rt);
    assert!(!default.wants("members") && !default.asked("members") && default.is_default());
    assert_eq!(names(&default.apply(resource())), "displayName id schemas");
    let asked = parse(Some("members.value"), None);
    assert!(asked.wants("members") && asked.asked("members") && !asked.is_default());
    assert_eq!(asked.apply(resource())["members"], json!([{ "value": "a" }]));
    assert_eq!(names(&asked.apply(resource())), "displayName id members schemas");
    let excluded = parse(None, Some("displayName"));
    assert_eq!(names(&excluded.apply(resource())), "displayName id schemas");
    // `returned: never` is never returned, even if it got into the resource.
    let mut leaked = rendered(&ada(), &user());
    leaked.insert("password".to_owned(), json!("x"));
    assert!(!Projection::all(&user()).apply(leaked.clone()).contains_key("password"));
    assert!(!project(Some("password"), None, T).unwrap().0.apply(leaked).contains_key("password"));
}

#[test]
fn excluding_members_costs_no_members() {
    let mut repairs = Repairs::new();
    let projection = Projection::parse(
        None,
        Some("members"),
        &crate::support::group(),
        S,
        &Limits::default(),
        &mut repairs,
    )
    .unwrap();
    assert!(!projection.wants("members") && projection.wants("displayName"));
}
