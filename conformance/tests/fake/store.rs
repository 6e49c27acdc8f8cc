//! The people and groups of the fake, and what may be written to them.

use serde_json::{Map, Value, json};

use super::discovery::attributes;
use super::http::{Answer, Question};
use super::{field, patch};

pub const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
pub const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
pub const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

#[derive(Default)]
pub struct Store {
    pub base: String,
    pub users: Vec<Value>,
    pub groups: Vec<Value>,
    /// The rule that is not kept.
    pub forgets: &'static str,
    ticks: u64,
}

/// An error in SCIM's form (RFC 7644 §3.12).
pub fn error(status: u16, scim_type: &str, detail: &str) -> Answer {
    let mut body =
        json!({"schemas": [scim_conformance::reply::ERROR], "status": status.to_string(), "detail": detail});
    if !scim_type.is_empty() {
        body["scimType"] = json!(scim_type);
    }
    Answer::new(status, body)
}

pub fn schema_of(kind: &str) -> &'static str {
    if kind == "Users" { USER } else { GROUP }
}

impl Store {
    pub fn of(&self, kind: &str) -> &Vec<Value> {
        if kind == "Users" { &self.users } else { &self.groups }
    }

    fn of_mut(&mut self, kind: &str) -> &mut Vec<Value> {
        if kind == "Users" { &mut self.users } else { &mut self.groups }
    }

    fn at(&self, kind: &str, id: &str) -> Result<usize, Answer> {
        self.of(kind).iter().position(|one| one["id"] == id).ok_or_else(|| error(404, "", "nobody"))
    }

    fn now(&mut self) -> String {
        self.ticks += 1;
        format!("2026-01-01T{:02}:{:02}:{:02}Z", self.ticks / 3_600, self.ticks / 60 % 60, self.ticks % 60)
    }

    /// A resource as it is shown: its groups, its members' addresses, its version.
    pub fn shown(&self, resource: &Value) -> Value {
        let mut shown = resource.clone();
        let id = &resource["id"];
        if resource["meta"]["resourceType"] == "User" {
            let is_in =
                |group: &&Value| group["members"].as_array().into_iter().flatten().any(|m| m["value"] == *id);
            let groups: Vec<Value> =
                self.groups.iter().filter(is_in).map(|group| json!({"value": group["id"]})).collect();
            if !groups.is_empty() {
                shown["groups"] = json!(groups);
            }
            shown["schemas"] =
                if shown.get(ENTERPRISE).is_some() { json!([USER, ENTERPRISE]) } else { json!([USER]) };
        } else {
            shown["schemas"] = json!([GROUP]);
            for member in shown["members"].as_array_mut().into_iter().flatten() {
                member["type"] = json!("User");
                member["$ref"] =
                    json!(format!("{}/Users/{}", self.base, member["value"].as_str().unwrap_or_default()));
            }
            if shown["members"].is_null() {
                shown.as_object_mut().unwrap().remove("members");
            }
        }
        shown
    }

    fn answer(&self, status: u16, resource: &Value) -> Answer {
        let shown = self.shown(resource);
        let (location, version) = (shown["meta"]["location"].clone(), shown["meta"]["version"].clone());
        Answer::new(status, shown)
            .with("location", location.as_str().unwrap())
            .with("etag", version.as_str().unwrap())
    }

    pub fn get(&self, kind: &str, id: &str, question: &Question) -> Result<Answer, Answer> {
        let found = &self.of(kind)[self.at(kind, id)?];
        let asked = question.header("if-none-match");
        if found["meta"]["version"] == asked {
            return Err(Answer::new(304, Value::Null));
        }
        Ok(self.answer(200, found))
    }

    /// RFC 7644 §3.14.
    pub fn is_current(&self, kind: &str, id: &str, question: &Question) -> Result<(), Answer> {
        let asked = question.header("if-match");
        let found = &self.of(kind)[self.at(kind, id)?];
        if asked.is_empty() || found["meta"]["version"] == asked || self.forgets == "if-match" {
            return Ok(());
        }
        Err(error(412, "", "it has changed"))
    }

    pub fn create(&mut self, kind: &str, sent: &Value) -> Result<Answer, Answer> {
        let mut resource = self.valid(kind, sent, None)?;
        let now = self.now();
        let id = format!("id-{}", self.ticks);
        let name = kind.trim_end_matches('s');
        resource["id"] = json!(id);
        resource["meta"] = json!({"resourceType": name, "created": now, "lastModified": now,
            "location": format!("{}/{kind}/{id}", self.base), "version": format!("W/\"{}\"", self.ticks)});
        self.of_mut(kind).push(resource.clone());
        Ok(self.answer(201, &resource))
    }

