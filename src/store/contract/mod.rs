//! One battery for every store: the same questions, the same answers.

mod atomic;
mod care;
mod durable;
mod journal;
mod make;
mod operations;
mod random;
mod shadows;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::memory::MemoryStore;
use super::overlay::Overlay;
use super::sqlite::SqliteStore;
use super::{Conflict, Result, Store, StoreError};

/// A folder of its own, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let name =
            format!("scim-facade-store-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self) -> PathBuf {
        self.0.join("store.db")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A store under test, and what has to live as long.
struct Bench {
    store: Arc<dyn Store>,
    _folder: Option<Folder>,
}

impl Bench {
    async fn memory() -> Self {
        Self { store: Arc::new(MemoryStore::new()), _folder: None }
    }

    async fn overlay() -> Self {
        Self { store: Arc::new(Overlay::new(Arc::new(MemoryStore::new()))), _folder: None }
    }

    async fn sqlite() -> Self {
        let folder = Folder::new();
        let store = SqliteStore::open(&folder.file()).await.unwrap();
        Self { store: Arc::new(store), _folder: Some(folder) }
    }
}

/// The conflict that a commit was refused with.
fn conflict(outcome: Result<()>) -> Conflict {
    match outcome {
        Err(StoreError::Conflict(conflict)) => conflict,
        other => panic!("not a conflict: {other:?}"),
    }
}

/// Makes `<case>::memory`, `<case>::overlay` and `<case>::sqlite` of each `async fn case(&dyn Store)`.
macro_rules! for_every_store {
    ($($case:ident)*) => {
        $(mod $case {
            use crate::store::contract::Bench;

            #[tokio::test]
            async fn memory() {
                super::$case(&*Bench::memory().await.store).await;
            }

            #[tokio::test]
            async fn overlay() {
                super::$case(&*Bench::overlay().await.store).await;
            }

            #[tokio::test]
            async fn sqlite() {
                super::$case(&*Bench::sqlite().await.store).await;
            }
        })*
    };
}
use for_every_store;
