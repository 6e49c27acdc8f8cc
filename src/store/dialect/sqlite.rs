//! What only SQLite understands: its transactions, its pragmas, its migrations.

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

/// Takes the write lock at once, so that no statement inside can find the database busy.
pub const BEGIN: &str = "BEGIN IMMEDIATE";
/// Begins to read: from the first question on, every answer is of the same moment.
pub const SNAPSHOT: &str = "BEGIN";
/// The newest migration that a database has.
pub const VERSION: &str = "SELECT MAX(version) FROM _sqlx_migrations WHERE success";
/// Makes the transaction durable (with `synchronous = FULL`).
pub const COMMIT: &str = "COMMIT";
/// Takes everything since `BEGIN` back.
pub const ROLLBACK: &str = "ROLLBACK";
/// Looks for damaged pages; answers one row, `ok`, if there are none. Doesn't compare indices with tables.
pub const CHECK: &str = "PRAGMA quick_check(1)";
/// Looks for every kind of damage, indices included; answers one row, `ok`, if there is none.
pub const INTEGRITY: &str = "PRAGMA integrity_check(10)";
/// Writes a copy of the database as it is in one moment into an empty file, whoever writes meanwhile.
pub const COPY: &str = "VACUUM INTO $1";
/// Writes the log back into the database and empties it.
pub const CHECKPOINT: &str = "PRAGMA wal_checkpoint(TRUNCATE)";

/// The migrations, each with the number that the same step has in every dialect. A released file never changes.
const MIGRATIONS: [(i64, &str, &str); 4] = [
    (1, "initial", include_str!("../migrations/sqlite/0001_initial.sql")),
    (2, "care", include_str!("../migrations/sqlite/0002_care.sql")),
    (3, "operation", include_str!("../migrations/sqlite/0003_operation.sql")),
    (4, "secret", include_str!("../migrations/sqlite/0004_secret.sql")),
];

/// Brings a database to this version of the program; refuses one that a later version has migrated.
pub fn migrator() -> Migrator {
    let migration = |(version, name, text): (i64, &'static str, &'static str)| {
        Migration::new(version, name.into(), MigrationType::Simple, text.into_sql_str(), false)
    };
    Migrator::with_migrations(MIGRATIONS.into_iter().map(migration).collect())
}
