//! Shadows, links, parked memberships.

use super::make::{
    at, client, group, id, insert, intent, link, next, open, other_target, park, target, touch, unpark,
    update, user,
};
use super::{conflict, for_every_store};
use crate::kernel::{Kind, NativeRef, ScimId};
use crate::store::{Conflict, Op, Shadow, ShadowRow, State, Store};

for_every_store! {
    a_shadow_comes_back_as_it_was_written
    targets_and_kinds_are_apart
    an_insert_refuses_what_is_taken
    an_update_needs_the_version_before
    an_update_refuses_what_another_has
    sequence_counts_within_a_transaction
    many_ids_at_once
    states_are_paged_in_id_order
    overlays_end_at_their_time
    people_without_an_email
    addresses_follow_the_document
    links_belong_to_a_client
    parked_members_both_ways
    remove_takes_everything_along
}

fn ids(shadows: &[Shadow]) -> Vec<&str> {
    let mut ids: Vec<&str> = shadows.iter().map(|s| s.scim_id.as_str()).collect();
    ids.sort_unstable();
    ids
}

async fn a_shadow_comes_back_as_it_was_written(store: &dyn Store) {
    let (person, team) = (user("u1"), group("g1"));
    store.commit(vec![insert(&person), insert(&team)]).await.unwrap();
    assert_eq!(store.shadow(&target(), Kind::User, &id("u1")).await.unwrap(), Some(person.clone().into()));
    assert_eq!(store.shadow(&target(), Kind::Group, &id("g1")).await.unwrap(), Some(team.clone().into()));
    assert_eq!(store.by_key(&target(), Kind::User, "k-u1").await.unwrap(), Some(person.clone().into()));
    let mut changed =
        ShadowRow { state: State::Parked, native: None, active: false, owed_until: None, ..next(&person) };
    changed.key = "other".to_owned();
    store.commit(vec![update(&changed)]).await.unwrap();
    assert_eq!(store.by_key(&target(), Kind::User, "other").await.unwrap(), Some(changed.into()));
    assert_eq!(store.by_key(&target(), Kind::User, "k-u1").await.unwrap(), None);
    let text = |shadow: &ShadowRow| serde_json::to_string(shadow.document.as_map()).unwrap();
    let stored = store.shadow(&target(), Kind::Group, &id("g1")).await.unwrap().unwrap();
    assert_eq!(text(&stored), text(&team), "the order of the attributes stays");
}

async fn targets_and_kinds_are_apart(store: &dyn Store) {
    let person = user("same");
    let elsewhere = ShadowRow { target: other_target(), ..person.clone() };
    let team = ShadowRow { native: person.native.clone(), ..group("same") };
    store.commit(vec![insert(&person), insert(&elsewhere), insert(&team)]).await.unwrap();
    assert_eq!(store.by_key(&other_target(), Kind::User, "k-same").await.unwrap(), Some(elsewhere.into()));
    assert_eq!(store.by_key(&target(), Kind::Group, "k-same").await.unwrap(), Some(team.into()));
    assert_eq!(store.shadow(&other_target(), Kind::Group, &id("same")).await.unwrap(), None);
    let found = store.by_natives(&target(), Kind::User, &["n-same".to_owned()]).await.unwrap();
    assert_eq!(found, [Shadow::from(person)]);
}

async fn an_insert_refuses_what_is_taken(store: &dyn Store) {
    store.commit(vec![insert(&user("u1"))]).await.unwrap();
    let same_id = ShadowRow { key: "free".to_owned(), native: None, ..user("u1") };
    let same_key = ShadowRow { key: "k-u1".to_owned(), ..user("u2") };
    let same_native = ShadowRow { native: Some(NativeRef::new("n-u1")), ..user("u2") };
    let both = ShadowRow { native: Some(NativeRef::new("n-u1")), ..same_key.clone() };
    for (shadow, expected) in [
        (same_id, Conflict::Id),
        (user("u1"), Conflict::Id),
        (same_key, Conflict::Key),
        (same_native, Conflict::Native),
        (both, Conflict::Key),
    ] {
        assert_eq!(conflict(store.commit(vec![insert(&shadow)]).await), expected, "{shadow:?}");
    }
    let unlinked = |name: &str| ShadowRow { native: None, ..user(name) };
    store.commit(vec![insert(&unlinked("u3")), insert(&unlinked("u4"))]).await.unwrap();
    assert_eq!(store.count_in(&target(), Kind::User, &[State::Live]).await.unwrap(), 3);
}

