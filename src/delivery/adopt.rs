//! Giving access back to a person whose native object is there: to a parked one who exists natively again, linked instead
//! of being made twice, and to one in quarantine.

use serde_json::json;

use super::failpoint::failpoint;
use super::record::{BEFORE, as_before, native_of, restore};
use super::{Delivery, Failure, Note, unsure};
use crate::backend::{
    BackendError, Deactivate, Desired, ErrorKind, MemberDelta, Native, NativeRef, Sent, Write,
};
use crate::kernel::{Ctx, Kind, ScimId};
use crate::store::{Action, Intent, IntentState, Op, Shadow, State, aspect};

/// In an intent's payload: the object was the person's own all along.
const OWN: &str = "own";
/// In an intent's payload: the groups that some try may have given.
const GIVEN: &str = "given";

impl Delivery {
    /// Links a person without access to a native object (an unlinked one, or their own in quarantine), brings that to what
    /// clients wrote, and gives memberships and access back. `before` is the stored row, if there is one; `shadow` the row
    /// as it is to be.
    ///
    /// # Errors
    /// [`Failure::Pending`]: linked and journalled, and tried again.
    pub async fn adopt(
        &self,
        ctx: &Ctx,
        before: Option<&Shadow>,
        mut shadow: Shadow,
        native: Native,
        note: Note,
    ) -> Result<(Shadow, Native), Failure> {
        shadow.state = State::Unparking;
        shadow.active = true;
        shadow.active_unassigned = false;
        shadow.native = Some(native.at.clone());
        shadow.projection = native.attrs.clone();
        shadow.generation += 1;
        let note = note.planned(self.adoption(&shadow, &native).await?);
        let is_own = before.is_some_and(|row| row.native.is_some());
        let given = self.remembered(&shadow).await?;
        let payload = json!({OWN: is_own, BEFORE: before.map(as_before), GIVEN: given});
        let intent = self.intent(ctx, &shadow, aspect::LIFE, Action::Activate, payload);
        // What a search shows may be a moment old; the person's own object was read by id.
        let read = is_own.then_some(native);
        let mut tx = vec![self.put(before, &mut shadow)];
        tx.extend(self.supersede(&shadow, aspect::LIFE).await?);
        tx.push(self.begun(ctx, &shadow, Action::Activate, &note));
        tx.push(Op::Open(Box::new(intent.clone())));
        self.store.commit(tx).await?;
        self.carry_out_adoption(ctx, shadow, intent, note, read).await
    }

    /// The native writes of an adoption.
    async fn adoption(&self, shadow: &Shadow, native: &Native) -> Result<Vec<String>, Failure> {
        let at = &native.at;
        let change = self.wanted(shadow, native).await?;
        let groups = MemberDelta { add: self.remembered(shadow).await?, remove: Vec::new() };
        let mut plan = match change.is_empty() {
            true => Vec::new(),
            false => self.plan(&Write::Update(Kind::User, at.clone(), change)),
        };
        // Which groups can be given back is found out on the way: what comes after them is planned then.
        let ends_here = !groups.is_empty();
        plan.extend(self.plan(&Write::ChangeGroups(at.clone(), groups)));
        if self.may_be_held(native) && !ends_here {
            plan.extend(self.plan(&Write::SetActive(at.clone(), true)));
        }
        Ok(plan)
    }

    /// Whether an object may be in quarantine: it is, or does not tell.
    fn may_be_held(&self, native: &Native) -> bool {
        self.backend.capabilities().deactivate == Deactivate::Quarantine && native.active != Some(true)
    }

    /// Tries a journalled adoption, for the first time or again: every step is idempotent. `read` is the object, if it
    /// was just read.
    pub(super) async fn carry_out_adoption(
        &self,
        ctx: &Ctx,
        mut shadow: Shadow,
        mut intent: Intent,
        note: Note,
        read: Option<Native>,
    ) -> Result<(Shadow, Native), Failure> {
        failpoint!("adopt", begun);
        let adopted = self.adopted(ctx, &shadow, &mut intent, read).await;
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
        shadow.projection = native.attrs.clone();
        shadow.has_email = self.has_email(Kind::User, &native.attrs);
        shadow.overlay_until = self.overlay_until();
        shadow.version += 1;
        let mut tx = vec![Op::Update(shadow.clone()), Op::Close(intent.id.clone(), IntentState::Done)];
        tx.extend(self.changed_meanwhile(ctx, &shadow, &native, &given).await?);
        tx.extend(self.forget_memberships(&shadow).await?);
        tx.push(self.done(ctx, &shadow, Action::Activate, &note));
        self.store.commit(tx).await?;
        failpoint!("adopt", stored);
        self.confirmed(&intent);
        // The object was read before it joined its groups.
        Ok((shadow, Native { groups: None, ..native }))
    }

