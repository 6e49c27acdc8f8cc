//! The store in one SQLite file: the default for a single replica.
//!
//! One task writes and groups what is queued into one commit; reads go to a small pool of read-only connections, which
//! see every commit that has been answered.

mod apply;
mod backup;
mod epoch;
mod open;
mod operation;
#[cfg(test)]
mod plans;
mod read;
mod row;
mod verify;
mod writer;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sqlx::SqlitePool;
use sqlx::sqlite::SqlitePoolOptions;
use tokio::sync::{mpsc, oneshot};

pub use self::backup::backup;
pub use self::verify::{Verdict, verify};

use self::open::Opened;
use self::writer::{Job, Writer};
use super::{Result, StoreError, Tx};

/// How many reads run at the same time.
const READERS: u32 = 4;

/// How many transactions may wait for the writer before the next caller waits to queue.
const QUEUE: usize = 1024;

/// A store in one SQLite file.
///
/// A commit that was queued is carried out even if its caller stops waiting.
pub struct SqliteStore {
    readers: SqlitePool,
    jobs: mpsc::Sender<Job>,
    commits: Arc<AtomicU64>,
}

impl SqliteStore {
    /// Opens the file at `path`, or makes it with mode 0600, brings it to this version, and starts the writer on the
    /// runtime of the caller. Takes the lock `<path>.lock` until [`close`](super::Store::close) or until the store
    /// and its runtime are gone.
    ///
    /// # Errors
    /// [`StoreError::Failed`] if the file can't be used, another process serves it, it is damaged, or a later version
    /// of the program has migrated it.
    pub async fn open(path: &Path) -> Result<Self> {
        let Opened { path, lock, db } = open::open(path).await?;
        let readers = readers(&path);
        let (sender, jobs) = mpsc::channel(QUEUE);
        let commits = Arc::new(AtomicU64::new(0));
        tokio::spawn(Writer { jobs, db, lock, commits: Arc::clone(&commits) }.run());
        Ok(Self { readers, jobs: sender, commits })
    }

    /// Whether another process has the file open to write.
    ///
    /// # Errors
    /// [`StoreError::Failed`] if the file is not there.
    pub fn is_in_use(path: &Path) -> Result<bool> {
        open::is_in_use(path)
    }

    /// Looks at the file at `path` while another process may serve it: takes no lock, changes nothing, refuses every
    /// commit, and answers each question as of now.
    ///
    /// # Errors
    /// [`StoreError::Failed`] if there is no such file, or another version of the program has migrated it.
    pub async fn look(path: &Path) -> Result<Self> {
        let readers = open::look(path).await?;
        // Nobody takes what is sent here.
        let (jobs, _) = mpsc::channel(1);
        Ok(Self { readers, jobs, commits: Arc::default() })
    }

    /// How many commits of the database there were since it was opened; transactions that waited together share one.
    pub fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }

    /// Queues a transaction and waits until it is durable.
    async fn write(&self, tx: Tx) -> Result<()> {
        if tx.is_empty() {
            return Ok(());
        }
        let closed = || StoreError::Failed("the store is closed".to_owned());
        let (answer, outcome) = oneshot::channel();
        self.jobs.send(Job::Commit(tx, answer)).await.map_err(|_| closed())?;
        outcome.await.map_err(|_| closed())?
    }

    /// Lets the readers go, then the writer, which writes the log back.
    async fn shut(&self) {
        self.readers.close().await;
        let (done, closed) = oneshot::channel();
        if self.jobs.send(Job::Close(done)).await.is_ok() {
            let _ = closed.await; // an error means that the writer is gone, and with it the files
        }
    }
}

fn readers(path: &Path) -> SqlitePool {
    SqlitePoolOptions::new()
        .max_connections(READERS)
        .test_before_acquire(false)
        .connect_lazy_with(open::options(path).read_only(true))
}
