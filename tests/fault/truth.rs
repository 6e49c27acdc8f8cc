//! The one place that compares a world with what it should be: natively, in SCIM, and in the store.

use std::collections::BTreeSet;

use scim_facade::kernel::{Kind, ScimId, Timestamp};
use scim_facade::store::State;
use serde_json::Value;

use crate::support::World;
use crate::support::world::QUARANTINE;

/// A person that should be there.
#[derive(Clone, Debug)]
pub struct Person {
    /// The SCIM id, where it is known.
    pub id: Option<String>,
    /// What clients wrote: all of it comes back.
    pub body: Value,
    pub active: bool,
}

/// A group that should be there, with exactly these members.
#[derive(Clone, Debug)]
pub struct Group {
    pub id: Option<String>,
    pub name: String,
    pub members: BTreeSet<String>,
}

/// How a world should be.
#[derive(Clone, Debug, Default)]
pub struct Truth {
    pub people: Vec<Person>,
    pub groups: Vec<Group>,
    /// Paths that are 404, and searches that find nothing.
    pub gone: Vec<String>,
    /// People and groups that have nothing to do with it.
    pub bystanders: (usize, usize),
    /// Whether there is a quarantine group, which holds exactly those people.
    pub held: Option<BTreeSet<String>>,
    /// E-mail addresses of strangers who have a parked person's name.
    pub doubles: Vec<String>,
}

impl Truth {
    pub fn person(&mut self, id: &str) -> &mut Person {
        self.people.iter_mut().find(|person| person.id.as_deref() == Some(id)).expect("a person of the plan")
    }

    pub fn group(&mut self, id: &str) -> &mut Group {
        self.groups.iter_mut().find(|group| group.id.as_deref() == Some(id)).expect("a group of the plan")
    }

    /// Nobody has heard of the person: neither list nor group.
    pub fn forget(&mut self, id: &str) {
        self.people.retain(|person| person.id.as_deref() != Some(id));
        for group in &mut self.groups {
            group.members.remove(id);
        }
        self.gone.push(format!("/Users/{id}"));
    }

    /// The first difference between a world at rest and how it should be.
    pub async fn differs(&self, world: &World) -> Option<String> {
        self.compare(world).await.err()
    }

    async fn compare(&self, world: &World) -> Result<(), String> {
        at_rest(world).await?;
        let mut ids = Vec::new();
        for group in &self.groups {
            ids.push((group_is(world, group).await?, group));
        }
        for person in &self.people {
            self.person_is(world, person, &ids).await?;
        }
        for path in &self.gone {
            let reply = world.get(path).await;
            let found = reply.body["totalResults"].as_u64();
            same(path, found.map_or(reply.status, |found| if found == 0 { 404 } else { 200 }), 404)?;
        }
        let active = self.people.iter().filter(|person| person.active).count();
        let held = self.held.as_ref().map_or(0, BTreeSet::len);
        same("native people", world.sim().users().len(), active + held + self.bystanders.0)?;
        let reserved = usize::from(self.held.is_some());
        same("native groups", world.sim().groups().len(), self.groups.len() + reserved + self.bystanders.1)?;
        self.quarantine_holds(world).await?;
        same("people", total(world, "/Users?count=1").await, self.people.len() + self.bystanders.0)?;
        same("groups", total(world, "/Groups?count=1").await, self.groups.len() + self.bystanders.1)
    }

    async fn quarantine_holds(&self, world: &World) -> Result<(), String> {
        let Some(held) = &self.held else { return Ok(()) };
        let mut natives = BTreeSet::new();
        for id in held {
            let shadow =
                world.store.shadow(&world.target, Kind::User, &ScimId::new(id.as_str())).await.unwrap();
            let native = shadow.and_then(|row| row.native.clone());
            natives.insert(native.ok_or(format!("{id} has no native person"))?.id);
        }
        let admins = world.sim().admins();
        let ranks = admins.iter().flat_map(|admin| &admin.user_ids).filter(|id| natives.contains(*id));
        same("admins in quarantine", ranks.count(), 0)?;
        same("in quarantine", world.sim_members(QUARANTINE).into_iter().collect(), natives)
    }

    fn is_held(&self, id: &str) -> bool {
        self.held.as_ref().is_some_and(|held| held.contains(id))
    }

