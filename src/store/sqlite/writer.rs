//! The only writer. It takes what is queued, carries it out in one transaction of the database and answers after the
//! commit: many callers share one write to the disk, and each of them alone is all or nothing.

use std::fs::File;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sqlx::Connection;
use sqlx::sqlite::SqliteConnection;
use tokio::sync::{mpsc, oneshot};

use super::apply::apply;
use super::epoch;
use super::row::failed;
use crate::store::dialect::sqlite::{BEGIN, CHECKPOINT, COMMIT, ROLLBACK};
use crate::store::{Result, StoreError, Tx};

/// At most so many transactions share one commit, so that the first of them does not wait for ever.
const GROUP: usize = 128;

/// Where a caller waits for the outcome of its transaction.
pub type Answer = oneshot::Sender<Result<()>>;

/// Where a caller waits until the files are closed.
pub type Closed = oneshot::Sender<()>;

/// What the writer can be asked.
pub enum Job {
    /// Carry this out; the answer comes when it is durable.
    Commit(Tx, Answer),
    /// Write the log back, close the files, and end.
    Close(Closed),
}

/// The writer's end of the queue, its connection, and the lock that keeps every other process out while it lives.
pub struct Writer {
    /// Where the jobs come from.
    pub jobs: mpsc::Receiver<Job>,
    /// The only connection that writes.
    pub db: SqliteConnection,
    /// Held, not used. Declared after `db`, so that it is let go after it.
    pub lock: File,
    /// Counts commits of the database.
    pub commits: Arc<AtomicU64>,
}

impl Writer {
    /// Works until it is told to close or nobody is left to ask it.
    pub async fn run(mut self) {
        while let Some(job) = self.jobs.recv().await {
            let (group, close) = self.gather(job);
            if !group.is_empty() {
                self.serve(group).await;
            }
            if let Some(done) = close {
                self.end().await;
                let _ = done.send(()); // the caller may have stopped waiting
                return;
            }
        }
    }

    /// Everything that is queued already, up to the order to close.
    fn gather(&mut self, first: Job) -> (Vec<(Tx, Answer)>, Option<Closed>) {
        let mut group = Vec::new();
        let mut next = Some(first);
        while let Some(job) = next {
            match job {
                Job::Commit(tx, answer) => group.push((tx, answer)),
                Job::Close(done) => return (group, Some(done)),
            }
            next = if group.len() < GROUP { self.jobs.try_recv().ok() } else { None };
        }
        (group, None)
    }

    async fn serve(&mut self, group: Vec<(Tx, Answer)>) {
        let (txs, answers): (Vec<_>, Vec<_>) = group.into_iter().unzip();
        let outcomes = match self.commit(&txs).await {
            Ok(outcomes) => outcomes,
            Err(error) => {
                tracing::error!(%error, transactions = txs.len(), "the store could not commit");
                let _ = self.execute(ROLLBACK).await; // fails if the database has already done so
                txs.iter().map(|_| Err(StoreError::Failed(error.to_string()))).collect()
            }
        };
        for (answer, outcome) in answers.into_iter().zip(outcomes) {
            let _ = answer.send(outcome); // the caller may have stopped waiting; what is done stays done
        }
    }

    /// One commit for all; the outer result is the group's, the inner ones are each transaction's own.
    async fn commit(&mut self, txs: &[Tx]) -> Result<Vec<Result<()>>> {
        self.execute(BEGIN).await?;
        let mut outcomes = Vec::with_capacity(txs.len());
        for tx in txs {
            self.execute("SAVEPOINT one").await?;
            let outcome = self.all(tx).await;
            if outcome.is_err() {
                self.execute("ROLLBACK TO SAVEPOINT one").await?;
            }
            self.execute("RELEASE SAVEPOINT one").await?;
            outcomes.push(outcome);
        }
        self.execute(COMMIT).await?;
        self.commits.fetch_add(1, Ordering::Relaxed);
        Ok(outcomes)
    }

    async fn all(&mut self, tx: &Tx) -> Result<()> {
        for op in tx {
            apply(&mut self.db, op).await?;
        }
        Ok(())
    }

    async fn execute(&mut self, statement: &'static str) -> Result<()> {
        sqlx::query(statement).execute(&mut self.db).await.map(drop).map_err(failed)
    }

    async fn end(self) {
        let Self { mut db, lock, .. } = self;
        if let Err(error) = epoch::end(&mut db, &lock).await {
            tracing::warn!(%error, "the store's closing could not be counted");
        }
        if let Err(error) = sqlx::query(CHECKPOINT).execute(&mut db).await {
            tracing::warn!(%error, "the store's log could not be written back; the next start does it");
        }
        if let Err(error) = db.close().await {
            tracing::warn!(%error, "the store could not be closed");
        }
        drop(lock);
    }
}
