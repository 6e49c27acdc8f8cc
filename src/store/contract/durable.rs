//! What only a store with a file promises; and the seam for crashes.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};
use tokio::task::JoinSet;

use super::make::{at, audit, client, id, insert, intent, link, open, park, target, tombstone, user};
use super::{Folder, conflict};
use crate::kernel::Kind;
use crate::store::hooked::{CommitHook, Hooked};
use crate::store::memory::MemoryStore;
use crate::store::sqlite::SqliteStore;
use crate::store::{Chain, Conflict, Op, Secret, ShadowRow, State, Store};

fn everything() -> Vec<Op> {
    let mut tx = vec![insert(&user("u1")), link("okta", "u1", Some("X")), park("g1", "u1")];
    tx.extend([open(&intent("i1", "u1")), Op::Bury(tombstone("u0", 90)), audit("r1"), audit("r2")]);
    tx.push(Op::Keep("cursor", Secret([9; 32])));
    tx
}

async fn assert_everything(store: &SqliteStore) {
    assert_eq!(store.shadow(&target(), Kind::User, &id("u1")).await.unwrap(), Some(user("u1").into()));
    assert_eq!(store.by_external_id(&target(), &client("okta"), "X").await.unwrap(), [id("u1")]);
    assert_eq!(store.parked_groups(&target(), &id("u1")).await.unwrap(), [id("g1")]);
    assert_eq!(store.due_intents(&target(), at(1000), 9).await.unwrap(), [intent("i1", "u1")]);
    assert_eq!(store.tombstones(&target(), Kind::User, at(0)).await.unwrap(), [tombstone("u0", 90)]);
    assert_eq!(store.audit(&target(), 9).await.unwrap().len(), 2);
    assert_eq!(store.secret("cursor").await.unwrap(), Some(Secret([9; 32])));
}

/// Runs one statement on a closed database.
pub async fn tamper(file: &Path, statement: &str) {
    let mut db = SqliteConnection::connect(&format!("sqlite://{}", file.display())).await.unwrap();
    sqlx::query(AssertSqlSafe(statement.to_owned())).execute(&mut db).await.unwrap();
    db.close().await.unwrap();
}

#[tokio::test]
async fn a_reopened_file_holds_everything() {
    let folder = Folder::new();
    let store = SqliteStore::open(&folder.file()).await.unwrap();
    store.commit(everything()).await.unwrap();
    assert_everything(&store).await;
    store.close().await;
    assert!(!folder.0.join("store.db-wal").exists(), "the log is written back");
    let store = SqliteStore::open(&folder.file()).await.unwrap();
    assert_everything(&store).await;
    assert_eq!(store.verify_audit().await.unwrap(), Chain::Intact(2));
    store.commit(vec![audit("r3")]).await.unwrap();
    assert_eq!(store.verify_audit().await.unwrap(), Chain::Intact(3), "the chain goes on");
}

#[test]
fn a_runtime_that_vanishes_loses_nothing_that_was_answered() {
    let folder = Folder::new();
    let run = |steps: &mut dyn FnMut(&tokio::runtime::Runtime)| {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        steps(&runtime);
    };
    run(&mut |runtime| {
        runtime.block_on(async {
            SqliteStore::open(&folder.file()).await.unwrap().commit(everything()).await.unwrap();
        });
    });
    run(&mut |runtime| {
        runtime
            .block_on(async { assert_everything(&SqliteStore::open(&folder.file()).await.unwrap()).await });
    });
}

