//! Random transactions leave the same visible state in every store, and are refused for the same reason.

use std::sync::Arc;

use proptest::prelude::*;
use proptest::test_runner::Config;

use super::make::{
    at, audit, client, close, group, id, intent, link, open, park, target, touch, unpark, user,
};
use super::{Folder, make};
use crate::kernel::{Kind, NativeRef};
use crate::store::memory::MemoryStore;
use crate::store::overlay::Overlay;
use crate::store::sqlite::SqliteStore;
use crate::store::{
    Chain, Intent, IntentId, IntentState, Op, Operation, OperationId, ShadowRow, State, Store, StoreError,
    Tx, aspect,
};

const ALL: [State; 6] =
    [State::Creating, State::Live, State::Parking, State::Parked, State::Unparking, State::Deleting];
const NAMES: [&str; 4] = ["a", "b", "B", "ä"];

fn name() -> impl Strategy<Value = &'static str> {
    prop::sample::select(NAMES.as_slice())
}

/// Few names, keys, native ids and versions, so that they meet often.
fn shadow() -> impl Strategy<Value = ShadowRow> {
    let about = (name(), name(), prop::option::of(name()), any::<bool>());
    let rest = (0..6_usize, 1..4_u64, any::<bool>(), prop::option::of(0..4_i64));
    (about, rest).prop_map(|((own, key, native, person), (state, version, has_email, overlay))| ShadowRow {
        key: key.to_owned(),
        native: native.map(NativeRef::new),
        state: ALL[state],
        version,
        has_email,
        overlay_until: overlay.map(at),
        ..if person { user(own) } else { group(own) }
    })
}

fn wish() -> impl Strategy<Value = Intent> {
    (0..6_usize, name(), any::<bool>(), any::<bool>(), 0..4_i64, 0..4_i64).prop_map(
        |(n, about, person, life, next_at, opened)| Intent {
            kind: if person { Kind::User } else { Kind::Group },
            aspect: if life { aspect::LIFE } else { aspect::ATTRS }.to_owned(),
            next_at: at(next_at),
            opened: at(opened),
            ..intent(&format!("i{n}"), about)
        },
    )
}

fn op() -> impl Strategy<Value = Op> {
    let kind = any::<bool>().prop_map(|person| if person { Kind::User } else { Kind::Group });
    prop_oneof![
        4 => shadow().prop_map(|s| make::insert(&ShadowRow { version: 1, ..s })),
        4 => shadow().prop_map(|s| make::update(&s)),
        1 => (kind, name()).prop_map(|(kind, about)| Op::Remove(target(), kind, id(about))),
        1 => (name(), prop::option::of(name())).prop_map(|(about, external)| link("okta", about, external)),
        1 => (name(), name()).prop_map(|(group, user)| park(group, user)),
        1 => (name(), name()).prop_map(|(group, user)| unpark(group, user)),
        2 => wish().prop_map(|i| open(&i)),
        1 => wish().prop_map(|i| touch(&i)),
        1 => (0..6_usize, any::<bool>()).prop_map(|(n, done)| {
            close(&format!("i{n}"), if done { IntentState::Done } else { IntentState::Dead })
        }),
        1 => (name(), 0..4_i64).prop_map(|(about, until)| Op::Bury(make::tombstone(about, until))),
        2 => (0..4_usize, name(), name()).prop_map(|(n, group, wish)| {
            make::begin(&Operation { wish: wish.to_owned(), ..make::operation(&format!("o{n}"), group) })
        }),
        2 => (0..4_usize, 0..3_u32, any::<bool>()).prop_map(|(n, number, open)| {
            make::put_chunk(&format!("o{n}"), number, open)
        }),
        1 => (0..4_usize, 0..4_i64).prop_map(|(n, until)| make::end(&format!("o{n}"), until)),
        1 => (0..4_usize).prop_map(|n| make::forget(&format!("o{n}"))),
        1 => (0..4_i64).prop_map(|ended| Op::Purge(target(), at(ended), at(0))),
        1 => name().prop_map(audit),
        1 => name().prop_map(|plan| Op::Agree(target(), plan.to_owned())),
        1 => Just(Op::Reconciled(target())),
    ]
}

