//! POST (RFC 7644 §3.3).

use std::collections::BTreeMap;

use scim::error::ScimError;
use scim::patch::Member;
use scim::query::Projection;
use scim::resource::{Document, Incoming};

use super::super::core::Core;
use super::super::error;
use super::super::matching::key_of;
use super::super::members::wish;
use super::super::settings::DeactivatePolicy;
use super::super::target::{Answer, Request};
use crate::backend::{Attrs, Deactivate, Desired, ErrorKind, Native, NativeQuery, NativeRef, Want};
use crate::delivery::{Caller, Failure, LaneKey, MemberChange, MembersDone, NewResource, Note};
use crate::kernel::{Kind, Priority, ScimId};
use crate::store::{Action, Conflict, Op, Shadow, State, StoreError};

/// How often a group is made again without members that turned out not to exist.
const CREATE_TRIES: usize = 3;

impl Core {
    /// Makes a resource.
    pub async fn create(
        &self,
        request: &Request,
        kind: Kind,
        body: Incoming,
        projection: &Projection,
        caller: &Caller,
    ) -> Result<Answer, ScimError> {
        let mut document = body.document;
        let external_id = document.remove("externalId").and_then(|value| value.as_str().map(str::to_owned));
        let members = Member::all_of(&document)?;
        document.remove("members");
        let key = key_of(kind, &document);
        let _turn = self.delivery.lanes.enter(LaneKey::Key(kind, key.clone()), Priority::Interactive).await;
        if let Some(holder) = self.holder_of_key(request, kind, &key).await? {
            return self.meets_our_own(request, kind, holder, external_id.as_deref(), projection).await;
        }
        self.external_id_is_free(request, kind, external_id.as_deref(), None).await?;
        let name = if kind == Kind::User { document.user_name() } else { document.display_name() };
        let desired = self.backend().desired(kind, &document);
        let name = name.unwrap_or_default().to_owned();
        if !self.duplicates(request, kind, &name, &desired).await?.is_empty() {
            return Err(ScimError::uniqueness(format!(
                "The product has a {kind} of this name that was not made through this gateway. Remove it there, or link it, and try again."
            )));
        }
        let mut wishes = BTreeMap::new();
        wish(&mut wishes, &members)?;
        let wrote = body.wrote;
        let new = self.new_shadow(request, kind, key, document);
        let started = Started { shadow: new, desired, external_id, wrote, wishes };
        let (shadow, native) = match kind {
            Kind::User => self.create_user(request, started, caller).await?,
            Kind::Group => self.create_group(request, started, caller).await?,
        };
        self.answer(request, kind, shadow, native, projection).await
    }

    /// A POST for a name that we gave already: the repetition of one that was told to come back gets that one's outcome,
    /// anything else is a conflict.
    async fn meets_our_own(
        &self,
        request: &Request,
        kind: Kind,
        holder: Shadow,
        external_id: Option<&str>,
        projection: &Projection,
    ) -> Result<Answer, ScimError> {
        if matches!(holder.state, State::Creating | State::Deleting) {
            return Err(error::transient(
                &request.client,
                None,
                "A resource of this name is being made or removed.",
            ));
        }
        let now = self.delivery.clock.now();
        let owed = holder.owner == request.client.name && holder.owed_until.is_some_and(|until| until > now);
        if owed {
            let ids = [holder.scim_id.clone()];
            let names = self.store().external_ids(self.target(), &request.client.name, &ids).await;
            let names = names.map_err(|e| error::store(&request.client, &e))?;
            let same = kind == Kind::Group || names.first().map(|(_, name)| name.as_str()) == external_id;
            if let (true, Some(row)) =
                (same, self.resolve(request, kind, &holder.scim_id, Default::default()).await?)
            {
                return Ok(self.render_row(request, kind, row, true).await?.answer(projection));
            }
        }
        let attribute = if kind == Kind::User { "userName" } else { "displayName" };
        let inactive = if holder.state == State::Parked {
            "; it is inactive: update it with active true instead"
        } else {
            ""
        };
        Err(ScimError::uniqueness(format!(
            "A {kind} with this {attribute} exists ({}){inactive}.",
            holder.scim_id
        )))
    }

    fn new_shadow(&self, request: &Request, kind: Kind, key: String, document: Document) -> Shadow {
        let now = self.delivery.clock.now();
        Shadow {
            target: self.target().clone(),
            kind,
            scim_id: ScimId::new(self.delivery.ids.uuid().to_string()),
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
            generation: 1,
            version: 1,
            created: now,
            modified: now,
            overlay_until: None,
            owed_until: None,
        }
    }

    async fn create_user(&self, request: &Request, new: Started, caller: &Caller) -> Result<Made, ScimError> {
        let active = new.shadow.active;
        if !active && self.caps().deactivate == Deactivate::Absent {
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
    async fn create_parked(&self, request: &Request, new: Started) -> Result<Made, ScimError> {
        if self.settings.deactivate == DeactivatePolicy::Reject {
            return Err(ScimError::mutability(
                "This target can't keep inactive users: active can't be false.",
            ));
        }
        let mut shadow = new.shadow;
        shadow.state = State::Parked;
        let mut tx = vec![Op::Insert(Box::new(shadow.clone()))];
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
    ) -> Result<Made, ScimError> {
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
                    let joined: Vec<_> = joined.map(|change| (change.user.clone(), true)).collect();
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
type Made = (Shadow, Option<Native>);

/// A POST, understood.
struct Started {
    shadow: Shadow,
    desired: Attrs,
    external_id: Option<String>,
    wrote: Vec<String>,
    wishes: BTreeMap<ScimId, bool>,
}
