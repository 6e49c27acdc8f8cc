//! Intents, tombstones, audit.

use super::make::{
    at, audit, audit_row, client, close, id, intent, open, other_target, target, tombstone, touch,
};
use super::{conflict, for_every_store};
use crate::kernel::Kind;
use crate::store::{Action, AuditRow, Conflict, Intent, IntentState, Op, Store, Tombstone, aspect};

for_every_store! {
    an_intent_comes_back_as_it_was_opened
    one_open_intent_per_aspect
    an_intent_id_is_used_once
    touch_changes_what_trying_changes
    only_an_open_intent_can_be_touched
    due_intents_come_longest_due_first
    the_newest_burial_counts
    a_burial_ends_at_its_time
    a_purge_forgets_what_has_ended
    audit_comes_newest_first
}

async fn an_intent_comes_back_as_it_was_opened(store: &dyn Store) {
    let full = intent("i1", "u1");
    let bare = Intent {
        aspect: aspect::member("n-2"),
        action: Action::MemberOut,
        sent: None,
        opened: at(40),
        payload: serde_json::Value::Null,
        ..intent("i2", "u1")
    };
    let ended = Intent { state: IntentState::Dead, ..intent("i3", "u3") };
    store.commit(vec![open(&full), open(&bare), open(&ended)]).await.unwrap();
    let found = store.open_intents(&target(), Kind::User, &id("u1")).await.unwrap();
    assert_eq!(found, [bare, full], "oldest first");
    assert_eq!(store.open_intents(&target(), Kind::Group, &id("u1")).await.unwrap(), []);
    let opened = store.open_intents(&target(), Kind::User, &id("u3")).await.unwrap();
    assert_eq!(opened, [intent("i3", "u3")], "a new intent is open");
}

async fn one_open_intent_per_aspect(store: &dyn Store) {
    store.commit(vec![open(&intent("i1", "u1"))]).await.unwrap();
    assert_eq!(conflict(store.commit(vec![open(&intent("i2", "u1"))]).await), Conflict::Aspect);
    assert_eq!(conflict(store.commit(vec![open(&intent("i1", "u1"))]).await), Conflict::Aspect);
    let elsewhere = Intent { target: other_target(), ..intent("i3", "u1") };
    let group = Intent { kind: Kind::Group, ..intent("i4", "u1") };
    let attrs = Intent { aspect: aspect::ATTRS.to_owned(), ..intent("i5", "u1") };
    store.commit(vec![open(&elsewhere), open(&group), open(&attrs)]).await.unwrap();
    let supersede = vec![close("i1", IntentState::Done), open(&intent("i2", "u1"))];
    store.commit(supersede).await.unwrap();
    store.commit(vec![close("i2", IntentState::Dead), close("none", IntentState::Done)]).await.unwrap();
    assert_eq!(store.open_intents(&target(), Kind::User, &id("u1")).await.unwrap(), [attrs]);
}

async fn an_intent_id_is_used_once(store: &dyn Store) {
    store.commit(vec![open(&intent("i1", "u1"))]).await.unwrap();
    assert_eq!(conflict(store.commit(vec![open(&intent("i1", "u2"))]).await), Conflict::Id);
    store.commit(vec![close("i1", IntentState::Done)]).await.unwrap();
    assert_eq!(conflict(store.commit(vec![open(&intent("i1", "u1"))]).await), Conflict::Id);
}

async fn touch_changes_what_trying_changes(store: &dyn Store) {
    store.commit(vec![open(&intent("i1", "u1"))]).await.unwrap();
    let tried =
        Intent { sent: None, attempts: 3, next_at: at(200), payload: true.into(), ..intent("i1", "u1") };
    let more = Intent { scim_id: id("u9"), action: Action::Create, opened: at(0), ..tried.clone() };
    store.commit(vec![touch(&more)]).await.unwrap();
    assert_eq!(store.open_intents(&target(), Kind::User, &id("u1")).await.unwrap(), [tried]);
}

async fn only_an_open_intent_can_be_touched(store: &dyn Store) {
    assert_eq!(conflict(store.commit(vec![touch(&intent("i1", "u1"))]).await), Conflict::Stale);
    store.commit(vec![open(&intent("i1", "u1")), close("i1", IntentState::Done)]).await.unwrap();
    assert_eq!(conflict(store.commit(vec![touch(&intent("i1", "u1"))]).await), Conflict::Stale);
}

