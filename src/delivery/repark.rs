//! A parked person who exists natively again loses access again.

use super::{Delivery, Failure, LaneKey, Note, Recognise, unsure};
use crate::backend::NativeRef;
use crate::kernel::{Ctx, Kind, Priority, ScimId};
use crate::store::{Action, Op, State, aspect};

impl Delivery {
    /// Links a parked person to the native object that has appeared under their name, and ends its access. Nothing if the
    /// person is not parked any more.
    ///
    /// # Errors
    /// As [`Delivery::deactivate`].
    pub async fn repark(
        &self,
        ctx: &Ctx,
        person: &ScimId,
        at: NativeRef,
        ours: &dyn Recognise,
    ) -> Result<(), Failure> {
        let lane = LaneKey::Resource(Kind::User, person.clone());
        let _turn = self.lanes.enter(lane, Priority::Deprovision).await;
        let Some(before) = self.store.shadow(&self.target, Kind::User, person).await? else { return Ok(()) };
        if before.state != State::Parked {
            return Ok(());
        }
        let mut shadow = self.without_access(before.clone(), State::Parking);
        shadow.native = Some(at);
        // Its groups and whether it is somebody's are looked up when it is carried out.
        let intent = self.intent(ctx, &shadow, aspect::LIFE, Action::Deactivate, unsure::looking());
        let note = Note { active: Some((false, false)), ..Note::default() };
        let tx = vec![self.put(Some(&before), &mut shadow), Op::Open(Box::new(intent.clone()))];
        self.store.commit(tx).await?;
        self.carry_out_deactivation(ctx, shadow, intent, note, ours).await.map(drop)
    }
}
