//! From wishes to requests: what is sent, and what the machine is told of it.

use scim_facade::kernel::Kind;
use serde_json::{Value, json};

use super::facts::{Asked, Client, Fact, Who, facts};
use super::run::Run;
use super::schedule::{Edit, How, People, Take, Wish};
use crate::support::world::group;

/// A request as it is sent.
pub struct Request {
    pub method: &'static str,
    pub path: String,
    pub body: Option<Value>,
    pub asked: Asked,
}

impl Run {
    /// A wish as a request; `None` if the client can't send it: it does not know the id, or the product does not answer.
    pub async fn request(&mut self, by: Client, wish: Wish) -> Result<Option<Request>, String> {
        let (who, method) = match wish {
            Wish::Make(person, _) => (Who::Person(person), "POST"),
            Wish::MakeGroup(group, _) => (Who::Group(group), "POST"),
            Wish::Change(person, _, How::Put) => (Who::Person(person), "PUT"),
            Wish::Change(person, ..) => (Who::Person(person), "PATCH"),
            Wish::RenameGroup(group, _) | Wish::Members(group, ..) => (Who::Group(group), "PATCH"),
            Wish::PutGroup(group, ..) => (Who::Group(group), "PUT"),
            Wish::Remove(person) => (Who::Person(person), "DELETE"),
            Wish::RemoveGroup(group) => (Who::Group(group), "DELETE"),
        };
        let makes = method == "POST";
        let mut path = if who.is_person() { "/Users".to_owned() } else { "/Groups".to_owned() };
        if !makes {
            let Some(id) = self.machine.ids.get(&who) else { return Ok(None) };
            path = format!("{path}/{id}");
        }
        // Whoever posts somebody who is there posts them under the name that they have.
        let names = self.machine.options(who.key());
        let there = self.machine.ids.contains_key(&who);
        if makes && there && names.len() > 1 {
            return Ok(None);
        }
        let name = names[0].as_str().filter(|_| makes && there);
        let mut wishes = Vec::new();
        let body = match wish {
            Wish::Make(person, edit) => {
                let body = made(person, by, edit, name);
                if self.is_another(who, by, &body) {
                    return Ok(None);
                }
                Some(body)
            }
            Wish::Change(_, edit, how) => match self.changed(by, who, &path, edit, how).await? {
                None => return Ok(None),
                body => body,
            },
            Wish::MakeGroup(number, people) => {
                Some(group(name.unwrap_or(&group_name(number)), &self.known(people)))
            }
            Wish::RenameGroup(_, name) => Some(json!({"displayName": group_name(name)})),
            Wish::PutGroup(_, name, people) => Some(group(&group_name(name), &self.known(people))),
            Wish::Members(_, take, people) => Some(members(take, &self.known(people))),
            Wish::Remove(_) | Wish::RemoveGroup(_) => None,
        };
        if let (Some(body), false) = (&body, matches!(wish, Wish::Members(..))) {
            let wished = if body.is_array() { &merged(body) } else { body };
            wishes.extend(facts(who, by, wished, false));
        }
        match wish {
            Wish::Remove(_) | Wish::RemoveGroup(_) => wishes.push((Fact::There(who), json!(false))),
            Wish::Make(..) | Wish::MakeGroup(..) => wishes.push((Fact::There(who), json!(true))),
            _ => {}
        }
        if let Wish::MakeGroup(group, people) | Wish::PutGroup(group, _, people) = wish {
            wishes.extend(self.memberships(group, Take::Exactly, people));
        }
        if let Wish::Members(group, take, people) = wish {
            wishes.extend(self.memberships(group, take, people));
        }
        let body = body.map(|body| match method {
            "PATCH" => {
                let operations = if body.is_array() { body } else { json!([{"op": "replace", "value": body}]) };
                json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations})
            }
            _ => body,
        });
        Ok(Some(Request { method, path, body, asked: Asked { who, by, makes, wishes } }))
    }

    /// Whether a POST may be understood as that of somebody else, who has this name and is called so: they would return.
    fn is_another(&self, who: Who, by: Client, body: &Value) -> bool {
        let bears = |fact: Fact, name: &str| self.machine.may_be(fact, &body[name]);
        let mut others = Who::all().filter(|other| other.is_person() && *other != who);
        others.any(|other| bears(other.key(), "userName") && bears(Fact::Called(other, by), "externalId"))
    }

    /// The ids of people, as far as clients know them.
    fn known(&self, people: People) -> Vec<&str> {
        people
            .all()
            .filter_map(|person| self.machine.ids.get(&Who::Person(person)))
            .map(String::as_str)
            .collect()
    }

    fn memberships(&self, group: u8, take: Take, people: People) -> Vec<(Fact, Value)> {
        let known = self.machine.ids.keys().filter_map(|who| match who {
            Who::Person(person) => Some(*person),
            Who::Group(_) => None,
        });
        let named = |person: &u8| people.all().any(|named| named == *person);
        known
            .filter(|person| take == Take::Exactly || named(person))
            .map(|person| (Fact::Member(group, person), json!(take != Take::Out && named(&person))))
            .collect()
    }

    /// The body of a change of a person.
    async fn changed(
        &mut self,
        by: Client,
        who: Who,
        path: &str,
        edit: Edit,
        how: How,
    ) -> Result<Option<Value>, String> {
        let attributes = attributes(edit, by);
        match how {
            How::Patch => Ok(Some(attributes)),
            How::Paths => {
                let by_path = attributes.as_object().unwrap().iter();
                Ok(Some(
                    by_path
                        .map(|(path, value)| json!({"op": "Replace", "path": path, "value": value}))
                        .collect(),
                ))
            }
            How::Put => {
                let read = self.of(by).get(path).await;
                match read.status {
                    200 => self.see(who, by, &read.body).map_err(|why| format!("{why}: {read:?}"))?,
                    404 => self.machine.see_nothing(who)?,
                    _ => {}
                }
                let Value::Object(mut body) = read.body.clone() else { return Ok(None) };
                if read.status != 200 {
                    return Ok(None);
                }
                body.extend(attributes.as_object().unwrap().clone());
                Ok(Some(Value::Object(body)))
            }
        }
    }
}

