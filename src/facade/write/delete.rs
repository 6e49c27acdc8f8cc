//! DELETE (RFC 7644 §3.6).

use scim::error::ScimError;

use super::super::core::Core;
use super::super::error;
use super::super::read::{Row, Stored};
use super::super::rights::Right;
use super::super::target::Request;
use super::meet::may_repeat;
use crate::backend::{Deactivate, NativeRef, Want};
use crate::delivery::{Caller, Failure, LOOK_BEFORE_END, LaneKey, OWED_FOR, OnDelete};
use crate::kernel::{Kind, Priority, ScimId};
use crate::store::{Action, Shadow, State};

impl Core {
    /// Removes a resource.
    pub async fn delete(
        &self,
        request: &Request,
        kind: Kind,
        id: &ScimId,
        caller: &Caller,
    ) -> Result<(), ScimError> {
        if kind == Kind::User && self.delivery.policy.on_delete == OnDelete::Refuse {
            return Err(ScimError::new(
                403,
                "This target does not delete users (on_delete = refuse). Deactivate the user instead: set active to false.",
            ));
        }
        self.folding.seal(id);
        let request = &request.at(Priority::Deprovision);
        let _turn =
            self.delivery.lanes.enter(LaneKey::Resource(kind, id.clone()), Priority::Deprovision).await;
        let stored = self.stored(request, kind, id).await?;
        self.may_delete_this(request, kind, id, &stored).await?;
        match stored {
            Stored::Nothing => self.deleted_before(request, kind, id).await,
            Stored::Gone(shadow) if shadow.state == State::Deleting => {
                self.delete_again(request, &shadow).await
            }
            // Lost natively: gone counts as done.
            Stored::Gone(shadow) if shadow.state == State::Lost => {
                self.delete_known(request, shadow, caller).await
            }
            Stored::Gone(_) => Err(error::not_found(kind, id)),
            Stored::Native(at) => self.delete_unwritten(request, kind, id, &at, caller).await,
            Stored::Shadow(shadow) => self.delete_known(request, shadow, caller).await,
        }
    }

    /// A DELETE repeated within ten minutes of our own "try again" is a success; any other is 404.
    async fn deleted_before(&self, request: &Request, kind: Kind, id: &ScimId) -> Result<(), ScimError> {
        let buried = self.store().tombstones(self.target(), kind, self.delivery.clock.now()).await;
        let buried = buried.map_err(|e| error::store(&request.client, &e))?;
        let owed = |stone: &crate::store::Tombstone| {
            let to_whom_asks = stone.owed_to.as_ref() == Some(&request.client.name);
            to_whom_asks && may_repeat(request, stone.until.minus(OWED_FOR))
        };
        if buried.iter().any(|stone| stone.scim_id == *id && owed(stone)) {
            return Ok(());
        }
        Err(error::not_found(kind, id))
    }

    async fn delete_again(&self, request: &Request, shadow: &Shadow) -> Result<(), ScimError> {
        let settled = self.delivery.settle(&request.ctx, shadow.kind, &shadow.scim_id, self).await;
        settled.map_err(|f| error::write(&request.client, f))
    }

    async fn delete_known(
        &self,
        request: &Request,
        shadow: Shadow,
        caller: &Caller,
    ) -> Result<(), ScimError> {
        self.may_end(request, Right::Delete, shadow.kind, Some(&shadow))?;
        let mut gone = shadow.clone();
        let mut native = None;
        if let Some(at) = &shadow.native {
            let soon = request.ctx.within(&*self.delivery.clock, LOOK_BEFORE_END);
            match self.backend().get(&soon, shadow.kind, at, self.want_to_delete(shadow.kind)).await {
                Ok(Some(found)) => {
                    let row = Row::new(Some(shadow.clone()), Some(found));
                    self.may_delete(request, shadow.kind, &row).await?;
                    native = row.native;
                }
                // Upstream 404 counts as done.
                Ok(None) if !self.is_fresh(&shadow) => gone.native = None,
                // Whoever is to go does so whether the backend can be asked or not: it is journalled.
                Ok(None) | Err(_) => {}
            }
        }
        let done =
            self.delivery.delete(&request.ctx, Some(&shadow), gone, native.as_ref(), caller, self).await;
        done.map_err(|f| error::write(&request.client, f))
    }

    /// Whoever is deactivated on the way has groups to leave.
    fn want_to_delete(&self, kind: Kind) -> Want {
        let leaves = self.delivery.policy.on_delete.deactivates();
        Want { groups: kind == Kind::User && leaves && self.caps().deactivate == Deactivate::Quarantine }
    }

    /// A resource that nobody wrote through us.
    async fn delete_unwritten(
        &self,
        request: &Request,
        kind: Kind,
        id: &ScimId,
        at: &NativeRef,
        caller: &Caller,
    ) -> Result<(), ScimError> {
        let native = self.backend().get(&request.ctx, kind, at, self.want_to_delete(kind)).await;
        let native = native.map_err(|e| error::write(&request.client, Failure::Refused(e)))?;
        let Some(native) = native else { return self.deleted_before(request, kind, id).await };
        self.may_end(request, Right::Delete, kind, None)?;
        self.may_delete(request, kind, &Row::new(None, Some(native.clone()))).await?;
        let shadow = self.unwritten(request, kind, native.clone());
        let done = self.delivery.delete(&request.ctx, None, shadow, Some(&native), caller, self).await;
        done.map_err(|f| error::write(&request.client, f))
    }

    async fn may_delete(&self, request: &Request, kind: Kind, row: &Row) -> Result<(), ScimError> {
        match row.native.as_ref().and_then(|native| native.locked.as_ref()) {
            None => Ok(()),
            Some(by) => Err(self.access_is_managed(request, kind, row, Action::Delete, by).await),
        }
    }
}
