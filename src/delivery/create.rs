//! Making an object natively: for a new resource, and for a parked person who comes back.
//!
//! Creation is resumable. The key is reserved and the intent marked as sent before the call; from then on an unknown
//! outcome ends only with a look-up: one that finds what was sent, or one that finds nothing later than
//! `visibility_lag` after the try.

use std::time::Duration;

use serde_json::json;

use super::failpoint::failpoint;
use super::record::{BEFORE, as_before, restore};
use super::unsure::Looked;
use super::{Caller, Delivery, Failure, Note, Recognise};
use crate::backend::{Attrs, BackendError, Desired, ErrorKind, Native, Neighbour, Sent, Write};
use crate::kernel::{Ctx, Kind, ScimId};
use crate::store::{Action, Intent, IntentState, Op, Shadow, State, aspect};

/// The vendor's clock and ours differ by no more.
const CLOCKS_DIFFER: Duration = Duration::from_secs(60);

/// In the payload of a create: the row was one that had been lost, and is that again if it is refused.
const LOST: &str = "lost";

/// A resource to be made.
pub struct NewResource {
    /// Its row, in state `Creating`.
    pub shadow: Shadow,
    /// What is made natively.
    pub desired: Desired,
    /// What the client calls it.
    pub external_id: Option<String>,
    /// Parked people who are members of the new group.
    pub parked: Vec<ScimId>,
    /// For the audit.
    pub note: Note,
}

/// One object on its way into being.
pub(super) struct Birth {
    pub shadow: Shadow,
    pub intent: Intent,
    pub desired: Desired,
    pub note: Note,
}

impl Delivery {
    /// Makes a resource natively and links it. The lane is the key's.
    ///
    /// # Errors
    /// [`Failure::Store`] with a conflict if the key is taken; [`Failure::Refused`]: nothing is left of it;
    /// [`Failure::Pending`]: reserved, and settled later.
    pub async fn create(
        &self,
        ctx: &Ctx,
        new: NewResource,
        caller: &Caller,
        ours: &dyn Recognise,
    ) -> Result<(Shadow, Native), Failure> {
        let note = new.note.planned(self.plan(&Write::Create(new.desired.clone())));
        let shadow = new.shadow;
        let mut payload = json!(new.desired);
        if shadow.version > 1 {
            payload[LOST] = json!(true);
        }
        let intent = self.intent(ctx, &shadow, aspect::LIFE, Action::Create, payload);
        let mut tx = vec![self.first_put(&shadow)];
        if new.external_id.is_some() {
            tx.push(Op::Link(
                self.target.clone(),
                ctx.client.clone(),
                shadow.scim_id.clone(),
                new.external_id,
            ));
        }
        tx.extend(
            new.parked
                .into_iter()
                .map(|user| Op::RememberMember(self.target.clone(), shadow.scim_id.clone(), user)),
        );
        tx.push(self.begun(ctx, &shadow, Action::Create, &note));
        tx.push(Op::Open(Box::new(intent.clone())));
        self.store.commit(tx).await?;
        self.send_create(ctx, Birth { shadow, intent, desired: new.desired, note }, Some(caller), ours).await
    }

    /// The write that reserves a new resource; the row of one that was lost is written over.
    pub fn first_put(&self, shadow: &Shadow) -> Op {
        let row = shadow.clone();
        if shadow.version == 1 { Op::Insert(row) } else { Op::Update(row) }
    }

    /// Makes a parked person natively again. `shadow` is the row as it is to be, still in state `Parked`.
    ///
    /// # Errors
    /// As [`Delivery::create`]; after `Refused` the person is parked as before.
    pub async fn unpark(
        &self,
        ctx: &Ctx,
        mut shadow: Shadow,
        desired: Desired,
        note: Note,
        caller: &Caller,
        ours: &dyn Recognise,
    ) -> Result<(Shadow, Native), Failure> {
        let before = self.store.shadow(&self.target, shadow.kind, &shadow.scim_id).await?;
        shadow.state = State::Unparking;
        shadow.active = true;
        shadow.generation += 1;
        shadow.version += 1;
        let note = note.planned(self.plan(&Write::Create(desired.clone())));
        let mut payload = json!(desired);
        if let Some(row) = before {
            payload[BEFORE] = as_before(&row);
        }
        let intent = self.intent(ctx, &shadow, aspect::LIFE, Action::Activate, payload);
        let tx = vec![
            Op::Update(shadow.clone()),
            self.begun(ctx, &shadow, Action::Activate, &note),
            Op::Open(Box::new(intent.clone())),
        ];
        self.store.commit(tx).await?;
        self.send_create(ctx, Birth { shadow, intent, desired, note }, Some(caller), ours).await
    }

