//! Creating resources (RFC 7644 §3.3).

use reqwest::Method;
use serde_json::{Value, json};

use crate::check::{Check, Checked, skip};
use crate::facts::USER;
use crate::people;
use crate::request::{Identity, Request};
use crate::session::{Session, merge};

checks! {
    must "create/status", "RFC 7644 §3.3", "POST answers 201 with the resource and its id" => status();
    must "create/location", "RFC 7644 §3.3", "the answer has Location, and meta.location is the same"
        => location();
    must "create/meta", "RFC 7643 §3.1", "meta has resourceType, created and lastModified" => meta();
    must "create/schemas", "RFC 7643 §3.1", "the answer names its schemas" => schemas();
    must "create/echo", "RFC 7644 §3.3", "what was sent comes back" => echo();
    must "create/least", "RFC 7643 §4.1.1", "nothing but what the schema requires is enough" => least();
    must "create/read-only", "RFC 7644 §3.3", "read-only attributes in a POST are ignored" => read_only();
    must "create/unique", "RFC 7644 §3.3", "a userName that is taken is 409 uniqueness" => unique(false);
    must "create/unique-case", "RFC 7643 §4.1.1", "a taken userName in another case is 409, too"
        => unique(true);
    must "create/required", "RFC 7643 §2.2", "a person without userName is refused with 400" => required();
    usual "create/required-type", "RFC 7644 §3.12", "and the scimType is invalidValue" => required_type();
    must "create/wrong-type", "RFC 7644 §3.12", "an object where a string belongs is 400"
        => wrong(json!({"userName": {"a": 1}}));
    must "create/wrong-boolean", "RFC 7643 §2.3.2", "a number where a boolean belongs is 400"
        => wrong_boolean();
    must "create/not-json", "RFC 7644 §3.12", "a body that is no JSON is 400 invalidSyntax" => not_json();
    must "create/array", "RFC 7644 §3.12", "a body that is an array is 400" => array();
    must "create/no-schemas", "RFC 7643 §3", "a body without schemas is refused, or understood"
        => no_schemas();
    must "create/names-case", "RFC 7643 §2.1", "attribute names are read without regard to case"
        => names_case();
    usual "create/unknown-attribute", "RFC 7643 §3", "an attribute of no schema is ignored or refused, not kept"
        => unknown_attribute();
    must "create/null", "RFC 7643 §2.5", "null and an empty array are the same as nothing" => null();
    must "create/unicode", "RFC 7644 §3.1", "text beyond ASCII comes back as it was sent" => unicode();
    must "create/external-id", "RFC 7643 §3.1", "externalId comes back as it was sent" => external_id();
    must "create/password", "RFC 7643 §4.1.1", "a password is never returned" => password();
    must "create/multi-valued", "RFC 7643 §2.4", "several e-mail addresses come back with type and primary"
        => multi_valued();
}

async fn status(s: &Session) -> Checked {
    let reply = s.post(&s.users()?.endpoint, &s.person()?).await?;
    reply.want_status(&[201])?;
    reply.want(!reply.id().is_empty(), "a body with an id that is a non-empty string")
}

async fn location(s: &Session) -> Checked {
    let reply = s.make_user().await?.reply;
    let Some(location) = reply.header("location") else {
        return Err(reply.wrong("a header Location"));
    };
    reply.want(location.ends_with(reply.id()), "Location ends with the id")?;
    reply.want_at("/meta/location", &json!(location))
}

async fn meta(s: &Session) -> Checked {
    let reply = s.make_user().await?.reply;
    reply.want_at("/meta/resourceType", &json!(s.users()?.name))?;
    for name in ["created", "lastModified"] {
        let found = reply.at(&format!("/meta/{name}")).as_str().unwrap_or_default();
        // RFC 7643 §2.3.5: an XML schema dateTime.
        let is_time = found.len() >= 19 && found.as_bytes().get(10) == Some(&b'T');
        reply.want(is_time, format!("meta.{name} is a dateTime"))?;
    }
    Ok(())
}

