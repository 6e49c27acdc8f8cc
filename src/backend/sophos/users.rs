//! People: `/common/v1/directory/users`.

use super::change;
use super::client::Client;
use super::ids;
use super::list;
use super::map;
use super::model::Object;
use crate::backend::{Desired, ErrorKind, Native, NativeRef, Neighbour, Result, Want};
use crate::kernel::{Ctx, Kind};
use crate::outbound::{Route, Segment};

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
