//! Tenants that already have people: who is found, adopted, lost and found again, and whose they are.

mod adoption;
mod crowd;
mod links;
mod lost;
mod rights;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use simulator::sophos::{Event, Seed};

use crate::support::World;
use crate::support::world::{Reply, client};

/// A person as the console, a device or a directory makes them.
#[derive(Clone, Copy, Debug, Default)]
struct Stranger<'a> {
    name: &'a str,
    email: Option<&'a str>,
    login: Option<&'a str>,
    source: Option<&'a str>,
}

/// Lets a stranger appear; gives the native id.
fn appears(world: &World, stranger: Stranger<'_>) -> String {
    let text = |text: Option<&str>| text.map(str::to_owned);
    happens(
        world,
        Event::ConsoleCreatesUser {
            name: stranger.name.to_owned(),
            first_name: None,
            last_name: None,
            email: text(stranger.email),
            exchange_login: text(stranger.login),
            source_type: text(stranger.source),
        },
    )
}

fn with_email(world: &World, email: &str) -> String {
    appears(world, Stranger { name: "Stranger", email: Some(email), ..Stranger::default() })
}

fn group_appears(world: &World, name: &str) -> String {
    happens(world, Event::ConsoleCreatesGroup { name: name.to_owned(), description: None, source_type: None })
}

fn happens(world: &World, event: Event) -> String {
    let now = world.clock.now().0;
    world.sim().event(now, event).unwrap()
}

fn world() -> World {
    World::sophos(Seed::Empty)
}

/// The same target as another client sees it.
fn other(world: &World, name: &str) -> World {
    world.as_client(client(name))
}

/// What a filter finds.
async fn found(world: &World, endpoint: &str, filter: &str) -> Reply {
    world.get(&format!("{endpoint}?filter={}", utf8_percent_encode(filter, NON_ALPHANUMERIC))).await
}

/// The ids that a filter finds.
async fn ids(world: &World, endpoint: &str, filter: &str) -> Vec<String> {
    let page = found(world, endpoint, filter).await;
    assert_eq!(page.status, 200, "{filter}: {page:?}");
    let resources = page.body["Resources"].as_array().cloned().unwrap_or_default();
    resources.iter().map(|resource| resource["id"].as_str().unwrap().to_owned()).collect()
}

fn set(path: &str, value: Value) -> Value {
    json!([{"op": "replace", "path": path, "value": value}])
}

/// A refusal with this status and keyword, whose detail has these words.
#[track_caller]
fn refused(reply: &Reply, status: u16, scim_type: Option<&str>, words: &str) {
    assert_eq!((reply.status, reply.body["scimType"].as_str()), (status, scim_type), "{reply:?}");
    let detail = reply.body["detail"].as_str().unwrap();
    assert!(detail.contains(words), "{words}: {detail}");
}
