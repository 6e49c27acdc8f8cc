//! Resources whose native object vanished: found again under their name, or lost.

use scim::error::{ScimError, ScimType};

use super::core::Core;
use super::error;
use super::matching::key_of;
use super::read::{LOOK_UP_LIMIT, Row, Stored, text};
use super::target::Request;
use crate::backend::{Native, NativeQuery, NativeRef, Want};
use crate::delivery::Note;
use crate::kernel::Kind;
use crate::store::{Action, Shadow, State};

/// What became of a resource whose native object is not there any more.
pub(super) enum Vanished {
    /// Another object has taken its place; of whoever had no access, the facade's record has.
    Relinked(Box<Row>),
    /// Nobody has: its name is free.
    Lost,
    /// More than one might have: a person has to decide.
    Several,
    /// It is being written: nothing is decided meanwhile.
    Busy,
}

impl Core {
    /// Decides about a live row whose native object a read by id has just not found, by one look-up.
    pub(super) async fn vanished(&self, request: &Request, shadow: Shadow) -> Result<Vanished, ScimError> {
        let open = self.store().open_intents(self.target(), shadow.kind, &shadow.scim_id).await;
        let open = open.map_err(|e| error::store(&request.client, &e))?;
        let is_written = open.iter().any(|intent| intent.action != Action::Park);
        let failed = |failure| error::write(&request.client, failure);
        // The rows of a copy are reconciled all at once.
        let is_copy = self.delivery.is_restored().await.map_err(failed)?;
        if is_written || is_copy || !matches!(shadow.state, State::Live | State::Quarantined) {
            return Ok(Vanished::Busy);
        }
        if shadow.state == State::Quarantined {
            // Without access as before; a return makes the person anew.
            let parked = self.delivery.park_without_native(&request.ctx, &shadow, Note::of(["active"])).await;
            return Ok(Vanished::Relinked(Box::new(Row::new(Some(parked.map_err(failed)?), None))));
        }
        if !self.keeps_shadows() {
            // Whoever is there in its place has an id of their own.
            self.delivery.lose(&request.ctx, &shadow).await.map_err(failed)?;
            return Ok(Vanished::Lost);
        }
        if self.caps().hides_inactive && shadow.kind == Kind::User && !shadow.active {
            let hidden = self.delivery.hidden(&request.ctx, &shadow).await.map_err(failed)?;
            return Ok(Vanished::Relinked(Box::new(Row::new(Some(hidden), None))));
        }
        let mut found = match self.successors(request, &shadow).await {
            Err(error) if error.scim_type == Some(ScimType::TooMany) => return Ok(Vanished::Several),
            found => found?,
        };
        match (found.pop(), found.is_empty()) {
            (Some(native), true) => {
                let shadow = self.delivery.relink(&request.ctx, &shadow, &native).await.map_err(failed)?;
                Ok(Vanished::Relinked(Box::new(Row::new(Some(shadow), Some(native)))))
            }
            (Some(_), false) => Ok(Vanished::Several),
            (None, _) => {
                self.delivery.lose(&request.ctx, &shadow).await.map_err(failed)?;
                Ok(Vanished::Lost)
            }
        }
    }

    /// The row of a person who is to lose access and is gone natively, with whoever is there in their place. A look-up
    /// that fails is no reason to wait.
    pub(super) async fn successor_or_nobody(&self, request: &Request, shadow: Shadow) -> Row {
        let found = self.successors(request, &shadow).await.unwrap_or_default();
        if let [native] = found.as_slice()
            && let Ok(shadow) = self.delivery.relink(&request.ctx, &shadow, native).await
        {
            return Row::new(Some(shadow), Some(native.clone()));
        }
        Row::new(Some(shadow), None)
    }

    /// The unlinked objects that have what the vanished one was known by.
    async fn successors(&self, request: &Request, shadow: &Shadow) -> Result<Vec<Native>, ScimError> {
        let fields = self.match_on(shadow.kind);
        let desired = self.backend().desired(shadow.kind, &shadow.document);
        let known = fields.iter().find_map(|field| {
            text(shadow.projection.get(field)).or_else(|| text(desired.get(field))).map(str::to_owned)
        });
        let Some(value) = known else { return Ok(Vec::new()) };
        let query = NativeQuery::Equals { fields, value };
        let found = self.bounded(request, shadow.kind, &query, LOOK_UP_LIMIT).await?;
        let rows = self.linked(request, shadow.kind, found).await?;
        // A list that lags may still show the one that has vanished: that one is linked.
        Ok(rows.into_iter().filter(|row| row.shadow.is_none()).filter_map(|row| row.native).collect())
    }

    /// A lost row whose SCIM id is a native one stands in the way of that object, should it be there after all: then they
    /// are linked again.
    pub(super) async fn back_or_gone(
        &self,
        request: &Request,
        mut lost: Shadow,
    ) -> Result<Stored, ScimError> {
        let id = lost.scim_id.as_str().to_owned();
        let is_copy = self.delivery.is_restored().await.map_err(|e| error::write(&request.client, e))?;
        if is_copy || !(self.caps().is_native_id)(&id) {
            return Ok(Stored::Gone(lost));
        }
        let failed = |e| error::store(&request.client, &e);
        let linked = self.store().by_natives(self.target(), lost.kind, std::slice::from_ref(&id)).await;
        if !linked.map_err(failed)?.is_empty() {
            return Ok(Stored::Gone(lost));
        }
        let native = self.backend().get(&request.ctx, lost.kind, &NativeRef::new(id), Want::default()).await;
        let Some(native) = native.map_err(|e| error::read(&request.client, &e))? else {
            return Ok(Stored::Gone(lost));
        };
        lost.key = key_of(lost.kind, &lost.document);
        let back = self.delivery.relink(&request.ctx, &lost, &native).await;
        Ok(Stored::Shadow(back.map_err(|failure| error::write(&request.client, failure))?))
    }

    /// The lost row of somebody whom the same client makes again under the same names.
    pub(super) async fn lost(
        &self,
        request: &Request,
        kind: Kind,
        key: &str,
        external_id: Option<&str>,
    ) -> Result<Option<Shadow>, ScimError> {
        let Some(name) = external_id else { return Ok(None) };
        let failed = |e| error::store(&request.client, &e);
        let ids = self.store().by_external_id(self.target(), &request.client.name, name).await;
        let rows = self.store().by_ids(self.target(), kind, &ids.map_err(failed)?).await.map_err(failed)?;
        let is_the_same = |row: &Shadow| {
            row.state == State::Lost && row.owner == request.client.name && key_of(kind, &row.document) == key
        };
        Ok(rows.into_iter().find(is_the_same))
    }
}
