//! Every kind of write, with the world before and after it.

use std::collections::BTreeSet;

use scim_facade::facade::GroupScope;
use serde_json::{Value, json};
use simulator::sophos::{Event, Seed};

use super::crash::Rig;
use super::retry::{Ask, members};
use super::truth::{Group, Person, Truth, native_id};
use crate::support::World;
use crate::support::world::{group, person};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    CreateUser,
    CreateInactive,
    UpdateUser,
    RenameUser,
    Park,
    ParkAndEdit,
    Reactivate,
    Adopt,
    DeleteUser,
    DeleteParked,
    CreateGroup,
    RenameGroup,
    DeleteGroup,
    DeleteLargeGroup,
    AddMember,
    RemoveMember,
    ReplaceMembers,
    PutGroup,
    UpdateStranger,
    ParkStranger,
    DeleteStranger,
    AddToStrangers,
    AdoptStranger,
    AdoptInactive,
    AdoptGroup,
    Return,
    Relink,
    Revive,
}

pub const ALL: [Kind; 28] = [
    Kind::CreateUser,
    Kind::CreateInactive,
    Kind::UpdateUser,
    Kind::RenameUser,
    Kind::Park,
    Kind::ParkAndEdit,
    Kind::Reactivate,
    Kind::Adopt,
    Kind::DeleteUser,
    Kind::DeleteParked,
    Kind::CreateGroup,
    Kind::RenameGroup,
    Kind::DeleteGroup,
    Kind::DeleteLargeGroup,
    Kind::AddMember,
    Kind::RemoveMember,
    Kind::ReplaceMembers,
    Kind::PutGroup,
    Kind::UpdateStranger,
    Kind::ParkStranger,
    Kind::DeleteStranger,
    Kind::AddToStrangers,
    Kind::AdoptStranger,
    Kind::AdoptInactive,
    Kind::AdoptGroup,
    Kind::Return,
    Kind::Relink,
    Kind::Revive,
];

/// A write about to be sent.
pub struct Plan {
    pub ask: Ask,
    pub before: Truth,
    pub after: Truth,
}

impl Kind {
    /// A world in which the write makes sense: Ada and Eve at work, Bob parked, all three in Team; Joe in no group.
    pub async fn prepare(self) -> (Rig, Plan) {
        let large = self == Self::DeleteLargeGroup;
        let mut rig = Rig::new(if large { Seed::Many { users: 60 } } else { Seed::Empty });
        if matches!(self, Self::AddToStrangers | Self::AdoptGroup) {
            // Whoever finds a group by its name may only then write it.
            rig.world.client.groups = GroupScope::All;
        }
        let plan = match large {
            true => large_group(&rig.world).await,
            false => self.among_few(&rig.world, Truth::default()).await,
        };
        // What was written a moment ago is no excuse.
        rig.world.wait(10).await;
        (rig, plan)
    }

    /// The same where people are put into quarantine, and Ada is an administrator beside a stranger.
    pub async fn prepare_with_quarantine(self) -> (Rig, Plan) {
        let rig = Rig::quarantining(Seed::Empty).await;
        let boss = console_makes(&rig.world, "Boss", "boss@example.com");
        happens(&rig.world, Event::ConsolePromotes { user: boss, role: "Super Admin".to_owned() });
        let before = Truth { bystanders: (1, 0), held: Some(BTreeSet::new()), ..Truth::default() };
        let plan = self.among_few(&rig.world, before).await;
        let ada = rig.world.sim().user_by_email("ada@example.com").unwrap().id;
        happens(&rig.world, Event::ConsolePromotes { user: ada, role: "Admin".to_owned() });
        rig.world.wait(10).await;
        (rig, plan)
    }

