//! A parked person who exists natively again is linked to that object instead of being made twice.

use serde_json::json;

use super::create::{native_of, projection};
use super::failpoint::failpoint;
use super::{Delivery, Failure, Note};
use crate::backend::{BackendError, Desired, ErrorKind, MemberDelta, Native, NativeRef, Sent, Write};
use crate::kernel::{Ctx, Kind, ScimId};
use crate::store::{Action, Intent, IntentState, Op, Shadow, State, aspect};

impl Delivery {
    /// Links a parked person to an unlinked native object, brings that to what clients wrote, and gives the memberships
    /// back. `shadow` is the row as it is to be, still in state `Parked`.
    ///
    /// # Errors
    /// [`Failure::Pending`]: linked and journalled, and tried again.
    pub async fn adopt(
        &self,
        ctx: &Ctx,
        mut shadow: Shadow,
        native: Native,
        note: Note,
    ) -> Result<(Shadow, Native), Failure> {
        shadow.state = State::Unparking;
        shadow.active = true;
        shadow.native = Some(native.at.clone());
        shadow.projection = projection(&native);
        shadow.generation += 1;
        shadow.version += 1;
        let groups = self.remembered(&shadow).await?;
        let change = self.change(Kind::User, &shadow.document, &native);
        let mut plan = Vec::new();
        if !change.is_empty() {
            plan.extend(self.plan(&Write::Update(Kind::User, native.at.clone(), change)));
        }
        for group in groups {
            plan.extend(self.plan(&Write::ChangeMembers(group, joining(&native))));
        }
        let note = note.planned(plan);
        let intent = self.intent(ctx, &shadow, aspect::LIFE, Action::Activate, json!({}));
        let tx = vec![
            Op::Update(Box::new(shadow.clone())),
            self.begun(ctx, &shadow, Action::Activate, &note),
            Op::Open(Box::new(intent.clone())),
        ];
        self.store.commit(tx).await?;
        self.carry_out_adoption(ctx, shadow, intent, note).await
    }

    /// Tries a journalled adoption, for the first time or again: every step is idempotent.
    pub(super) async fn carry_out_adoption(
        &self,
        ctx: &Ctx,
        mut shadow: Shadow,
        mut intent: Intent,
        note: Note,
    ) -> Result<(Shadow, Native), Failure> {
        failpoint!("adopt", begun);
        let adopted = self.adopted(ctx, &shadow).await;
        failpoint!("adopt", asked);
        let (native, given) = match adopted {
            Ok(Some(adopted)) => adopted,
            Ok(None) => return self.adopt_nobody(shadow, intent).await,
            Err(Failure::Refused(error)) if is_final(&error) => {
                return self.not_adopted(ctx, shadow, intent, &note, error).await;
            }
            Err(Failure::Refused(error)) => {
                self.postpone(&mut intent).await?;
                return Err(Failure::Pending(error));
            }
            Err(other) => return Err(other),
        };
        shadow.state = State::Live;
        shadow.projection = projection(&native);
        shadow.has_email = self.has_email(Kind::User, &native.attrs);
        shadow.overlay_until = self.overlay_until();
        shadow.version += 1;
        let mut tx =
            vec![Op::Update(Box::new(shadow.clone())), Op::Close(intent.id.clone(), IntentState::Done)];
        tx.extend(self.changed_meanwhile(ctx, &shadow, &native, &given).await?);
        tx.extend(self.forget_parked(&shadow).await?);
        tx.push(self.done(ctx, &shadow, Action::Activate, &note));
        self.store.commit(tx).await?;
        failpoint!("adopt", stored);
        self.confirmed(&intent);
        // The object was read before it joined its groups.
        Ok((shadow, Native { groups: None, ..native }))
    }