pub fn kind(who: Who) -> Kind {
    if who.is_person() { Kind::User } else { Kind::Group }
}

pub fn user_name(name: u8) -> String {
    format!("p{name}@example.com")
}

pub fn shown_as(shown: u8) -> String {
    format!("Shown {shown}")
}

pub fn title_of(title: u8) -> String {
    format!("Title {title}")
}

pub fn group_name(name: u8) -> String {
    format!("Group {name}")
}

pub fn called(by: Client, name: u8) -> String {
    format!("x{by}-{name}")
}

/// The attributes that an edit writes.
fn attributes(edit: Edit, by: Client) -> Value {
    let mut body = json!({});
    if let Some(name) = edit.name {
        body["userName"] = json!(user_name(name));
        body["emails"] = json!([{"value": user_name(name), "type": "work", "primary": true}]);
    }
    for (name, value) in [
        ("title", edit.title.map(|title| json!(title_of(title)))),
        ("displayName", edit.shown.map(|shown| json!(shown_as(shown)))),
        ("externalId", edit.called.map(|name| json!(called(by, name)))),
        ("active", edit.active.map(Value::Bool)),
    ] {
        if let Some(value) = value {
            body[name] = value;
        }
    }
    body
}

/// A new person.
fn made(person: u8, by: Client, edit: Edit, name: Option<&str>) -> Value {
    let whole = Edit {
        name: edit.name.or(Some(person)),
        shown: edit.shown.or(Some(person % 4)),
        title: edit.title.or(Some(person % 3)),
        called: edit.called.or(Some(person % 3)),
        active: edit.active,
    };
    let mut body = attributes(whole, by);
    if let Some(name) = name {
        body["userName"] = json!(name);
        body["emails"][0]["value"] = json!(name);
    }
    body["schemas"] = json!(["urn:ietf:params:scim:schemas:core:2.0:User"]);
    body
}

fn members(take: Take, ids: &[&str]) -> Value {
    let op = match take {
        Take::In => "add",
        Take::Out => "remove",
        Take::Exactly => "replace",
    };
    let value: Vec<Value> = ids.iter().map(|id| json!({"value": id})).collect();
    json!([{"op": op, "path": "members", "value": value}])
}

/// What operations with paths write.
fn merged(operations: &Value) -> Value {
    let pairs = operations.as_array().into_iter().flatten();
    pairs
        .map(|op| (op["path"].as_str().unwrap_or_default().to_owned(), op["value"].clone()))
        .collect::<serde_json::Map<_, _>>()
        .into()
}
