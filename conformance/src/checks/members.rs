//! Members by PATCH (RFC 7644 §3.5.2).

use serde_json::{Value, json};

use super::groups::want_members;
use crate::check::{Check, Checked};
use crate::facts::GROUP;
use crate::session::{Made, Session};

checks! {
    must "members/add", "RFC 7644 §3.5.2.1", "add makes a member and keeps the others" => add();
    must "members/add-several", "RFC 7644 §3.5.2.1", "one operation adds several" => add_several();
    should "members/add-again", "RFC 7644 §3.5.2.1", "adding a member again succeeds and does not double it"
        => add_again();
    must "members/add-no-path", "RFC 7644 §3.5.2.1", "add without a path takes members from its value"
        => add_no_path();
    must "members/remove", "RFC 7644 §3.5.2.2", "remove with a value filter takes that member out"
        => remove();
    must "members/remove-all", "RFC 7644 §3.5.2.2", "remove of members empties the group" => remove_all();
    must "members/replace", "RFC 7644 §3.5.2.3", "replace sets exactly these members" => replace();
    must "members/replace-empty", "RFC 7644 §3.5.2.3", "replace with an empty array empties the group"
        => replace_empty();
    must "members/swap", "RFC 7644 §3.5.2", "remove and add in one PATCH" => swap();
}

/// Two people and a group of the first of them.
async fn given(s: &Session) -> Checked<(Made, Made, Made)> {
    s.needs("patch")?;
    s.groups()?;
    s.writable(GROUP, "members")?;
    let (first, second) = (s.make_user().await?, s.make_user().await?);
    let group = s.make_group(&[&first.id]).await?;
    Ok((first, second, group))
}

/// Sends operations; then exactly these are members.
async fn then(s: &Session, group: &Made, operations: Value, wanted: &[&str]) -> Checked {
    s.patch(&group.path, &operations).await?.want_status(&[200, 204])?;
    want_members(&s.get(&group.path).await?, wanted)
}

fn filter(id: &str) -> String {
    format!("members[value eq \"{id}\"]")
}

async fn add(s: &Session) -> Checked {
    let (first, second, group) = given(s).await?;
    let operations = json!([{"op": "add", "path": "members", "value": [{"value": second.id}]}]);
    then(s, &group, operations, &[&first.id, &second.id]).await
}

async fn add_several(s: &Session) -> Checked {
    let (first, second, group) = given(s).await?;
    let third = s.make_user().await?;
    let operations =
        json!([{"op": "add", "path": "members", "value": [{"value": second.id}, {"value": third.id}]}]);
    then(s, &group, operations, &[&first.id, &second.id, &third.id]).await
}

async fn add_again(s: &Session) -> Checked {
    let (first, _, group) = given(s).await?;
    let operations = json!([{"op": "add", "path": "members", "value": [{"value": first.id}]}]);
    then(s, &group, operations, &[&first.id]).await
}

async fn add_no_path(s: &Session) -> Checked {
    let (first, second, group) = given(s).await?;
    let operations = json!([{"op": "add", "value": {"members": [{"value": second.id}]}}]);
    then(s, &group, operations, &[&first.id, &second.id]).await
}

async fn remove(s: &Session) -> Checked {
    let (first, second, group) = given(s).await?;
    let operations = json!([{"op": "add", "path": "members", "value": [{"value": second.id}]}]);
    then(s, &group, operations, &[&first.id, &second.id]).await?;
    then(s, &group, json!([{"op": "remove", "path": filter(&first.id)}]), &[&second.id]).await
}

async fn remove_all(s: &Session) -> Checked {
    let (.., group) = given(s).await?;
    then(s, &group, json!([{"op": "remove", "path": "members"}]), &[]).await
}

async fn replace(s: &Session) -> Checked {
    let (_, second, group) = given(s).await?;
    let operations = json!([{"op": "replace", "path": "members", "value": [{"value": second.id}]}]);
    then(s, &group, operations, &[&second.id]).await
}

async fn replace_empty(s: &Session) -> Checked {
    let (.., group) = given(s).await?;
    then(s, &group, json!([{"op": "replace", "path": "members", "value": []}]), &[]).await
}

async fn swap(s: &Session) -> Checked {
    let (first, second, group) = given(s).await?;
    let operations = json!([
        {"op": "remove", "path": filter(&first.id)},
        {"op": "add", "path": "members", "value": [{"value": second.id}]},
    ]);
    then(s, &group, operations, &[&second.id]).await
}
