//! People: `/common/v1/directory/users`.

use super::change;
use super::client::Client;
use super::ids;
use super::list;
use super::map;
use super::members::{Sendable, Step};
use super::model::{Ids, Object};
use crate::backend::{
    BackendError, Desired, ErrorKind, MemberDelta, Native, NativeRef, Neighbour, Result, Sent, Want,
};
use crate::kernel::{Ctx, Kind};
use crate::outbound::{Method, Route, Segment};

/// Where people are.
pub(super) const PATH: &str = "/common/v1/directory/users";

/// One person.
pub(super) fn route(id: &Segment) -> Route {
    Route::new(PATH).id(id)
}

/// Reads a person; their groups with more calls only where they are wanted and the answer embeds only some.
pub(super) async fn get(client: &Client, ctx: &Ctx, at: &NativeRef, want: Want) -> Result<Option<Native>> {
    let Some(id) = ids::segment(at) else { return Ok(None) };
    let Some(object) = client.find::<Object>(ctx, &route(&id)).await? else { return Ok(None) };
    let mut native = map::native(Kind::User, object, &*client.place(ctx).await?);
    if want.groups && native.groups.is_none() {
        native.groups = match groups_of(client, ctx, &id).await {
            Err(error) if error.kind == ErrorKind::NotFound => return Ok(None),
            groups => Some(groups?),
        };
    }
    Ok(Some(native))
}

/// All groups of a person.
pub(super) async fn groups_of(client: &Client, ctx: &Ctx, id: &Segment) -> Result<Vec<Neighbour>> {
    let groups = list::every(client, ctx, &route(id).then("/groups")).await?;
    Ok(groups.into_iter().map(map::member).collect())
}

/// Makes a person (vendor: `name` is always sent, `groupIds` are the first memberships).
pub(super) async fn create(client: &Client, ctx: &Ctx, desired: &Desired) -> Result<Native> {
    change::create(client, ctx, Kind::User, Route::new(PATH), change::body_with_links(desired, "groupIds"))
        .await
}

/// One call of a change of a person's groups.
pub(super) fn groups_call(user: &Segment, step: Step<'_>) -> (Method, Route) {
    let route = route(user).then("/groups");
    match step {
        Step::Add(_) => (Method::Post, route),
        Step::Remove(ids) => (Method::Delete, route.csv("ids", ids.iter().copied())),
    }
}

/// Puts a person into groups and takes them out of others; see [`crate::backend::Backend::change_groups`].
pub(super) async fn change_groups(
    client: &Client,
    ctx: &Ctx,
    user: &NativeRef,
    delta: &MemberDelta,
) -> Result<()> {
    let id = ids::existing(user)?;
    for (done, step) in Sendable::of(delta).additions_first().enumerate() {
        let (method, route) = groups_call(&id, step);
        let answer = match step {
            Step::Add(ids) => client.write(ctx, method, &route, Some(&Ids { ids })).await,
            Step::Remove(_) => client.write::<()>(ctx, method, &route, None).await,
        };
        match answer {
            Ok(_) => {}
            // Vendor: the same status for a synced person and for a synced group.
            Err(error) if error.kind == ErrorKind::Conflict => {
                let person = get(client, ctx, user, Want::default()).await?;
                return Err(match person.and_then(|person| person.locked) {
                    Some(by) => BackendError { kind: ErrorKind::Locked(by), ..error },
                    None => error,
                });
            }
            Err(error) if done > 0 && error.is_transient() => {
                return Err(BackendError { sent: Sent::Maybe, ..error });
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
