//! Looking after a store: what rests and what is to be reconciled; copies, and how they are recognised.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::json;

use super::durable::tamper;
use super::make::{at, audit, close, id, insert, intent, link, open, other_target, park, target, user};
use super::{Folder, for_every_store};
use crate::kernel::Kind;
use crate::store::sqlite::{SqliteStore, backup, verify};
use crate::store::{Intent, IntentState, Op, Reconcile, Secret, ShadowRow, State, Store};

for_every_store! {
    a_plan_is_agreed_to_until_it_is_done
    only_who_rests_is_found_and_longest_ago_first
    a_key_is_made_once
}

async fn a_plan_is_agreed_to_until_it_is_done(store: &dyn Store) {
    assert_eq!(store.reconcile(&target()).await.unwrap(), None);
    let agreed = |plan: &str| Some(Reconcile { restored: false, agreed: Some(plan.to_owned()) });
    for plan in ["one", "another"] {
        store.commit(vec![Op::Agree(target(), plan.to_owned())]).await.unwrap();
        assert_eq!(store.reconcile(&target()).await.unwrap(), agreed(plan));
    }
    store.commit(vec![Op::Reconciled(other_target())]).await.unwrap();
    assert_eq!(store.reconcile(&target()).await.unwrap(), agreed("another"));
    store.commit(vec![Op::Reconciled(target()), Op::Reconciled(target())]).await.unwrap();
    assert_eq!(store.reconcile(&target()).await.unwrap(), None);
}

async fn only_who_rests_is_found_and_longest_ago_first(store: &dyn Store) {
    let row =
        |name: &str, state, modified| ShadowRow { native: None, state, modified: at(modified), ..user(name) };
    let rows = [
        row("a", State::Parked, 5),
        row("b", State::Parked, 3),
        row("c", State::Parked, 9),
        row("d", State::Lost, 1),
        row("e", State::Live, 1),
        ShadowRow { target: other_target(), ..row("f", State::Parked, 1) },
    ];
    store.commit(rows.iter().map(insert).collect()).await.unwrap();
    let resting = async |state, before, limit| {
        store.resting(&target(), Kind::User, state, at(before), limit).await.unwrap()
    };
    assert_eq!(resting(State::Parked, 9, 10).await, [id("b"), id("a")]);
    assert_eq!(resting(State::Parked, 10, 1).await, [id("b")]);
    assert_eq!(resting(State::Lost, 2, 10).await, [id("d")]);
    assert_eq!(resting(State::Live, 10, 10).await, []);
    assert_eq!(store.resting(&target(), Kind::Group, State::Parked, at(9), 9).await.unwrap(), []);
}

async fn a_key_is_made_once(store: &dyn Store) {
    assert_eq!(store.secret("cursor").await.unwrap(), None);
    for (number, kept) in [(1, 1), (2, 1)] {
        store.commit(vec![Op::Keep("cursor", Secret([number; 32]))]).await.unwrap();
        assert_eq!(store.secret("cursor").await.unwrap(), Some(Secret([kept; 32])));
    }
    assert_eq!(store.secret("another").await.unwrap(), None);
    assert_eq!(format!("{:?}", Op::Keep("cursor", Secret([7; 32]))), "Keep(\"cursor\", Secret(…))");
}

async fn filled(folder: &Folder) -> SqliteStore {
    let store = SqliteStore::open(&folder.file()).await.unwrap();
    if store.shadow(&target(), Kind::User, &id("u1")).await.unwrap().is_none() {
        let tx = vec![insert(&user("u1")), open(&intent("i1", "u1")), audit("r1")];
        store.commit(tx).await.unwrap();
    }
    store
}

async fn is_restored(file: &Path) -> bool {
    let store = SqliteStore::open(file).await.unwrap();
    let of = async |target| store.reconcile(&target).await.unwrap().is_some_and(|row| row.restored);
    assert!(!of(other_target()).await, "a target without rows has nothing to reconcile");
    let restored = of(target()).await;
    store.close().await;
    restored
}

#[tokio::test]
async fn a_backup_is_taken_while_the_store_is_open_and_knows_what_it_is() {
    let folder = Folder::new();
    let store = filled(&folder).await;
    let copy = folder.0.join("copy.db");
    backup(&folder.file(), &copy, at(77)).await.unwrap();
    assert_eq!(std::fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
    let told = backup(&folder.file(), &copy, at(78)).await.unwrap_err().to_string();
    assert!(told.contains("exists"), "{told}");
    let verdict = verify(&copy).await.unwrap();
    assert_eq!((verdict.problems.len(), verdict.shadows, verdict.open, verdict.audit), (0, 1, 1, 1));
    assert_eq!((verdict.copied, verdict.restored.len()), (Some(at(77)), 0));
    let left: Vec<_> =
        std::fs::read_dir(&folder.0).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().starts_with("copy.db.")), "{left:?}");
    store.close().await;
    assert!(!is_restored(&folder.file()).await, "the original goes on");
    assert!(is_restored(&copy).await);
    assert!(is_restored(&copy).await, "until it is reconciled");
    assert_eq!(verify(&copy).await.unwrap().restored, ["sophos"]);
}

#[tokio::test]
async fn a_backup_that_fails_leaves_nothing() {
    let folder = Folder::new();
    std::fs::write(folder.file(), "something else entirely".repeat(999)).unwrap();
    let copy = folder.0.join("copy.db");
    assert!(backup(&folder.file(), &copy, at(1)).await.is_err());
    assert!(backup(&folder.0.join("absent"), &copy, at(1)).await.is_err());
    assert!(!copy.exists());
    assert!(backup(&folder.file(), &folder.0.join("absent/copy.db"), at(1)).await.is_err());
}

