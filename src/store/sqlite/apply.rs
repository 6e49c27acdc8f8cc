//! One change inside the writer's transaction. What happened before a refusal is taken back by the caller.

use sqlx::query::Query;
use sqlx::sqlite::{Sqlite, SqliteArguments, SqliteConnection};

use super::operation;
use super::row::{failed, stored};
use crate::kernel::{ClientName, Kind, ScimId, TargetName, Timestamp};
use crate::store::chain::{GENESIS, seal};
use crate::store::{AuditRow, Conflict, Intent, Op, Result, Shadow, StoreError, Tombstone, sql};

type Statement<'q> = Query<'q, Sqlite, SqliteArguments>;

/// Carries one change out.
///
/// # Errors
/// [`StoreError::Conflict`] if it contradicts what is stored.
pub async fn apply(db: &mut SqliteConnection, op: &Op) -> Result<()> {
    match op {
        Op::Insert(shadow) => insert(db, shadow).await,
        Op::Update(shadow) => update(db, shadow).await,
        Op::Remove(target, kind, id) => remove(db, target, *kind, id).await,
        Op::Link(target, client, id, name) => {
            let statement = if name.is_some() { sql::LINK_SET } else { sql::LINK_DELETE };
            let query = sqlx::query(statement).bind(target.as_str()).bind(client.as_str()).bind(id.as_str());
            let query = if let Some(name) = name { query.bind(name.as_str()) } else { query };
            run(db, query).await.map(drop)
        }
        Op::RememberMember(target, group, user) => pair(db, sql::PARK, target, group, user).await,
        Op::ForgetMember(target, group, user) => pair(db, sql::UNPARK, target, group, user).await,
        Op::Open(intent) => open(db, intent).await,
        Op::Touch(intent) => touch(db, intent).await,
        Op::Close(id, state) => {
            run(db, sqlx::query(sql::INTENT_CLOSE).bind(id.0.as_str()).bind(state.as_str())).await.map(drop)
        }
        Op::Bury(stone) => bury(db, stone).await,
        Op::Begin(begun) => operation::begin(db, begun).await,
        Op::Chunk(chunk) => operation::put_chunk(db, chunk).await,
        Op::End(id, until) => operation::end(db, id, *until).await,
        Op::Forget(id) => operation::forget(db, &id.0).await,
        Op::Purge(target, ended, done) => purge(db, target, *ended, *done).await,
        Op::Audit(row) => append(db, row).await,
        Op::Agree(target, plan) => {
            run(db, sqlx::query(sql::AGREE).bind(target.as_str()).bind(plan.as_str())).await.map(drop)
        }
        Op::Keep(name, secret) => {
            run(db, sqlx::query(sql::SECRET_KEEP).bind(*name).bind(&secret.0[..])).await.map(drop)
        }
        Op::Reconciled(target) => run(db, sqlx::query(sql::RECONCILED).bind(target.as_str())).await.map(drop),
    }
}

/// Runs a statement; gives how many rows it changed.
pub(super) async fn run(db: &mut SqliteConnection, query: Statement<'_>) -> Result<u64> {
    Ok(query.execute(db).await.map_err(failed)?.rows_affected())
}

pub(super) fn conflict(conflict: Conflict) -> Result<()> {
    Err(StoreError::Conflict(conflict))
}

async fn purge(
    db: &mut SqliteConnection,
    target: &TargetName,
    ended: Timestamp,
    done: Timestamp,
) -> Result<()> {
    for kind in [Kind::User, Kind::Group] {
        let query = sqlx::query(sql::TOMBSTONE_PURGE).bind(target.as_str()).bind(kind.name()).bind(ended.0);
        run(db, query).await?;
    }
    operation::purge(db, target, ended).await?;
    run(db, sqlx::query(sql::INTENT_PURGE).bind(target.as_str()).bind(done.0)).await.map(drop)
}

async fn insert(db: &mut SqliteConnection, shadow: &Shadow) -> Result<()> {
    if run(db, with_shadow(sql::SHADOW_INSERT, shadow)?).await? == 1 {
        return addresses(db, shadow).await;
    }
    match version(db, shadow).await? {
        Some(_) => conflict(Conflict::Id),
        None => taken(db, shadow).await,
    }
}

async fn update(db: &mut SqliteConnection, shadow: &Shadow) -> Result<()> {
    if run(db, with_shadow(sql::SHADOW_UPDATE, shadow)?).await? == 1 {
        return addresses(db, shadow).await;
    }
    let found = version(db, shadow).await?;
    if found.is_none() || found.and_then(|v| v.checked_add(1)) != i64::try_from(shadow.version).ok() {
        return conflict(Conflict::Stale);
    }
    taken(db, shadow).await
}

/// Keeps the index of a person's e-mail addresses as the document has them.
async fn addresses(db: &mut SqliteConnection, shadow: &Shadow) -> Result<()> {
    if shadow.kind != Kind::User {
        return Ok(());
    }
    let (target, id) = (shadow.target.as_str(), shadow.scim_id.as_str());
    run(db, sqlx::query(sql::ADDRESSES_DELETE).bind(target).bind(id)).await?;
    for address in shadow.addresses() {
        run(db, sqlx::query(sql::ADDRESS_ADD).bind(target).bind(address).bind(id)).await?;
    }
    Ok(())
}

/// The stored version of a shadow.
async fn version(db: &mut SqliteConnection, shadow: &Shadow) -> Result<Option<i64>> {
    let query = sqlx::query_scalar(sql::SHADOW_VERSION).bind(shadow.target.as_str()).bind(shadow.kind.name());
    query.bind(shadow.scim_id.as_str()).fetch_optional(db).await.map_err(failed)
}