    /// The object can't be made what clients wrote: the person stays parked, and the object nobody's.
    async fn not_adopted(
        &self,
        ctx: &Ctx,
        mut shadow: Shadow,
        intent: Intent,
        note: &Note,
        error: BackendError,
    ) -> Result<(Shadow, Native), Failure> {
        shadow.state = State::Parked;
        shadow.active = false;
        shadow.document.set("active", json!(false));
        shadow.native = None;
        shadow.projection.clear();
        shadow.version += 1;
        let audit = self.refused(ctx, &shadow, Action::Activate, note, &error);
        let tx = vec![Op::Update(Box::new(shadow)), Op::Close(intent.id, IntentState::Done), audit];
        self.store.commit(tx).await?;
        Err(Failure::Refused(error))
    }

    /// The object is gone: the wish stands, and the person is made anew by the next try.
    async fn adopt_nobody(
        &self,
        mut shadow: Shadow,
        mut intent: Intent,
    ) -> Result<(Shadow, Native), Failure> {
        let attrs = self.desired_anew(&shadow);
        let links = self.remembered(&shadow).await?;
        let desired = Desired { kind: Kind::User, attrs, links, active: true };
        shadow.native = None;
        shadow.projection.clear();
        shadow.version += 1;
        intent.payload = json!(desired);
        let tx = vec![Op::Update(Box::new(shadow)), Op::Touch(Box::new(intent.clone()))];
        self.store.commit(tx).await?;
        self.postpone(&mut intent).await?;
        Err(Failure::Pending(BackendError::new(
            ErrorKind::Unavailable,
            Sent::No,
            "the object to adopt is gone",
        )))
    }

    /// The object as it is afterwards, and the groups given back; `None` if the object is gone.
    async fn adopted(&self, ctx: &Ctx, shadow: &Shadow) -> Result<Option<(Native, Vec<NativeRef>)>, Failure> {
        let at = native_of(shadow)?;
        let read =
            self.backend.get(ctx, Kind::User, &at, Default::default()).await.map_err(Failure::Refused)?;
        let Some(native) = read else { return Ok(None) };
        let change = self.change(Kind::User, &shadow.document, &native);
        let native = if change.is_empty() {
            native
        } else {
            let answer =
                self.backend.update(ctx, Kind::User, &at, &change).await.map_err(Failure::Refused)?;
            answer.unwrap_or(native)
        };
        let given = self.remembered(shadow).await?;
        for group in &given {
            match self.backend.change_members(ctx, group, &joining(&native)).await {
                Ok(_) => {}
                // A group that has vanished or is managed elsewhere by now is dropped.
                Err(error) if matches!(error.kind, ErrorKind::NotFound | ErrorKind::Locked(_)) => {
                    tracing::warn!(request = %ctx.request, id = %shadow.scim_id, "a membership of a group that is gone was not given back");
                }
                Err(error) => return Err(Failure::Refused(error)),
            }
        }
        Ok(Some((native, given)))
    }

    /// The native groups that a parked person comes back to. A group that nobody wrote through us has its native id.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn remembered(&self, shadow: &Shadow) -> Result<Vec<NativeRef>, Failure> {
        let ids = self.store.parked_groups(&self.target, &shadow.scim_id).await?;
        let known = self.store.by_ids(&self.target, Kind::Group, &ids).await?;
        let native = |id: &ScimId| match known.iter().find(|group| group.scim_id == *id) {
            Some(group) => group.native.clone().filter(|_| group.state == State::Live),
            None => Some(NativeRef::new(id.as_str())),
        };
        Ok(ids.iter().filter_map(native).collect())
    }
}

/// Whether the backend says no for good.
fn is_final(error: &BackendError) -> bool {
    let refused = matches!(error.kind, ErrorKind::Conflict | ErrorKind::Invalid | ErrorKind::Locked(_));
    refused && error.sent == Sent::Rejected
}

fn joining(native: &Native) -> MemberDelta {
    MemberDelta { add: vec![native.at.clone()], remove: Vec::new() }
}
