//! Whether a file is whole: the database, the audit chain, and what the program relies on.

use std::path::Path;

use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{ConnectOptions, Connection, Row};

use super::SqliteStore;
use super::open::options;
use super::row::{self, failed};
use crate::kernel::Timestamp;
use crate::store::chain::Chain;
use crate::store::dialect::sqlite::INTEGRITY;
use crate::store::{Result, Store, sql};

/// So many offenders of one rule are named.
const NAMED: i64 = 10;
/// So many rows are read at once.
const PAGE: i64 = 1000;

/// What a verification found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// What is wrong, a line each; ids, never values. Nothing if the file is whole.
    pub problems: Vec<String>,
    /// How many people and groups there are.
    pub shadows: u64,
    /// How many wishes are open.
    pub open: u64,
    /// How many audit rows there are.
    pub audit: u64,
    /// When the file was copied, if it is a copy that nobody has served yet.
    pub copied: Option<Timestamp>,
    /// The targets that have to be reconciled.
    pub restored: Vec<String>,
}

/// What the program relies on, each with the rows that contradict it, named by target, kind and id.
const RULES: [(&str, &str); 7] = [
    (
        "an open intent is about nobody",
        "SELECT i.target, i.kind, i.scim_id FROM intent AS i WHERE i.state = 'open' AND NOT EXISTS \
         (SELECT 1 FROM shadow AS s WHERE s.target = i.target AND s.kind = i.kind AND s.scim_id = i.scim_id) LIMIT $1",
    ),
    (
        "is there natively and has no native id",
        "SELECT target, kind, scim_id FROM shadow WHERE state IN ('live', 'quarantined') AND native_id IS NULL LIMIT $1",
    ),
    (
        "is parked or lost and has a native id",
        "SELECT target, kind, scim_id FROM shadow WHERE state IN ('parked', 'lost') AND native_id IS NOT NULL LIMIT $1",
    ),
    (
        "is on its way and nothing is open that would bring it there",
        "SELECT s.target, s.kind, s.scim_id FROM shadow AS s \
         WHERE s.state IN ('creating', 'parking', 'unparking', 'deleting') AND NOT EXISTS (SELECT 1 FROM intent AS i \
         WHERE i.target = s.target AND i.kind = s.kind AND i.scim_id = s.scim_id AND i.aspect = 'life' \
         AND i.state = 'open') LIMIT $1",
    ),
    (
        "a client has a name for nobody",
        "SELECT l.target, 'externalId', l.scim_id FROM link AS l WHERE NOT EXISTS \
         (SELECT 1 FROM shadow AS s WHERE s.target = l.target AND s.scim_id = l.scim_id) LIMIT $1",
    ),
    (
        "an e-mail address belongs to nobody",
        "SELECT e.target, 'User', e.scim_id FROM email_address AS e WHERE NOT EXISTS \
         (SELECT 1 FROM shadow AS s WHERE s.target = e.target AND s.kind = 'User' AND s.scim_id = e.scim_id) LIMIT $1",
    ),
    (
        "a group remembers nobody",
        "SELECT p.target, 'User', p.user_id FROM parked_member AS p WHERE NOT EXISTS \
         (SELECT 1 FROM shadow AS s WHERE s.target = p.target AND s.kind = 'User' AND s.scim_id = p.user_id) LIMIT $1",
    ),
];

/// Verifies the file at `path` without writing to it, whoever else has it open.
///
/// # Errors
/// [`crate::store::StoreError::Failed`] if it can't be opened, or is no store of this version.
pub async fn verify(path: &Path) -> Result<Verdict> {
    let about = |error: &dyn std::fmt::Display| failed(format!("{}: {error}", path.display()));
    let mut db = options(path).read_only(true).connect().await.map_err(|e| about(&e))?;
    let mut verdict = Verdict::default();
    let lines: Vec<String> = sqlx::query_scalar(INTEGRITY).fetch_all(&mut db).await.map_err(|e| about(&e))?;
    verdict
        .problems
        .extend(lines.into_iter().filter(|line| line != "ok").map(|line| format!("the database: {line}")));
    if !verdict.problems.is_empty() {
        // What is read from damaged pages says nothing.
        return Ok(verdict);
    }
    let store = SqliteStore::look(path).await?;
    let found = async {
        match store.verify_audit().await? {
            Chain::Intact(rows) => verdict.audit = rows,
            Chain::Broken(at) => verdict.problems.push(format!("the audit chain is broken at row {at}")),
        }
        instance(&mut db, &mut verdict).await?;
        for (rule, statement) in RULES {
            let offenders = sqlx::query(statement).bind(NAMED).fetch_all(&mut db).await.map_err(failed)?;
            for row in offenders {
                verdict.problems.push(format!("{}: {rule}", named(&row)?));
            }
        }
        readable(&mut db, &mut verdict).await
    };
    found.await.map_err(|e| about(&e))?;
    store.close().await;
    db.close().await.map_err(|e| about(&e))?;
    Ok(verdict)
}

async fn instance(db: &mut SqliteConnection, verdict: &mut Verdict) -> Result<()> {
    let row = sqlx::query(sql::EPOCH).fetch_one(&mut *db).await.map_err(failed)?;
    verdict.copied = row.try_get::<Option<i64>, _>(1).map_err(failed)?.map(Timestamp);
    let restored = "SELECT target FROM reconcile WHERE restored = 1 ORDER BY target";
    verdict.restored = sqlx::query_scalar(restored).fetch_all(&mut *db).await.map_err(failed)?;
    Ok(())
}

/// Reads every row that the program would have to read, and compares what is stored twice.
async fn readable(db: &mut SqliteConnection, verdict: &mut Verdict) -> Result<()> {
    let mut last = 0_i64;
    loop {
        let page = "SELECT rowid, * FROM shadow WHERE rowid > $1 ORDER BY rowid LIMIT $2";
        let rows = sqlx::query(page).bind(last).bind(PAGE).fetch_all(&mut *db).await.map_err(failed)?;
        let Some(end) = rows.last() else { break };
        last = end.try_get(0).map_err(failed)?;
        for row in &rows {
            verdict.shadows += 1;
            match row::shadow(row) {
                Ok(shadow) => {
                    let found = "SELECT address FROM email_address WHERE target = $1 AND scim_id = $2";
                    let found = sqlx::query_scalar(found).bind(shadow.target.as_str());
                    let found = found.bind(shadow.scim_id.as_str()).fetch_all(&mut *db);
                    let found: std::collections::BTreeSet<String> =
                        found.await.map_err(failed)?.into_iter().collect();
                    if shadow.kind == crate::kernel::Kind::User && found != shadow.addresses() {
                        let whose = format!("{} User {}", shadow.target, shadow.scim_id);
                        verdict
                            .problems
                            .push(format!("{whose}: the index of e-mail addresses is not as the document"));
                    }
                }
                Err(error) => verdict.problems.push(format!("a row of shadow: {error}")),
            }
        }
    }
    let intents = "SELECT * FROM intent WHERE state = 'open'";
    for row in sqlx::query(intents).fetch_all(&mut *db).await.map_err(failed)? {
        verdict.open += 1;
        if let Err(error) = row::intent(&row) {
            verdict.problems.push(format!("a row of intent: {error}"));
        }
    }
    Ok(())
}

fn named(row: &SqliteRow) -> Result<String> {
    let text = |column: usize| row.try_get::<String, _>(column).map_err(failed);
    Ok(format!("{} {} {}", text(0)?, text(1)?, text(2)?))
}