    async fn person_is(
        &self,
        world: &World,
        person: &Person,
        all: &[(String, &Group)],
    ) -> Result<(), String> {
        let name = text(&person.body["userName"]);
        let id = only(world, &format!("/Users?filter=userName eq \"{name}\"")).await?;
        if let Some(wanted) = &person.id {
            same("the id of the look-up", &id, wanted)?;
        }
        let shown = world.get(&format!("/Users/{id}")).await;
        same(&format!("GET {name}"), shown.status, 200)?;
        holds(&person.body, &shown.body, name)?;
        same(&format!("{name} is active"), &shown.body["active"], &Value::Bool(person.active))?;
        let groups = values(&shown.body["groups"]);
        let wanted: BTreeSet<String> =
            all.iter().filter(|(_, group)| group.members.contains(&id)).map(|(id, _)| id.clone()).collect();
        same(&format!("groups of {name}"), &groups, &wanted)?;

        let email = person.body["emails"][0]["value"].as_str().unwrap_or(name);
        let natives: Vec<_> =
            world.sim().users().into_iter().filter(|user| user.email.as_deref() == Some(email)).collect();
        let doubles = self.doubles.iter().filter(|double| *double == email).count();
        let there = usize::from(person.active || self.is_held(&id));
        same(&format!("native people with {email}"), natives.len(), there + doubles)?;
        match natives.first().filter(|_| person.active) {
            Some(native) => same("the native name", native.name.as_str(), text(&person.body["displayName"])),
            None => Ok(()),
        }
    }
}

/// Gives the group's id.
async fn group_is(world: &World, group: &Group) -> Result<String, String> {
    let id = only(world, &format!("/Groups?filter=displayName eq \"{}\"", group.name)).await?;
    if let Some(wanted) = &group.id {
        same("the id of the look-up", &id, wanted)?;
    }
    let shown = world.get(&format!("/Groups/{id}")).await;
    same(&format!("GET {}", group.name), shown.status, 200)?;
    same("displayName", text(&shown.body["displayName"]), group.name.as_str())?;
    same(&format!("members of {}", group.name), &values(&shown.body["members"]), &group.members)?;

    let native = world.sim().group_by_name(&group.name).ok_or(format!("{} is not there", group.name))?;
    let members: BTreeSet<String> = world.sim().members_of(&native.id).into_iter().collect();
    let mut wanted = BTreeSet::new();
    for member in &group.members {
        wanted.extend(native_id(world, member).await);
    }
    same(&format!("native members of {}", group.name), &members, &wanted)?;
    Ok(id)
}

/// Who stands natively for a person in groups; nobody for a parked one, nor for one in quarantine.
pub async fn native_id(world: &World, person: &str) -> Option<String> {
    let shadow = world.store.shadow(&world.target, Kind::User, &ScimId::new(person)).await.unwrap();
    match shadow {
        None => Some(person.to_owned()),
        Some(shadow) if shadow.state == State::Quarantined => None,
        Some(shadow) => shadow.native.clone().map(|at| at.id),
    }
}

/// What is open, or on its way from one state to another; nothing in a world at rest.
pub async fn open_ends(world: &World) -> Option<String> {
    at_rest(world).await.err()
}

/// Nothing is open, and no row is on its way from one state to another.
async fn at_rest(world: &World) -> Result<(), String> {
    let open = world.store.due_intents(&world.target, Timestamp(i64::MAX), 100).await.unwrap();
    same("open intents", open.iter().map(|i| i.action.as_str()).collect::<Vec<_>>(), Vec::new())?;
    let open = world.store.open_operations(&world.target).await.unwrap();
    same("open operations", open.len(), 0)?;
    for state in [State::Creating, State::Parking, State::Unparking, State::Deleting] {
        for kind in [Kind::User, Kind::Group] {
            let rows = world.store.count_in(&world.target, kind, &[state]).await.unwrap();
            same(&format!("rows in state {}", state.as_str()), rows, 0)?;
        }
    }
    Ok(())
}

async fn total(world: &World, path: &str) -> usize {
    let reply = world.get(path).await;
    reply.body["totalResults"].as_u64().map_or(usize::MAX, |total| usize::try_from(total).unwrap())
}

/// The id of the one resource that a search finds.
async fn only(world: &World, path: &str) -> Result<String, String> {
    let found = world.get(path).await;
    same(path, found.body["totalResults"].as_u64(), Some(1))?;
    Ok(text(&found.body["Resources"][0]["id"]).to_owned())
}

/// Whether everything that was written is in what is shown.
fn holds(wrote: &Value, shown: &Value, whose: &str) -> Result<(), String> {
    for (name, value) in wrote.as_object().into_iter().flatten().filter(|(name, _)| *name != "schemas") {
        same(&format!("{name} of {whose}"), &shown[name], value)?;
    }
    Ok(())
}

fn values(list: &Value) -> BTreeSet<String> {
    list.as_array().into_iter().flatten().map(|item| text(&item["value"]).to_owned()).collect()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, is: T, wanted: T) -> Result<(), String> {
    if is == wanted { Ok(()) } else { Err(format!("{what}: is {is:?}, should be {wanted:?}")) }
}
