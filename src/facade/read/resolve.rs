//! From an id to a resource, and the answer to a read by id.

use scim::error::ScimError;
use scim::query::Projection;

use super::super::core::Core;
use super::super::error;
use super::super::relink::Vanished;
use super::super::target::{Answer, Request};
use super::render::relation;
use super::row::Row;
use crate::backend::{Deactivate, NativeRef, Want};
use crate::kernel::{Kind, ScimId};
use crate::store::{Shadow, State};

impl Core {
    /// Answers a read by id (RFC 7644 §3.4.1).
    pub async fn get(
        &self,
        request: &Request,
        kind: Kind,
        id: &ScimId,
        projection: &Projection,
    ) -> Result<Answer, ScimError> {
        let relations = projection.wants(relation(kind));
        let want = Want { groups: relations && kind == Kind::User };
        let row = self.resolve(request, kind, id, want).await?.ok_or_else(|| error::not_found(kind, id))?;
        if !request.conditions.is_empty() {
            // A version can be told without reading members.
            let bare = self.render_row(request, kind, row.clone(), false).await?;
            if let Some(known) = bare.known_to(&request.conditions)? {
                return Ok(known);
            }
        }
        Ok(self.render_row(request, kind, row, relations).await?.answer(projection))
    }

    /// Renders one row.
    pub async fn render_row(
        &self,
        request: &Request,
        kind: Kind,
        row: Row,
        relations: bool,
    ) -> Result<super::Rendered, ScimError> {
        let mut rendered = self.render(request, kind, std::slice::from_ref(&row), relations).await?;
        rendered.pop().ok_or_else(|| error::not_found(kind, &row.id()))
    }

    /// What the store knows of an incoming id.
    ///
    /// Rule: the shadow by SCIM id; else, if a shadow has it as native id under another SCIM id, nothing; else it is a
    /// native id.
    pub async fn stored(&self, request: &Request, kind: Kind, id: &ScimId) -> Result<Stored, ScimError> {
        let failed = |e| error::store(&request.client, &e);
        if let Some(shadow) = self.store().shadow(self.target(), kind, id).await.map_err(failed)? {
            return match shadow.state {
                State::Lost => Box::pin(self.back_or_gone(request, shadow)).await,
                _ => Ok(Stored::of(shadow)),
            };
        }
        if !(self.caps().is_native_id)(id.as_str()) {
            return Ok(Stored::Nothing);
        }
        let linked =
            self.store().by_natives(self.target(), kind, &[id.as_str().to_owned()]).await.map_err(failed)?;
        Ok(if linked.is_empty() { Stored::Native(NativeRef::new(id.as_str())) } else { Stored::Nothing })
    }

    /// The resource of an incoming id.
    pub async fn resolve(
        &self,
        request: &Request,
        kind: Kind,
        id: &ScimId,
        want: Want,
    ) -> Result<Option<Row>, ScimError> {
        let stored = self.stored(request, kind, id).await?;
        self.resolved(request, kind, stored, want).await
    }

    /// The resource of what the store knows.
    pub(super) async fn resolved(
        &self,
        request: &Request,
        kind: Kind,
        stored: Stored,
        want: Want,
    ) -> Result<Option<Row>, ScimError> {
        let (shadow, at) = match stored {
            Stored::Nothing | Stored::Gone(_) => return Ok(None),
            Stored::Native(at) => (None, at),
            // On its way: until that is confirmed its attributes are the facade's, and nobody needs to be asked.
            Stored::Shadow(shadow) if self.owns_attributes(&shadow) => {
                return Ok(Some(Row::new(Some(shadow), None)));
            }
            Stored::Shadow(shadow) => match shadow.native.clone() {
                None => return Ok(Some(Row::new(Some(shadow), None))),
                Some(at) => (Some(shadow), at),
            },
        };
        let native = match (self.backend().get(&request.ctx, kind, &at, want).await, &shadow) {
            // On its way, and nobody can be asked: what is journalled is shown at once.
            (Err(_), Some(shadow)) if !shadow.state.is_native() => {
                return Ok(Some(Row::from_record(shadow.clone())));
            }
            (native, _) => native.map_err(|e| error::read(&request.client, &e))?,
        };
        Ok(match (shadow, native) {
            (shadow, Some(native)) => Some(Row::new(shadow, Some(native))),
            (None, None) => None,
            // Deactivated and gone: the confirmation is still to be recorded.
            (Some(shadow), None) if !shadow.state.is_native() => Some(Row::new(Some(shadow), None)),
            (Some(shadow), None) if self.is_fresh(&shadow) => Some(Row::from_record(shadow)),
            (Some(shadow), None) => match Box::pin(self.vanished(request, shadow)).await? {
                Vanished::Relinked(row) => Box::pin(self.with(request, kind, *row, want)).await?,
                Vanished::Lost | Vanished::Several | Vanished::Busy => None,
            },
        })
    }

    /// A row found by a search, with what a read by id would have brought.
    async fn with(
        &self,
        request: &Request,
        kind: Kind,
        row: Row,
        want: Want,
    ) -> Result<Option<Row>, ScimError> {
        let (true, Some(native)) = (want.groups, &row.native) else { return Ok(Some(row)) };
        let read = self.backend().get(&request.ctx, kind, &native.at, want).await;
        let read = read.map_err(|e| error::read(&request.client, &e))?;
        Ok(read.map(|native| Row::new(row.shadow, Some(native))))
    }

    /// Whether a person's attributes are the facade's, although there may be a native object.
    pub(super) fn owns_attributes(&self, shadow: &Shadow) -> bool {
        self.caps().deactivate != Deactivate::Native && !shadow.state.is_native()
    }

    /// Whether our own write may not be visible yet.
    pub fn is_fresh(&self, shadow: &Shadow) -> bool {
        shadow.overlay_until.is_some_and(|until| until > self.delivery.clock.now())
    }
}

/// What the store says of an incoming id.
pub(in crate::facade) enum Stored {
    /// It is a resource's.
    Shadow(Shadow),
    /// It is that of a resource that is being made or deleted, or that is lost: for readers there is none.
    Gone(Shadow),
    /// No shadow knows it: it may be a native id.
    Native(NativeRef),
    /// It names nothing.
    Nothing,
}

impl Stored {
    /// What a shadow is for readers. Whether one that is lost is back, only the backend can tell.
    pub(super) fn of(shadow: Shadow) -> Self {
        match shadow.state {
            State::Creating | State::Deleting | State::Lost => Self::Gone(shadow),
            State::Live | State::Parking | State::Parked | State::Unparking | State::Quarantined => {
                Self::Shadow(shadow)
            }
        }
    }
}