async fn due_intents_come_longest_due_first(store: &dyn Store) {
    let row = |name: &str, next_at, opened| {
        open(&Intent { next_at: at(next_at), opened: at(opened), ..intent(name, name) })
    };
    let elsewhere = open(&Intent { target: other_target(), ..intent("x", "x") });
    let tx = vec![row("e", 100, 2), row("b", 100, 2), row("c", 100, 1), row("d", 90, 9), row("a", 101, 0)];
    store.commit(tx).await.unwrap();
    store.commit(vec![elsewhere, row("z", 1, 1), close("z", IntentState::Done)]).await.unwrap();
    let due = async |now, limit| {
        let due = store.due_intents(&target(), at(now), limit).await.unwrap();
        due.into_iter().map(|i| i.id.0).collect::<Vec<_>>()
    };
    assert_eq!(due(100, 10).await, ["d", "c", "b", "e"]);
    assert_eq!(due(100, 2).await, ["d", "c"]);
    assert_eq!(due(101, u64::MAX).await, ["d", "c", "b", "e", "a"]);
    assert_eq!(due(89, 10).await, [""; 0]);
}

async fn the_newest_burial_counts(store: &dyn Store) {
    let newest = Tombstone { native_id: None, owed_to: None, ..tombstone("u1", 50) };
    store.commit(vec![Op::Bury(tombstone("u1", 90))]).await.unwrap();
    store.commit(vec![Op::Bury(newest.clone()), Op::Bury(tombstone("u0", 90))]).await.unwrap();
    let found = store.tombstones(&target(), Kind::User, at(0)).await.unwrap();
    assert_eq!(found, [tombstone("u0", 90), newest]);
    assert_eq!(store.tombstones(&target(), Kind::Group, at(0)).await.unwrap(), []);
    assert_eq!(store.tombstones(&other_target(), Kind::User, at(0)).await.unwrap(), []);
}

async fn a_burial_ends_at_its_time(store: &dyn Store) {
    store.commit(vec![Op::Bury(tombstone("u1", 90))]).await.unwrap();
    assert_eq!(store.tombstones(&target(), Kind::User, at(89)).await.unwrap().len(), 1);
    assert_eq!(store.tombstones(&target(), Kind::User, at(90)).await.unwrap(), []);
}

async fn a_purge_forgets_what_has_ended(store: &dyn Store) {
    let elsewhere = Tombstone { target: other_target(), ..tombstone("u1", 50) };
    let graves = ["u1", "u2"].into_iter().zip([50, 51]).map(|(id, until)| Op::Bury(tombstone(id, until)));
    store.commit(graves.chain([Op::Bury(elsewhere.clone())]).collect()).await.unwrap();
    let mut later = intent("i2", "u2");
    let mut earlier = intent("i1", "u1");
    earlier.next_at = at(19);
    later.next_at = at(20);
    store.commit(vec![open(&earlier), open(&later), open(&intent("i3", "u3"))]).await.unwrap();
    store.commit(vec![close("i1", IntentState::Done), close("i2", IntentState::Done)]).await.unwrap();
    store.commit(vec![Op::Purge(target(), at(50), at(20))]).await.unwrap();
    assert_eq!(store.tombstones(&target(), Kind::User, at(0)).await.unwrap(), [tombstone("u2", 51)]);
    assert_eq!(store.tombstones(&other_target(), Kind::User, at(0)).await.unwrap(), [elsewhere]);
    assert_eq!(store.open_intents(&target(), Kind::User, &id("u3")).await.unwrap().len(), 1);
    // A used id is refused as long as its intent is kept.
    assert!(store.commit(vec![open(&intent("i2", "u9"))]).await.is_err());
    store.commit(vec![open(&intent("i1", "u8"))]).await.unwrap();
}

async fn audit_comes_newest_first(store: &dyn Store) {
    let bare = AuditRow { active: None, what: vec![], plan: vec![], kind: Kind::Group, ..audit_row("r3") };
    let elsewhere = AuditRow { target: other_target(), client: client("entra"), ..audit_row("r4") };
    store.commit(vec![audit("r1"), audit("r2")]).await.unwrap();
    store
        .commit(vec![Op::Audit(Box::new(bare.clone())), Op::Audit(Box::new(elsewhere.clone()))])
        .await
        .unwrap();
    let all = [bare, audit_row("r2"), audit_row("r1")];
    assert_eq!(store.audit(&target(), u64::MAX).await.unwrap(), all);
    assert_eq!(store.audit(&target(), 2).await.unwrap(), all[..2]);
    assert_eq!(store.audit(&other_target(), 9).await.unwrap(), [elsewhere]);
}
