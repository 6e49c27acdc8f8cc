//! externalId: what each client calls a resource, and what its owner calls it natively, where the backend keeps that.

use scim::error::ScimError;
use scim::profile::Profile;
use scim::resource::Attributed;

use super::core::Core;
use super::error;
use super::read::{Rendered, Row, text};
use super::target::{Client, Request};
use crate::kernel::{Kind, ScimId};
use crate::store::State;

impl Core {
    /// What a resource is called natively, as far as a client may see it: its owner, and everybody where nobody owns it. A name
    /// that the client gave it itself comes before this one.
    pub(super) fn native_name<'r>(&self, client: &Client, kind: Kind, row: &'r Row) -> Option<&'r str> {
        let field = self.caps().of(kind).external_id?;
        let is_seen = row.shadow.as_ref().is_none_or(|shadow| self.owns(client, shadow));
        row.native.as_ref().filter(|_| is_seen).and_then(|native| text(native.attrs.get(field)))
    }

    /// What the client calls a resource.
    pub(super) async fn name_of(&self, request: &Request, id: &ScimId) -> Result<Option<String>, ScimError> {
        let ids = std::slice::from_ref(id);
        let names = self.store().external_ids(self.target(), &request.client.name, ids).await;
        let names = names.map_err(|e| error::store(&request.client, &e))?;
        Ok(names.first().map(|(_, name)| (**name).to_owned()))
    }

    /// The externalId of a resource, as this client is answered.
    pub(super) async fn name_shown(
        &self,
        request: &Request,
        kind: Kind,
        row: &Row,
    ) -> Result<Option<String>, ScimError> {
        let row = &*self.as_told(row);
        let kept = match &row.shadow {
            Some(shadow) if self.keeps_shadows() => self.name_of(request, &shadow.scim_id).await?,
            _ => None,
        };
        Ok(kept.or_else(|| self.native_name(&request.client, kind, row).map(str::to_owned)))
    }

    /// The resources of a kind that the client calls so, in SCIM-id order.
    pub(super) async fn named(
        &self,
        request: &Request,
        kind: Kind,
        external_id: &str,
    ) -> Result<Vec<ScimId>, ScimError> {
        let failed = |e| error::store(&request.client, &e);
        let client = &request.client.name;
        let mut ids =
            self.store().by_external_id(self.target(), client, external_id).await.map_err(failed)?;
        let shadows = self.store().by_ids(self.target(), kind, &ids).await.map_err(failed)?;
        ids.retain(|id| shadows.iter().any(|row| row.scim_id == *id && row.state != State::Lost));
        Ok(ids)
    }

    /// In the strict profile a client calls no two resources of a kind alike; `own` is the one that is to be called so.
    ///
    /// # Errors
    /// 409 `uniqueness`.
    pub(super) async fn external_id_is_free(
        &self,
        request: &Request,
        kind: Kind,
        external_id: Option<&str>,
        own: Option<&ScimId>,
    ) -> Result<(), ScimError> {
        let (Some(name), Profile::Strict) = (external_id, request.client.profile) else { return Ok(()) };
        let others = match self.caps().of(kind).external_id {
            Some(field) => self.called(request, kind, field, name).await?,
            None => self.named(request, kind, name).await?,
        };
        match others.iter().find(|id| Some(*id) != own) {
            None => Ok(()),
            Some(id) => Err(ScimError::uniqueness(format!("A {kind} with this externalId exists ({id})."))),
        }
    }

    /// The resources that the client sees under a name, those included that have it natively alone.
    async fn called(
        &self,
        request: &Request,
        kind: Kind,
        field: &'static str,
        name: &str,
    ) -> Result<Vec<ScimId>, ScimError> {
        let rows = self.by_field(request, kind, ("externalId", field), name.to_owned()).await?;
        let shown = self.render(request, kind, &rows, false).await?;
        let is_called = |shown: &Rendered| shown.seen().attribute("externalId") == Some(&name.into());
        let alike = rows.iter().zip(shown).filter(|(_, shown)| is_called(shown));
        Ok(alike.map(|(row, _)| row.id()).collect())
    }
}
