//! Operations and their chunks.

use super::make::{
    at, begin, chunk, client, end, forget, group, id, insert, operation, other_target, put_chunk, target,
};
use super::{conflict, for_every_store};
use crate::kernel::Kind;
use crate::store::{Conflict, Op, Operation, OperationId, Store};

for_every_store! {
    an_operation_comes_back_as_it_was_begun
    a_group_has_one_operation_for_a_wish
    chunks_come_in_order_and_the_next_is_the_first_open_one
    a_chunk_needs_its_operation
    an_ended_operation_is_remembered_until_its_end
    a_groups_operations_go_with_it
}

fn of(name: &str) -> OperationId {
    OperationId(name.to_owned())
}

async fn open(store: &dyn Store) -> Vec<String> {
    store.open_operations(&target()).await.unwrap().into_iter().map(|found| found.id.0).collect()
}

async fn an_operation_comes_back_as_it_was_begun(store: &dyn Store) {
    let older = Operation { opened: at(4), client: client("entra"), ..operation("b", "g1") };
    store
        .commit(vec![begin(&operation("a", "g1")), begin(&older), begin(&operation("c", "g2"))])
        .await
        .unwrap();
    let elsewhere = Operation { target: other_target(), ..operation("x", "g1") };
    store.commit(vec![begin(&elsewhere)]).await.unwrap();
    assert_eq!(store.operation(&target(), &id("g1"), "b").await.unwrap(), Some(older));
    assert_eq!(store.operation(&target(), &id("g2"), "b").await.unwrap(), None);
    assert_eq!(store.operation(&other_target(), &id("g1"), "x").await.unwrap(), Some(elsewhere));
    assert_eq!(open(store).await, ["b", "a", "c"], "oldest first");
}

async fn a_group_has_one_operation_for_a_wish(store: &dyn Store) {
    store.commit(vec![begin(&operation("a", "g1")), end("a", 9)]).await.unwrap();
    let same = Operation { wish: "a".to_owned(), ..operation("b", "g1") };
    assert_eq!(conflict(store.commit(vec![begin(&same)]).await), Conflict::Aspect);
    let used = Operation { wish: "b".to_owned(), ..operation("a", "g1") };
    assert_eq!(conflict(store.commit(vec![begin(&used)]).await), Conflict::Id);
    let other_group = Operation { group: id("g2"), ..same.clone() };
    store.commit(vec![begin(&other_group), forget("b"), forget("a"), begin(&same)]).await.unwrap();
    assert_eq!(open(store).await, ["b"]);
}

async fn chunks_come_in_order_and_the_next_is_the_first_open_one(store: &dyn Store) {
    let tx = vec![begin(&operation("a", "g1")), put_chunk("a", 2, true), put_chunk("a", 10, true)];
    store.commit(tx).await.unwrap();
    let tx = vec![begin(&operation("b", "g1")), put_chunk("b", 1, true), put_chunk("a", 1, true)];
    store.commit(tx).await.unwrap();
    assert_eq!(store.next_chunk(&of("a")).await.unwrap(), Some(chunk("a", 1, true)));
    store.commit(vec![put_chunk("a", 1, false)]).await.unwrap();
    assert_eq!(store.next_chunk(&of("a")).await.unwrap(), Some(chunk("a", 2, true)));
    let all = [chunk("a", 1, false), chunk("a", 2, true), chunk("a", 10, true)];
    assert_eq!(store.chunks(&of("a")).await.unwrap(), all);
    store.commit(vec![put_chunk("a", 2, false), put_chunk("a", 10, false)]).await.unwrap();
    assert_eq!(store.next_chunk(&of("a")).await.unwrap(), None);
    assert_eq!(open(store).await, ["a", "b"], "it is ended by a word of its own");
}

async fn a_chunk_needs_its_operation(store: &dyn Store) {
    assert_eq!(conflict(store.commit(vec![put_chunk("a", 1, true)]).await), Conflict::Stale);
    store.commit(vec![begin(&operation("a", "g1")), put_chunk("a", 1, true), forget("a")]).await.unwrap();
    assert_eq!(conflict(store.commit(vec![put_chunk("a", 1, false)]).await), Conflict::Stale);
    assert_eq!(store.chunks(&of("a")).await.unwrap(), []);
    store.commit(vec![end("a", 9), forget("a")]).await.unwrap();
}

async fn an_ended_operation_is_remembered_until_its_end(store: &dyn Store) {
    for (name, until) in [("a", 20), ("b", 21)] {
        let tx = vec![begin(&operation(name, "g1")), put_chunk(name, 1, true), end(name, until)];
        store.commit(tx).await.unwrap();
    }
    let elsewhere = Operation { target: other_target(), ..operation("x", "g1") };
    store.commit(vec![begin(&elsewhere), end("x", 1), begin(&operation("c", "g1"))]).await.unwrap();
    assert_eq!(open(store).await, ["c"]);
    let found = store.operation(&target(), &id("g1"), "a").await.unwrap();
    assert_eq!(found.and_then(|found| found.until), Some(at(20)));
    store.commit(vec![Op::Purge(target(), at(20), at(0))]).await.unwrap();
    assert_eq!(store.operation(&target(), &id("g1"), "a").await.unwrap(), None);
    assert_eq!(store.chunks(&of("a")).await.unwrap(), []);
    assert!(store.operation(&target(), &id("g1"), "b").await.unwrap().is_some());
    assert_eq!(store.chunks(&of("b")).await.unwrap().len(), 1);
    assert!(store.operation(&other_target(), &id("g1"), "x").await.unwrap().is_some());
    assert_eq!(open(store).await, ["c"]);
}

async fn a_groups_operations_go_with_it(store: &dyn Store) {
    let tx = vec![insert(&group("g1")), begin(&operation("a", "g1")), put_chunk("a", 1, true)];
    store.commit(tx).await.unwrap();
    store.commit(vec![begin(&operation("b", "g2")), put_chunk("b", 1, true)]).await.unwrap();
    store.commit(vec![Op::Remove(target(), Kind::User, id("g1"))]).await.unwrap();
    assert_eq!(open(store).await, ["a", "b"]);
    store.commit(vec![Op::Remove(target(), Kind::Group, id("g1"))]).await.unwrap();
    assert_eq!(open(store).await, ["b"]);
    assert_eq!(store.chunks(&of("a")).await.unwrap(), []);
    assert_eq!(store.chunks(&of("b")).await.unwrap().len(), 1);
}