#[tokio::test]
async fn a_second_open_is_refused_until_the_first_is_closed() {
    let folder = Folder::new();
    let store = SqliteStore::open(&folder.file()).await.unwrap();
    let error = SqliteStore::open(&folder.file()).await.map(drop).unwrap_err().to_string();
    assert!(error.contains("in use") && error.contains("store.db.lock"), "{error}");
    let alias = folder.0.join("alias.db");
    std::os::unix::fs::symlink(folder.file(), &alias).unwrap();
    assert!(SqliteStore::open(&alias).await.is_err(), "another name for the same file");
    store.close().await;
    store.close().await;
    let error = store.commit(vec![audit("r1")]).await.unwrap_err().to_string();
    assert!(error.contains("closed"), "{error}");
    SqliteStore::open(&folder.file()).await.unwrap().close().await;
}

#[tokio::test]
async fn the_files_are_the_owners_alone() {
    let folder = Folder::new();
    std::fs::write(folder.file(), "").unwrap();
    std::fs::set_permissions(folder.file(), PermissionsExt::from_mode(0o644)).unwrap();
    let store = SqliteStore::open(&folder.file()).await.unwrap();
    store.commit(everything()).await.unwrap();
    for name in ["store.db", "store.db-wal", "store.db-shm", "store.db.lock"] {
        let mode = std::fs::metadata(folder.0.join(name)).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{name}");
    }
}

#[tokio::test]
async fn concurrent_commits_share_the_disk_and_are_all_there() {
    let folder = Folder::new();
    let store = Arc::new(SqliteStore::open(&folder.file()).await.unwrap());
    let mut tasks = JoinSet::new();
    for n in 0..64 {
        let store = Arc::clone(&store);
        // Every fourth wants the same key: one of them gets it, the others are refused alone.
        let key = if n % 4 == 0 { "same".to_owned() } else { format!("k{n}") };
        let row = ShadowRow { key, ..user(&format!("u{n}")) };
        tasks.spawn(async move { store.commit(vec![insert(&row), audit("r")]).await });
    }
    let outcomes = tasks.join_all().await;
    let (done, refused): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
    assert_eq!(done.len(), 49);
    assert!(refused.into_iter().all(|outcome| conflict(outcome) == Conflict::Key));
    assert!(store.commits() < 16, "{} commits", store.commits());
    store.close().await;
    let store = SqliteStore::open(&folder.file()).await.unwrap();
    assert_eq!(store.count_in(&target(), Kind::User, &[State::Live]).await.unwrap(), 49);
    assert_eq!(store.verify_audit().await.unwrap(), Chain::Intact(49));
}

#[tokio::test]
async fn a_caller_that_stops_waiting_stops_nothing() {
    let folder = Folder::new();
    let store = Arc::new(SqliteStore::open(&folder.file()).await.unwrap());
    let other = Arc::clone(&store);
    let waiting = tokio::spawn(async move { other.commit(everything()).await });
    tokio::task::yield_now().await; // it has queued
    waiting.abort();
    store.close().await;
    assert_everything(&SqliteStore::open(&folder.file()).await.unwrap()).await;
}

#[tokio::test]
async fn a_changed_audit_row_is_found() {
    let folder = Folder::new();
    for (statement, found) in [
        ("UPDATE audit SET entry = replace(entry, 'r2', 'rX') WHERE seq = 2", Chain::Broken(2)),
        (
            "UPDATE audit SET entry = replace(entry, 'rX', 'r2'), target = 'other' WHERE seq = 2",
            Chain::Broken(2),
        ),
        ("UPDATE audit SET target = 'sophos' WHERE seq = 2", Chain::Intact(3)),
        ("DELETE FROM audit WHERE seq = 1", Chain::Broken(1)),
    ] {
        let store = SqliteStore::open(&folder.file()).await.unwrap();
        if store.audit(&target(), 9).await.unwrap().is_empty() {
            store.commit(vec![audit("r1"), audit("r2"), audit("r3")]).await.unwrap();
        }
        store.close().await;
        tamper(&folder.file(), statement).await;
        let store = SqliteStore::open(&folder.file()).await.unwrap();
        assert_eq!(store.verify_audit().await.unwrap(), found, "{statement}");
        store.close().await;
    }
}

