//! Plays scenes: brings about what is given, sends the request, looks.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::scene::{At, Given, Scene, at, is_nothing};
use crate::support::World;
use crate::support::web::HttpReply;

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
const ERROR: &str = "urn:ietf:params:scim:api:messages:2.0:Error";

pub type Ids = BTreeMap<String, String>;

/// Plays one scene; gives what is not as it should be.
pub async fn play(world: &World, scene: &Scene) -> Vec<String> {
    let ids = bring_about(world, &scene.given).await;
    let reply = send(world, scene, &ids).await;
    if !scene.status.contains(&reply.status) {
        return vec![format!("status {}, want {:?}: {}", reply.status, scene.status, reply.text)];
    }
    let mut wrong = odd(scene, &reply);
    if let Some(then) = &scene.then {
        let document = match then.at {
            At::Answer => reply.json(),
            other => world.get(&path_of(other.name(), &ids)).await.body,
        };
        for (place, want) in &then.equal {
            let want = fill_value(want, &ids);
            let found = at(&document, place).unwrap_or(&Value::Null);
            if *found != want {
                wrong.push(format!("{place} is {found}, want {want}"));
            }
        }
        let left = then.absent.iter().filter(|place| !is_nothing(at(&document, place)));
        wrong.extend(left.map(|place| format!("{place} is still there")));
        if let Some(members) = &then.members {
            let want: BTreeSet<&str> = members.iter().map(|name| ids[name].as_str()).collect();
            let found = member_ids(&document);
            if found != want {
                wrong.push(format!("members are {found:?}, want {want:?}"));
            }
        }
    }
    if scene.gone {
        let path = fill(scene.request.split(' ').nth(1).unwrap_or_default(), &ids);
        let status = world.get(&path).await.status;
        if status != 404 {
            wrong.push(format!("it is still there: {status}"));
        }
    }
    wrong
}

/// Plays a scene that the strict profile refuses; gives what is not as it should be.
pub async fn play_refused(world: &World, scene: &Scene, status: u16) -> Vec<String> {
    let ids = bring_about(world, &scene.given).await;
    let before = everything(world).await;
    let reply = send(world, scene, &ids).await;
    let mut wrong = Vec::new();
    if reply.status != status || !odd(scene, &reply).is_empty() {
        wrong.push(format!("status {}, want {status}: {}", reply.status, reply.text));
    }
    if everything(world).await != before {
        wrong.push("it was refused and changed something".to_owned());
    }
    wrong
}

pub async fn send(world: &World, scene: &Scene, ids: &Ids) -> HttpReply {
    let (method, path) = scene.request.split_once(' ').expect("METHOD path");
    let body = scene.body.as_ref().map(|body| fill(&body.to_string(), ids));
    world.http(method, &fill(path, ids), &scene.headers, body).await
}

/// What is wrong with any answer: a body that is not SCIM's, an error that is none, headers that don't say what the body
/// says (RFC 7644 §3.1, §3.3, §3.12, §3.14).
fn odd(scene: &Scene, reply: &HttpReply) -> Vec<String> {
    let body = reply.json();
    let mut wrong = Vec::new();
    let mut want = |right: bool, what: &str| {
        if !right {
            wrong.push(format!("{what}: {} {:?} {body}", reply.status, reply.headers));
        }
    };
    if reply.status == 204 {
        want(body.is_null(), "a body that is none");
    } else {
        want(reply.header("content-type") == Some("application/scim+json"), "the media type");
    }
    match reply.status {
        201 => want(reply.header("location") == body["meta"]["location"].as_str(), "Location"),
        401 => want(reply.header("www-authenticate").is_some(), "WWW-Authenticate"),
        _ => {}
    }
    if reply.status >= 400 {
        want(is_error(reply.status, &body), "a SCIM error");
    } else if !scene.request.contains("attributes=") {
        want(reply.header("etag") == body["meta"]["version"].as_str(), "ETag");
    }
    wrong
}

pub async fn bring_about(world: &World, given: &Given) -> Ids {
    let mut ids = Ids::new();
    for name in &given.people {
        let made = world.post("/Users", someone(name, !given.inactive.contains(name))).await;
        assert_eq!(made.status, 201, "{made:?}");
        ids.insert(name.clone(), made.id());
    }
    if let Some(members) = &given.members {
        let members: Vec<Value> = members.iter().map(|name| json!({"value": ids[name]})).collect();
        let group = json!({
            "schemas": [GROUP], "displayName": "Engineers", "externalId": "ext-engineers", "members": members,
        });
        let made = world.post("/Groups", group).await;
        assert_eq!(made.status, 201, "{made:?}");
        ids.insert("group".to_owned(), made.id());
    }
    ids
}

/// Ada Lovelace or Grace Hopper.
fn someone(name: &str, active: bool) -> Value {
    let (given, family) = if name == "ada" { ("Ada", "Lovelace") } else { ("Grace", "Hopper") };
    let email = format!("{name}@example.com");
    json!({
        "schemas": [USER, ENTERPRISE],
        "userName": email,
        "externalId": format!("ext-{name}"),
        "displayName": format!("{given} {family}"),
        "active": active,
        "name": {"givenName": given, "familyName": family},
        "emails": [{"value": email, "type": "work", "primary": true}],
        ENTERPRISE: {"department": "Engines"},
    })
}

/// All that can be read, to be compared with itself later.
async fn everything(world: &World) -> (Value, Value) {
    let groups = world.get("/Groups?attributes=displayName,externalId,members,meta").await;
    (world.get("/Users").await.body, groups.body)
}

fn path_of(name: &str, ids: &Ids) -> String {
    let endpoint = if name == "group" { "Groups" } else { "Users" };
    format!("/{endpoint}/{}", ids[name])
}

fn member_ids(group: &Value) -> BTreeSet<&str> {
    let members = group["members"].as_array().into_iter().flatten();
    members.filter_map(|member| member["value"].as_str()).collect()
}

/// Whether the body is that of a SCIM error (RFC 7644 §3.12).
fn is_error(status: u16, body: &Value) -> bool {
    body["schemas"] == json!([ERROR])
        && body["status"] == json!(status.to_string())
        && !is_nothing(body.get("detail"))
}

fn fill(text: &str, ids: &Ids) -> String {
    ids.iter().fold(text.to_owned(), |text, (name, id)| text.replace(&format!("<{name}>"), id))
}

fn fill_value(value: &Value, ids: &Ids) -> Value {
    serde_json::from_str(&fill(&value.to_string(), ids)).expect("ids need no escapes")
}