async fn schemas(s: &Session) -> Checked {
    let reply = s.make_user().await?.reply;
    let schema = &s.users()?.schema;
    reply.want(reply.has_schema(schema), format!("schemas has {schema}"))
}

async fn echo(s: &Session) -> Checked {
    let made = s.make_user().await?;
    for (key, sent) in made.sent.as_object().into_iter().flatten() {
        let returned = s.facts.attribute(USER, key).is_none_or(|found| found.returned() == "default");
        if key != "schemas" && returned {
            holds(&made.reply, key, sent)?;
        }
    }
    Ok(())
}

/// Whether the answer has what was sent; it may have more.
fn holds(reply: &crate::reply::Reply, key: &str, sent: &Value) -> Checked {
    let found = reply.at(&format!("/{key}"));
    if covers(found, sent) {
        return Ok(());
    }
    Err(reply.wrong_because(format!("{key} is {sent}"), format!("{key} is {found}")))
}

/// Whether a value has everything of another.
pub(super) fn covers(found: &Value, sent: &Value) -> bool {
    match (found, sent) {
        (Value::Object(found), Value::Object(sent)) => {
            sent.iter().all(|(key, value)| found.get(key).is_some_and(|found| covers(found, value)))
        }
        (Value::Array(found), Value::Array(sent)) => {
            sent.iter().all(|value| found.iter().any(|found| covers(found, value)))
        }
        _ => found == sent,
    }
}

async fn least(s: &Session) -> Checked {
    let of = s.users()?;
    s.post(&of.endpoint, &people::bare(&s.facts, of, &s.name())).await?.want_status(&[201])
}

async fn read_only(s: &Session) -> Checked {
    let mut person = s.person()?;
    let meta = json!({"resourceType": "Other", "location": "https://example.com/none", "created": "2001-01-01T00:00:00Z"});
    merge(&mut person, &json!({"id": "chosen-by-the-client", "meta": meta}));
    let reply = s.post(&s.users()?.endpoint, &person).await?;
    reply.want_status(&[201])?;
    reply.want(reply.id() != "chosen-by-the-client", "an id that the server made")?;
    reply.want(reply.at("/meta/created") != "2001-01-01T00:00:00Z", "a meta that the server made")?;
    reply.want_at("/meta/resourceType", &json!(s.users()?.name))
}

async fn unique(s: &Session, other_case: bool) -> Checked {
    if other_case && s.attribute(USER, "userName")?.is_case_exact() {
        return skip("userName is caseExact in /Schemas");
    }
    let made = s.make_user().await?;
    let mut again = made.sent.clone();
    if other_case {
        let name = again["userName"].as_str().unwrap_or_default().to_uppercase();
        again["userName"] = json!(name);
    }
    s.post(&s.users()?.endpoint, &again).await?.want_scim_type(409, "uniqueness")
}

fn without_user_name(s: &Session) -> Checked<Value> {
    let mut person = s.person()?;
    merge(&mut person, &json!({"userName": null}));
    Ok(person)
}

async fn required(s: &Session) -> Checked {
    s.post(&s.users()?.endpoint, &without_user_name(s)?).await?.want_error(&[400])
}

async fn required_type(s: &Session) -> Checked {
    let reply = s.post(&s.users()?.endpoint, &without_user_name(s)?).await?;
    if reply.status != 400 {
        return skip("it is not refused with 400, which create/required tells");
    }
    reply.want_at("/scimType", &json!("invalidValue"))
}

async fn wrong(s: &Session, values: Value) -> Checked {
    let mut person = s.person()?;
    for (key, value) in values.as_object().into_iter().flatten() {
        person[key.as_str()] = value.clone();
    }
    s.post(&s.users()?.endpoint, &person).await?.want_error(&[400])
}

async fn wrong_boolean(s: &Session) -> Checked {
    s.writable(USER, "active")?;
    wrong(s, json!({"active": 17})).await
}