/// Copied by hand, put back by hand.
#[tokio::test]
async fn a_file_that_is_put_back_by_hand_is_seen_to_be_older() {
    let folder = Folder::new();
    let copy = folder.0.join("by-hand.db");
    filled(&folder).await.close().await;
    std::fs::copy(folder.file(), &copy).unwrap();
    assert!(!is_restored(&folder.file()).await);
    std::fs::copy(&copy, folder.file()).unwrap();
    assert!(is_restored(&folder.file()).await);
    // While it was open.
    let folder = Folder::new();
    let store = filled(&folder).await;
    let copy = folder.0.join("by-hand.db");
    backup(&folder.file(), &copy, at(1)).await.unwrap();
    tamper(&copy, "UPDATE instance SET copied = NULL").await;
    store.close().await;
    std::fs::copy(&copy, folder.file()).unwrap();
    assert!(is_restored(&folder.file()).await, "as if it had been copied with its log");
}

#[tokio::test]
async fn a_file_without_its_count_beside_it_is_a_copy_and_a_new_one_is_not() {
    let folder = Folder::new();
    filled(&folder).await.close().await;
    std::fs::remove_file(folder.0.join("store.db.lock")).unwrap();
    assert!(is_restored(&folder.file()).await);
    std::fs::remove_file(folder.file()).unwrap();
    filled(&folder).await.close().await;
    assert!(!is_restored(&folder.file()).await, "made anew");
    // One that a version made which did not count.
    tamper(&folder.file(), "UPDATE instance SET epoch = 0").await;
    std::fs::write(folder.0.join("store.db.lock"), "").unwrap();
    assert!(!is_restored(&folder.file()).await);
}

#[tokio::test]
async fn verification_finds_what_contradicts_itself() {
    for (damage, told) in [
        ("DELETE FROM shadow", "an open intent is about nobody"),
        ("UPDATE shadow SET native_id = NULL", "has no native id"),
        ("UPDATE shadow SET state = 'parked'", "has a native id"),
        ("UPDATE shadow SET state = 'deleting'; UPDATE intent SET state = 'done'", "nothing is open"),
        ("UPDATE link SET scim_id = 'u9'", "a name for nobody"),
        ("UPDATE email_address SET scim_id = 'u9'", "belongs to nobody"),
        ("DELETE FROM email_address", "index of e-mail addresses"),
        ("UPDATE parked_member SET user_id = 'u9'", "remembers nobody"),
        ("UPDATE audit SET entry = '{}'", "chain is broken at row 1"),
        ("UPDATE shadow SET document = '['", "document"),
        ("UPDATE intent SET payload = '['", "payload"),
    ] {
        let folder = Folder::new();
        let store = SqliteStore::open(&folder.file()).await.unwrap();
        let mut row = user("u1");
        row.document.set("emails", json!([{"value": "zoe@example.com"}]));
        let mut tx = vec![insert(&row), open(&intent("i1", "u1")), audit("r1")];
        tx.extend([link("okta", "u1", Some("x")), park("g1", "u1")]);
        store.commit(tx).await.unwrap();
        store.close().await;
        assert_eq!(verify(&folder.file()).await.unwrap().problems, Vec::<String>::new());
        for statement in damage.split("; ") {
            tamper(&folder.file(), statement).await;
        }
        let before = std::fs::read(folder.file()).unwrap();
        let found = verify(&folder.file()).await.unwrap().problems;
        assert!(found.iter().any(|line| line.contains(told)), "{damage}: {found:?}");
        assert!(!found.iter().any(|line| line.contains("example.com")), "{found:?}");
        assert_eq!(std::fs::read(folder.file()).unwrap(), before, "nothing is written");
    }
}

#[tokio::test]
async fn verification_finds_damaged_pages_and_strangers() {
    let folder = Folder::new();
    filled(&folder).await.close().await;
    let mut bytes = std::fs::read(folder.file()).unwrap();
    let half = bytes.len() / 2;
    bytes[half..half + 8192].fill(0xA5);
    std::fs::write(folder.file(), bytes).unwrap();
    assert!(
        verify(&folder.file()).await.is_err() || !verify(&folder.file()).await.unwrap().problems.is_empty()
    );
    std::fs::write(folder.file(), "something else entirely".repeat(999)).unwrap();
    assert!(verify(&folder.file()).await.is_err());
    std::fs::write(folder.file(), "").unwrap();
    assert!(verify(&folder.file()).await.is_err());
    assert!(verify(&folder.0.join("absent")).await.is_err());
}

/// Semantics: what is erased is gone from the file, not only from its tables.
#[tokio::test]
async fn what_is_removed_is_overwritten() {
    let folder = Folder::new();
    let store = SqliteStore::open(&folder.file()).await.unwrap();
    let mut row = user("u1");
    row.document.set("emails", json!([{"value": "zoe@example.com"}]));
    let wish = Intent { payload: json!({"name": "Zoe Dead"}), ..intent("i1", "u1") };
    let mut tx = vec![insert(&row), link("okta", "u1", Some("ext-zoe"))];
    tx.extend([open(&wish), close("i1", IntentState::Dead)]);
    store.commit(tx).await.unwrap();
    store.commit(vec![Op::Remove(target(), Kind::User, id("u1"))]).await.unwrap();
    store.close().await;
    let bytes = std::fs::read(folder.file()).unwrap();
    for value in ["zoe@example.com", "ext-zoe", "k-u1", "Zoe Dead"] {
        let found = bytes.windows(value.len()).any(|window| window == value.as_bytes());
        assert!(!found, "{value}");
    }
}
