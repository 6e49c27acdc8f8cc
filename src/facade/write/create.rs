//! POST (RFC 7644 §3.3).

use std::collections::BTreeMap;

use scim::error::{ScimError, ScimType};
use scim::patch::Member;
use scim::query::Projection;
use scim::resource::{Document, Incoming};

use super::super::core::Core;
use super::super::error;
use super::super::matching::key_of;
use super::super::members::wish;
use super::super::rights::Right;
use super::super::settings::DeactivatePolicy;
use super::super::target::{Answer, Request};
use super::edit::Edit;
use super::meet::Met;
use crate::backend::{Attrs, Deactivate, Desired, ErrorKind, Native, NativeQuery, NativeRef, Want};
use crate::delivery::{Caller, Failure, LaneKey, MemberChange, MembersDone, NewResource, Note};
use crate::kernel::{Kind, Priority, ScimId};
use crate::store::{Action, Conflict, Op, Shadow, State, StoreError};

/// How often a group is made again without members that turned out not to exist.
const CREATE_TRIES: usize = 3;

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
        let met = self.make_or_meet(request, kind, &body, projection, caller).await?;
        // The key's lane is left: what was met is written in its own.
        let id = match met {
            Made::New(answer) => return Ok(answer),
            Made::Met(Met::Owed(id)) => {
                self.settle_first(request, kind, &id).await?;
                id
            }
            Made::Met(Met::Inactive(id)) => {
                body.document.set("active", true.into());
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
        let is_told = done.as_ref().map_or_else(is_final, |_| caller.is_still_there());
        self.owe(request, kind, &id, !is_told).await?;
        done
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
        let desired = self.backend().desired(kind, &document);
        if self.is_asked_first(kind)
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
                Ok(Made::New(self.answer(request, kind, shadow, native, projection).await?))
            }
            // A backend that refuses duplicates itself is not asked first: the look-up follows its refusal.
            Err(taken) if taken.scim_type == Some(ScimType::Uniqueness) && !self.is_asked_first(kind) => {
                let met = self.meets_stranger(request, kind, &document, &desired).await?;
                met.map(Made::Met).ok_or(taken)
            }
            Err(other) => Err(other),
        }
    }

    /// A client that has left, or was told to come back, is owed the outcome of its POST; any other is not.
    async fn owe(&self, request: &Request, kind: Kind, id: &ScimId, owes: bool) -> Result<(), ScimError> {
        let failed = |e| error::store(&request.client, &e);
        let stored = self.store().shadow(self.target(), kind, id).await.map_err(failed)?;
        let Some(shadow) = stored.filter(|shadow| shadow.owner == request.client.name) else { return Ok(()) };
        let owed_until = owes.then(|| self.delivery.owed_from_now());
        if shadow.owed_until == owed_until {
            return Ok(());
        }
        let owing = Shadow { owed_until, version: shadow.version + 1, ..shadow };
        match self.store().commit(vec![Op::Update(Box::new(owing))]).await {
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
        Ok(Shadow {
            target: self.target().clone(),
            kind,
            scim_id: lost.as_ref().map_or_else(new, |lost| lost.scim_id.clone()),
            native: None,
            key,
            state: State::Creating,
            active: document.active() != Some(false),
            document,
            projection: Attrs::new(),
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
        })
    }

    async fn create_user(
        &self,
        request: &Request,
        new: Started,
        caller: &Caller,
    ) -> Result<NewOne, ScimError> {
        let active = new.shadow.active;
        if !active && self.caps().deactivate != Deactivate::Native {
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

    /// A person who begins without access, where the backend has no disabled state: a parked shadow, nothing native.
    async fn create_parked(&self, request: &Request, new: Started) -> Result<NewOne, ScimError> {
        if self.settings.deactivate == DeactivatePolicy::Reject {
            return Err(ScimError::mutability(
                "This target can't keep inactive users: active can't be false.",
            ));
        }
        let mut shadow = new.shadow;
        shadow.state = State::Parked;
        let mut tx = vec![self.delivery.first_put(&shadow)];
        if new.external_id.is_some() {
            let client = request.client.name.clone();
            tx.push(Op::Link(self.target().clone(), client, shadow.scim_id.clone(), new.external_id));
        }
        tx.push(self.delivery.done(&request.ctx, &shadow, Action::Create, &Note::of(new.wrote)));
        self.store().commit(tx).await.map_err(|e| error::store(&request.client, &e))?;
        Ok((shadow, None))
    }

    async fn create_group(
        &self,
        request: &Request,
        new: Started,
        caller: &Caller,
    ) -> Result<NewOne, ScimError> {
        let changes = self.member_changes(request, new.wishes).await?;
        // Whoever is on the way to being parked loses the native membership in a moment.
        let users: Vec<ScimId> = changes.iter().map(|change| change.user.clone()).collect();
        let users = self.store().by_ids(self.target(), Kind::User, &users).await;
        let mut leaving = users.map_err(|e| error::store(&request.client, &e))?;
        leaving.retain(|user| user.state == State::Parking);
        let is_kept = |change: &MemberChange| {
            change.native.is_none() || leaving.iter().any(|user| user.scim_id == change.user)
        };
        let parked: Vec<ScimId> =
            changes.iter().filter(|c| is_kept(c)).map(|change| change.user.clone()).collect();
        let mut links: Vec<NativeRef> = changes.iter().filter_map(|change| change.native.clone()).collect();
        for _ in 0..CREATE_TRIES {
            let desired =
                Desired { kind: Kind::Group, attrs: new.desired.clone(), links: links.clone(), active: true };
            let resource = NewResource {
                shadow: new.shadow.clone(),
                desired,
                external_id: new.external_id.clone(),
                parked: parked.clone(),
                note: Note::of(new.wrote.clone()),
            };
            let failure = match self.delivery.create(&request.ctx, resource, caller, self).await {
                Ok((shadow, native)) => {
                    let done = MembersDone { group: shadow.clone(), refused: BTreeMap::new() };
                    let is_in = |at: &NativeRef| links.contains(at);
                    let joined = changes.iter().filter(|change| change.native.as_ref().is_some_and(is_in));
                    let joined: Vec<MemberChange> = joined.cloned().collect();
                    self.note_members(&done, &joined);
                    return Ok((shadow, Some(native)));
                }
                Err(failure) => failure,
            };
            // A member is missing or locked natively: find out which, and make the group without.
            match failure {
                Failure::Refused(e)
                    if !links.is_empty() && matches!(e.kind, ErrorKind::NotFound | ErrorKind::Conflict) =>
                {
                    let usable = self.usable_members(request, &links, &leaving).await?;
                    if usable.len() == links.len() {
                        return Err(self.not_made(request, Failure::Refused(e)));
                    }
                    links = usable;
                }
                other => return Err(self.not_made(request, other)),
            }
        }
        Err(error::transient(&request.client, None, "The group's members keep changing in the product."))
    }

    /// Those of a new group's members whom the backend knows. Those who are `leaving` may be gone already.
    ///
    /// # Errors
    /// 400 `mutability` for one whom a directory manages; in the strict profile 400 `invalidValue` for an unknown one.
    async fn usable_members(
        &self,
        request: &Request,
        links: &[NativeRef],
        leaving: &[Shadow],
    ) -> Result<Vec<NativeRef>, ScimError> {
        let found = self.those_that_exist(request, Kind::User, links).await?;
        if let Some(locked) = found.iter().find_map(|native| native.locked.as_ref()) {
            return Err(error::managed_by(locked));
        }
        let is_leaving = |at: &NativeRef| leaving.iter().any(|user| user.native.as_ref() == Some(at));
        let is_gone = |at: &&NativeRef| !is_leaving(at) && !found.iter().any(|native| native.at.id == at.id);
        let gone: Vec<ScimId> = links.iter().filter(is_gone).map(|at| ScimId::new(at.id.as_str())).collect();
        self.unknown_members(request, &gone)?;
        Ok(found.into_iter().map(|native| native.at).collect())
    }

    /// The native objects that exist of these. A list may not show the newest yet; a read by id does.
    pub(super) async fn those_that_exist(
        &self,
        request: &Request,
        kind: Kind,
        links: &[NativeRef],
    ) -> Result<Vec<Native>, ScimError> {
        let failed = |e| error::read(&request.client, &e);
        let query = NativeQuery::Ids(links.iter().map(|at| at.id.clone()).collect());
        let found = self.backend().search(&request.ctx, kind, &query, 0, links.len() as u64).await;
        let mut found = found.map_err(failed)?.rows;
        for at in links {
            if !found.iter().any(|native| native.at.id == at.id) {
                found.extend(
                    self.backend().get(&request.ctx, kind, at, Want::default()).await.map_err(failed)?,
                );
            }
        }
        Ok(found)
    }

    fn not_made(&self, request: &Request, failure: Failure) -> ScimError {
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

/// A new resource and its native object.
type NewOne = (Shadow, Option<Native>);

/// What a POST comes to in the lane of its key.
enum Made {
    /// Something new.
    New(Answer),
    /// Nothing: there is somebody.
    Met(Met),
}

/// A POST, understood.
struct Started {
    shadow: Shadow,
    desired: Attrs,
    external_id: Option<String>,
    wrote: Vec<String>,
    wishes: BTreeMap<ScimId, bool>,
}
