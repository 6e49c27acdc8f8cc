//! How a file that was put back from a copy is recognised.
//!
//! A copy made by `store backup` carries a mark. For every other copy there is a count of openings and closings, in the
//! database and in the lock file beside it: a database that is behind its lock file, or has none beside it, is older than
//! what was served last. The database counts first, so that a crash between the two is no false alarm.

use std::fs::File;
use std::io::Result as IoResult;
use std::os::unix::fs::FileExt;

use sqlx::sqlite::SqliteConnection;
use sqlx::{Connection, Row};

use super::row::failed;
use crate::store::{Result, sql};

/// The width of the count in the lock file: written at once, it is never half there.
const DIGITS: usize = 20;

/// Counts an opening. Gives whether the database was found to be a copy; then all its targets have to be reconciled.
/// `new` is a file that was made just now.
///
/// # Errors
/// [`crate::store::StoreError::Failed`] if the database or the lock file can't be read or written.
pub async fn begin(db: &mut SqliteConnection, lock: &File, new: bool) -> Result<bool> {
    let row = sqlx::query(sql::EPOCH).fetch_one(&mut *db).await.map_err(failed)?;
    let own: i64 = row.try_get(0).map_err(failed)?;
    let copied: Option<i64> = row.try_get(1).map_err(failed)?;
    let beside = read(lock).map_err(failed)?;
    let behind = match beside {
        Some(beside) => own < beside,
        // A file of a version that did not count has no count beside it either.
        None => own > 0,
    };
    let restored = !new && (copied.is_some() || behind);
    let epoch = own.max(beside.unwrap_or(0)) + 1;
    let mut tx = db.begin().await.map_err(failed)?;
    if restored {
        let targets: Vec<String> =
            sqlx::query_scalar(sql::TARGETS).fetch_all(&mut *tx).await.map_err(failed)?;
        for target in targets {
            sqlx::query(sql::RESTORED).bind(target).execute(&mut *tx).await.map_err(failed)?;
        }
    }
    sqlx::query(sql::EPOCH_SET).bind(epoch).execute(&mut *tx).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    write(lock, epoch).map_err(failed)?;
    Ok(restored)
}

/// Counts a closing, so that a copy taken while the file was open is behind as well.
///
/// # Errors
/// As [`begin`].
pub async fn end(db: &mut SqliteConnection, lock: &File) -> Result<()> {
    let own: i64 = sqlx::query_scalar(sql::EPOCH).fetch_one(&mut *db).await.map_err(failed)?;
    sqlx::query(sql::EPOCH_SET).bind(own + 1).execute(&mut *db).await.map_err(failed)?;
    write(lock, own + 1).map_err(failed)
}

fn read(lock: &File) -> IoResult<Option<i64>> {
    let mut digits = [0; DIGITS];
    let length = lock.read_at(&mut digits, 0)?;
    Ok(std::str::from_utf8(&digits[..length]).ok().and_then(|text| text.trim().parse().ok()))
}

fn write(lock: &File, epoch: i64) -> IoResult<()> {
    lock.write_all_at(format!("{epoch:0DIGITS$}\n").as_bytes(), 0)?;
    lock.sync_all()
}
