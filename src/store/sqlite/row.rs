//! Rows as values, and the other way round. A row that can't be read is a failure of the store, never a guess.

use std::sync::Arc;

use scim::resource::{Document, SharedMap};
use serde::de::DeserializeOwned;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::kernel::{ClientName, Kind, NativeRef, ScimId, TargetName, Timestamp};
use crate::store::{
    Action, Intent, IntentId, IntentState, Reconcile, Result, Secret, Shadow, ShadowRow, State, StoreError,
    Tombstone,
};

/// The store failed, for this reason.
pub fn failed(reason: impl std::fmt::Display) -> StoreError {
    StoreError::Failed(reason.to_string())
}

fn bad(column: &str) -> StoreError {
    StoreError::Failed(format!("the column {column} holds a value that can't be read"))
}

/// A counter as the database holds it.
///
/// # Errors
/// [`StoreError::Failed`] if it is too large.
pub fn stored(counter: u64) -> Result<i64> {
    i64::try_from(counter).map_err(failed)
}

pub(super) fn text(row: &SqliteRow, column: &str) -> Result<String> {
    row.try_get(column).map_err(failed)
}

fn maybe_text(row: &SqliteRow, column: &str) -> Result<Option<String>> {
    row.try_get(column).map_err(failed)
}

pub(super) fn number<T: TryFrom<i64>>(row: &SqliteRow, column: &str) -> Result<T> {
    let stored: i64 = row.try_get(column).map_err(failed)?;
    T::try_from(stored).map_err(|_| bad(column))
}

fn maybe_number<T: TryFrom<i64>>(row: &SqliteRow, column: &str) -> Result<Option<T>> {
    let stored: Option<i64> = row.try_get(column).map_err(failed)?;
    stored.map(|n| T::try_from(n).map_err(|_| bad(column))).transpose()
}

pub(super) fn truth(row: &SqliteRow, column: &str) -> Result<bool> {
    Ok(number::<i64>(row, column)? != 0)
}

pub(super) fn json<T: DeserializeOwned>(row: &SqliteRow, column: &str) -> Result<T> {
    serde_json::from_str(row.try_get(column).map_err(failed)?).map_err(|_| bad(column))
}

pub(super) fn time(row: &SqliteRow, column: &str) -> Result<Timestamp> {
    number(row, column).map(Timestamp)
}

pub(super) fn maybe_time(row: &SqliteRow, column: &str) -> Result<Option<Timestamp>> {
    Ok(maybe_number(row, column)?.map(Timestamp))
}

pub(super) fn target(row: &SqliteRow) -> Result<TargetName> {
    TargetName::parse(row.try_get("target").map_err(failed)?).map_err(failed)
}

fn kind(row: &SqliteRow) -> Result<Kind> {
    let name: &str = row.try_get("kind").map_err(failed)?;
    [Kind::User, Kind::Group].into_iter().find(|kind| kind.name() == name).ok_or_else(|| bad("kind"))
}

fn client(row: &SqliteRow, column: &str) -> Result<ClientName> {
    ClientName::parse(row.try_get(column).map_err(failed)?).map_err(failed)
}

/// A SCIM id in the first column.
pub fn scim_id(row: &SqliteRow) -> Result<ScimId> {
    row.try_get::<String, _>(0).map(ScimId::new).map_err(failed)
}

/// A count in the first column.
pub fn count(row: &SqliteRow) -> Result<u64> {
    u64::try_from(row.try_get::<i64, _>(0).map_err(failed)?).map_err(failed)
}

/// A link: SCIM id and external id.
pub fn link(row: &SqliteRow) -> Result<(ScimId, Arc<str>)> {
    Ok((scim_id(row)?, text(row, "external_id")?.into()))
}

/// A row of `shadow`.
pub fn shadow(row: &SqliteRow) -> Result<Shadow> {
    let hint = maybe_text(row, "native_hint")?;
    Ok(Shadow::from(ShadowRow {
        target: target(row)?,
        kind: kind(row)?,
        scim_id: ScimId::new(text(row, "scim_id")?),
        native: maybe_text(row, "native_id")?.map(|id| NativeRef { id, hint }),
        key: text(row, "folded_key")?,
        state: State::parse(&text(row, "state")?).ok_or_else(|| bad("state"))?,
        document: Document::from_canonical(json::<SharedMap>(row, "document")?),
        projection: json(row, "projection")?,
        active: truth(row, "active")?,
        active_unassigned: truth(row, "active_unassigned")?,
        owner: client(row, "owner")?,
        has_email: truth(row, "has_email")?,
        member_count: maybe_number(row, "member_count")?,
        member_version: number(row, "member_version")?,
        generation: number(row, "generation")?,
        version: number(row, "version")?,
        created: time(row, "created")?,
        modified: time(row, "modified")?,
        overlay_until: maybe_time(row, "overlay_until")?,
        owed_until: maybe_time(row, "owed_until")?,
    }))
}

/// A row of `intent`.
pub fn intent(row: &SqliteRow) -> Result<Intent> {
    Ok(Intent {
        id: IntentId(text(row, "id")?),
        target: target(row)?,
        kind: kind(row)?,
        scim_id: ScimId::new(text(row, "scim_id")?),
        aspect: text(row, "aspect")?,
        action: Action::parse(&text(row, "action")?).ok_or_else(|| bad("action"))?,
        generation: number(row, "generation")?,
        client: client(row, "client")?,
        request: text(row, "request")?,
        payload: json(row, "payload")?,
        sent: maybe_time(row, "sent")?,
        attempts: number(row, "attempts")?,
        next_at: time(row, "next_at")?,
        opened: time(row, "opened")?,
        state: IntentState::parse(&text(row, "state")?).ok_or_else(|| bad("state"))?,
    })
}

/// A row of `reconcile`.
pub fn reconcile(row: &SqliteRow) -> Result<Reconcile> {
    Ok(Reconcile { restored: truth(row, "restored")?, agreed: maybe_text(row, "agreed")? })
}

/// A key in the first column.
pub fn secret(row: &SqliteRow) -> Result<Secret> {
    let bytes: &[u8] = row.try_get(0).map_err(failed)?;
    bytes.try_into().map(Secret).map_err(|_| bad("value"))
}

/// A row of `tombstone`.
pub fn tombstone(row: &SqliteRow) -> Result<Tombstone> {
    let owed_to: Option<&str> = row.try_get("owed_to").map_err(failed)?;
    Ok(Tombstone {
        target: target(row)?,
        kind: kind(row)?,
        scim_id: ScimId::new(text(row, "scim_id")?),
        native_id: maybe_text(row, "native_id")?,
        owed_to: owed_to.map(ClientName::parse).transpose().map_err(failed)?,
        until: time(row, "until")?,
    })
}