/// Which of the two other unique things another shadow has.
async fn taken(db: &mut SqliteConnection, shadow: &Shadow) -> Result<()> {
    let query =
        sqlx::query_scalar(sql::SHADOW_KEY_TAKEN).bind(shadow.target.as_str()).bind(shadow.kind.name());
    let others: i64 =
        query.bind(shadow.key.as_str()).bind(shadow.scim_id.as_str()).fetch_one(db).await.map_err(failed)?;
    conflict(if others > 0 { Conflict::Key } else { Conflict::Native })
}

fn with_shadow<'q>(statement: &'static str, shadow: &Shadow) -> Result<Statement<'q>> {
    let native = shadow.native.as_ref();
    let time = |time: Option<Timestamp>| time.map(|t| t.0);
    Ok(sqlx::query(statement)
        .bind(shadow.target.as_str())
        .bind(shadow.kind.name())
        .bind(shadow.scim_id.as_str())
        .bind(native.map(|n| n.id.as_str()))
        .bind(native.and_then(|n| n.hint.as_deref()))
        .bind(shadow.key.as_str())
        .bind(shadow.state.as_str())
        .bind(serde_json::to_string(shadow.document.as_map()).map_err(failed)?)
        .bind(serde_json::to_string(&shadow.projection).map_err(failed)?)
        .bind(i64::from(shadow.active))
        .bind(i64::from(shadow.active_unassigned))
        .bind(shadow.owner.as_str())
        .bind(i64::from(shadow.has_email))
        .bind(shadow.member_count.map(i64::from))
        .bind(stored(shadow.member_version)?)
        .bind(stored(shadow.generation)?)
        .bind(stored(shadow.version)?)
        .bind(shadow.created.0)
        .bind(shadow.modified.0)
        .bind(time(shadow.overlay_until))
        .bind(time(shadow.owed_until)))
}

async fn remove(db: &mut SqliteConnection, target: &TargetName, kind: Kind, id: &ScimId) -> Result<()> {
    let parked = match kind {
        Kind::User => sql::PARKED_USER_DELETE,
        Kind::Group => sql::PARKED_GROUP_DELETE,
    };
    let known_by: &[&'static str] = match kind {
        Kind::User => &[sql::LINKS_DELETE, parked, sql::ADDRESSES_DELETE],
        Kind::Group => &[sql::LINKS_DELETE, parked],
    };
    for statement in known_by {
        run(db, sqlx::query(*statement).bind(target.as_str()).bind(id.as_str())).await?;
    }
    if kind == Kind::Group {
        operation::moot(db, target, id).await?;
    }
    for statement in [sql::INTENTS_MOOT, sql::DEAD_FORGET, sql::SHADOW_DELETE] {
        run(db, sqlx::query(statement).bind(target.as_str()).bind(kind.name()).bind(id.as_str())).await?;
    }
    Ok(())
}

async fn pair(
    db: &mut SqliteConnection,
    statement: &'static str,
    target: &TargetName,
    group: &ScimId,
    user: &ScimId,
) -> Result<()> {
    let query = sqlx::query(statement).bind(target.as_str()).bind(group.as_str()).bind(user.as_str());
    run(db, query).await.map(drop)
}

async fn open(db: &mut SqliteConnection, intent: &Intent) -> Result<()> {
    let query = sqlx::query(sql::INTENT_INSERT)
        .bind(intent.id.0.as_str())
        .bind(intent.target.as_str())
        .bind(intent.kind.name())
        .bind(intent.scim_id.as_str())
        .bind(intent.aspect.as_str())
        .bind(intent.action.as_str())
        .bind(stored(intent.generation)?)
        .bind(intent.client.as_str())
        .bind(intent.request.as_str())
        .bind(intent.payload.to_string())
        .bind(intent.sent.map(|t| t.0))
        .bind(i64::from(intent.attempts))
        .bind(intent.next_at.0)
        .bind(intent.opened.0);
    if run(db, query).await? == 1 {
        return Ok(());
    }
    let query = sqlx::query_scalar(sql::ASPECT_OPEN).bind(intent.target.as_str()).bind(intent.kind.name());
    let query = query.bind(intent.scim_id.as_str()).bind(intent.aspect.as_str());
    let same: i64 = query.fetch_one(db).await.map_err(failed)?;
    conflict(if same > 0 { Conflict::Aspect } else { Conflict::Id })
}

async fn touch(db: &mut SqliteConnection, intent: &Intent) -> Result<()> {
    let query = sqlx::query(sql::INTENT_TOUCH)
        .bind(intent.id.0.as_str())
        .bind(intent.payload.to_string())
        .bind(intent.sent.map(|t| t.0))
        .bind(i64::from(intent.attempts))
        .bind(intent.next_at.0);
    match run(db, query).await? {
        0 => conflict(Conflict::Stale),
        _ => Ok(()),
    }
}

async fn bury(db: &mut SqliteConnection, stone: &Tombstone) -> Result<()> {
    let query = sqlx::query(sql::BURY)
        .bind(stone.target.as_str())
        .bind(stone.kind.name())
        .bind(stone.scim_id.as_str())
        .bind(stone.native_id.as_deref())
        .bind(stone.owed_to.as_ref().map(ClientName::as_str))
        .bind(stone.until.0);
    run(db, query).await.map(drop)
}

async fn append(db: &mut SqliteConnection, row: &AuditRow) -> Result<()> {
    let last: Option<Vec<u8>> =
        sqlx::query_scalar(sql::AUDIT_LAST).fetch_optional(&mut *db).await.map_err(failed)?;
    let sealed = seal(last.as_deref().unwrap_or(&GENESIS), row)?;
    let query = sqlx::query(sql::AUDIT_APPEND).bind(row.target.as_str());
    run(db, query.bind(sealed.row).bind(sealed.prev).bind(sealed.hash)).await.map(drop)
}