#[tokio::test]
async fn what_is_no_store_of_this_version_is_refused() {
    let folder = Folder::new();
    std::fs::write(
        folder.file(),
        "something else entirely, and longer than a header of a database is\n".repeat(99),
    )
    .unwrap();
    let error = SqliteStore::open(&folder.file()).await.map(drop).unwrap_err().to_string();
    assert!(error.contains("not a database"), "{error}");
    assert!(SqliteStore::open(&folder.0.join("absent/store.db")).await.is_err());
    let later = folder.0.join("later.db");
    SqliteStore::open(&later).await.unwrap().close().await;
    tamper(&later, "UPDATE _sqlx_migrations SET version = 9999 WHERE version = 1").await;
    let error = SqliteStore::open(&later).await.map(drop).unwrap_err().to_string();
    assert!(error.contains("9999"), "{error}");
}

/// Stops the world before or after the commit.
struct Crash {
    before: bool,
    reached: AtomicBool,
}

#[async_trait]
impl CommitHook for Crash {
    async fn before(&self, _tx: &[Op]) {
        if self.before {
            self.reached.store(true, Ordering::SeqCst);
            std::future::pending::<()>().await;
        }
    }

    async fn after(&self, _tx: &[Op]) {
        self.reached.store(true, Ordering::SeqCst);
        std::future::pending::<()>().await;
    }
}

#[tokio::test]
async fn a_hook_stops_the_world_on_either_side_of_a_commit() {
    for before in [true, false] {
        let store = Arc::new(MemoryStore::new());
        let hook = Arc::new(Crash { before, reached: AtomicBool::new(false) });
        let dynamic: Arc<dyn Store> = Arc::<MemoryStore>::clone(&store);
        let hooked = Hooked::new(dynamic, Arc::<Crash>::clone(&hook));
        let waiting = tokio::spawn(async move { hooked.commit(vec![insert(&user("u1"))]).await });
        while !hook.reached.load(Ordering::SeqCst) {
            tokio::task::yield_now().await;
        }
        assert!(!waiting.is_finished());
        waiting.abort();
        let found = store.shadow(&target(), Kind::User, &id("u1")).await.unwrap();
        assert_eq!(found.is_none(), before, "{before}");
    }
}

#[tokio::test]
async fn whoever_looks_sees_one_moment_and_changes_nothing() {
    let folder = Folder::new();
    let serving = SqliteStore::open(&folder.file()).await.unwrap();
    serving.commit(everything()).await.unwrap();
    let looking = SqliteStore::look(&folder.file()).await.unwrap();
    assert_everything(&looking).await;
    serving.commit(vec![insert(&user("u2")), audit("r3")]).await.unwrap();
    assert_everything(&looking).await;
    assert_eq!(looking.shadow(&target(), Kind::User, &id("u2")).await.unwrap(), None, "it came later");
    assert!(looking.commit(vec![audit("r4")]).await.is_err());
    looking.close().await;
    serving.commit(vec![audit("r5")]).await.unwrap();
    assert_eq!(serving.audit(&target(), 9).await.unwrap().len(), 4);
    serving.close().await;
    let later = SqliteStore::look(&folder.file()).await.unwrap();
    assert_eq!(later.audit(&target(), 9).await.unwrap().len(), 4);
    later.close().await;
}

#[tokio::test]
async fn whoever_looks_makes_no_file_and_takes_no_other_version() {
    let folder = Folder::new();
    assert!(SqliteStore::look(&folder.file()).await.is_err());
    assert!(!folder.file().exists());
    SqliteStore::open(&folder.file()).await.unwrap().close().await;
    tamper(&folder.file(), "UPDATE _sqlx_migrations SET version = 9999 WHERE version = 1").await;
    let refused = SqliteStore::look(&folder.file()).await.err().map(|error| error.to_string());
    assert!(refused.as_ref().is_some_and(|why| why.contains("another version")), "{refused:?}");
}
