//! Admins: `/common/v1/admins`. Vendor: an admin is a directory user that was promoted.

use super::client::{Client, PAGE};
use super::ids;
use super::model::Admin;
use crate::backend::{BackendError, ErrorKind, NativeRef, Result};
use crate::kernel::Ctx;
use crate::outbound::{Method, Route, Segment};

const PATH: &str = "/common/v1/admins";

/// One admin.
pub(super) fn route(id: &Segment) -> Route {
    Route::new(PATH).id(id)
}

/// The admin records of a person. Vendor: a record names its people, and no filter for them is known, so that all
/// records are read: a tenant has few.
pub(super) async fn of(client: &Client, ctx: &Ctx, user: &NativeRef) -> Result<Vec<NativeRef>> {
    let mut found = Vec::new();
    let mut seen = 0;
    for number in 1.. {
        let page = client.page::<Admin>(ctx, &Route::new(PATH), number, PAGE).await?;
        let got = page.items.len() as u64;
        seen += got;
        let is_theirs = |admin: &Admin| {
            admin.users.iter().flatten().any(|person| person.id.eq_ignore_ascii_case(&user.id))
        };
        found.extend(page.items.into_iter().filter(is_theirs).map(|admin| NativeRef::new(admin.id)));
        if got < PAGE || page.total.is_some_and(|total| seen >= total) {
            break;
        }
    }
    Ok(found)
}

/// Ends an admin record. Vendor: 404 or 200 when it is gone already, 409 for the last Super Admin.
pub(super) async fn end(client: &Client, ctx: &Ctx, admin: &NativeRef) -> Result<()> {
    let Some(id) = ids::segment(admin) else { return Ok(()) };
    match client.write::<()>(ctx, Method::Delete, &route(&id), None).await {
        Ok(_) => Ok(()),
        Err(error) if error.kind == ErrorKind::NotFound => Ok(()),
        Err(error) if error.kind == ErrorKind::Conflict => {
            Err(BackendError { kind: ErrorKind::Administrator, ..error })
        }
        Err(error) => Err(error),
    }
}
