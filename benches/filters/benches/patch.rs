//! A PATCH of one attribute of a group, small and large: it must not cost what the members cost.

use std::sync::Arc;

use filters::median::in_turn;
use scim::patch::Patch;
use scim::resource::Document;
use scim::schema::{ResourceType, Schema};
use scim::{Limits, Profile, Repairs};
use serde_json::{Value, json};

/// What the project promises: how much more it may cost on the large group.
const PROMISED: f64 = 1.5;

fn main() {
    let group = Arc::new(Schema::from_json(include_str!("../../../scim-schemas/core/Group.json")).unwrap());
    let rt = ResourceType::from_json(
        include_str!("../../../scim-schemas/core/ResourceTypes/Group.json"),
        &[group],
    )
    .unwrap();
    let body = |name: &str| {
        json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": [{"op": "replace", "path": "displayName", "value": name}],
        })
    };
    let parsed = |name| {
        Patch::parse(body(name), &rt, Profile::Tolerant, &Limits::default(), &mut Repairs::new()).unwrap()
    };
    // Two names in turn, so that every application changes something.
    let patches = [parsed("Engines"), parsed("Mills")];
    let apply = |doc: &mut Document, patch: &Patch| {
        let current = serde_json::Map::new();
        patch.apply(doc, &current, &rt, Profile::Tolerant, &mut Repairs::new()).unwrap()
    };
    let (mut small, mut large) = (of(50), of(5000));
    let (mut even, mut odd) = (0, 0);
    let turn = |doc: &mut Document, count: &mut usize| {
        *count += 1;
        assert!(apply(doc, &patches[*count % 2]).changed);
    };
    let times = in_turn(
        "patch",
        &mut [
            ("50", Box::new(|| turn(&mut small, &mut even))),
            ("5000", Box::new(|| turn(&mut large, &mut odd))),
        ],
    );
    println!(
        "\nPATCH of displayName: 50 members {:.0} ns, 5,000 members {:.0} ns, ratio {:.2} (promised {PROMISED})",
        times[0],
        times[1],
        times[1] / times[0]
    );
}

/// A group with so many members.
fn of(members: usize) -> Document {
    let members: Vec<Value> =
        (0..members).map(|n| json!({"value": format!("{n:036}"), "type": "User"})).collect();
    let group = json!({"displayName": "Engines", "members": members});
    Document::from_canonical(group.as_object().cloned().unwrap_or_default())
}
