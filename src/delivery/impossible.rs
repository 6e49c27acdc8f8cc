//! Losses of access that can't be, known before they are tried.

use std::collections::HashSet;

use serde_json::json;

use super::{Delivery, Failure, Note};
use crate::backend::{BackendError, ErrorKind, Locked, Sent};
use crate::kernel::Ctx;
use crate::store::{Action, IntentState, Op, Shadow};

impl Delivery {
    /// Journals wishes about a resource that somebody else manages, each by its aspect, and ends them in the same commit:
    /// nothing is tried, and an operator is told.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn impossible(
        &self,
        ctx: &Ctx,
        shadow: &Shadow,
        wishes: Vec<(String, Action)>,
        by: &Locked,
    ) -> Result<(), Failure> {
        let Some(action) = wishes.first().map(|(_, action)| *action) else { return Ok(()) };
        let open = self.store.open_intents(&self.target, shadow.kind, &shadow.scim_id).await?;
        let open: HashSet<String> = open.into_iter().map(|intent| intent.aspect).collect();
        let mut tx = Vec::new();
        // An older wish that is still open finds the same out by itself.
        for (aspect, action) in wishes.into_iter().filter(|(aspect, _)| !open.contains(aspect)) {
            let intent = self.intent(ctx, shadow, &aspect, action, json!({"managed_by": by.by}));
            let id = intent.id.clone();
            tx.extend([Op::Open(Box::new(intent)), Op::Close(id, IntentState::Dead)]);
        }
        let error = BackendError::new(ErrorKind::Locked(by.clone()), Sent::No, "read before it was tried");
        tx.push(self.refused(ctx, shadow, action, &Note::default(), &error));
        self.store.commit(tx).await?;
        self.alarm_impossible(ctx, &shadow.scim_id);
        Ok(())
    }
}
