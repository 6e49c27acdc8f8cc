//! Giving access back where the backend has a disabled state.

use serde_json::{Value, json};

use super::record::native_of;
use super::{Delivery, Failure, Note};
use crate::backend::{ErrorKind, Write};
use crate::kernel::Ctx;
use crate::store::{Action, Intent, IntentState, Op, Shadow, State, aspect};

impl Delivery {
    /// Switches a person on.
    ///
    /// # Errors
    /// [`Failure::Refused`]: the person stays inactive. [`Failure::Pending`]: journalled and tried again.
    pub async fn activate(&self, ctx: &Ctx, before: &Shadow, note: Note) -> Result<Shadow, Failure> {
        let mut shadow = before.clone();
        shadow.state = State::Unparking;
        shadow.active = true;
        shadow.active_unassigned = false;
        shadow.document.set("active", Value::Bool(true));
        shadow.generation += 1;
        shadow.modified = self.clock.now();
        let at = native_of(&shadow)?;
        let plan = self.plan(&Write::SetActive(at, true));
        let note = Note { active: Some((before.active, true)), ..note.planned(plan) };
        let intent = self.intent(ctx, &shadow, aspect::LIFE, Action::Activate, json!({}));
        let mut tx = vec![self.put(Some(before), &mut shadow)];
        tx.extend(self.supersede(&shadow, aspect::LIFE).await?);
        tx.push(self.begun(ctx, &shadow, Action::Activate, &note));
        tx.push(Op::Open(Box::new(intent.clone())));
        self.store.commit(tx).await?;
        self.carry_out_activation(ctx, shadow, intent, note).await
    }

    /// Tries a journalled activation, for the first time or again.
    pub(super) async fn carry_out_activation(
        &self,
        ctx: &Ctx,
        mut shadow: Shadow,
        mut intent: Intent,
        note: Note,
    ) -> Result<Shadow, Failure> {
        let at = native_of(&shadow)?;
        match self.backend.set_active(ctx, &at, true).await {
            Ok(()) => {
                shadow.state = State::Live;
                shadow.version += 1;
                let tx = vec![
                    Op::Update(shadow.clone()),
                    Op::Close(intent.id.clone(), IntentState::Done),
                    self.done(ctx, &shadow, Action::Activate, &note),
                ];
                self.store.commit(tx).await?;
                self.confirmed(&intent);
                Ok(shadow)
            }
            Err(error) if error.is_transient() || error.kind == ErrorKind::Denied => {
                self.postpone(&mut intent).await?;
                Err(Failure::Pending(error))
            }
            Err(error) => {
                shadow.state = State::Live;
                shadow.active = false;
                shadow.document.set("active", Value::Bool(false));
                shadow.version += 1;
                let audit = self.refused(ctx, &shadow, Action::Activate, &note, &error);
                self.store
                    .commit(vec![Op::Update(shadow), Op::Close(intent.id, IntentState::Done), audit])
                    .await?;
                Err(Failure::Refused(error))
            }
        }
    }
}
