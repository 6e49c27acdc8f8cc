//! POST (RFC 7644 §3.3).

use std::collections::BTreeMap;

use scim::error::{ScimError, ScimType};
use scim::patch::Member;
use scim::query::Projection;
use scim::resource::{Document, Incoming};
use serde_json::Value;

use super::super::core::Core;
use super::super::error;
use super::super::matching::key_of;
use super::super::member_ids::wish;
use super::super::read::Row;
use super::super::rights::Right;
use super::super::settings::DeactivatePolicy;
use super::super::target::{Answer, Request};
use super::edit::Edit;
use super::meet::Met;
use crate::backend::{Attrs, Deactivate, Desired, ErrorKind, Native};
use crate::delivery::{Caller, Failure, LaneKey, NewResource, Note};
use crate::kernel::{Kind, Priority, ScimId};
use crate::store::{Action, Conflict, Op, Shadow, ShadowRow, State, StoreError};

impl Core {
    /// Makes a resource, or takes the one that is there.
    pub async fn create(
        &self,
        request: &Request,
        kind: Kind,
        mut body: Incoming,
        projection: &Projection,
        caller: &Caller,
    ) -> Result<Answer, ScimError> {
        request.client.may(Right::Create)?;
        self.has_required(kind, &body.document, None)?;
        if let Some(answer) = self.as_recorded(request, kind, &body, projection).await? {
            return Ok(answer);
        }
        let met = self.make_or_meet(request, kind, &body, projection, caller).await?;
        // The key's lane is left: what was met is written in its own.
        let id = match met {
            Made::New(answer) => return Ok(*answer),
            Made::Met(Met::Owed(id)) => {
                self.settle_first(request, kind, &id).await?;
                id
            }
            Made::Met(Met::Inactive(id)) => {
                body.document.set("active", Value::Bool(true));
                id
            }
            Made::Met(Met::Stranger(id) | Met::Anothers(id)) => id,
        };
        let edit = Edit::Adopt(body);
        let done = match kind {
            Kind::User => Box::pin(self.edit_user(request, &id, edit, projection, caller)).await,
            Kind::Group => Box::pin(self.edit_group(request, &id, edit, projection, caller)).await,
        };
        let is_final = |e: &ScimError| e.retry_after.is_none() && e.status < 500;
        let is_told = done.as_ref().map_or_else(is_final, |_| caller.claim_answer());
        self.owe(request, kind, &id, !is_told).await?;
        done
    }

    /// The outcome of a part that comes again, where our record says all that it says and nothing is left open. Of hundreds that
    /// come again the product is not asked for each: its calls are for those that are still missing.
    async fn as_recorded(
        &self,
        request: &Request,
        kind: Kind,
        body: &Incoming,
        projection: &Projection,
    ) -> Result<Option<Answer>, ScimError> {
        if !request.is_part || kind != Kind::User {
            return Ok(None);
        }
        let failed = |e| error::store(&request.client, &e);
        let mut said = body.document.clone();
        let external_id = said.remove("externalId");
        let row = self.store().by_key(self.target(), kind, &key_of(kind, &said)).await.map_err(failed)?;
        let row = row.filter(|row| {
            matches!(row.state, State::Live | State::Parked)
                && self.is_owed_to(request, row)
                && row.document == said
        });
        let Some(row) = row else { return Ok(None) };
        let name = self.name_of(request, &row.scim_id).await?;
        let open = self.store().open_intents(self.target(), kind, &row.scim_id).await.map_err(failed)?;
        if name.as_deref() != external_id.as_ref().and_then(|name| name.as_str()) || !open.is_empty() {
            return Ok(None);
        }
        self.owe(request, kind, &row.scim_id, true).await?;
        let shown = self.render_row(request, kind, Row::from_record(row), false).await?;
        Ok(Some(shown.answer(projection)))
    }

    /// What an earlier try of the same request has left open comes to its end.
    async fn settle_first(&self, request: &Request, kind: Kind, id: &ScimId) -> Result<(), ScimError> {
        let lane = LaneKey::Resource(kind, id.clone());
        let _turn = self.delivery.lanes.enter(lane, Priority::Interactive).await;
        let settled = self.delivery.settle(&request.ctx, kind, id, self).await;
        settled.map_err(|failure| error::write(&request.client, failure))
    }

