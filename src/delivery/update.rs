//! Changing fields natively, and changes that only the shadow sees.

use scim::resource::Document;
use serde_json::{Value, json};

use super::failpoint::failpoint;
use super::record::native_of;
use super::{Caller, Delivery, Failure, Note};
use crate::backend::{BackendError, Change, ErrorKind, Native, Sent, Write};
use crate::kernel::{ClientName, Ctx, Kind, ScimId};
use crate::store::{Action, Intent, IntentState, Op, Shadow, aspect};

/// A decided change of a resource's attributes.
pub struct Changed {
    /// The row before; `None` for a resource that is written for the first time.
    pub before: Option<Shadow>,
    /// The row as it is to be.
    pub after: Shadow,
    /// What has to change natively; may be empty.
    pub change: Change,
    /// The object as it was read.
    pub native: Native,
    /// What the client calls the resource, if that changes: `Some(None)` takes the name away.
    pub external_id: Option<Option<String>>,
    /// For the audit.
    pub note: Note,
}

impl Delivery {
    /// Changes a resource. Gives the row and the object as they are afterwards.
    ///
    /// # Errors
    /// [`Failure::Store`] with a conflict if the new key is taken; [`Failure::Refused`]: all is as before;
    /// [`Failure::Pending`]: the outcome is unknown and settled later.
    pub async fn update(&self, ctx: &Ctx, changed: Changed) -> Result<(Shadow, Native), Failure> {
        let Changed { before, mut after, change, native, external_id, note } = changed;
        after.modified = self.clock.now();
        let link = external_id.clone().map(|name| self.link(&ctx.client, &after.scim_id, name));
        if change.is_empty() {
            after.projection = native.attrs.clone();
            let mut tx = vec![self.put(before.as_ref(), &mut after)];
            tx.extend(link);
            tx.push(self.done(ctx, &after, Action::Update, &note));
            self.store.commit(tx).await?;
            return Ok((after, native));
        }
        let at = native.at.clone();
        let note = note.planned(self.plan(&Write::Update(after.kind, at.clone(), change.clone())));
        let old_key = before.as_ref().map_or_else(|| after.key.clone(), |row| row.key.clone());
        let payload = json!({
            "document": after.document.as_map(),
            "change": change,
            "old_key": old_key,
            "first": before.is_none(),
            "named": external_id.is_some(),
            "external_id": external_id.flatten(),
        });
        let intent = self.intent(ctx, &after, aspect::ATTRS, Action::Update, payload);
        let mut reserved = self.reserve(before, &after);
        let mut tx: Vec<Op> = reserved.1.take().into_iter().collect();
        tx.push(self.begun(ctx, &after, Action::Update, &note));
        tx.push(Op::Open(Box::new(intent.clone())));
        self.store.commit(tx).await?;

        let job = UpdateJob { reserved: reserved.0, after, change, intent, link, note };
        failpoint!("update", begun);
        let answer = self.backend.update(ctx, job.after.kind, &at, &job.change).await;
        failpoint!("update", asked);
        match answer {
            Ok(answer) => {
                let native = answer.unwrap_or_else(|| with_change(native, &job.change));
                self.updated(ctx, job, native).await
            }
            Err(error) if error.sent == Sent::Maybe => self.settle_update(ctx, job, error).await,
            Err(error) => self.not_updated(ctx, job, error).await,
        }
    }

    /// What has to be stored before the call: a row for a resource without one or whose row may be gone, or the new key. The first part is the
    /// row as stored then.
    fn reserve(&self, before: Option<Shadow>, after: &Shadow) -> (Shadow, Option<Op>) {
        match before {
            None => (after.clone(), Some(Op::Insert(after.clone()))),
            Some(row) if row.key == after.key && self.store.keeps_shadows() => (row, None),
            Some(mut row) => {
                row.key = after.key.clone();
                row.version += 1;
                (row.clone(), Some(Op::Update(row)))
            }
        }
    }

    /// An ambiguous update is settled by reading: a read by id does not lag.
    async fn settle_update(
        &self,
        ctx: &Ctx,
        mut job: UpdateJob,
        error: BackendError,
    ) -> Result<(Shadow, Native), Failure> {
        let at = native_of(&job.after)?;
        match self.backend.get(&self.to_look(ctx), job.after.kind, &at, Default::default()).await {
            Ok(Some(native)) if self.shows(job.after.kind, &native, &job.change) => {
                self.updated(ctx, job, native).await
            }
            Ok(_) => {
                self.not_updated(
                    ctx,
                    job,
                    BackendError { sent: Sent::Rejected, kind: ErrorKind::Unavailable, ..error },
                )
                .await
            }
            Err(_) => {
                self.postpone(&mut job.intent).await?;
                Err(Failure::Pending(error))
            }
        }
    }

    async fn updated(&self, ctx: &Ctx, job: UpdateJob, native: Native) -> Result<(Shadow, Native), Failure> {
        let UpdateJob { reserved, mut after, intent, link, note, .. } = job;
        after.version = reserved.version;
        after.projection = native.attrs.clone();
        after.has_email = self.has_email(after.kind, &native.attrs);
        after.overlay_until = self.overlay_until();
        let mut tx =
            vec![self.put(Some(&reserved), &mut after), Op::Close(intent.id.clone(), IntentState::Done)];
        tx.extend(link);
        tx.push(self.done(ctx, &after, Action::Update, &note));
        self.store.commit(tx).await?;
        failpoint!("update", stored);
        self.confirmed(&intent);
        Ok((after, native))
    }

