//! Opening the file: who may read it, who else has it, where it lies, whether it is whole.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions, SqlitePool, query};

use super::epoch;
use super::row::failed;
use crate::store::dialect::sqlite::{CHECK, SNAPSHOT, VERSION, migrator};
use crate::store::{Result, StoreError};

/// File systems that are empty again after a restart of the machine or the container.
const EPHEMERAL: [&str; 4] = ["tmpfs", "ramfs", "overlay", "aufs"];

/// The file, ready: its real path, the lock on it, and the connection that writes.
pub struct Opened {
    /// Without symbolic links, so that one file has one lock.
    pub path: PathBuf,
    /// Keeps every other process out.
    pub lock: File,
    /// Migrated and checked.
    pub db: SqliteConnection,
}

/// Opens a database file, or makes it.
///
/// # Errors
/// [`StoreError::Failed`] if the file can't be used, is in use, is damaged, or belongs to a later version.
pub async fn open(path: &Path) -> Result<Opened> {
    let about = |error: &dyn std::fmt::Display| failed(format!("{}: {error}", path.display()));
    let path = private_file(path).map_err(|e| about(&e))?;
    let lock = lock(&path)?.ok_or_else(|| in_use(&path))?;
    let is_new = std::fs::metadata(&path).map_err(|e| about(&e))?.len() == 0;
    tell_where(&path);
    let mut db = options(&path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .connect()
        .await
        .map_err(|e| about(&e))?;
    let verdict: String = sqlx::query_scalar(CHECK).fetch_one(&mut db).await.map_err(|e| about(&e))?;
    if verdict != "ok" {
        return Err(about(&format!("the database is damaged: {verdict}")));
    }
    migrator().run(&mut db).await.map_err(|e| about(&e))?;
    if epoch::begin(&mut db, &lock, is_new).await? {
        tracing::warn!(path = %path.display(), "the store was put back from a copy: its targets are read-only until `scim-facade reconcile`");
    }
    Ok(Opened { path, lock, db })
}

/// One connection that can't write and stays at the state which it finds.
///
/// # Errors
/// [`StoreError::Failed`] if there is no such file, or its tables are not this version's.
pub async fn look(path: &Path) -> Result<SqlitePool> {
    let about = |error: &dyn std::fmt::Display| failed(format!("{}: {error}", path.display()));
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .test_before_acquire(false)
        .after_connect(|db, _| Box::pin(async move { query(SNAPSHOT).execute(db).await.map(drop) }))
        .connect_with(options(path).read_only(true))
        .await
        .map_err(|e| about(&e))?;
    let version: i64 = sqlx::query_scalar(VERSION).fetch_one(&pool).await.map_err(|e| about(&e))?;
    if migrator().iter().map(|step| step.version).max() != Some(version) {
        return Err(about(
            &"its tables are another version's: let this version of the program serve it first",
        ));
    }
    Ok(pool)
}

/// What every connection has in common.
pub fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(Duration::from_secs(5))
        // What is erased is overwritten, not only unlinked.
        .pragma("secure_delete", "ON")
        .disable_statement_logging()
}

/// Makes the file if it is not there, for its owner alone; SQLite gives the log beside it the same mode.
fn private_file(path: &Path) -> std::io::Result<PathBuf> {
    let file =
        OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)?;
    let mode = file.metadata()?.permissions().mode() & 0o777;
    if mode != 0o600 {
        tracing::warn!(path = %path.display(), mode = format!("{mode:o}"), "others could read the store; now 600");
        file.set_permissions(PermissionsExt::from_mode(0o600))?;
    }
    path.canonicalize()
}

/// Whether another process has the file open to write.
///
/// # Errors
/// [`StoreError::Failed`] if the lock file can't be used.
pub fn is_in_use(path: &Path) -> Result<bool> {
    let path = path.canonicalize().map_err(|e| failed(format!("{}: {e}", path.display())))?;
    Ok(lock_file(&path).exists() && lock(&path)?.is_none())
}

fn in_use(path: &Path) -> StoreError {
    StoreError::Failed(format!(
        "{} is in use by another process, which holds {}: only one can serve a store",
        path.display(),
        lock_file(path).display()
    ))
}

fn lock_file(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    PathBuf::from(name)
}

/// Takes the lock beside the file; `None` if another process has it. The operating system lets it go when the process
/// ends, however it ends.
fn lock(path: &Path) -> Result<Option<File>> {
    let at = lock_file(path);
    let about = |error: &dyn std::fmt::Display| failed(format!("{}: {error}", at.display()));
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(&at)
        .map_err(|e| about(&e))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(about(&error)),
    }
}

fn tell_where(path: &Path) {
    let mounts = std::fs::read_to_string("/proc/mounts").unwrap_or_default();
    let kind = file_system(path, &mounts).unwrap_or("unknown");
    if EPHEMERAL.contains(&kind) {
        tracing::warn!(
            path = %path.display(),
            file_system = kind,
            "the store lies on an ephemeral file system: what it remembers is lost with the container or the machine"
        );
    } else {
        tracing::info!(path = %path.display(), file_system = kind, "the store is open");
    }
}

/// The type of the file system that holds `path`, by the lines of `/proc/mounts`: the longest mount point wins, of
/// two on the same point the later one.
fn file_system<'m>(path: &Path, mounts: &'m str) -> Option<&'m str> {
    let line = |line: &'m str| {
        let mut fields = line.split(' ');
        let at = fields.nth(1)?.replace("\\040", " ");
        path.starts_with(&at).then_some((at.len(), fields.next()?))
    };
    mounts.lines().filter_map(line).max_by_key(|(length, _)| *length).map(|(_, kind)| kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &str = "overlay / overlay rw 0 0\n/dev/a /data ext4 rw 0 0\ntmpfs /data/my\\040tmp tmpfs rw 0 0\n\
                          /dev/b /var ext4 rw 0 0\n/dev/c /var xfs rw 0 0\n";

    #[test]
    fn the_longest_mount_point_tells_the_file_system() {
        for (path, kind) in [
            ("/srv/x.db", "overlay"),
            ("/data/x.db", "ext4"),
            ("/data/my tmp/x.db", "tmpfs"),
            ("/database/x.db", "overlay"),
            ("/var/x.db", "xfs"),
        ] {
            assert_eq!(file_system(Path::new(path), MOUNTS), Some(kind), "{path}");
        }
        assert_eq!(file_system(Path::new("/x.db"), ""), None);
    }
}
