//! Writes that people and groups have in common: make, change, remove.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::auth::Place;
use super::client::{Client, parse};
use super::model::Object;
use super::{groups, ids, map, users};
use crate::backend::{
    Attrs, BackendError, Change, Desired, ErrorKind, Native, NativeRef, Result, Sent, Want,
};
use crate::kernel::{Ctx, Kind};
use crate::outbound::{Class, Method, Route, Segment};

/// The fields, and the ids of the links under the vendor's name for them.
pub(super) fn body_with_links(desired: &Desired, links: &str) -> Map<String, Value> {
    let mut body = desired.attrs.to_map();
    if !desired.links.is_empty() {
        let ids: Vec<&str> = desired.links.iter().map(|at| at.id.as_str()).collect();
        body.insert(links.to_owned(), json!(ids));
    }
    body
}

/// Makes an object. A duplicate, and a link that doesn't exist or is locked, are refusals of the whole.
pub(super) async fn create(
    client: &Client,
    ctx: &Ctx,
    kind: Kind,
    route: Route,
    body: Map<String, Value>,
) -> Result<Native> {
    let place = place(client, ctx).await?;
    let answer = client.write(ctx, Method::Post, &route, Some(&body)).await?;
    let object: Object = parse(Class::Write, &answer)?;
    Ok(map::native(kind, object, &place))
}

/// Changes fields and gives what Sophos then holds.
///
/// Vendor: whether `""` or `null` unassigns is not known. `""` is sent; if that is refused, or the answer still holds a
/// value, `null` is sent once.
pub(super) async fn update(
    client: &Client,
    ctx: &Ctx,
    kind: Kind,
    at: &NativeRef,
    change: &Change,
) -> Result<Option<Native>> {
    let route = route(kind, &ids::existing(at)?);
    if change.is_empty() {
        return Ok(None);
    }
    let first = patch(client, ctx, kind, &route, fields(&change.set, &change.clear, &json!(""))).await;
    match first {
        Err(error) if error.kind == ErrorKind::Invalid && !change.clear.is_empty() => {
            patch(client, ctx, kind, &route, fields(&change.set, &change.clear, &Value::Null)).await
        }
        Ok(Some(native)) => {
            let held = |field: &&String| native.attrs.contains_key(field);
            let left: Vec<String> = change.clear.iter().filter(held).cloned().collect();
            if left.is_empty() {
                return Ok(Some(native));
            }
            match patch(client, ctx, kind, &route, fields(&Attrs::new(), &left, &Value::Null)).await {
                // The field can't be unassigned: the caller sees that it still holds its value.
                Err(error) if error.kind == ErrorKind::Invalid => Ok(Some(native)),
                // The rest was changed by the first: a refusal of the second is none of the whole.
                second => second.map_err(|error| BackendError { sent: Sent::Maybe, ..error }),
            }
        }
        first => first,
    }
}

async fn patch(client: &Client, ctx: &Ctx, kind: Kind, route: &Route, body: Attrs) -> Result<Option<Native>> {
    let place = place(client, ctx).await?;
    let answer = client.write(ctx, Method::Patch, route, Some(&body)).await?;
    if answer.body.trim_ascii().is_empty() {
        return Ok(None);
    }
    let object: Object = parse(Class::Write, &answer)?;
    Ok(Some(map::native(kind, object, &place)))
}

/// Where the tenant lives, asked before a write: afterwards nothing may fail as though nothing had been sent.
async fn place(client: &Client, ctx: &Ctx) -> Result<Arc<Place>> {
    client.place(ctx).await.map_err(|error| BackendError { sent: Sent::No, ..error })
}

fn fields(set: &Attrs, clear: &[String], cleared: &Value) -> Attrs {
    let mut fields = set.clone();
    fields.extend(clear.iter().map(|field| (field.as_str(), cleared.clone())));
    fields
}

/// Removes an object. Vendor: 200 whether it was there or not; 409 for a synced one and for a group with members.
pub(super) async fn delete(client: &Client, ctx: &Ctx, kind: Kind, at: &NativeRef) -> Result<()> {
    let Some(id) = ids::segment(at) else { return Ok(()) };
    let Err(error) = client.write::<()>(ctx, Method::Delete, &route(kind, &id), None).await else {
        return Ok(());
    };
    match error.kind {
        ErrorKind::NotFound => Ok(()),
        ErrorKind::Conflict => match read(client, ctx, kind, at).await? {
            None => Ok(()),
            Some(Native { locked: Some(by), .. }) => {
                Err(BackendError::new(ErrorKind::Locked(by), Sent::Rejected, error.log))
            }
            Some(_) => Err(error),
        },
        _ => Err(error),
    }
}

async fn read(client: &Client, ctx: &Ctx, kind: Kind, at: &NativeRef) -> Result<Option<Native>> {
    match kind {
        Kind::User => users::get(client, ctx, at, Want::default()).await,
        Kind::Group => groups::get(client, ctx, at).await,
    }
}

/// The route of one object.
pub(super) fn route(kind: Kind, id: &Segment) -> Route {
    match kind {
        Kind::User => users::route(id),
        Kind::Group => groups::route(id),
    }
}
