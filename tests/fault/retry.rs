//! A request of an identity provider, and how each of them tries again.

use serde_json::{Map, Value, json};

use crate::support::World;
use crate::support::world::Reply;

/// How a request is tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// The same request again.
    Same,
    /// Look up by name, then POST; or GET, edit, PUT.
    Okta,
    /// Look up by name, then POST or PATCH path by path.
    Entra,
}

pub const STYLES: [Style; 3] = [Style::Same, Style::Okta, Style::Entra];

/// What is asked for.
#[derive(Clone, Debug)]
pub enum Ask {
    Create(&'static str, Value),
    /// Attributes to be set, by PATCH: path of the resource, its name as an identity provider searches it.
    Edit(String, Map<String, Value>),
    /// PATCH operations.
    Patch(String, Value),
    /// PATCH that replaces all members; Okta would PUT.
    Members(String, Vec<String>),
    Put(String, Value),
    Delete(String),
}

impl Ask {
    /// The request as it is sent for the first time.
    pub async fn send(&self, world: &World) -> Reply {
        match self {
            Self::Create(endpoint, body) => world.post(&format!("/{endpoint}"), body.clone()).await,
            Self::Edit(path, attributes) => {
                world.patch(path, json!([{"op": "replace", "value": attributes}])).await
            }
            Self::Patch(path, operations) => world.patch(path, operations.clone()).await,
            Self::Members(path, ids) => {
                let operation = json!({"op": "replace", "path": "members", "value": members(ids)});
                world.patch(path, json!([operation])).await
            }
            Self::Put(path, body) => world.put(path, body.clone()).await,
            Self::Delete(path) => world.delete(path).await,
        }
    }

    /// Whether access is taken away: settlement alone has to bring it to its end.
    pub fn ends_access(&self) -> bool {
        match self {
            Self::Edit(_, attributes) => attributes.get("active") == Some(&Value::Bool(false)),
            Self::Patch(_, operations) => operations[0]["op"] == "remove",
            Self::Delete(_) => true,
            Self::Create(..) | Self::Members(..) | Self::Put(..) => false,
        }
    }

    /// Tries again until the answer is final.
    ///
    /// # Panics
    /// If it never is, or if it is an error.
    pub async fn again(&self, world: &World, style: Style, whose: &str) -> Reply {
        for _ in 0..12 {
            let reply = self.once_more(world, style).await;
            if reply.status == 429 {
                let seconds = reply.retry_after.expect("Retry-After");
                world.wait(u64::from(seconds)).await;
                continue;
            }
            let is_fine = match (self, style) {
                // The first try may have been done without anybody having heard of it.
                (Self::Create(..), Style::Same) => matches!(reply.status, 201 | 409),
                (Self::Create(..), _) => matches!(reply.status, 200 | 201 | 204),
                (Self::Delete(_), _) => matches!(reply.status, 204 | 404),
                _ => matches!(reply.status, 200 | 204),
            };
            assert!(is_fine, "{whose}: the retry ends with {reply:?}");
            return reply;
        }
        panic!("{whose}: the retry never ends");
    }

    async fn once_more(&self, world: &World, style: Style) -> Reply {
        match (self, style) {
            (_, Style::Same) | (Self::Put(..) | Self::Delete(_), _) => self.send(world).await,
            (Self::Create(endpoint, body), _) => {
                let key = if *endpoint == "Users" { "userName" } else { "displayName" };
                let search = format!("/{endpoint}?filter={key} eq {}", body[key]);
                let found = world.get(&search).await;
                if found.status != 200 {
                    return found;
                }
                match found.body["Resources"][0]["id"].as_str() {
                    None => self.send(world).await,
                    Some(id) => edit(world, &format!("/{endpoint}/{id}"), attributes(body), style).await,
                }
            }
            (Self::Edit(path, attributes), _) => edit(world, path, attributes.clone(), style).await,
            (Self::Members(path, ids), Style::Okta) => {
                let all = Map::from_iter([("members".to_owned(), members(ids))]);
                edit(world, path, all, style).await
            }
            (Self::Members(..) | Self::Patch(..), _) => {
                // Both read the group before they change it.
                let read = world.get(&format!("{}?excludedAttributes=members", self.path())).await;
                if read.status == 200 { self.send(world).await } else { read }
            }
        }
    }

    fn path(&self) -> &str {
        match self {
            Self::Create(endpoint, _) => endpoint,
            Self::Edit(path, _)
            | Self::Patch(path, _)
            | Self::Members(path, _)
            | Self::Put(path, _)
            | Self::Delete(path) => path,
        }
    }
}

async fn edit(world: &World, path: &str, attributes: Map<String, Value>, style: Style) -> Reply {
    if style == Style::Entra {
        let by_path = |(name, value): (String, Value)| json!({"op": "Replace", "path": name, "value": value});
        return world.patch(path, attributes.into_iter().map(by_path).collect()).await;
    }
    let read = world.get(path).await;
    let Value::Object(mut body) = read.body.clone() else { return read };
    if read.status != 200 {
        return read;
    }
    body.extend(attributes);
    world.put(path, Value::Object(body)).await
}

fn attributes(body: &Value) -> Map<String, Value> {
    let mut attributes = body.as_object().expect("a resource").clone();
    attributes.shift_remove("schemas");
    attributes
}

pub fn members(ids: &[String]) -> Value {
    ids.iter().map(|id| json!({"value": id})).collect()
}