    async fn not_updated(
        &self,
        ctx: &Ctx,
        job: UpdateJob,
        error: BackendError,
    ) -> Result<(Shadow, Native), Failure> {
        let UpdateJob { mut reserved, intent, note, .. } = job;
        let mut tx = vec![
            Op::Close(intent.id.clone(), IntentState::Done),
            self.refused(ctx, &reserved, Action::Update, &note, &error),
        ];
        if intent.payload.get("first") == Some(&Value::Bool(true)) {
            // Nobody wrote it before: nothing of the try may be shown. What was written since stays.
            let undo = if reserved.version == 1 {
                Op::Remove(self.target.clone(), reserved.kind, reserved.scim_id.clone())
            } else {
                reserved.projection = Default::default();
                reserved.version += 1;
                Op::Update(reserved)
            };
            tx.insert(0, undo);
        } else if let Some(old_key) =
            intent.payload.get("old_key").and_then(Value::as_str).filter(|key| *key != reserved.key)
        {
            match self.store.by_key(&self.target, reserved.kind, old_key).await? {
                // Somebody has taken the old name meanwhile: the new one stays, as it was wished.
                Some(_) => keep_name(&mut reserved, &intent.payload),
                None => old_key.clone_into(&mut reserved.key),
            }
            reserved.version += 1;
            tx.insert(0, Op::Update(reserved));
        }
        self.store.commit(tx).await?;
        Err(Failure::Refused(error))
    }

    /// Brings an update that was found open to its end: kept if it shows natively, taken back if not.
    pub(super) async fn resume_update(
        &self,
        ctx: &Ctx,
        shadow: Shadow,
        mut intent: Intent,
    ) -> Result<(), Failure> {
        let parsed =
            intent.payload.get("change").cloned().and_then(|c| serde_json::from_value::<Change>(c).ok());
        let document =
            intent.payload.get("document").and_then(Value::as_object).cloned().map(Document::from_canonical);
        let (Some(change), Some(document)) = (parsed, document) else {
            self.alarm_unreadable(&intent);
            return Ok(self.store.commit(vec![Op::Close(intent.id, IntentState::Dead)]).await?);
        };
        let native = match &shadow.native {
            Some(at) => match self.backend.get(ctx, shadow.kind, at, Default::default()).await {
                Ok(native) => native,
                Err(error) => {
                    self.postpone(&mut intent).await?;
                    return Err(Failure::Pending(error));
                }
            },
            None => None,
        };
        let note = Note::of(change.fields());
        let name = intent.payload.get("external_id").and_then(Value::as_str).map(str::to_owned);
        let named = intent.payload.get("named") == Some(&Value::Bool(true));
        let link = named.then(|| self.link(&intent.client, &shadow.scim_id, name));
        let mut after = shadow.clone();
        let job_of = |after: Shadow| UpdateJob {
            reserved: shadow.clone(),
            after,
            change: change.clone(),
            intent: intent.clone(),
            link: link.clone(),
            note,
        };
        match native {
            Some(native) if self.shows(shadow.kind, &native, &change) => {
                after.document = document;
                self.updated(ctx, job_of(after), native).await.map(drop)
            }
            _ => {
                let error = BackendError::new(ErrorKind::Unavailable, Sent::Rejected, "never changed");
                match self.not_updated(ctx, job_of(after), error).await {
                    Err(Failure::Refused(_)) => Ok(()),
                    other => other.map(drop),
                }
            }
        }
    }

    fn link(&self, client: &ClientName, id: &ScimId, name: Option<String>) -> Op {
        Op::Link(self.target.clone(), client.clone(), id.clone(), name)
    }

    /// Whether an object shows a change.
    fn shows(&self, kind: Kind, native: &Native, change: &Change) -> bool {
        let held = self.backend.capabilities().of(kind);
        let same = |(field, value): (&str, &Value)| held.same(field, native.attrs.get(field), Some(value));
        change.set.iter().all(same)
            && change.clear.iter().all(|field| held.same(field, native.attrs.get(field), None))
    }

    /// The write that brings the store's row to `row`.
    pub(super) fn put(&self, before: Option<&Shadow>, row: &mut Shadow) -> Op {
        match before {
            None => Op::Insert(row.clone()),
            Some(before) => {
                row.version = before.version + 1;
                Op::Update(row.clone())
            }
        }
    }

    /// Changes only what the facade keeps: for a parked person. No native call.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn update_shadow(
        &self,
        ctx: &Ctx,
        before: &Shadow,
        mut after: Shadow,
        external_id: Option<Option<String>>,
        note: &Note,
        caller: &Caller,
    ) -> Result<Shadow, Failure> {
        after.modified = self.clock.now();
        let mut tx = vec![self.put(Some(before), &mut after)];
        tx.extend(external_id.map(|name| self.link(&ctx.client, &after.scim_id, name)));
        tx.push(self.done(ctx, &after, Action::Update, note));
        // From here on the caller waits for the answer: the outcome is being stored.
        caller.claim_answer();
        self.store.commit(tx).await?;
        Ok(after)
    }
}

struct UpdateJob {
    /// The row as it is stored while the call is under way.
    reserved: Shadow,
    after: Shadow,
    change: Change,
    intent: Intent,
    link: Option<Op>,
    note: Note,
}

/// An object after a change that the backend did not answer with a body.
pub(super) fn with_change(mut native: Native, change: &Change) -> Native {
    native.attrs.extend(change.set.clone());
    for field in &change.clear {
        native.attrs.remove(field);
    }
    native
}

/// Gives a row the name that a change wished for it.
fn keep_name(row: &mut Shadow, payload: &Value) {
    let attribute = if row.kind == Kind::User { "userName" } else { "displayName" };
    if let Some(name) = payload.get("document").and_then(|document| document.get(attribute)) {
        row.document.set(attribute, name.clone());
    }
}
