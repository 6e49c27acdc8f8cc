//! Groups (RFC 7643 §4.2).

use serde_json::{Value, json};

use crate::check::{Check, Checked, skip};
use crate::facts::{GROUP, USER};
use crate::reply::Reply;
use crate::session::{Session, encoded, merge};

checks! {
    must "groups/create", "RFC 7644 §3.3", "POST makes a group: 201 with an id" => create();
    must "groups/required", "RFC 7643 §4.2", "a group without displayName is 400" => required();
    must "groups/filter", "RFC 7644 §3.4.2.2", "a group is found by its displayName" => by_name();
    must "groups/rename", "RFC 7644 §3.5.2", "PATCH renames a group and leaves its members" => rename();
    must "groups/put", "RFC 7644 §3.5.1", "PUT sets name and members" => put();
    must "groups/members-shown", "RFC 7643 §4.2", "a group shows its members with value" => shown();
    usual "groups/members-ref", "RFC 7643 §4.2", "a member has $ref, an address of the person, and type"
        => reference();
    usual "groups/on-user", "RFC 7643 §4.1.2", "a person shows the groups that it is in" => on_user();
    must "groups/user-groups-read-only", "RFC 7643 §4.1.2", "groups of a person can't be changed through the person"
        => read_only();
    must "groups/excluded", "RFC 7644 §3.9", "excludedAttributes=members leaves the members out"
        => excluded();
    must "groups/delete", "RFC 7644 §3.6", "DELETE ends the group and not its members" => delete();
    usual "groups/member-deleted", "RFC 7643 §4.2", "a deleted person is no member any more"
        => member_deleted();
    must "groups/unknown", "RFC 7644 §3.12", "an unknown group is 404" => unknown();
}

fn with_members(s: &Session) -> Checked {
    s.groups()?;
    s.writable(GROUP, "members").map(drop)
}

/// The ids of the members that a group shows.
pub(super) fn members(reply: &Reply) -> Vec<&str> {
    let members = reply.at("/members").as_array();
    let mut ids: Vec<&str> = members
        .into_iter()
        .flatten()
        .filter_map(|member| member.get("value").and_then(Value::as_str))
        .collect();
    ids.sort_unstable();
    ids
}

/// Goes on if exactly these are the members.
pub(super) fn want_members(reply: &Reply, wanted: &[&str]) -> Checked {
    reply.want_status(&[200])?;
    let mut wanted = wanted.to_vec();
    wanted.sort_unstable();
    let found = members(reply);
    if found == wanted {
        return Ok(());
    }
    Err(reply.wrong_because(format!("the members are {wanted:?}"), format!("they are {found:?}")))
}

async fn create(s: &Session) -> Checked {
    let endpoint = &s.groups()?.endpoint;
    let reply = s.post(endpoint, &crate::people::group(&s.facts, s.groups()?, &s.name(), &[])).await?;
    reply.want_status(&[201])?;
    reply.want(!reply.id().is_empty(), "an id")?;
    reply.want(reply.has_schema(GROUP), format!("schemas has {GROUP}"))
}

async fn required(s: &Session) -> Checked {
    let of = s.groups()?;
    if !s.attribute(GROUP, "displayName")?.is_required() {
        return skip("displayName is not required in /Schemas");
    }
    let mut group = crate::people::group(&s.facts, of, &s.name(), &[]);
    merge(&mut group, &json!({"displayName": null}));
    s.post(&of.endpoint, &group).await?.want_error(&[400])
}

async fn by_name(s: &Session) -> Checked {
    s.needs("filter")?;
    let made = s.make_group(&[]).await?;
    let name = made.sent["displayName"].as_str().unwrap_or_default();
    let reply = s.filter(s.groups()?, &format!("displayName eq \"{name}\"")).await?;
    reply.want_list()?;
    reply.want_at("/totalResults", &json!(1))?;
    reply.want_at("/Resources/0/id", &json!(made.id))
}

