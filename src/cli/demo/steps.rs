//! What the stories are made of: requests, and judgements of what came of them.

use ::scim::profile::Profile;
use reqwest::Method;
use serde_json::{Value, json};

use super::super::failed::Failed;
use super::scim::Reply;
use super::teller::{GROUP, Seen, Step, Verdict};

/// The core schema of people.
pub(super) const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
/// The enterprise extension.
pub(super) const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const GROUP_URN: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

// === steps ===

/// A read.
pub(super) fn get(title: &str, path: String) -> Step<'_> {
    Step { title, method: Method::GET, path, body: None }
}

/// The making of something.
pub(super) fn post<'a>(title: &'a str, path: &str, body: Value) -> Step<'a> {
    Step { title, method: Method::POST, path: path.to_owned(), body: Some(body) }
}

/// The making of the group, with these people in it.
pub(super) fn form<'a>(title: &'a str, members: &[&str]) -> Step<'a> {
    let members: Vec<Value> = members.iter().map(|id| json!({ "value": id })).collect();
    post(title, "/Groups", json!({ "schemas": [GROUP_URN], "displayName": GROUP, "members": members }))
}

/// A change of a person.
pub(super) fn patch<'a>(title: &'a str, user: &str, operations: &[Value]) -> Step<'a> {
    let body = json!({ "schemas": [PATCH], "Operations": operations });
    Step { title, method: Method::PATCH, path: format!("/Users/{user}"), body: Some(body) }
}

/// The operation that ends access or gives it: as Okta sends it, without a path, or strictly (RFC 7644 §3.5.2).
pub(super) fn access(profile: Profile, active: bool) -> [Value; 1] {
    [match profile {
        Profile::Tolerant => json!({ "op": "replace", "value": { "active": active } }),
        Profile::Strict => json!({ "op": "replace", "path": "active", "value": active }),
    }]
}

/// The end of a person.
pub(super) fn delete<'a>(title: &'a str, user: &str) -> Step<'a> {
    Step { title, method: Method::DELETE, path: format!("/Users/{user}"), body: None }
}

/// The id of what was made.
pub(super) fn id(reply: &Reply) -> Result<String, Failed> {
    match reply.id() {
        "" => Err(Failed::new("the story can't go on: what was created has no id")),
        id => Ok(id.to_owned()),
    }
}

// === judgements ===

/// Is it so?
pub(super) fn expect(is_so: bool, otherwise: &str) -> Result<(), String> {
    if is_so { Ok(()) } else { Err(otherwise.to_owned()) }
}

/// The status of the answer.
pub(super) fn status(seen: &Seen<'_>, expected: u16) -> Result<(), String> {
    let got = seen.reply.status;
    expect(got == expected, &format!("the answer is {got}, not {expected}"))
}

/// How often the product was written to.
pub(super) fn writes(seen: &Seen<'_>) -> usize {
    seen.calls.iter().filter(|call| call.write).count()
}

/// The name that somebody has natively.
pub(super) fn called(seen: &Seen<'_>, email: &str, name: &str) -> Result<(), String> {
    let person = seen.world.person(email).ok_or_else(|| format!("the product has nobody with {email}"))?;
    expect(person.name() == name, &format!("the product calls them {}", person.name()))
}

/// Whether a look-up found nobody, and wrote nothing.
pub(super) fn nobody_there(seen: &Seen<'_>) -> Verdict {
    status(seen, 200)?;
    expect(seen.reply.body["totalResults"] == 0, "somebody was found")?;
    expect(writes(seen) == 0, "a look-up wrote something")?;
    Ok("nobody is called that, and looking changed nothing")
}

/// Whether the group has exactly these members natively.
pub(super) fn members(seen: &Seen<'_>, expected: &[&str]) -> Result<(), String> {
    let mut members = seen.world.members(GROUP).ok_or_else(|| format!("the product has no group {GROUP}"))?;
    members.sort_unstable();
    expect(members == expected, &format!("the product has other members: {}", members.join(", ")))
}