    async fn among_few(self, world: &World, mut before: Truth) -> Plan {
        let mut ids = Vec::new();
        for name in ["ada", "eve", "bob", "joe"] {
            ids.push(add_person(world, &mut before, name).await);
        }
        let [ada, eve, bob, joe] = <[String; 4]>::try_from(ids).unwrap();
        let made = world.post("/Groups", group("Team", &[&ada, &eve, &bob])).await;
        let team = made.id();
        add_group(&mut before, &team, "Team", &[&ada, &eve, &bob]);
        world.patch(&format!("/Users/{bob}"), json!([{"op": "replace", "value": {"active": false}}])).await;
        before.person(&bob).active = false;
        before.person(&bob).body["active"] = json!(false);
        if let Some(held) = &mut before.held {
            held.insert(bob.clone());
        }

        let (user, crew) = (|id: &str| format!("/Users/{id}"), format!("/Groups/{team}"));
        let mut after = before.clone();
        let ask = match self {
            Self::CreateUser | Self::CreateInactive => {
                let mut body = person("new");
                body["active"] = json!(self == Self::CreateUser);
                let active = self == Self::CreateUser;
                before.gone.push("/Users?filter=userName eq \"new@example.com\"".to_owned());
                after.people.push(Person { id: None, body: body.clone(), active });
                Ask::Create("Users", body)
            }
            Self::UpdateUser => {
                edit(&mut after, &ada, json!({"displayName": "Ada King", "title": "Countess"}))
            }
            Self::RenameUser => {
                after.gone.push("/Users?filter=userName eq \"ada@example.com\"".to_owned());
                let emails = json!([{"value": "king@example.com", "type": "work", "primary": true}]);
                let names =
                    json!({"userName": "king@example.com", "externalId": "ext-king", "emails": emails});
                edit(&mut after, &ada, names)
            }
            Self::Park => edit(&mut after, &ada, json!({"active": false})),
            Self::ParkAndEdit => {
                edit(&mut after, &ada, json!({"active": false, "title": "Gone", "displayName": "Ada Gone"}))
            }
            Self::Reactivate => edit(&mut after, &bob, json!({"active": true, "title": "Returned"})),
            Self::Adopt => {
                console_makes(world, "Bob from a device", "bob@example.com");
                edit(&mut after, &bob, json!({"active": true, "title": "Returned"}))
            }
            Self::DeleteUser | Self::DeleteParked => {
                let who = if self == Self::DeleteUser { &ada } else { &bob };
                after.forget(who);
                Ask::Delete(user(who))
            }
            Self::CreateGroup => {
                add_group(&mut after, "", "New", &[&ada, &bob, &joe]);
                Ask::Create("Groups", group("New", &[&ada, &bob, &joe]))
            }
            Self::RenameGroup => {
                after.gone.push("/Groups?filter=displayName eq \"Team\"".to_owned());
                after.group(&team).name = "Crew".to_owned();
                Ask::Edit(crew, json!({"displayName": "Crew"}).as_object().unwrap().clone())
            }
            Self::DeleteGroup => {
                after.groups.clear();
                after.gone.push(crew.clone());
                Ask::Delete(crew)
            }
            Self::AddMember => {
                after.group(&team).members.insert(joe.clone());
                Ask::Patch(crew, json!([{"op": "add", "path": "members", "value": [{"value": joe}]}]))
            }
            Self::RemoveMember => {
                after.group(&team).members.retain(|id| *id != ada && *id != bob);
                let gone = json!([{"value": ada}, {"value": bob}]);
                Ask::Patch(crew, json!([{"op": "remove", "path": "members", "value": gone}]))
            }
            Self::ReplaceMembers => {
                after.group(&team).members = [bob.clone(), joe.clone()].into();
                Ask::Members(crew, vec![bob, joe])
            }
            Self::PutGroup => {
                let of_crew = after.group(&team);
                of_crew.members = [eve.clone(), joe.clone()].into();
                of_crew.name = "Crew".to_owned();
                let mut body = group("Crew", &[]);
                body["members"] = members(&[eve, joe]);
                Ask::Put(crew, body)
            }
            Self::UpdateStranger | Self::ParkStranger | Self::DeleteStranger => {
                let sam = console_makes(world, "Sam Stone", "sam@example.com");
                let body = json!({"userName": "sam@example.com", "displayName": "Sam Stone"});
                let stranger = Person { id: Some(sam.clone()), body, active: true };
                before.people.push(stranger.clone());
                after.people.push(stranger);
                match self {
                    Self::UpdateStranger => {
                        edit(&mut after, &sam, json!({"displayName": "Sam King", "title": "Duke"}))
                    }
                    Self::ParkStranger => edit(&mut after, &sam, json!({"active": false})),
                    _ => {
                        after.forget(&sam);
                        Ask::Delete(user(&sam))
                    }
                }
            }
            Self::AdoptStranger | Self::AdoptInactive => {
                let sam = console_makes(world, "Sam Stone", "sam@example.com");
                let body = json!({"userName": "sam@example.com", "displayName": "Sam Stone"});
                before.people.push(Person { id: Some(sam.clone()), body, active: true });
                let mut body = person("sam");
                // Whoever patches part by part leaves the part that was derived.
                body["name"]["formatted"] = json!("Sam Hill");
                body["active"] = json!(self == Self::AdoptStranger);
                let active = self == Self::AdoptStranger;
                after.people.push(Person { id: Some(sam), body: body.clone(), active });
                Ask::Create("Users", body)
            }
            Self::AdoptGroup => {
                let id = console_makes_group(world, "Strangers");
                // Long enough ago that nobody takes it for our own.
                world.wait(100).await;
                let event = Event::ConsoleAddsMember {
                    group: id.clone(),
                    user: native_id(world, &eve).await.unwrap(),
                };
                happens(world, event);
                add_group(&mut before, &id, "Strangers", &[&eve]);
                add_group(&mut after, &id, "Strangers", &[&eve, &joe]);
                Ask::Create("Groups", group("Strangers", &[&eve, &joe]))
            }
            Self::Return => {
                let mut body = person("bob");
                body["title"] = json!("Returned");
                edit(&mut after, &bob, json!({"active": true, "title": "Returned"}));
                Ask::Create("Users", body)
            }
            Self::Relink | Self::Revive => {
                let native = native_id(world, &ada).await.unwrap();
                world.wait(10).await;
                happens(world, Event::ConsoleDeletesUser { user: native });
                for truth in [&mut before, &mut after] {
                    truth.group(&team).members.remove(&ada);
                }
                if self == Self::Relink {
                    console_makes(world, "Ada Anew", "ada@example.com");
                    before.person(&ada).body["displayName"] = json!("Ada Anew");
                    before.person(&ada).body.as_object_mut().unwrap().shift_remove("name");
                    edit(
                        &mut after,
                        &ada,
                        json!({"displayName": "Ada King", "title": "Countess", "name": person("ada")["name"]}),
                    )
                } else {
                    before.forget(&ada);
                    Ask::Create("Users", person("ada"))
                }
            }
            Self::AddToStrangers => {
                let id = console_makes_group(world, "Strangers");
                add_group(&mut before, &id, "Strangers", &[]);
                add_group(&mut after, &id, "Strangers", &[&ada]);
                let add = json!([{"op": "add", "path": "members", "value": [{"value": ada}]}]);
                Ask::Patch(format!("/Groups/{id}"), add)
            }
            Self::DeleteLargeGroup => unreachable!("it has a world of its own"),
        };
        if after.held.is_some() {
            let is_held = |person: &&Person| !person.active && person.id.is_some();
            after.held =
                Some(after.people.iter().filter(is_held).filter_map(|person| person.id.clone()).collect());
        }
        if self == Self::Adopt {
            // Until Bob is back the one from the device is a stranger.
            before.bystanders.0 += 1;
            before.doubles.push("bob@example.com".to_owned());
        }
        Plan { ask, before, after }
    }
}