async fn an_update_needs_the_version_before(store: &dyn Store) {
    let first = user("u1");
    assert_eq!(conflict(store.commit(vec![update(&next(&first))]).await), Conflict::Stale, "there is none");
    store.commit(vec![insert(&first)]).await.unwrap();
    let second = next(&first);
    store.commit(vec![update(&second)]).await.unwrap();
    for version in [0, 1, 2, 4, u64::from(u32::MAX)] {
        let row = ShadowRow { version, ..second.clone() };
        assert_eq!(conflict(store.commit(vec![update(&row)]).await), Conflict::Stale, "{version}");
    }
    store.commit(vec![update(&next(&second))]).await.unwrap();
}

async fn an_update_refuses_what_another_has(store: &dyn Store) {
    let (one, two) = (user("u1"), user("u2"));
    store.commit(vec![insert(&one), insert(&two)]).await.unwrap();
    let key = ShadowRow { key: one.key.clone(), ..next(&two) };
    let native = ShadowRow { native: one.native.clone(), ..next(&two) };
    let both = ShadowRow { key: one.key.clone(), ..native.clone() };
    let stale = ShadowRow { version: 9, ..key.clone() };
    assert_eq!(conflict(store.commit(vec![update(&key)]).await), Conflict::Key);
    assert_eq!(conflict(store.commit(vec![update(&native)]).await), Conflict::Native);
    assert_eq!(conflict(store.commit(vec![update(&both)]).await), Conflict::Key);
    assert_eq!(conflict(store.commit(vec![update(&stale)]).await), Conflict::Stale);
    store.commit(vec![update(&next(&two))]).await.unwrap();
}

async fn sequence_counts_within_a_transaction(store: &dyn Store) {
    let old = user("u1");
    store.commit(vec![insert(&old)]).await.unwrap();
    let renamed = ShadowRow { key: "renamed".to_owned(), native: None, ..next(&old) };
    let heir = ShadowRow { key: old.key.clone(), native: old.native.clone(), ..user("u2") };
    let wrong_order = vec![insert(&heir), update(&renamed)];
    assert_eq!(conflict(store.commit(wrong_order).await), Conflict::Key);
    store.commit(vec![update(&renamed), insert(&heir), update(&next(&renamed))]).await.unwrap();
    assert_eq!(store.by_key(&target(), Kind::User, &old.key).await.unwrap(), Some(heir.into()));
    let gone = Op::Remove(target(), Kind::User, id("u1"));
    store.commit(vec![gone, insert(&old).clone()]).await.unwrap_err();
    store.commit(Vec::new()).await.unwrap();
}

async fn many_ids_at_once(store: &dyn Store) {
    let names: Vec<String> = (0..100).map(|n| format!("u{n:03}")).collect();
    store.commit(names.iter().map(|name| insert(&user(name))).collect()).await.unwrap();
    let mut asked: Vec<ScimId> = names.iter().map(|name| id(name)).collect();
    asked.extend([id("absent"), id("u000"), id("u000\u{0}x"), id("")]);
    let found = store.by_ids(&target(), Kind::User, &asked).await.unwrap();
    assert_eq!(ids(&found), names, "each once");
    let natives: Vec<String> = asked.iter().map(|id| format!("n-{id}")).collect();
    let found = store.by_natives(&target(), Kind::User, &natives).await.unwrap();
    assert_eq!(ids(&found), names, "each once");
    assert_eq!(store.by_ids(&target(), Kind::User, &[]).await.unwrap(), []);
    assert_eq!(store.by_natives(&target(), Kind::User, &[]).await.unwrap(), []);
    let links = names.iter().map(|name| link("okta", name, Some(name)));
    store.commit(links.collect()).await.unwrap();
    let mut external = store.external_ids(&target(), &client("okta"), &asked).await.unwrap();
    external.sort();
    assert_eq!(external, names.iter().map(|n| (id(n), n.as_str().into())).collect::<Vec<_>>());
    assert_eq!(store.external_ids(&target(), &client("okta"), &[]).await.unwrap(), []);
}

