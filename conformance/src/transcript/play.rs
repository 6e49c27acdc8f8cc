//! Plays a story.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::Method;
use serde_json::Value;

use super::{Need, Step, Story};
use crate::check::{Checked, Stop, skip};
use crate::facts::{ENTERPRISE, USER};
use crate::reply::Reply;
use crate::request::{Identity, Request};
use crate::session::{Session, encoded};

/// What steps captured, by name.
type Names = BTreeMap<String, String>;

impl Story {
    /// Plays every step.
    ///
    /// # Errors
    /// The first step whose answer the client can't go on with, or a skip.
    pub async fn play(&self, session: &Session) -> Checked {
        for need in &self.needs {
            is_met(session, *need)?;
        }
        let mut names = Names::from([("run".to_owned(), session.name())]);
        for (at, step) in self.steps.iter().enumerate() {
            let reply = session.send(request(self, step, &names, session)?).await?;
            judge(step, &reply, &names).map_err(|stop| told(stop, at, &step.why))?;
            for (name, pointer) in &step.capture {
                names.insert(name.clone(), text(reply.at(pointer)));
            }
        }
        Ok(())
    }
}

fn is_met(session: &Session, need: Need) -> Checked {
    match need {
        Need::Groups => session.groups().map(drop),
        Need::Patch => session.needs("patch"),
        Need::Enterprise if session.users()?.has_extension(ENTERPRISE) => Ok(()),
        Need::Enterprise => skip("people have no enterprise extension in /ResourceTypes"),
        Need::Roles => session.writable(USER, "roles").map(drop),
        Need::Addresses => session.writable(USER, "addresses").map(drop),
    }
}

fn request(story: &Story, step: &Step, names: &Names, session: &Session) -> Checked<Request> {
    let Some((method, target)) = step.request.split_once(' ') else {
        return skip(format!("no request: {}", step.request));
    };
    let Ok(method) = Method::try_from(method) else {
        return skip(format!("no method: {method}"));
    };
    // In an address a captured value is one segment, or one value of the query.
    let mut request = Request::new(method, &served(session, &fill(target, names, encoded)));
    if let Some(body) = &step.body {
        request = request.json(&filled(body, names));
    }
    for (name, value) in story.headers.iter().chain(&step.headers) {
        if name.eq_ignore_ascii_case("authorization") {
            request = request.identity(Identity::Other(value.clone()));
        } else if request.body.is_some() || !name.eq_ignore_ascii_case("content-type") {
            request = request.header(name, value);
        }
    }
    Ok(request)
}

/// `/Users` and `/Groups` where this server has them.
fn served(session: &Session, target: &str) -> String {
    for (usual, of) in [("/Users", session.users()), ("/Groups", session.groups())] {
        if let (Some(rest), Ok(of)) = (target.strip_prefix(usual), of) {
            return format!("{}{rest}", of.endpoint);
        }
    }
    target.to_owned()
}

/// Says which step it was.
fn told(stop: Stop, at: usize, why: &str) -> Stop {
    match stop {
        Stop::Wrong(mut wrong) => {
            wrong.expected = format!("step {}: {} ({why})", at + 1, wrong.expected);
            Stop::Wrong(wrong)
        }
        other => other,
    }
}

fn judge(step: &Step, reply: &Reply, names: &Names) -> Checked {
    reply.want_status(&step.status)?;
    for (pointer, wanted) in &step.equal {
        reply.want_at(&fill(pointer, names, ToOwned::to_owned), &filled(wanted, names))?;
    }
    for pointer in &step.absent {
        let is_nothing = match reply.at(pointer) {
            Value::Null => true,
            Value::String(text) => text.is_empty(),
            Value::Array(found) => found.is_empty(),
            _ => false,
        };
        reply.want(is_nothing, format!("nothing at {pointer}"))?;
    }
    for (pointer, values) in &step.values {
        let found = reply.at(pointer).as_array();
        let found: BTreeSet<String> = found
            .into_iter()
            .flatten()
            .map(|one| text(one.get(&values.of).unwrap_or(&Value::Null)))
            .collect();
        let wanted: BTreeSet<String> = values.are.iter().map(|value| text(&filled(value, names))).collect();
        reply.want(found == wanted, format!("{} of {pointer} are {wanted:?}", values.of))?;
    }
    for pointer in step.capture.values() {
        reply.want(!reply.at(pointer).is_null(), format!("{pointer} is there"))?;
    }
    Ok(())
}

/// A value as text, without the quotes of a string.
fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned)
}

fn fill(text: &str, names: &Names, put: impl Fn(&str) -> String) -> String {
    names
        .iter()
        .fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{{{name}}}}}"), &put(value)))
}

/// A JSON value with every `{{name}}` in its texts and keys filled in.
fn filled(value: &Value, names: &Names) -> Value {
    match value {
        Value::String(text) => Value::String(fill(text, names, ToOwned::to_owned)),
        Value::Array(items) => items.iter().map(|item| filled(item, names)).collect(),
        Value::Object(fields) => {
            let fields = fields.iter();
            Value::Object(
                fields
                    .map(|(key, value)| (fill(key, names, ToOwned::to_owned), filled(value, names)))
                    .collect(),
            )
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_are_filled_in_everywhere() {
        let names = Names::from([("ada".to_owned(), "a\"b".to_owned())]);
        let body = json!({"{{ada}}": ["{{ada}}!", 1]});
        assert_eq!(filled(&body, &names), json!({"a\"b": ["a\"b!", 1]}));
        assert_eq!(fill("/Users/{{ada}}", &names, encoded), "/Users/a%22b");
    }
}
