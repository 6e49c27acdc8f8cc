//! The kinds of write: what asks for each, and what has to be true once it is done.

use serde_json::json;

use super::http::Call;
use super::program::until;
use super::scene::{Scene, Serving};
use crate::support::world::person;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Write {
    Create,
    Update,
    Park,
    Reactivate,
    Delete,
    DeleteGroup,
    Members,
}

impl Write {
    /// What the failpoints call it.
    #[cfg(feature = "failpoints")]
    pub fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Park => "park",
            Self::Reactivate => "reactivate",
            Self::Delete => "delete",
            Self::DeleteGroup => "group_delete",
            Self::Members => "members",
        }
    }

    /// The status of a success.
    pub fn success(self) -> u16 {
        match self {
            Self::Create => 201,
            Self::Update | Self::Park | Self::Reactivate => 200,
            Self::Delete | Self::DeleteGroup => 204,
            // A small group is answered with its body.
            Self::Members => 200,
        }
    }

    /// Whether it takes access away: then it is carried out to the end without anybody's help.
    pub fn ends_access(self) -> bool {
        matches!(self, Self::Park | Self::Delete | Self::DeleteGroup | Self::Members)
    }

    pub async fn prepare(self, scene: &Scene, serving: &Serving) {
        if self == Self::Reactivate {
            let parked = serving.call(&Self::Park.call(scene)).await;
            assert_eq!(parked.status, 200, "{parked:?}");
        }
    }

    pub fn call(self, scene: &Scene) -> Call {
        let (user, group) = (format!("/Users/{}", scene.ada), format!("/Groups/{}", scene.engineers));
        match self {
            Self::Create => Call::new("POST", "/Users", Some(person("ned"))),
            Self::Update => {
                patch(&user, json!([{"op": "replace", "path": "displayName", "value": "Ada Byron"}]))
            }
            Self::Park => patch(&user, json!([{"op": "replace", "value": {"active": false}}])),
            Self::Reactivate => patch(&user, json!([{"op": "replace", "value": {"active": true}}])),
            Self::Delete => Call::new("DELETE", user, None),
            Self::DeleteGroup => Call::new("DELETE", group, None),
            Self::Members => patch(
                &group,
                json!([
                    {"op": "remove", "path": format!("members[value eq \"{}\"]", scene.ada)},
                    {"op": "add", "path": "members", "value": [{"value": scene.bob}]},
                ]),
            ),
        }
    }

    /// Whether it is done natively.
    pub fn is_native(self, scene: &Scene) -> bool {
        match self {
            Self::Create => scene.natives("ned") == 1,
            Self::Update => {
                scene.sim().user_by_email("ada@example.com").is_some_and(|u| u.name == "Ada Byron")
            }
            Self::Park | Self::Delete => scene.natives("ada") == 0,
            Self::Reactivate => {
                let back = ["ada", "eve"].map(str::to_owned).to_vec();
                scene.natives("ada") == 1 && scene.native_engineers() == Some(back)
            }
            Self::DeleteGroup => scene.native_engineers().is_none(),
            Self::Members => scene.native_engineers() == Some(["bob", "eve"].map(str::to_owned).to_vec()),
        }
    }

    pub async fn becomes_native(self, scene: &Scene) {
        until(&format!("{self:?} natively"), || self.is_native(scene).then_some(())).await;
    }

    /// Asserts that it is done: natively, once, and in the eyes of clients.
    pub async fn is_done(self, scene: &Scene, serving: &Serving) {
        assert!(self.is_native(scene), "{self:?}: {:?} {:?}", scene.sim().users(), scene.native_engineers());
        for name in ["ada", "eve", "bob", "ned"] {
            assert!(scene.natives(name) <= 1, "{name} twice");
        }
        assert_eq!((scene.natives("eve"), scene.natives("bob")), (1, 1));
        if self != Self::Park && self != Self::Delete {
            assert_eq!(scene.natives("ada"), 1);
        }
        let ada = serving.get(&format!("/Users/{}", scene.ada)).await;
        let found = serving.look_up("ada").await;
        if self == Self::Delete {
            assert_eq!((ada.status, found.len()), (404, 0));
        } else {
            assert_eq!((ada.status, found.len()), (200, 1), "{ada:?}");
            assert_eq!((found[0]["id"].as_str(), &found[0]), (Some(&*scene.ada), &ada.body));
            if scene.written {
                assert_eq!(ada.body["title"], "Engineer", "what only the facade keeps is still there");
            }
            assert_eq!(ada.body["active"], json!(self != Self::Park), "{ada:?}");
            let name = if self == Self::Update { "Ada Byron" } else { "ada Example" };
            assert_eq!(ada.body["displayName"], name);
        }
        let engineers = serving.get(&format!("/Groups/{}", scene.engineers)).await;
        if self == Self::DeleteGroup {
            assert_eq!(engineers.status, 404);
        } else {
            let mut members: Vec<&str> = engineers.body["members"]
                .as_array()
                .unwrap()
                .iter()
                .filter_map(|m| m["value"].as_str())
                .collect();
            let mut expected: Vec<&str> = match self {
                Self::Delete => vec![&scene.eve],
                Self::Members => vec![&scene.bob, &scene.eve],
                // Parked people are members in the eyes of clients.
                _ => vec![&scene.ada, &scene.eve],
            };
            members.sort_unstable();
            expected.sort_unstable();
            assert_eq!(members, expected);
        }
        if self == Self::Create {
            let ned = serving.look_up("ned").await;
            assert_eq!((ned.len(), &ned[0]["externalId"]), (1, &json!("ext-ned")));
        }
    }
}

pub fn patch(path: &str, operations: serde_json::Value) -> Call {
    let schemas = ["urn:ietf:params:scim:api:messages:2.0:PatchOp"];
    Call::new("PATCH", path, Some(json!({"schemas": schemas, "Operations": operations})))
}
