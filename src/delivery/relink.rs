//! What becomes of a row whose native object vanished, and of a row that another client takes over. No native call.

use super::{Delivery, Failure, Note};
use crate::backend::Native;
use crate::kernel::Ctx;
use crate::store::{Action, Op, Shadow, State};

impl Delivery {
    /// Links a row to the object that took the place of its own. What differs in it is told as drift.
    ///
    /// # Errors
    /// [`Failure::Store`], with a conflict if somebody else changed the row meanwhile or linked the object.
    pub async fn relink(&self, ctx: &Ctx, before: &Shadow, native: &Native) -> Result<Shadow, Failure> {
        let mut shadow = before.clone();
        shadow.state = State::Live;
        shadow.native = Some(native.at.clone());
        shadow.has_email = self.has_email(shadow.kind, &native.attrs);
        shadow.member_count = None;
        shadow.overlay_until = None;
        let tx = vec![
            self.put(Some(before), &mut shadow),
            self.noted(ctx, &shadow, Action::Update, "relinked", &Note::of(["id"])),
        ];
        self.store.commit(tx).await?;
        self.drift(&shadow.scim_id, "id");
        Ok(shadow)
    }

    /// Gives a row up whose native object is gone: its key is free, it is kept for a while.
    ///
    /// # Errors
    /// [`Failure::Store`], with a conflict if somebody else changed the row meanwhile.
    pub async fn lose(&self, ctx: &Ctx, before: &Shadow) -> Result<(), Failure> {
        let shadow = before.clone().lost(self.clock.now());
        let parked = self.store.parked_members(&self.target, &shadow.scim_id).await?;
        let mut tx: Vec<Op> = parked
            .into_iter()
            .map(|user| Op::ForgetMember(self.target.clone(), shadow.scim_id.clone(), user))
            .collect();
        tx.extend(before.native.clone().map(|at| self.unlisted(&shadow, at.id)));
        tx.push(Op::Update(shadow.clone()));
        tx.push(self.noted(ctx, &shadow, Action::Update, "lost", &Note::of(["id"])));
        Ok(self.store.commit(tx).await?)
    }

    /// Makes the client that asks the owner of a resource.
    ///
    /// # Errors
    /// [`Failure::Store`], with a conflict if somebody else changed the row meanwhile.
    pub async fn take_over(&self, ctx: &Ctx, before: &Shadow) -> Result<Shadow, Failure> {
        let mut shadow = before.clone();
        shadow.owner = ctx.client.clone();
        let tx = vec![
            self.put(Some(before), &mut shadow),
            self.noted(ctx, &shadow, Action::Update, "done", &Note::of(["owner"])),
        ];
        self.store.commit(tx).await?;
        Ok(shadow)
    }
}