async fn rename(s: &Session) -> Checked {
    s.needs("patch")?;
    with_members(s)?;
    let person = s.make_user().await?;
    let made = s.make_group(&[&person.id]).await?;
    let name = s.name();
    let operations = json!([{"op": "replace", "path": "displayName", "value": name}]);
    s.patch(&made.path, &operations).await?.want_status(&[200, 204])?;
    let reply = s.get(&made.path).await?;
    reply.want_at("/displayName", &json!(name))?;
    want_members(&reply, &[&person.id])
}

async fn put(s: &Session) -> Checked {
    with_members(s)?;
    let (first, second) = (s.make_user().await?, s.make_user().await?);
    let made = s.make_group(&[&first.id]).await?;
    let mut group = made.sent.clone();
    merge(&mut group, &json!({"displayName": s.name(), "members": [{"value": second.id}]}));
    s.put(&made.path, &group).await?.want_status(&[200])?;
    let reply = s.get(&made.path).await?;
    reply.want_at("/displayName", &group["displayName"])?;
    want_members(&reply, &[&second.id])
}

async fn shown(s: &Session) -> Checked {
    with_members(s)?;
    let (first, second) = (s.make_user().await?, s.make_user().await?);
    let made = s.make_group(&[&first.id, &second.id]).await?;
    want_members(&s.get(&made.path).await?, &[&first.id, &second.id])
}

async fn reference(s: &Session) -> Checked {
    with_members(s)?;
    let person = s.make_user().await?;
    let made = s.make_group(&[&person.id]).await?;
    let reply = s.get(&made.path).await?;
    let found = reply.at("/members/0/$ref").as_str().unwrap_or_default();
    reply.want(found.ends_with(&person.id), "members[0].$ref ends with the person's id")?;
    reply.want_at("/members/0/type", &json!("User"))
}

async fn on_user(s: &Session) -> Checked {
    with_members(s)?;
    if s.attribute(USER, "groups")?.returned() == "request" {
        return skip("groups is returned on request only");
    }
    let person = s.make_user().await?;
    let made = s.make_group(&[&person.id]).await?;
    let reply = s.get(&person.path).await?;
    let groups = reply.at("/groups").as_array().cloned().unwrap_or_default();
    let is_there = groups.iter().any(|group| group.get("value") == Some(&json!(made.id)));
    reply.want(is_there, format!("groups has {}", made.id))
}

async fn read_only(s: &Session) -> Checked {
    with_members(s)?;
    let made = s.make_group(&[]).await?;
    s.make_user_with(&json!({"groups": [{"value": made.id}]})).await?;
    let reply = s.get(&made.path).await?;
    want_members(&reply, &[])
}

async fn excluded(s: &Session) -> Checked {
    with_members(s)?;
    let person = s.make_user().await?;
    let made = s.make_group(&[&person.id]).await?;
    let reply = s.get(&format!("{}?excludedAttributes=members", made.path)).await?;
    reply.want_status(&[200])?;
    reply.want(reply.at("/members").is_null(), "no members")?;
    reply.want_at("/displayName", &made.sent["displayName"])
}

async fn delete(s: &Session) -> Checked {
    with_members(s)?;
    let person = s.make_user().await?;
    let made = s.make_group(&[&person.id]).await?;
    s.delete(&made.path).await?.want_status(&[204])?;
    s.get(&made.path).await?.want_error(&[404])?;
    s.get(&person.path).await?.want_status(&[200])
}

async fn member_deleted(s: &Session) -> Checked {
    with_members(s)?;
    let (first, second) = (s.make_user().await?, s.make_user().await?);
    let made = s.make_group(&[&first.id, &second.id]).await?;
    s.delete(&first.path).await?.want_status(&[204])?;
    want_members(&s.get(&made.path).await?, &[&second.id])
}

async fn unknown(s: &Session) -> Checked {
    let path = format!("{}/{}", s.groups()?.endpoint, encoded("00000000-0000-4000-8000-00000000f00d"));
    s.get(&path).await?.want_error(&[404])
}