async fn not_json(s: &Session) -> Checked {
    let request =
        Request::new(Method::POST, &s.users()?.endpoint).text("{\"schemas\": [").identity(Identity::Ours);
    let reply = s.send(request).await?;
    reply.want_error(&[400])?;
    reply.expect_scim_type("invalidSyntax")
}

async fn array(s: &Session) -> Checked {
    s.post(&s.users()?.endpoint, &json!([s.person()?])).await?.want_error(&[400])
}

async fn no_schemas(s: &Session) -> Checked {
    let mut person = s.person()?;
    merge(&mut person, &json!({"schemas": null}));
    let reply = s.post(&s.users()?.endpoint, &person).await?;
    match reply.status {
        201 => reply.want(reply.has_schema(&s.users()?.schema), "an answer that names its schemas"),
        _ => reply.want_error(&[400]),
    }
}

async fn names_case(s: &Session) -> Checked {
    s.writable(USER, "displayName")?;
    let mut person = s.person()?;
    let name = person["userName"].clone();
    merge(&mut person, &json!({"userName": null, "displayName": null}));
    merge(&mut person, &json!({"USERNAME": name, "DisplayNAME": "Ada"}));
    let reply = s.post(&s.users()?.endpoint, &person).await?;
    reply.want_status(&[201])?;
    reply.want_at("/userName", &name)?;
    reply.want_at("/displayName", &json!("Ada"))
}

async fn unknown_attribute(s: &Session) -> Checked {
    let mut person = s.person()?;
    person["noSuchAttribute"] = json!("x");
    let reply = s.post(&s.users()?.endpoint, &person).await?;
    if reply.status != 201 {
        return reply.want_error(&[400]);
    }
    reply.want(reply.at("/noSuchAttribute").is_null(), "an answer without noSuchAttribute")
}

async fn null(s: &Session) -> Checked {
    let mut person = s.person()?;
    if s.writable(USER, "title").is_ok() {
        person["title"] = Value::Null;
    }
    if s.writable(USER, "phoneNumbers").is_ok() {
        person["phoneNumbers"] = json!([]);
    }
    let reply = s.post(&s.users()?.endpoint, &person).await?;
    reply.want_status(&[201])?;
    let is_nothing = |value: &Value| value.is_null() || value.as_array().is_some_and(Vec::is_empty);
    let all = is_nothing(reply.at("/title")) && is_nothing(reply.at("/phoneNumbers"));
    reply.want(all, "title and phoneNumbers unassigned")
}

async fn unicode(s: &Session) -> Checked {
    s.writable(USER, "displayName")?;
    let name = "Zoë 李小龍 \"quoted\" \\ 🚀";
    let made = s.make_user_with(&json!({"displayName": name})).await?;
    s.get(&made.path).await?.want_at("/displayName", &json!(name))
}

async fn external_id(s: &Session) -> Checked {
    let id = format!("{}-External", s.name());
    let made = s.make_user_with(&json!({"externalId": id})).await?;
    s.get(&made.path).await?.want_at("/externalId", &json!(id))
}

async fn password(s: &Session) -> Checked {
    s.writable(USER, "password")?;
    let secret = format!("Pw1!{}", s.name());
    let made = s.make_user_with(&json!({"password": secret})).await?;
    let read = s.get(&format!("{}?attributes=password", made.path)).await?;
    for reply in [&made.reply, &read] {
        reply.want(!reply.text.contains(&secret), "an answer without the password")?;
        reply.want(reply.at("/password").is_null(), "no password attribute (returned: never)")?;
    }
    Ok(())
}

async fn multi_valued(s: &Session) -> Checked {
    s.writable(USER, "emails.type")?;
    let name = s.name();
    let emails = json!([
        {"value": format!("{name}-w@example.com"), "type": "work", "primary": true},
        {"value": format!("{name}-h@example.com"), "type": "home"},
    ]);
    let made = s.make_user_with(&json!({"emails": emails})).await?;
    holds(&s.get(&made.path).await?, "emails", &emails)
}
