//! Links between people and what a client calls them, from outside: nothing is written natively.

use scim::error::ScimError;
use scim::resource::fold;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::core::Core;
use super::super::error;
use super::super::rights::Right;
use super::super::target::Request;
use crate::backend::{Change, NativeRef, Want};
use crate::delivery::{Changed, LaneKey, Note};
use crate::kernel::{Kind, Priority, ScimId};
use crate::store::{Shadow, State};

/// So many links are read from the store at once.
const BATCH: u64 = 1000;

/// One person: what a client calls them, and who they are natively.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Link {
    /// The userName.
    pub user_name: String,
    /// The client's own id, if it has one.
    #[serde(default)]
    pub external_id: Option<String>,
    /// The product's id.
    pub native_id: String,
}

/// What became of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Linked {
    /// It is new, or would be.
    New,
    /// It was there.
    AsItWas,
}

impl Core {
    /// Every person who is linked, with what the client calls them, in SCIM-id order.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn links(&self, request: &Request) -> Result<Vec<Link>, ScimError> {
        let failed = |e| error::store(&request.client, &e);
        let mut links = Vec::new();
        for from in (0..).step_by(usize::try_from(BATCH).unwrap_or(1)) {
            let states = [State::Live, State::Quarantined];
            let rows = self.store().in_states(self.target(), Kind::User, &states, from, BATCH).await;
            let rows = rows.map_err(failed)?;
            let ids: Vec<ScimId> = rows.iter().map(|row| row.scim_id.clone()).collect();
            let names = self.store().external_ids(self.target(), &request.client.name, &ids).await;
            let names = names.map_err(failed)?;
            let named = |id: &ScimId| {
                names.iter().find(|(named, _)| named == id).map(|(_, name)| (**name).to_owned())
            };
            links.extend(rows.iter().filter_map(|row| {
                Some(Link {
                    user_name: row.document.user_name()?.to_owned(),
                    external_id: named(&row.scim_id),
                    native_id: row.native.as_ref()?.id.clone(),
                })
            }));
            if (rows.len() as u64) < BATCH {
                break;
            }
        }
        Ok(links)
    }

    /// Links one person who exists natively, or does nothing at all.
    ///
    /// # Errors
    /// Why it can't be done; the detail is for whoever made the list.
    pub async fn link(&self, request: &Request, link: Link, dry_run: bool) -> Result<Linked, ScimError> {
        if link.user_name.trim().is_empty() {
            return Err(ScimError::invalid_value("userName is missing"));
        }
        if !(self.caps().is_native_id)(&link.native_id) {
            return Err(ScimError::invalid_value("nativeId has not the form of the product's ids"));
        }
        let lane = LaneKey::Resource(Kind::User, ScimId::new(link.native_id.as_str()));
        let _turn = self.delivery.lanes.enter(lane, Priority::Background).await;
        let before = self.linked_as(request, &link).await?;
        let at = NativeRef::new(link.native_id.as_str());
        let native = self.backend().get(&request.ctx, Kind::User, &at, Want::default()).await;
        let native = native.map_err(|e| error::read(&request.client, &e))?;
        let native =
            native.ok_or_else(|| ScimError::new(404, "the product has nobody with this nativeId"))?;
        let mut after = before.clone().unwrap_or_else(|| self.unwritten(request, Kind::User, native.clone()));
        let name = self.name_of(request, &after.scim_id).await?;
        let key = fold(&link.user_name);
        if before.as_ref().is_some_and(|row| row.key == key)
            && (link.external_id.is_none() || name == link.external_id)
        {
            return Ok(Linked::AsItWas);
        }
        after.key = key;
        after.document.set("userName", Value::from(link.user_name));
        if !dry_run {
            let external_id = link.external_id.map(Some);
            let note = Note::of(["userName", "externalId"]);
            let changed = Changed { before, after, change: Change::default(), native, external_id, note };
            let kept = self.delivery.update(&request.ctx, changed).await;
            kept.map_err(|failure| error::write(&request.client, failure))?;
        }
        Ok(Linked::New)
    }

    /// The row that a native id has already.
    ///
    /// # Errors
    /// 409 if one of the names is somebody else's, or the person another client's.
    async fn linked_as(&self, request: &Request, link: &Link) -> Result<Option<Shadow>, ScimError> {
        let failed = |e| error::store(&request.client, &e);
        let ids = std::slice::from_ref(&link.native_id);
        let rows = self.store().by_natives(self.target(), Kind::User, ids).await.map_err(failed)?;
        let row = rows.into_iter().next();
        if let Some(row) = &row {
            if row.state != State::Live {
                return Err(ScimError::uniqueness("the person is deactivated or being removed"));
            }
            if row.owner != request.client.name && !request.client.rights.has(Right::Takeover) {
                return Err(ScimError::uniqueness("the person is linked, and another client owns them"));
            }
        }
        let own = row.as_ref().map(|row| &row.scim_id);
        let holder = self.store().by_key(self.target(), Kind::User, &fold(&link.user_name)).await;
        if holder.map_err(failed)?.is_some_and(|holder| Some(&holder.scim_id) != own) {
            return Err(ScimError::uniqueness("the userName is somebody else's"));
        }
        if let Some(name) = &link.external_id
            && self.named(request, Kind::User, name).await?.iter().any(|id| Some(id) != own)
        {
            return Err(ScimError::uniqueness("the externalId is somebody else's"));
        }
        Ok(row)
    }
}
