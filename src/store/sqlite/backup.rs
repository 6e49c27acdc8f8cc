//! A copy of the file as it is in one moment, taken while it is served.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use sqlx::sqlite::{SqliteConnection, SqliteJournalMode};
use sqlx::{ConnectOptions, Connection};

use super::open::options;
use super::row::failed;
use crate::kernel::Timestamp;
use crate::store::dialect::sqlite::{COPY, migrator};
use crate::store::{Result, StoreError, sql};

/// Copies the store at `from` to the new file `to`, for its owner alone, and syncs it to the disk. The copy knows that it
/// is one, and when it was made: whoever serves it has to reconcile it first.
///
/// # Errors
/// [`StoreError::Failed`] if `to` exists, or one of the two can't be used. Then nothing is left at `to`.
pub async fn backup(from: &Path, to: &Path, now: Timestamp) -> Result<()> {
    let about = |error: &dyn std::fmt::Display| failed(format!("{}: {error}", to.display()));
    let from = from.canonicalize().map_err(|e| failed(format!("{}: {e}", from.display())))?;
    // Takes the name, so that nothing is overwritten; the copy takes its place when it is whole.
    private(to).map_err(|e| about(&e))?;
    let part = beside(to, ".part");
    let made = async {
        remove(&part)?;
        private(&part).map_err(|e| about(&e))?;
        copy(&from, &part).await?;
        mark(&part, now).await?;
        sync(&part).map_err(|e| about(&e))?;
        std::fs::rename(&part, to).map_err(|e| about(&e))?;
        sync(to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")))
            .map_err(|e| about(&e))
    };
    let made = made.await;
    if made.is_err() {
        let _ = std::fs::remove_file(&part); // the failure is told
        let _ = std::fs::remove_file(to);
    }
    made
}

async fn copy(from: &Path, to: &Path) -> Result<()> {
    let mut db = options(from).read_only(true).connect().await.map_err(failed)?;
    let to = to.to_str().ok_or_else(|| StoreError::Failed("the path is no text".to_owned()))?;
    sqlx::query(COPY).bind(to).execute(&mut db).await.map_err(failed)?;
    db.close().await.map_err(failed)
}

async fn mark(copy: &Path, now: Timestamp) -> Result<()> {
    let mut db: SqliteConnection =
        options(copy).journal_mode(SqliteJournalMode::Delete).connect().await.map_err(failed)?;
    // The file may still be one of an earlier version, which has no place for the mark.
    migrator().run(&mut db).await.map_err(failed)?;
    sqlx::query(sql::COPIED).bind(now.0).execute(&mut db).await.map_err(failed)?;
    db.close().await.map_err(failed)
}

fn private(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

fn sync(path: &Path) -> std::io::Result<()> {
    File::open(path)?.sync_all()
}

fn remove(path: &Path) -> Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(failed(error)),
        _ => Ok(()),
    }
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