    pub fn replace(&mut self, kind: &str, id: &str, sent: &Value) -> Result<Answer, Answer> {
        let at = self.at(kind, id)?;
        let new = self.valid(kind, sent, Some(id))?;
        self.put(kind, at, new)
    }

    /// Puts a document in an old one's place; what did not change keeps its version.
    fn put(&mut self, kind: &str, at: usize, mut new: Value) -> Result<Answer, Answer> {
        let old = self.of(kind)[at].clone();
        for key in ["id", "meta"] {
            new[key] = old[key].clone();
        }
        if new != old || self.forgets == "no-change" {
            let now = self.now();
            new["meta"]["lastModified"] = json!(now);
            new["meta"]["version"] = json!(format!("W/\"{}\"", self.ticks));
            self.of_mut(kind)[at] = new.clone();
        }
        Ok(self.answer(200, &new))
    }

    pub fn patch(&mut self, kind: &str, id: &str, body: &Value) -> Result<Answer, Answer> {
        let at = self.at(kind, id)?;
        let old = self.of(kind)[at].clone();
        let mut new = old.clone();
        let operations =
            body["Operations"].as_array().ok_or_else(|| error(400, "invalidSyntax", "no Operations"))?;
        for operation in operations {
            if let Err(refused) = patch::apply(&mut new, operation, schema_of(kind)) {
                if self.forgets == "atomicity" {
                    let _ = self.put(kind, at, new);
                }
                return Err(refused);
            }
        }
        let new = self.valid(kind, &new, Some(id))?;
        self.put(kind, at, new)
    }

    pub fn delete(&mut self, kind: &str, id: &str) -> Result<Answer, Answer> {
        let at = self.at(kind, id)?;
        if self.forgets != "delete" {
            self.of_mut(kind).remove(at);
        }
        for group in &mut self.groups {
            if let Some(members) = group["members"].as_array_mut() {
                members.retain(|member| member["value"] != id);
            }
        }
        Ok(Answer::new(204, Value::Null))
    }

    /// A document with the names of the schema, and nothing that a client can't write.
    fn valid(&self, kind: &str, sent: &Value, id: Option<&str>) -> Result<Value, Answer> {
        let mut document = typed(sent, schema_of(kind))?;
        let key = if kind == "Users" { "userName" } else { "displayName" };
        let name =
            document[key].as_str().ok_or_else(|| error(400, "invalidValue", "no name"))?.to_lowercase();
        let is_taken = |other: &&Value| {
            other["id"] != id.unwrap_or_default()
                && other[key].as_str().is_some_and(|found| found.to_lowercase() == name)
        };
        if self.of(kind).iter().any(|other| is_taken(&other))
            && kind == "Users"
            && self.forgets != "uniqueness"
        {
            return Err(error(409, "uniqueness", "taken"));
        }
        if self.forgets != "password" {
            document.as_object_mut().unwrap().remove("password");
        }
        if let Some(extension) =
            field(sent, ENTERPRISE).filter(|found| found.as_object().is_some_and(|o| !o.is_empty()))
        {
            document[ENTERPRISE] = typed(extension, ENTERPRISE)?;
        }
        if let Some(external) = field(sent, "externalId").filter(|found| !found.is_null()) {
            document["externalId"] = external.clone();
        }
        Ok(document)
    }
}

/// The attributes of a schema that a document has, by their right names and of their right types.
fn typed(sent: &Value, urn: &str) -> Result<Value, Answer> {
    let mut document = Map::new();
    for attribute in attributes(urn) {
        let name = attribute["name"].as_str().unwrap();
        let Some(value) = field(sent, name).filter(|value| !value.is_null() && **value != json!([])) else {
            continue;
        };
        if attribute["mutability"] == "readOnly" {
            continue;
        }
        let fits = match attribute["type"].as_str().unwrap() {
            _ if attribute["multiValued"] == true => value.is_array(),
            "boolean" => value.is_boolean(),
            "complex" => value.is_object(),
            _ => value.is_string(),
        };
        if !fits {
            return Err(error(400, "invalidValue", name));
        }
        document.insert(name.to_owned(), value.clone());
    }
    Ok(Value::Object(document))
}