    async fn make_or_meet(
        &self,
        request: &Request,
        kind: Kind,
        body: &Incoming,
        projection: &Projection,
        caller: &Caller,
    ) -> Result<Made, ScimError> {
        let mut document = body.document.clone();
        let external_id = document.remove("externalId").and_then(|value| value.as_str().map(str::to_owned));
        let members = Member::all_of(&document)?;
        document.remove("members");
        let key = key_of(kind, &document);
        let _turn = self.delivery.lanes.enter(LaneKey::Key(kind, key.clone()), Priority::Interactive).await;
        if let Some(met) = self.meets_our_own(request, kind, &key, body, external_id.as_deref()).await? {
            return Ok(Made::Met(met));
        }
        self.external_id_is_free(request, kind, external_id.as_deref(), None).await?;
        let mut desired = self.backend().desired(kind, &document);
        self.delivery.name(kind, &mut desired, external_id.as_deref());
        // Nothing is made natively of who begins without access: no refusal would tell of somebody who is there.
        let begins_parked =
            kind == Kind::User && document.active() == Some(false) && !self.makes_inactive_people();
        if (self.is_asked_first(kind) || begins_parked)
            && let Some(met) = self.meets_stranger(request, kind, &document, &desired).await?
        {
            return Ok(Made::Met(met));
        }
        let mut wishes = BTreeMap::new();
        wish(&mut wishes, &members)?;
        let new = self.new_shadow(request, kind, key, document, external_id.as_deref()).await?;
        let started = Started { shadow: new, desired, external_id, wrote: body.wrote.clone(), wishes };
        let (document, desired) = (started.shadow.document.clone(), started.desired.clone());
        let made = match kind {
            Kind::User => self.create_user(request, started, caller).await,
            Kind::Group => self.create_group(request, started, caller).await,
        };
        match made {
            Ok((shadow, native)) => {
                let answer = self.answer(request, kind, shadow, native, projection).await?;
                Ok(Made::New(Box::new(answer)))
            }
            // A backend that refuses duplicates itself is not asked first: the look-up follows its refusal.
            Err(taken) if taken.scim_type == Some(ScimType::Uniqueness) && !self.is_asked_first(kind) => {
                let met = self.meets_stranger(request, kind, &document, &desired).await?;
                met.map(Made::Met).ok_or_else(|| owned_elsewhere(&taken))
            }
            Err(other) => Err(other),
        }
    }

    /// A client that has left, or was told to come back, is owed the outcome of its POST; any other is not.
    async fn owe(&self, request: &Request, kind: Kind, id: &ScimId, owes: bool) -> Result<(), ScimError> {
        let failed = |e| error::store(&request.client, &e);
        let stored = self.store().shadow(self.target(), kind, id).await.map_err(failed)?;
        let Some(mut shadow) = stored.filter(|shadow| shadow.owner == request.client.name) else {
            return Ok(());
        };
        let owed_until = owes.then(|| self.delivery.owed_from_now());
        if shadow.owed_until == owed_until {
            return Ok(());
        }
        shadow.owed_until = owed_until;
        shadow.version += 1;
        match self.store().commit(vec![Op::Update(shadow)]).await {
            // Whoever has written it since needs to know nothing of this.
            Err(StoreError::Conflict(_)) => Ok(()),
            done => done.map_err(failed),
        }
    }

