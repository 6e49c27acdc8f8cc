//! Every kind of write, and what is true of the product after it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use scim_facade::backend::memory::{Memory, MemoryConfig};
use scim_facade::kernel::{Clock, Kind, SeededIds, TokioClock};
use serde_json::{Value, json};

use super::halting::Halting;
use crate::fault::crash::Rig;
use crate::fault::retry::Ask;
use crate::support::World;
use crate::support::world::{START, group, person};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Write {
    CreateUser,
    UpdateUser,
    RenameUser,
    Deactivate,
    DeactivateAndEdit,
    Reactivate,
    DeleteUser,
    CreateGroup,
    RenameGroup,
    DeleteGroup,
    AddMember,
    RemoveMember,
    ReplaceMembers,
    AddMany,
}

/// A product that outlasts every process before it.
pub struct Cloud {
    pub memory: Arc<Memory>,
    pub clock: Arc<dyn Clock>,
    ids: Arc<SeededIds>,
}

impl Cloud {
    pub fn new() -> Self {
        let clock: Arc<dyn Clock> = Arc::new(TokioClock::starting_at(START));
        let config = MemoryConfig {
            holds_external_id: true,
            embeds: 5,
            visibility_lag: Duration::from_secs(5),
            ..MemoryConfig::default()
        };
        let memory = Arc::new(Memory::new(config, clock.clone()));
        Self { memory, clock, ids: Arc::new(SeededIds::new(5)) }
    }

    /// A process that can be stopped. Nothing of one before it is left.
    pub fn process(&self) -> Rig {
        let (store, _) = World::passing(&self.clock);
        Rig::on(store, |store, gate| {
            let backend = Arc::new(Halting { inner: self.memory.clone(), gate });
            World::remembering_nothing(backend, store, self.clock.clone(), self.ids.clone())
        })
    }

    /// What is true natively: people by name with access and title, groups by name with their members' names.
    pub fn truth(&self) -> Value {
        let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
        let mut names = BTreeMap::new();
        let mut people = Vec::new();
        for native in self.memory.everything(Kind::User) {
            let name = text(native.attrs.get("userName"));
            let of = |field: &str| native.attrs.get(field).cloned().unwrap_or_default();
            people.push(json!([name, native.active, of("title"), of("externalId")]).to_string());
            names.insert(native.at.id, name);
        }
        let mut groups = Vec::new();
        for native in self.memory.everything(Kind::Group) {
            let members = self.memory.member_ids(&native.at.id);
            let mut members: Vec<&String> = members.iter().filter_map(|id| names.get(id)).collect();
            members.sort();
            groups.push(json!([text(native.attrs.get("displayName")), members]).to_string());
        }
        people.sort();
        groups.sort();
        json!({"people": people, "groups": groups})
    }
}

impl Write {
    /// A product with some people and two groups, and the request.
    pub async fn prepare(self) -> (Cloud, Ask) {
        let cloud = Cloud::new();
        let world = cloud.process().world;
        let ada = world.post("/Users", person("ada")).await.id();
        let eve = world.post("/Users", person("eve")).await.id();
        let staff = world.post("/Groups", group("Staff", &[&ada])).await.id();
        world.wait(10).await;
        let (user, team) = (format!("/Users/{ada}"), format!("/Groups/{staff}"));
        let edit = |attributes: Value| Ask::Edit(user.clone(), attributes.as_object().unwrap().clone());
        let change = |op: &str, id: &str| {
            Ask::Patch(team.clone(), json!([{"op": op, "path": "members", "value": [{"value": id}]}]))
        };
        let ask = match self {
            Self::CreateUser => Ask::Create("Users", person("bob")),
            Self::UpdateUser => edit(json!({"title": "Countess"})),
            Self::RenameUser => edit(json!({"userName": "countess@example.com"})),
            Self::Deactivate => edit(json!({"active": false})),
            Self::DeactivateAndEdit => edit(json!({"active": false, "title": "Left"})),
            Self::Reactivate => {
                let off = json!([{"op": "replace", "value": {"active": false}}]);
                assert_eq!(world.patch(&user, off).await.status, 200);
                edit(json!({"active": true}))
            }
            Self::DeleteUser => Ask::Delete(user.clone()),
            Self::CreateGroup => Ask::Create("Groups", group("Crew", &[&ada, &eve])),
            Self::RenameGroup => {
                Ask::Patch(team.clone(), json!([{"op": "replace", "path": "displayName", "value": "Crew"}]))
            }
            Self::DeleteGroup => Ask::Delete(team.clone()),
            Self::AddMember => change("add", &eve),
            Self::RemoveMember => change("remove", &ada),
            Self::ReplaceMembers => Ask::Members(team.clone(), vec![eve]),
            Self::AddMany => {
                let mut all = Vec::new();
                for number in 0..120 {
                    all.push(world.post("/Users", person(&format!("p{number}"))).await.id());
                }
                world.wait(10).await;
                Ask::Members(team.clone(), all)
            }
        };
        (cloud, ask)
    }
}
