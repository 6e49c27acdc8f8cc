//! RFC 9865, cursor-based pagination, by section.

mod section_2;
mod section_3;
mod section_4;

use serde_json::{Value, json};

use crate::support::world::{Reply, person};
use crate::support::{Over, World};

/// A world with so many people.
async fn crowd(over: Over, size: usize) -> World {
    let world = over.world();
    for number in 0..size {
        assert_eq!(world.post("/Users", person(&format!("p{number}"))).await.status, 201);
    }
    world
}

/// The cursor that came with a page.
fn next(page: &Reply) -> String {
    page.body["nextCursor"].as_str().unwrap_or_else(|| panic!("no cursor in {page:?}")).to_owned()
}

#[track_caller]
fn refused(reply: &Reply, scim_type: &str) {
    assert_eq!((reply.status, &reply.body["scimType"]), (400, &json!(scim_type)), "{reply:?}");
}

fn names(page: &Value) -> Vec<String> {
    let rows = page["Resources"].as_array().unwrap();
    rows.iter().map(|row| row["userName"].as_str().unwrap().to_owned()).collect()
}
