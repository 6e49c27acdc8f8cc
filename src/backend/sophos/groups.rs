//! Groups: `/common/v1/directory/user-groups`.

use super::change;
use super::client::Client;
use super::ids;
use super::map;
use super::model::Object;
use crate::backend::{Desired, Native, NativeRef, Result};
use crate::kernel::{Ctx, Kind};
use crate::outbound::{Route, Segment};

/// Where groups are.
pub(super) const PATH: &str = "/common/v1/directory/user-groups";

/// One group.
pub(super) fn route(id: &Segment) -> Route {
    Route::new(PATH).id(id)
}

/// Reads a group, with its members where the answer embeds them all.
pub(super) async fn get(client: &Client, ctx: &Ctx, at: &NativeRef) -> Result<Option<Native>> {
    let Some(id) = ids::segment(at) else { return Ok(None) };
    let Some(object) = client.find::<Object>(ctx, &route(&id)).await? else { return Ok(None) };
    Ok(Some(map::native(Kind::Group, object, &*client.place(ctx).await?)))
}

/// Makes a group (vendor: `userIds` are the first members).
pub(super) async fn create(client: &Client, ctx: &Ctx, desired: &Desired) -> Result<Native> {
    change::create(client, ctx, Kind::Group, Route::new(PATH), change::body_with_links(desired, "userIds"))
        .await
}
