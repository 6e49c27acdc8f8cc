//! A transaction happens as a whole or not at all.

use super::make::{
    at, audit, client, close, id, insert, intent, link, next, open, park, target, tombstone, unpark, update,
    user,
};
use super::{conflict, for_every_store};
use crate::kernel::{Kind, NativeRef};
use crate::store::{Conflict, IntentState, Op, Shadow, ShadowRow, State, Store};

for_every_store! {
    a_conflict_leaves_nothing
    a_conflict_leaves_every_row_where_it_was_found
}

async fn a_conflict_leaves_nothing(store: &dyn Store) {
    let (old, stays) = (user("u1"), user("u2"));
    let first = vec![insert(&old), insert(&stays), link("okta", "u1", Some("X")), park("g1", "u1")];
    store.commit(first).await.unwrap();
    store.commit(vec![open(&intent("i1", "u1")), open(&intent("i3", "u2"))]).await.unwrap();
    let mut tx =
        vec![insert(&user("new")), update(&next(&stays)), Op::Remove(target(), Kind::User, id("u1"))];
    tx.extend([
        link("okta", "u2", Some("X")),
        park("g9", "u2"),
        unpark("g1", "u1"),
        open(&intent("i2", "new")),
    ]);
    tx.extend([close("i3", IntentState::Done), Op::Bury(tombstone("u1", 99)), audit("r-9")]);
    tx.push(insert(&ShadowRow { key: stays.key.clone(), ..user("loser") }));
    assert_eq!(conflict(store.commit(tx).await), Conflict::Key);
    let shadows = store.in_states(&target(), Kind::User, &[State::Live], 0, 9).await.unwrap();
    assert_eq!(shadows, [Shadow::from(old), Shadow::from(stays)]);
    assert_eq!(store.by_external_id(&target(), &client("okta"), "X").await.unwrap(), [id("u1")]);
    assert_eq!(store.parked_groups(&target(), &id("u1")).await.unwrap(), [id("g1")]);
    assert_eq!(store.parked_members(&target(), &id("g9")).await.unwrap(), []);
    assert_eq!(store.due_intents(&target(), at(1000), 9).await.unwrap().len(), 2);
    assert_eq!(store.tombstones(&target(), Kind::User, at(0)).await.unwrap(), []);
    assert_eq!(store.audit(&target(), 9).await.unwrap(), []);
}

/// A row's next version with another's key and native object.
fn in_place_of(row: &ShadowRow, other: &ShadowRow) -> ShadowRow {
    ShadowRow { key: other.key.clone(), native: other.native.clone(), ..next(row) }
}

async fn a_conflict_leaves_every_row_where_it_was_found(store: &dyn Store) {
    let rows = ["u1", "u2", "u3", "u4"].map(user);
    let [one, two, three, four] = &rows;
    store.commit(rows.iter().map(insert).collect()).await.unwrap();
    let aside = in_place_of(one, &user("aside"));
    let parked = ShadowRow { state: State::Parked, native: None, ..next(four) };
    let tx = vec![
        update(&aside),
        update(&in_place_of(two, one)),
        update(&in_place_of(&aside, two)),
        Op::Remove(target(), Kind::User, id("u3")),
        insert(&ShadowRow { state: State::Parked, ..in_place_of(three, &user("anew")) }),
        update(&parked),
        insert(&ShadowRow { native: four.native.clone(), ..user("heir") }),
        insert(&ShadowRow { key: one.key.clone(), ..user("loser") }),
    ];
    assert_eq!(conflict(store.commit(tx).await), Conflict::Key);
    for row in &rows {
        let stored = Some(Shadow::from(row.clone()));
        let native = row.native.as_ref().map(|native| native.id.clone()).unwrap();
        assert_eq!(store.shadow(&target(), Kind::User, &row.scim_id).await.unwrap(), stored);
        assert_eq!(store.by_key(&target(), Kind::User, &row.key).await.unwrap(), stored);
        assert_eq!(
            store.by_natives(&target(), Kind::User, &[native]).await.unwrap().first(),
            stored.as_ref()
        );
    }
    for gone in ["aside", "anew", "heir"].map(user) {
        let native = gone.native.as_ref().map(|NativeRef { id, .. }| id.clone()).unwrap();
        assert_eq!(store.by_key(&target(), Kind::User, &gone.key).await.unwrap(), None);
        assert_eq!(store.by_natives(&target(), Kind::User, &[native]).await.unwrap(), []);
    }
    assert_eq!(store.count_in(&target(), Kind::User, &[State::Live]).await.unwrap(), 4);
    assert_eq!(store.count_in(&target(), Kind::User, &[State::Parked]).await.unwrap(), 0);
}
