//! One write of one resource, however it came: as a request of its own, or as a part of a bulk.

use scim::error::{Result, ScimError};

use super::body::CallWithBody;
use super::call::Call;
use crate::facade::{Answer, deactivated_but};
use crate::kernel::{Kind, ScimId};

/// RFC 7644 §3.3.
pub(super) async fn create(kind: Kind, write: CallWithBody) -> Result<Answer> {
    let (projection, body) = (write.call.projection(kind)?, write.document(kind)?);
    let Call { target, request, .. } = *write.call;
    target.create(request, kind, body, projection).await
}

/// RFC 7644 §3.5.1.
pub(super) async fn replace(kind: Kind, id: ScimId, write: CallWithBody) -> Result<Answer> {
    let projection = write.call.projection(kind)?;
    let body = match write.document(kind) {
        Ok(body) => body,
        Err(refused) => return end_access_anyway(kind, id, write, refused).await,
    };
    let (target, request) = write.call.of_one()?;
    target.replace(request, kind, id, body, projection).await
}

/// RFC 7644 §3.5.2.
pub(super) async fn patch(kind: Kind, id: ScimId, write: CallWithBody) -> Result<Answer> {
    let projection = write.call.projection(kind)?;
    let patch = match write.patch(kind) {
        Ok(patch) => patch,
        Err(refused) => return end_access_anyway(kind, id, write, refused).await,
    };
    let (target, request) = write.call.of_one()?;
    target.patch(request, kind, id, patch, projection).await
}

/// What arrives together with `active: false` is never a reason not to deactivate, also where it can't be read.
async fn end_access_anyway(
    kind: Kind,
    id: ScimId,
    write: CallWithBody,
    refused: ScimError,
) -> Result<Answer> {
    let Some(patch) = write.deactivation(kind) else { return Err(refused) };
    let projection = write.call.projection(kind)?;
    let (target, request) = write.call.of_one()?;
    target.patch(request, kind, id, patch, projection).await?;
    Err(deactivated_but(&refused))
}

/// RFC 7644 §3.6. A body that comes along is read and means nothing.
pub(super) async fn delete(kind: Kind, id: ScimId, write: CallWithBody) -> Result<()> {
    let (target, request) = write.call.of_one()?;
    target.delete(request, kind, id).await
}