    /// The object can't be made what clients wrote: the person stays without access. An object that was not the person's
    /// own is nobody's again.
    async fn not_adopted(
        &self,
        ctx: &Ctx,
        mut shadow: Shadow,
        intent: Intent,
        note: &Note,
        error: BackendError,
    ) -> Result<(Shadow, Native), Failure> {
        restore(&mut shadow, &intent.payload);
        shadow.active = false;
        shadow.document.set("active", json!(false));
        shadow.version += 1;
        let mut tx = vec![Op::Close(intent.id, IntentState::Done)];
        tx.push(self.refused(ctx, &shadow, Action::Activate, note, &error));
        if intent.payload.get(OWN) == Some(&json!(true)) {
            // Some of the memberships may be given back already: the end of access is carried out once more.
            shadow.state = State::Parking;
            let again = self.intent(ctx, &shadow, aspect::LIFE, Action::Deactivate, unsure::looking());
            let again = Intent { sent: None, next_at: self.clock.now(), ..again };
            tx.push(Op::Open(Box::new(again)));
        } else {
            shadow.state = State::Parked;
            shadow.native = None;
            shadow.projection = Default::default();
        }
        tx.insert(0, Op::Update(shadow));
        self.store.commit(tx).await?;
        Err(Failure::Refused(error))
    }

    /// The object is gone: the wish stands, and the person is made anew by the next try.
    async fn adopt_nobody(
        &self,
        mut shadow: Shadow,
        mut intent: Intent,
    ) -> Result<(Shadow, Native), Failure> {
        let mut attrs = self.desired_anew(&shadow);
        self.name(Kind::User, &mut attrs, self.owners_name(&shadow).await?.as_deref());
        let links = self.remembered(&shadow).await?;
        let desired = Desired { kind: Kind::User, attrs, links, active: true };
        shadow.native = None;
        shadow.projection = Default::default();
        shadow.version += 1;
        let before = intent.payload.get(BEFORE).cloned();
        intent.payload = json!(desired);
        if let Some(before) = before {
            intent.payload[BEFORE] = before;
        }
        let tx = vec![Op::Update(shadow), Op::Touch(Box::new(intent.clone()))];
        self.store.commit(tx).await?;
        self.postpone(&mut intent).await?;
        Err(Failure::Pending(BackendError::new(
            ErrorKind::Unavailable,
            Sent::No,
            "the object to adopt is gone",
        )))
    }

    /// The object as it is afterwards, and the groups given back; `None` if the object is gone. Access comes last: whoever
    /// can't have the attributes that come along doesn't get it.
    async fn adopted(
        &self,
        ctx: &Ctx,
        shadow: &Shadow,
        intent: &mut Intent,
        read: Option<Native>,
    ) -> Result<Option<(Native, Vec<NativeRef>)>, Failure> {
        let at = native_of(shadow)?;
        let native = match read {
            Some(native) => native,
            None => {
                match self
                    .backend
                    .get(ctx, Kind::User, &at, Default::default())
                    .await
                    .map_err(Failure::Refused)?
                {
                    Some(native) => native,
                    None => return Ok(None),
                }
            }
        };
        let held = self.may_be_held(&native);
        let change = self.wanted(shadow, &native).await?;
        let mut native = if change.is_empty() {
            native
        } else {
            match self.backend.update(ctx, Kind::User, &at, &change).await {
                Err(error) if error.kind == ErrorKind::NotFound => return Ok(None),
                answer => answer.map_err(Failure::Refused)?.unwrap_or(native),
            }
        };
        let given = self.remembered(shadow).await?;
        let remove = self.given_in_vain(intent, &given).await?;
        self.change_groups(ctx, shadow, &at, MemberDelta { add: given.clone(), remove }).await?;
        if held {
            if !given.is_empty() {
                let note = Note::of(["active"]).planned(self.plan(&Write::SetActive(at.clone(), true)));
                self.store.commit(vec![self.begun(ctx, shadow, Action::Activate, &note)]).await?;
            }
            self.backend.set_active(ctx, &at, true).await.map_err(Failure::Refused)?;
            native.active = Some(true);
        }
        Ok(Some((native, given)))
    }

    /// The groups that an earlier try may have given and that are not wished any more. What this try gives is journalled
    /// before it is sent.
    async fn given_in_vain(
        &self,
        intent: &mut Intent,
        given: &[NativeRef],
    ) -> Result<Vec<NativeRef>, Failure> {
        let before = intent.payload.get(GIVEN).cloned().unwrap_or_default();
        let mut before: Vec<NativeRef> = serde_json::from_value(before).unwrap_or_default();
        let lacks = |groups: &[NativeRef], one: &NativeRef| !groups.iter().any(|group| group.id == one.id);
        let in_vain = before.iter().filter(|group| lacks(given, group)).cloned().collect();
        let (known, news) = (before.len(), given.iter().filter(|group| lacks(&before, group)));
        before.extend(news.cloned().collect::<Vec<_>>());
        if before.len() > known {
            intent.payload[GIVEN] = json!(before);
            self.store.commit(vec![Op::Touch(Box::new(intent.clone()))]).await?;
        }
        Ok(in_vain)
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
