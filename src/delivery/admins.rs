//! Administrators: whoever loses access loses the admin record first, whoever made it.

use serde_json::{Value, json};

use super::{AdminOffboarding, Delivery, Failure, LOOK_BEFORE_END, Note};
use crate::backend::{BackendError, ErrorKind, NativeRef, Sent, Write};
use crate::kernel::{Ctx, Kind};
use crate::store::{Intent, Shadow};

/// In an intent's payload: the person's admin records, if they were looked up before it was journalled.
const ADMINS: &str = "admins";

/// The admin records that a payload tells; `None`: they have to be looked up.
fn told(payload: &Value) -> Option<Vec<NativeRef>> {
    payload.get(ADMINS).cloned().and_then(|admins| serde_json::from_value(admins).ok())
}

impl Delivery {
    /// Puts a person's admin records into the payload of an end of access, so that it can be planned as a whole. Whatever
    /// is not known in a moment is looked up when it is carried out.
    pub(super) async fn with_admins(
        &self,
        ctx: &Ctx,
        kind: Kind,
        at: &NativeRef,
        mut payload: Value,
    ) -> Value {
        if kind == Kind::User && self.backend.capabilities().admins {
            let soon = ctx.within(&*self.clock, LOOK_BEFORE_END);
            if let Ok(admins) = self.backend.admins_of(&soon, at).await {
                payload[ADMINS] = json!(admins);
            }
        }
        payload
    }

    /// The native writes that end the admin records of a payload.
    pub(super) fn admin_plan(&self, payload: &Value) -> Vec<String> {
        let admins = told(payload).filter(|_| self.policy.admin_offboarding == AdminOffboarding::Remove);
        admins.into_iter().flatten().flat_map(|admin| self.plan(&Write::EndAdmin(admin))).collect()
    }

    /// Ends a person's admin records.
    ///
    /// # Errors
    /// [`Failure::Refused`] with [`ErrorKind::Administrator`]: it can't be, for good.
    pub(super) async fn end_admins(
        &self,
        ctx: &Ctx,
        shadow: &Shadow,
        at: &NativeRef,
        intent: &Intent,
    ) -> Result<(), Failure> {
        if shadow.kind != Kind::User || !self.backend.capabilities().admins {
            return Ok(());
        }
        let admins = match told(&intent.payload) {
            Some(admins) => admins,
            None => {
                let found = self.backend.admins_of(ctx, at).await.map_err(Failure::Refused)?;
                let plan = self.admin_plan(&json!({ADMINS: found}));
                if !plan.is_empty() {
                    let note = Note::of(["roles"]).planned(plan);
                    self.store.commit(vec![self.begun(ctx, shadow, intent.action, &note)]).await?;
                }
                found
            }
        };
        if !admins.is_empty() && self.policy.admin_offboarding == AdminOffboarding::Refuse {
            let log = "the person is an administrator, and admin_offboarding is refuse";
            let error = BackendError::new(ErrorKind::Administrator, Sent::Rejected, log);
            return Err(Failure::Refused(error));
        }
        for admin in admins {
            self.backend.end_admin(ctx, &admin).await.map_err(Failure::Refused)?;
        }
        Ok(())
    }
}