async fn states_are_paged_in_id_order(store: &dyn Store) {
    let all =
        [State::Creating, State::Live, State::Parking, State::Parked, State::Unparking, State::Deleting];
    let row = |n: usize| ShadowRow { state: all[n % 6], ..user(&format!("u{:02}", 17 - n)) };
    store.commit((0..18).map(|n| insert(&row(n))).collect()).await.unwrap();
    let page = async |states: &[State], from: u64, limit: u64| {
        let rows = store.in_states(&target(), Kind::User, states, from, limit).await.unwrap();
        rows.iter().map(|s| s.scim_id.to_string()).collect::<Vec<_>>()
    };
    let two = [State::Live, State::Parked, State::Live];
    let whole = page(&two, 0, 100).await;
    assert_eq!(whole, ["u02", "u04", "u08", "u10", "u14", "u16"]);
    assert_eq!(page(&two, 0, 4).await, whole[..4]);
    assert_eq!(page(&two, 4, 4).await, whole[4..]);
    assert_eq!(page(&two, 6, 4).await, [""; 0]);
    assert_eq!(page(&two, 0, 0).await, [""; 0]);
    assert_eq!(page(&[], 0, 100).await, [""; 0]);
    let after = async |last: Option<&str>, limit: u64| {
        let last = last.map(id);
        let rows = store.in_states_after(&target(), Kind::User, &two, last.as_ref(), limit).await.unwrap();
        rows.iter().map(|s| s.scim_id.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(after(None, 100).await, whole);
    assert_eq!(after(Some("u04"), 2).await, whole[2..4]);
    // One that is gone has left its place.
    assert_eq!(after(Some("u05"), 100).await, whole[2..]);
    assert_eq!(after(Some("u16"), 100).await, [""; 0]);
    assert_eq!(page(&all, 0, u64::MAX).await.len(), 18);
    assert_eq!(page(&all, u64::MAX, u64::MAX).await.len(), 0);
    assert_eq!(store.count_in(&target(), Kind::User, &two).await.unwrap(), 6);
    assert_eq!(store.count_in(&target(), Kind::User, &all).await.unwrap(), 18);
    assert_eq!(store.count_in(&target(), Kind::User, &[]).await.unwrap(), 0);
    assert_eq!(store.count_in(&target(), Kind::Group, &all).await.unwrap(), 0);
}

async fn overlays_end_at_their_time(store: &dyn Store) {
    let until =
        |name: &str, time: Option<i64>| insert(&ShadowRow { overlay_until: time.map(at), ..user(name) });
    store.commit(vec![until("c", Some(20)), until("b", Some(30)), until("a", None)]).await.unwrap();
    for (now, expected) in [(19, vec!["b", "c"]), (20, vec!["b"]), (30, vec![])] {
        let found = store.overlays(&target(), Kind::User, at(now)).await.unwrap();
        assert_eq!(found.iter().map(|s| s.scim_id.as_str()).collect::<Vec<_>>(), expected, "at {now}");
    }
}

async fn people_without_an_email(store: &dyn Store) {
    let row = |name: &str, has_email| ShadowRow { has_email, ..user(name) };
    let unlinked = ShadowRow { native: None, ..row("c", false) };
    let team = ShadowRow { has_email: false, native: Some(NativeRef::new("n")), ..group("d") };
    let rows = [row("b", false), row("a", false), row("e", true), unlinked, team];
    store.commit(rows.iter().map(insert).collect()).await.unwrap();
    let found = store.without_email(&target()).await.unwrap();
    assert_eq!(found.iter().map(|s| s.scim_id.as_str()).collect::<Vec<_>>(), ["a", "b"]);
}

async fn addresses_follow_the_document(store: &dyn Store) {
    let emails = |addresses: &[&str]| {
        addresses.iter().map(|a| serde_json::json!({"value": a})).collect::<serde_json::Value>()
    };
    let mut person = user("u1");
    person.document.set("emails", emails(&["Ada@Example.com", "ada@home.example.com"]));
    let mut other = user("u0");
    other.document.set("emails", emails(&["ada@example.com"]));
    store.commit(vec![insert(&person), insert(&other)]).await.unwrap();
    let found = async |address: &str| store.by_address(&target(), address).await.unwrap();
    assert_eq!(found("ada@example.com").await, [id("u0"), id("u1")]);
    assert_eq!(found("Ada@Example.com").await, [], "addresses are sought folded");
    let mut moved = next(&person);
    moved.document.set("emails", emails(&["king@example.com"]));
    store.commit(vec![update(&moved)]).await.unwrap();
    assert_eq!(found("ada@home.example.com").await, []);
    assert_eq!(found("king@example.com").await, [id("u1")]);
    assert_eq!(store.by_address(&other_target(), "king@example.com").await.unwrap(), []);
    store.commit(vec![Op::Remove(target(), Kind::User, id("u1"))]).await.unwrap();
    assert_eq!(found("king@example.com").await, []);
}

async fn links_belong_to_a_client(store: &dyn Store) {
    let tx = vec![
        link("okta", "u2", Some("X")),
        link("okta", "u1", Some("X")),
        link("okta", "u3", Some("x")),
        link("entra", "u1", Some("Y")),
    ];
    store.commit(tx).await.unwrap();
    let named =
        async |who: &str, name: &str| store.by_external_id(&target(), &client(who), name).await.unwrap();
    assert_eq!(named("okta", "X").await, [id("u1"), id("u2")]);
    assert_eq!(named("entra", "X").await, []);
    assert_eq!(store.by_external_id(&other_target(), &client("okta"), "X").await.unwrap(), []);
    store.commit(vec![link("okta", "u1", Some("Z")), link("okta", "u2", None)]).await.unwrap();
    store.commit(vec![link("okta", "nobody", None)]).await.unwrap();
    assert_eq!(named("okta", "X").await, []);
    let own = store.external_ids(&target(), &client("okta"), &[id("u1"), id("u2")]).await.unwrap();
    assert_eq!(own, [(id("u1"), "Z".into())]);
}

async fn parked_members_both_ways(store: &dyn Store) {
    let tx = vec![park("g1", "u2"), park("g1", "u1"), park("g2", "u1"), park("g1", "u1")];
    store.commit(tx).await.unwrap();
    assert_eq!(store.parked_members(&target(), &id("g1")).await.unwrap(), [id("u1"), id("u2")]);
    assert_eq!(store.parked_groups(&target(), &id("u1")).await.unwrap(), [id("g1"), id("g2")]);
    assert_eq!(store.parked_groups(&other_target(), &id("u1")).await.unwrap(), []);
    store.commit(vec![unpark("g1", "u1"), unpark("g1", "u1")]).await.unwrap();
    assert_eq!(store.parked_members(&target(), &id("g1")).await.unwrap(), [id("u2")]);
    assert_eq!(store.parked_groups(&target(), &id("u1")).await.unwrap(), [id("g2")]);
}

async fn remove_takes_everything_along(store: &dyn Store) {
    let mut tx = vec![insert(&user("u1")), insert(&user("u2")), insert(&group("g1"))];
    tx.extend([link("okta", "u1", Some("X")), link("entra", "u1", Some("Y")), link("okta", "u2", Some("Z"))]);
    tx.extend([park("g1", "u1"), park("g1", "u2"), park("g2", "u1"), park("g2", "u2")]);
    tx.extend([open(&intent("i1", "u1")), open(&intent("i2", "u2"))]);
    store.commit(tx).await.unwrap();
    store.commit(vec![Op::Remove(target(), Kind::User, id("u1"))]).await.unwrap();
    assert_eq!(store.shadow(&target(), Kind::User, &id("u1")).await.unwrap(), None);
    assert_eq!(store.by_external_id(&target(), &client("entra"), "Y").await.unwrap(), []);
    let left = store.external_ids(&target(), &client("okta"), &[id("u1"), id("u2")]).await.unwrap();
    assert_eq!(left, [(id("u2"), "Z".into())]);
    assert_eq!(store.parked_groups(&target(), &id("u1")).await.unwrap(), []);
    assert_eq!(store.parked_members(&target(), &id("g2")).await.unwrap(), [id("u2")]);
    assert_eq!(store.open_intents(&target(), Kind::User, &id("u1")).await.unwrap(), []);
    assert_eq!(conflict(store.commit(vec![touch(&intent("i1", "u1"))]).await), Conflict::Stale);
    assert_eq!(store.due_intents(&target(), at(1000), 10).await.unwrap(), [intent("i2", "u2")]);
    let again = Op::Remove(target(), Kind::User, id("u1"));
    store.commit(vec![again, Op::Remove(target(), Kind::Group, id("g1"))]).await.unwrap();
    assert_eq!(store.parked_members(&target(), &id("g1")).await.unwrap(), []);
    assert_eq!(store.parked_groups(&target(), &id("u2")).await.unwrap(), [id("g2")]);
    store.commit(vec![insert(&user("u1"))]).await.unwrap();
}