/// What a store answers to every question.
async fn visible(store: &dyn Store) -> String {
    let (target, okta) = (target(), client("okta"));
    let ids = NAMES.map(id);
    let natives = NAMES.map(str::to_owned);
    let mut seen = Vec::new();
    for kind in [Kind::User, Kind::Group] {
        let mut natives = store.by_natives(&target, kind, &natives).await.unwrap();
        natives.sort_by(|a, b| a.scim_id.cmp(&b.scim_id));
        seen.push(format!("{natives:?}"));
        let mut shadows = store.by_ids(&target, kind, &ids).await.unwrap();
        shadows.sort_by(|a, b| a.scim_id.cmp(&b.scim_id));
        seen.push(format!("{shadows:?}"));
        seen.push(format!("{:?}", store.in_states(&target, kind, &ALL[..4], 1, 2).await.unwrap()));
        let after = store.in_states_after(&target, kind, &ALL[..4], Some(&id("a")), 2).await.unwrap();
        seen.push(format!("{after:?}"));
        seen.push(format!("{:?}", store.count_in(&target, kind, &ALL[2..]).await.unwrap()));
        seen.push(format!("{:?}", store.overlays(&target, kind, at(1)).await.unwrap()));
        seen.push(format!("{:?}", store.tombstones(&target, kind, at(1)).await.unwrap()));
        for name in NAMES {
            seen.push(format!("{:?}", store.by_key(&target, kind, name).await.unwrap()));
            seen.push(format!("{:?}", store.open_intents(&target, kind, &id(name)).await.unwrap()));
        }
    }
    for name in NAMES {
        seen.push(format!("{:?}", store.by_external_id(&target, &okta, name).await.unwrap()));
        seen.push(format!("{:?}", store.parked_members(&target, &id(name)).await.unwrap()));
        seen.push(format!("{:?}", store.parked_groups(&target, &id(name)).await.unwrap()));
    }
    seen.push(format!("{:?}", store.external_ids(&target, &okta, &ids).await.unwrap()));
    seen.extend(operations(store).await);
    seen.push(format!("{:?}", store.without_email(&target).await.unwrap()));
    seen.push(format!("{:?}", store.due_intents(&target, at(2), 3).await.unwrap()));
    for kind in [Kind::User, Kind::Group] {
        seen.push(format!("{:?}", store.resting(&target, kind, State::Parked, at(12), 3).await.unwrap()));
    }
    seen.push(format!("{:?}", store.reconcile(&target).await.unwrap()));
    seen.push(format!("{:?}", store.audit(&target, 5).await.unwrap()));
    seen.join("\n")
}

/// Operations first, then their chunks: nobody asks for the chunks of an operation that was not read.
async fn operations(store: &dyn Store) -> Vec<String> {
    let mut seen = vec![format!("{:?}", store.open_operations(&target()).await.unwrap())];
    for name in NAMES {
        for wish in NAMES {
            seen.push(format!("{:?}", store.operation(&target(), &id(name), wish).await.unwrap()));
        }
    }
    for number in 0..NAMES.len() {
        let of = OperationId(format!("o{number}"));
        seen.push(format!("{:?}", store.chunks(&of).await.unwrap()));
        seen.push(format!("{:?}", store.next_chunk(&of).await.unwrap()));
    }
    seen
}

async fn compare(history: Vec<Tx>) {
    let folder = Folder::new();
    let (memory, sqlite) = (MemoryStore::new(), SqliteStore::open(&folder.file()).await.unwrap());
    let mut rows = 0;
    for tx in history {
        let audited = tx.iter().filter(|op| matches!(op, Op::Audit(_))).count() as u64;
        let tell = |outcome: Result<(), StoreError>| outcome.map_err(|e| e.to_string());
        let outcomes = (tell(memory.commit(tx.clone()).await), tell(sqlite.commit(tx.clone()).await));
        assert_eq!(outcomes.0, outcomes.1, "{tx:?}");
        rows += if outcomes.0.is_ok() { audited } else { 0 };
    }
    assert_eq!(visible(&memory).await, visible(&sqlite).await);
    assert_eq!(memory.verify_audit(), Chain::Intact(rows));
    assert_eq!(sqlite.verify_audit().await.unwrap(), Chain::Intact(rows));
    sqlite.close().await;
}

/// The first part of a history lies below, the rest is written over it.
async fn compare_in_layers(below: Vec<Tx>, over: Vec<Tx>) {
    let (whole, base) = (MemoryStore::new(), Arc::new(MemoryStore::new()));
    for tx in below {
        assert_eq!(whole.commit(tx.clone()).await.is_ok(), base.commit(tx).await.is_ok());
    }
    let before = visible(&*base).await;
    let layered = Overlay::new(base.clone());
    // Whoever goes on with an operation has read it.
    operations(&layered).await;
    for (n, mut tx) in over.into_iter().enumerate() {
        for op in &mut tx {
            // Ids are random: nobody gives one again that was used below.
            if let Op::Open(intent) = op {
                intent.id = IntentId(format!("{}-over", intent.id.0));
            }
        }
        let tell = |outcome: Result<(), StoreError>| outcome.map_err(|e| e.to_string());
        let outcomes = (tell(whole.commit(tx.clone()).await), tell(layered.commit(tx.clone()).await));
        assert_eq!(outcomes.0, outcomes.1, "{tx:?}");
        if n % 2 == 0 {
            assert_eq!(visible(&whole).await, visible(&layered).await);
        }
    }
    assert_eq!(visible(&whole).await, visible(&layered).await);
    assert_eq!(visible(&*base).await, before, "what is below never changes");
}

proptest! {
    #![proptest_config(Config { cases: 48, failure_persistence: None, ..Config::default() })]

    #[test]
    fn both_stores_agree(history in prop::collection::vec(prop::collection::vec(op(), 1..4), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(compare(history));
    }

    #[test]
    fn an_overlay_answers_like_one_store(
        below in prop::collection::vec(prop::collection::vec(op(), 1..4), 0..20),
        over in prop::collection::vec(prop::collection::vec(op(), 1..4), 0..20),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(compare_in_layers(below, over));
    }
}