    /// The row of a new resource. Whoever was lost and is made again by the same client has the same SCIM id.
    async fn new_shadow(
        &self,
        request: &Request,
        kind: Kind,
        key: String,
        document: Document,
        external_id: Option<&str>,
    ) -> Result<Shadow, ScimError> {
        let now = self.delivery.clock.now();
        let lost = self.lost(request, kind, &key, external_id).await?;
        let new = || ScimId::new(self.delivery.ids.uuid().to_string());
        Ok(Shadow::from(ShadowRow {
            target: self.target().clone(),
            kind,
            scim_id: lost.as_ref().map_or_else(new, |lost| lost.scim_id.clone()),
            native: None,
            key,
            state: State::Creating,
            active: document.active() != Some(false),
            document,
            projection: Default::default(),
            active_unassigned: false,
            owner: request.client.name.clone(),
            has_email: true,
            member_count: None,
            member_version: 0,
            generation: lost.as_ref().map_or(1, |lost| lost.generation + 1),
            version: lost.as_ref().map_or(1, |lost| lost.version + 1),
            created: lost.as_ref().map_or(now, |lost| lost.created),
            modified: now,
            overlay_until: None,
            owed_until: None,
        }))
    }

    async fn create_user(
        &self,
        request: &Request,
        new: Started,
        caller: &Caller,
    ) -> Result<NewOne, ScimError> {
        let active = new.shadow.active;
        if !active && !self.makes_inactive_people() {
            return self.create_parked(request, new).await;
        }
        let desired = Desired { kind: Kind::User, attrs: new.desired, links: Vec::new(), active };
        let note = Note::of(new.wrote);
        let resource = NewResource {
            shadow: new.shadow,
            desired,
            external_id: new.external_id,
            parked: Vec::new(),
            note,
        };
        let made = self.delivery.create(&request.ctx, resource, caller, self).await;
        made.map(|(shadow, native)| (shadow, Some(native))).map_err(|failure| self.not_made(request, failure))
    }

    /// Whether somebody can begin without access natively, and be seen.
    fn makes_inactive_people(&self) -> bool {
        self.caps().deactivate == Deactivate::Native && !self.caps().hides_inactive
    }

    /// A person who begins without access, where the backend has nobody like that: a parked shadow, nothing native.
    async fn create_parked(&self, request: &Request, new: Started) -> Result<NewOne, ScimError> {
        let rejects = self.caps().deactivate != Deactivate::Native;
        if rejects && self.settings.deactivate == DeactivatePolicy::Reject {
            return Err(ScimError::mutability(
                "This target can't keep inactive users: active can't be false.",
            ));
        }
        let mut shadow = new.shadow;
        shadow.state = State::Parked;
        shadow.owed_until = request.is_part.then(|| self.delivery.owed_from_now());
        let mut tx = vec![self.delivery.first_put(&shadow)];
        if new.external_id.is_some() {
            let client = request.client.name.clone();
            tx.push(Op::Link(self.target().clone(), client, shadow.scim_id.clone(), new.external_id));
        }
        tx.push(self.delivery.done(&request.ctx, &shadow, Action::Create, &Note::of(new.wrote)));
        self.store().commit(tx).await.map_err(|e| error::store(&request.client, &e))?;
        Ok((shadow, None))
    }

    pub(super) fn not_made(&self, request: &Request, failure: Failure) -> ScimError {
        match failure {
            Failure::Refused(e) if e.kind == ErrorKind::Conflict => {
                ScimError::uniqueness("The product has another object with this name or e-mail address.")
            }
            Failure::Store(StoreError::Conflict(Conflict::Key)) => {
                ScimError::uniqueness("Another resource has this userName or displayName.")
            }
            other => error::write(&request.client, other),
        }
    }
}

/// A refusal as a duplicate of something that no look-up finds.
fn owned_elsewhere(taken: &ScimError) -> ScimError {
    let detail = format!(
        "{} A look-up does not find it: it may belong to another source of identities, such as a directory importer or an \
         upload. Remove it there, or take this resource out of the application's scope.",
        taken.detail
    );
    ScimError::uniqueness(detail)
}

/// A new resource and its native object.
pub(super) type NewOne = (Shadow, Option<Native>);

/// What a POST comes to in the lane of its key.
enum Made {
    /// Something new.
    New(Box<Answer>),
    /// Nothing: there is somebody.
    Met(Met),
}

/// A POST, understood.
pub(super) struct Started {
    pub shadow: Shadow,
    pub desired: Attrs,
    pub external_id: Option<String>,
    pub wrote: Vec<String>,
    pub wishes: BTreeMap<ScimId, bool>,
}
