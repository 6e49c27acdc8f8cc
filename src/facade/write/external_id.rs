//! What a write says of externalId, natively.

use scim::error::ScimError;

use super::super::core::Core;
use super::super::read::Row;
use super::super::target::Request;
use super::edit::Edited;
use crate::kernel::Kind;

impl Core {
    /// Adds to a change what the resource is to be called natively: what its owner calls it, where the backend keeps that. Who
    /// writes the name that it has had natively all along calls it so from now on.
    pub(super) async fn with_native_name(
        &self,
        request: &Request,
        kind: Kind,
        row: &Row,
        edited: Edited,
    ) -> Result<Edited, ScimError> {
        let may_name = row.shadow.as_ref().is_none_or(|shadow| self.owns(&request.client, shadow));
        if self.caps().of(kind).external_id.is_none() || !may_name {
            return Ok(edited);
        }
        let called = self.name_of(request, &row.id()).await?;
        let wrote = edited.wrote.iter().any(|name| name == "externalId");
        let natively = self.native_name(&request.client, kind, row).filter(|_| wrote && called.is_none());
        let external_id = edited.external_id.or_else(|| Some(Some(natively?.to_owned())));
        let native_name = external_id.clone().or_else(|| called.map(Some));
        Ok(Edited { external_id, native_name, ..edited })
    }
}
