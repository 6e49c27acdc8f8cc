//! Operations and their chunks, inside the writer's transaction.

use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::apply::{conflict, run};
use super::row::{failed, json, maybe_time, number, target, text, time, truth};
use crate::kernel::{ClientName, ScimId, TargetName, Timestamp};
use crate::store::{Chunk, Conflict, Operation, OperationId, Result, sql};

/// A row of `operation`.
pub fn operation(row: &SqliteRow) -> Result<Operation> {
    Ok(Operation {
        id: OperationId(text(row, "id")?),
        target: target(row)?,
        group: ScimId::new(text(row, "group_id")?),
        wish: text(row, "wish")?,
        client: ClientName::parse(&text(row, "client")?).map_err(failed)?,
        request: text(row, "request")?,
        opened: time(row, "opened")?,
        until: maybe_time(row, "until")?,
    })
}

/// A row of `operation_chunk`.
pub fn chunk(row: &SqliteRow) -> Result<Chunk> {
    Ok(Chunk {
        operation: OperationId(text(row, "operation")?),
        number: number(row, "number")?,
        open: truth(row, "open")?,
        payload: json(row, "payload")?,
    })
}

/// Begins an operation.
///
/// # Errors
/// [`Conflict::Aspect`] or [`Conflict::Id`] if there is one.
pub async fn begin(db: &mut SqliteConnection, operation: &Operation) -> Result<()> {
    let query = sqlx::query(sql::OPERATION_BEGIN)
        .bind(operation.id.0.as_str())
        .bind(operation.target.as_str())
        .bind(operation.group.as_str())
        .bind(operation.wish.as_str())
        .bind(operation.client.as_str())
        .bind(operation.request.as_str())
        .bind(operation.opened.0)
        .bind(operation.until.map(|t| t.0));
    if run(db, query).await? == 1 {
        return Ok(());
    }
    let query = sqlx::query_scalar(sql::WISH_TAKEN).bind(operation.target.as_str());
    let query = query.bind(operation.group.as_str()).bind(operation.wish.as_str());
    let same: i64 = query.fetch_one(db).await.map_err(failed)?;
    conflict(if same > 0 { Conflict::Aspect } else { Conflict::Id })
}

/// Puts a chunk.
///
/// # Errors
/// [`Conflict::Stale`] if its operation is forgotten.
pub async fn put_chunk(db: &mut SqliteConnection, chunk: &Chunk) -> Result<()> {
    let query = sqlx::query(sql::CHUNK_PUT)
        .bind(chunk.operation.0.as_str())
        .bind(i64::from(chunk.number))
        .bind(i64::from(chunk.open))
        .bind(chunk.payload.to_string());
    match run(db, query).await? {
        0 => conflict(Conflict::Stale),
        _ => Ok(()),
    }
}

/// Ends an operation.
pub async fn end(db: &mut SqliteConnection, id: &OperationId, until: Timestamp) -> Result<()> {
    run(db, sqlx::query(sql::OPERATION_END).bind(id.0.as_str()).bind(until.0)).await.map(drop)
}

/// Forgets an operation and its chunks.
pub async fn forget(db: &mut SqliteConnection, id: &str) -> Result<()> {
    for statement in [sql::OPERATION_FORGET, sql::CHUNKS_FORGET] {
        run(db, sqlx::query(statement).bind(id)).await?;
    }
    Ok(())
}

/// Forgets the operations of a group that is gone.
pub async fn moot(db: &mut SqliteConnection, target: &TargetName, group: &ScimId) -> Result<()> {
    let query = sqlx::query_scalar(sql::OPERATIONS_MOOT).bind(target.as_str()).bind(group.as_str());
    let ids = query.fetch_all(&mut *db).await.map_err(failed)?;
    forget_all(db, ids).await
}

/// Forgets the operations that have ended at this time and are of no more use.
pub async fn purge(db: &mut SqliteConnection, target: &TargetName, ended: Timestamp) -> Result<()> {
    let query = sqlx::query_scalar(sql::OPERATIONS_ENDED).bind(target.as_str()).bind(ended.0);
    let ids = query.fetch_all(&mut *db).await.map_err(failed)?;
    forget_all(db, ids).await
}

async fn forget_all(db: &mut SqliteConnection, ids: Vec<String>) -> Result<()> {
    for id in ids {
        forget(db, &id).await?;
    }
    Ok(())
}
