//! What identity providers do when a write got no answer.

use serde_json::{Value, json};

use super::http::{Call, Reply};
use super::scene::{Scene, Serving};
use super::writes::{Write, patch};
use crate::support::world::person;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Idp {
    /// Looks first, and writes people whole.
    Okta,
    /// Sends the same again, and looks when that is a conflict.
    Entra,
}

impl Idp {
    /// Repeats a write until it has worked.
    pub async fn retries(self, write: Write, scene: &Scene, serving: &Serving) {
        match self {
            Self::Okta => okta(write, scene, serving).await,
            Self::Entra => entra(write, scene, serving).await,
        }
    }
}

async fn okta(write: Write, scene: &Scene, serving: &Serving) {
    match write {
        Write::Create => match serving.look_up("ned").await.first() {
            Some(ned) => put(serving, ned["id"].as_str().unwrap(), |_| person("ned")).await,
            None => drop(serving.post("/Users", person("ned")).await),
        },
        Write::Update => put(serving, &scene.ada, |ada| with(ada, "displayName", json!("Ada Byron"))).await,
        Write::Reactivate => put(serving, &scene.ada, |ada| with(ada, "active", json!(true))).await,
        Write::Park => works(&serving.call(&write.call(scene)).await),
        Write::Members => works(&serving.call(&write.call(scene)).await),
        Write::Delete | Write::DeleteGroup => gone(&serving.call(&write.call(scene)).await),
    }
}

async fn entra(write: Write, scene: &Scene, serving: &Serving) {
    let (user, group) = (format!("/Users/{}", scene.ada), format!("/Groups/{}", scene.engineers));
    let replace =
        |path: &str, value: Value| patch(&user, json!([{"op": "Replace", "path": path, "value": value}]));
    match write {
        Write::Create => {
            let again = serving.call(&write.call(scene)).await;
            if again.status != 201 {
                assert_eq!(again.status, 409, "{again:?}");
                assert_eq!(serving.look_up("ned").await.len(), 1, "a conflict has to be found");
            }
        }
        Write::Update => works(&serving.call(&replace("displayName", json!("Ada Byron"))).await),
        Write::Park => works(&serving.call(&replace("active", json!("False"))).await),
        Write::Reactivate => works(&serving.call(&replace("active", json!("True"))).await),
        Write::Members => {
            let change = |op: &str, id: &str| {
                patch(&group, json!([{"op": op, "path": "members", "value": [{"value": id}]}]))
            };
            works(&serving.call(&change("Remove", &scene.ada)).await);
            works(&serving.call(&change("Add", &scene.bob)).await);
        }
        Write::Delete | Write::DeleteGroup => gone(&serving.call(&write.call(scene)).await),
    }
}

/// Reads a person, changes it, and sends all of it back.
async fn put(serving: &Serving, id: &str, change: impl FnOnce(Value) -> Value) {
    let path = format!("/Users/{id}");
    let now = serving.get(&path).await;
    assert_eq!(now.status, 200, "{now:?}");
    works(&serving.call(&Call::new("PUT", path, Some(change(now.body)))).await);
}

fn with(mut person: Value, attribute: &str, value: Value) -> Value {
    person[attribute] = value;
    person
}

fn works(reply: &Reply) {
    assert!(matches!(reply.status, 200 | 204), "{reply:?}");
}

/// Whoever deletes what is gone already has what was wished for.
fn gone(reply: &Reply) {
    assert!(matches!(reply.status, 204 | 404), "{reply:?}");
}