/// A group with more members than one native call can take out.
async fn large_group(world: &World) -> Plan {
    let everybody: Vec<String> = world.sim().users().into_iter().map(|user| user.id).collect();
    let names: Vec<&str> = everybody.iter().map(String::as_str).collect();
    let id = world.post("/Groups", group("Large", &names)).await.id();
    let mut before = Truth { bystanders: (60, 6), ..Truth::default() };
    add_group(&mut before, &id, "Large", &names);
    let mut after = before.clone();
    after.groups.clear();
    let path = format!("/Groups/{id}");
    after.gone.push(path.clone());
    Plan { ask: Ask::Delete(path), before, after }
}

async fn add_person(world: &World, truth: &mut Truth, name: &str) -> String {
    let made = world.post("/Users", person(name)).await;
    assert_eq!(made.status, 201, "{made:?}");
    truth.people.push(Person { id: Some(made.id()), body: person(name), active: true });
    made.id()
}

fn add_group(truth: &mut Truth, id: &str, name: &str, members: &[&str]) {
    let id = Some(id.to_owned()).filter(|id| !id.is_empty());
    let members = members.iter().map(|&member| member.to_owned()).collect();
    truth.groups.push(Group { id, name: name.to_owned(), members });
}

fn edit(after: &mut Truth, id: &str, attributes: Value) -> Ask {
    let person = after.person(id);
    let attributes = attributes.as_object().unwrap().clone();
    for (name, value) in &attributes {
        person.body[name] = value.clone();
    }
    person.active = person.body["active"] != json!(false);
    Ask::Edit(format!("/Users/{id}"), attributes)
}

/// Somebody makes a person behind our back; gives the native id.
pub fn console_makes(world: &World, name: &str, email: &str) -> String {
    let made = Event::ConsoleCreatesUser {
        name: name.to_owned(),
        first_name: None,
        last_name: None,
        email: Some(email.to_owned()),
        exchange_login: None,
        source_type: None,
    };
    happens(world, made)
}

fn console_makes_group(world: &World, name: &str) -> String {
    happens(world, Event::ConsoleCreatesGroup { name: name.to_owned(), description: None, source_type: None })
}

pub fn happens(world: &World, event: Event) -> String {
    let now = world.clock.now().0;
    world.sim().event(now, event).unwrap()
}