    pub(super) async fn send_create(
        &self,
        ctx: &Ctx,
        mut birth: Birth,
        caller: Option<&Caller>,
        ours: &dyn Recognise,
    ) -> Result<(Shadow, Native), Failure> {
        let mut ambiguous = false;
        loop {
            failpoint!(super::failpoint::making(birth.intent.action), begun);
            let made = self.backend.create(ctx, &birth.desired).await;
            failpoint!(super::failpoint::making(birth.intent.action), asked);
            let error = match made {
                Ok(native) => {
                    let native = with_links(native, &birth.desired);
                    return self.born(ctx, birth, native, caller).await;
                }
                Err(error) => error,
            };
            // A duplicate after an ambiguous try may be our own.
            let perhaps_ours = error.sent == Sent::Maybe || (ambiguous && error.kind == ErrorKind::Conflict);
            if !perhaps_ours {
                return self.unborn(ctx, birth, error).await;
            }
            ambiguous = true;
            match self.look_for(ctx, &birth.desired, self.clock.now(), ours).await {
                Looked::Found(native) if may_be_ours(&birth.intent, &native) => {
                    return self.born(ctx, birth, native, caller).await;
                }
                Looked::Found(_) => {
                    let error = BackendError { kind: ErrorKind::Conflict, sent: Sent::Rejected, ..error };
                    return self.unborn(ctx, birth, error).await;
                }
                // Refused as a duplicate of something that no list shows: what we sent may show later than we look.
                Looked::NotThere if error.kind == ErrorKind::Conflict => {
                    self.postpone(&mut birth.intent).await?;
                    return Err(Failure::Pending(error));
                }
                Looked::NotThere if error.sent != Sent::Maybe || ctx.deadline.passed(&*self.clock) => {
                    let error = BackendError { sent: Sent::Rejected, ..error };
                    return self.unborn(ctx, birth, error).await;
                }
                Looked::NotThere => {
                    birth.intent.sent = Some(self.clock.now());
                    self.store.commit(vec![Op::Touch(Box::new(birth.intent.clone()))]).await?;
                }
                Looked::Unknown(_) => {
                    self.postpone(&mut birth.intent).await?;
                    return Err(Failure::Pending(error));
                }
            }
        }
    }

    /// Brings a create that was found open to its end. A new resource that is not there is given up: nobody was told
    /// of it. A person's return is a wish that stands.
    pub(super) async fn resume_create(
        &self,
        ctx: &Ctx,
        mut birth: Birth,
        ours: &dyn Recognise,
    ) -> Result<(), Failure> {
        // It may have left long after it was journalled: it waited for a permit, or for the end of a pause.
        match self.look_for(ctx, &birth.desired, self.clock.now(), ours).await {
            Looked::Found(native) if may_be_ours(&birth.intent, &native) => {
                self.born(ctx, birth, native, None).await.map(drop)
            }
            Looked::NotThere if birth.intent.action == Action::Activate => {
                self.send_create(ctx, birth, None, ours).await.map(drop)
            }
            Looked::NotThere | Looked::Found(_) => {
                let error = BackendError::new(ErrorKind::NotFound, Sent::Rejected, "never made");
                match self.unborn(ctx, birth, error).await {
                    Err(Failure::Refused(_)) => Ok(()),
                    other => other.map(drop),
                }
            }
            Looked::Unknown(error) => {
                self.postpone(&mut birth.intent).await?;
                Err(Failure::Pending(error))
            }
        }
    }

    async fn born(
        &self,
        ctx: &Ctx,
        birth: Birth,
        native: Native,
        caller: Option<&Caller>,
    ) -> Result<(Shadow, Native), Failure> {
        let Birth { mut shadow, intent, desired, note } = birth;
        let was_parked = shadow.state == State::Unparking;
        shadow.state = State::Live;
        shadow.projection = native.attrs.clone();
        shadow.native = Some(native.at.clone());
        shadow.has_email = self.has_email(shadow.kind, &native.attrs);
        shadow.member_count =
            (shadow.kind == Kind::Group).then(|| u32::try_from(desired.links.len()).unwrap_or(u32::MAX));
        shadow.overlay_until = self.overlay_until();
        shadow.owed_until =
            caller.map_or_else(|| Some(self.clock.now().plus(super::OWED_FOR)), |c| self.owed(c));
        shadow.version += 1;
        // RFC 7643 §3.1: whatever was never modified was last modified when it was created.
        if was_parked || shadow.created != shadow.modified {
            shadow.modified = self.clock.now();
        }
        let mut tx = self.given_up_by_the_hidden(&shadow, &native).await?;
        match self.store.keeps_shadows() {
            true => tx.push(Op::Update(shadow.clone())),
            false => tx.extend(self.under_native_id(&mut shadow, native.at.id.as_str()).await?),
        }
        tx.push(Op::Close(intent.id.clone(), IntentState::Done));
        if was_parked {
            tx.extend(self.changed_meanwhile(ctx, &shadow, &native, &desired.links).await?);
            tx.extend(self.forget_memberships(&shadow).await?);
        }
        tx.push(self.done(ctx, &shadow, intent.action, &note));
        self.store.commit(tx).await?;
        failpoint!(super::failpoint::making(intent.action), stored);
        self.confirmed(&intent);
        Ok((shadow, native))
    }

    /// Where nothing is remembered, a resource has its native id from the moment in which there is one.
    async fn under_native_id(&self, shadow: &mut Shadow, native_id: &str) -> Result<Vec<Op>, Failure> {
        let reserved = std::mem::replace(&mut shadow.scim_id, ScimId::new(native_id));
        let ids = std::slice::from_ref(&reserved);
        let names = self.store.external_ids(&self.target, &shadow.owner, ids).await?;
        let mut tx = vec![Op::Remove(self.target.clone(), shadow.kind, reserved), Op::Insert(shadow.clone())];
        let link =
            |name| Op::Link(self.target.clone(), shadow.owner.clone(), shadow.scim_id.clone(), Some(name));
        tx.extend(names.iter().map(|(_, name)| link((**name).to_owned())));
        Ok(tx)
    }

    /// Who is out of sight loses the native object to whoever was made of it: a successor under the old name.
    async fn given_up_by_the_hidden(&self, heir: &Shadow, native: &Native) -> Result<Vec<Op>, Failure> {
        if !self.backend.capabilities().hides_inactive {
            return Ok(Vec::new());
        }
        let ids = [native.at.id.clone()];
        let holders = self.store.by_natives(&self.target, heir.kind, &ids).await?;
        let hidden =
            holders.into_iter().filter(|row| row.state == State::Parked && row.scim_id != heir.scim_id);
        let given_up = |mut row: Shadow| {
            row.native = None;
            row.version += 1;
            Op::Update(row)
        };
        Ok(hidden.map(given_up).collect())
    }

    /// Whether a person has what lists ask for; true where a backend's lists ask for nothing.
    pub fn has_email(&self, kind: Kind, attrs: &Attrs) -> bool {
        match self.backend.capabilities().listed_having {
            Some(field) if kind == Kind::User => {
                attrs.get(field).is_some_and(|value| !value.is_null() && value.as_str() != Some(""))
            }
            _ => true,
        }
    }

    /// Takes back what was reserved for an object that was not made.
    async fn unborn(
        &self,
        ctx: &Ctx,
        birth: Birth,
        error: BackendError,
    ) -> Result<(Shadow, Native), Failure> {
        let Birth { mut shadow, intent, note, .. } = birth;
        let audit = self.refused(ctx, &shadow, intent.action, &note, &error);
        let undo = if shadow.state == State::Unparking {
            shadow.state = State::Parked;
            shadow.active = false;
            restore(&mut shadow, &intent.payload);
            shadow.document.set("active", json!(false));
            shadow.version += 1;
            Op::Update(shadow.clone())
        } else if intent.payload.get(LOST).is_some() {
            Op::Update(shadow.lost(self.clock.now()))
        } else {
            Op::Remove(self.target.clone(), shadow.kind, shadow.scim_id.clone())
        };
        self.store.commit(vec![undo, Op::Close(intent.id, IntentState::Done), audit]).await?;
        Err(Failure::Refused(error))
    }
}

/// Whatever was just made has the groups, or the members, that the call named, also where the answer holds only some.
fn with_links(mut native: Native, sent: &Desired) -> Native {
    let links =
        || sent.links.iter().map(|at| Neighbour { at: at.clone(), name: None, locked: None }).collect();
    match sent.kind {
        Kind::User => native.groups = native.groups.or_else(|| Some(links())),
        Kind::Group => native.members = native.members.or_else(|| Some(links())),
    }
    native
}

/// Whether an object that is as it was sent was made by us: one that was there before is somebody else's.
fn may_be_ours(intent: &Intent, native: &Native) -> bool {
    let before = native.created.map(|made| intent.opened.since(made));
    intent.action == Action::Activate || before.is_none_or(|before| before <= CLOCKS_DIFFER)
}
