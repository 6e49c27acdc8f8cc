//! The resources that can match: by index and look-up where the filter allows it, else all of them.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use scim::error::ScimError;
use scim::filter::Bound;
use scim::resource::fold;
use serde_json::Value;

use super::super::core::Core;
use super::super::error;
use super::super::matching::key_of;
use super::super::settings::PeopleWithoutEmail;
use super::super::target::Request;
use super::plan::Source;
use super::resolve::Stored;
use super::row::Row;
use crate::backend::{Attrs, Native, NativeQuery, Total, Want};
use crate::kernel::{Kind, ScimId};
use crate::store::{Shadow, State, StoreError};

/// A look-up by name or address looks at no more hits than this.
pub(in crate::facade) const LOOK_UP_LIMIT: u64 = 300;

impl Core {
    /// Every resource that can match, and perhaps others.
    pub(super) async fn candidates(
        &self,
        request: &Request,
        kind: Kind,
        filter: Option<&Bound>,
    ) -> Result<Vec<Row>, ScimError> {
        let mut rows = Vec::new();
        for source in self.plan(kind, filter) {
            let mut more = self.look_for(request, kind, source).await?;
            if rows.is_empty() {
                rows = more;
            } else {
                rows.append(&mut more);
            }
        }
        if rows.len() > 1 {
            let mut seen = HashSet::new();
            rows.retain(|row| seen.insert(row.id()));
        }
        Ok(rows)
    }

    async fn look_for(&self, request: &Request, kind: Kind, source: Source) -> Result<Vec<Row>, ScimError> {
        match source {
            Source::Id(id) => self.by_ids(request, kind, vec![id]).await,
            Source::ExternalId(name) => {
                let ids = self.named(request, kind, &name).await?;
                self.by_ids(request, kind, ids).await
            }
            Source::Key(name) => self.by_key(request, kind, &name).await,
            Source::Field { scim, field, value } => self.by_field(request, kind, (scim, field), value).await,
            Source::GroupsOf(user) => self.by_member(request, &user).await,
            Source::Scan => self.scan(request, kind).await,
        }
    }

    pub(super) async fn by_ids(
        &self,
        request: &Request,
        kind: Kind,
        ids: Vec<ScimId>,
    ) -> Result<Vec<Row>, ScimError> {
        let mut rows = Vec::with_capacity(ids.len());
        for id in ids {
            rows.extend(self.resolve(request, kind, &id, Want::default()).await?);
        }
        Ok(rows)
    }

    /// userName or displayName: the shadow's own, then objects to which no client gave a name.
    async fn by_key(&self, request: &Request, kind: Kind, name: &str) -> Result<Vec<Row>, ScimError> {
        let known = self.store().by_key(self.target(), kind, &fold(name)).await;
        let known = known.map_err(|e| error::store(&request.client, &e))?;
        if let Some(shadow) = known {
            let is_unsure = shadow.state == State::Creating;
            let row = self.resolved(request, kind, Stored::of(shadow), Want::default()).await?;
            let bears_it = |row: &Row| key_of(kind, &self.document(kind, row)) == fold(name);
            // A userName belongs to the facade; a group's name follows the backend, so that others may bear it now. One of
            // them may be our own, whose create nobody knows the outcome of.
            if kind == Kind::User || is_unsure || row.as_ref().is_some_and(bears_it) {
                return Ok(Vec::from_iter(row));
            }
        }
        let natives = self.look_up(request, kind, name).await?;
        let mut rows = Vec::new();
        let unlinked = self.linked(request, kind, natives).await?.into_iter();
        for mut row in unlinked.filter(|row| kind == Kind::Group || !self.has_written_name(row)) {
            row.sought_as = (kind == Kind::User).then(|| self.as_sought(&row, name)).flatten();
            rows.push(row);
        }
        Ok(rows)
    }

    /// The native objects that bear a name in one of the `match_on` fields.
    pub async fn look_up(&self, request: &Request, kind: Kind, name: &str) -> Result<Vec<Native>, ScimError> {
        let query = NativeQuery::Equals { fields: self.match_on(kind), value: name.to_owned() };
        self.bounded(request, kind, &query, LOOK_UP_LIMIT).await
    }

    /// The spelling of the native field that equals the name sought.
    fn as_sought(&self, row: &Row, name: &str) -> Option<String> {
        let native = row.native.as_ref()?;
        let fields = self.match_on(Kind::User);
        let mut values = fields.iter().filter_map(|field| native.attrs.get(field)?.as_str());
        values.find(|value| fold(value) == fold(name)).map(str::to_owned)
    }

    async fn by_member(&self, request: &Request, user: &ScimId) -> Result<Vec<Row>, ScimError> {
        let Some(person) = self.resolve(request, Kind::User, user, Want { groups: true }).await? else {
            return Ok(Vec::new());
        };
        let parked = self.store().parked_groups(self.target(), user).await;
        let mut ids = parked.map_err(|e| error::store(&request.client, &e))?;
        let groups = match person.native_id() {
            Some(id) if self.caps().groups_by_members => {
                self.staff(request).await?.remove(id).unwrap_or_default()
            }
            _ => person.native.and_then(|native| native.groups).unwrap_or_default(),
        };
        let natives: Vec<String> = groups.into_iter().map(|group| group.at.id).collect();
        let known = self.scim_ids(request, Kind::Group, natives.clone()).await?;
        ids.extend(natives.iter().map(|id| known.of(id)));
        self.by_ids(request, Kind::Group, ids).await
    }

    /// Everything there is, if that is not too much.
    async fn scan(&self, request: &Request, kind: Kind) -> Result<Vec<Row>, ScimError> {
        let limit = self.settings.scan_limit;
        let mut natives = self.bounded(request, kind, &self.everything(kind), limit).await?;
        natives.extend(self.people_without_email(request, kind).await?);
        let rows = self.linked(request, kind, natives).await?;
        self.with_our_own(request, kind, rows, limit).await
    }

    /// The backend's whole list, as it is shown.
    pub(super) fn everything(&self, kind: Kind) -> NativeQuery {
        let hides = kind == Kind::User && self.settings.people_without_email == PeopleWithoutEmail::Hide;
        NativeQuery::All { having: self.caps().listed_having.filter(|_| hides).map(str::to_owned) }
    }

    /// Linked people whom the backend's list of people with an e-mail address leaves out.
    pub(super) async fn people_without_email(
        &self,
        request: &Request,
        kind: Kind,
    ) -> Result<Vec<Native>, ScimError> {
        let NativeQuery::All { having: Some(field) } = self.everything(kind) else { return Ok(Vec::new()) };
        let without = self.store().without_email(self.target()).await;
        let without = without.map_err(|e| error::store(&request.client, &e))?;
        let ids = without.iter().filter_map(|shadow| Some(shadow.native.as_ref()?.id.clone()));
        let ids: Vec<String> = ids.collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let limit = ids.len() as u64;
        let mut natives = self.bounded(request, kind, &NativeQuery::Ids(ids), limit).await?;
        // Who got an address in the product since is in its list.
        natives.retain(|native| !native.attrs.contains_key(&field));
        natives.sort_by(|a, b| a.at.id.cmp(&b.at.id));
        Ok(natives)
    }

    /// A native query that is refused if it gives more than `limit`.
    pub(in crate::facade) async fn bounded(
        &self,
        request: &Request,
        kind: Kind,
        query: &NativeQuery,
        limit: u64,
    ) -> Result<Vec<Native>, ScimError> {
        let listing = self.backend().search(&request.ctx, kind, query, 0, limit).await;
        let listing = listing.map_err(|e| error::read(&request.client, &e))?;
        let complete = match listing.total {
            Total::Exact(total) => total <= limit,
            Total::AtLeast(_) => false,
        };
        if !complete {
            return Err(too_many(limit));
        }
        Ok(listing.rows)
    }

    /// Joins native objects with their shadows; what is being deleted is left out. Whoever is on the way to or from being
    /// parked is shown as by id: as the facade keeps them.
    pub async fn linked(
        &self,
        request: &Request,
        kind: Kind,
        natives: Vec<Native>,
    ) -> Result<Vec<Row>, ScimError> {
        let ids: Vec<String> = natives.iter().map(|native| native.at.id.clone()).collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let failed = |e| error::store(&request.client, &e);
        let shadows = self.store().by_natives(self.target(), kind, &ids).await.map_err(failed)?;
        let buried = self.buried(kind).await.map_err(failed)?;
        let awaited = self.awaited(kind).await.map_err(failed)?;
        let mut shadows: HashMap<String, Shadow> =
            shadows.into_iter().filter_map(|shadow| Some((shadow.native.clone()?.id, shadow))).collect();
        let mut rows = Vec::with_capacity(natives.len());
        for mut native in natives.into_iter().filter(|native| !buried.contains(&native.at.id)) {
            let shadow = shadows.remove(&native.at.id);
            if let Some(shadow) = &shadow {
                self.complete(kind, &mut native, &shadow.projection);
            }
            // A list may not show yet what we just wrote.
            if let Some(shadow) = shadow.as_ref().filter(|shadow| self.is_fresh(shadow)) {
                if !self.keeps_shadows() {
                    native.attrs = Attrs::clone(&shadow.projection);
                }
                native.active = Some(shadow.active);
            }
            let is_hidden = match &shadow {
                Some(shadow) => shadow.state == State::Deleting,
                None => awaited.iter().any(|sent| self.is_listed_as_sent(kind, &native, sent)),
            };
            if !is_hidden {
                let is_ours = shadow.as_ref().is_some_and(|shadow| self.owns_attributes(shadow));
                let is_partial = shadow.is_none() && kind == Kind::User && self.caps().list_tells.is_some();
                let row = Row::new(shadow, Some(native).filter(|_| !is_ours));
                rows.push(Row { is_partial, ..row });
            }
        }
        Ok(rows)
    }

    /// What a list leaves out of an object is as it was when it was last read or written.
    fn complete(&self, kind: Kind, native: &mut Native, known: &Attrs) {
        let caps = self.caps();
        for field in caps.of(kind).holds.iter().filter(|field| !caps.is_listed(kind, field.name)) {
            if let (Some(value), false) =
                (known.get_shared(field.name), native.attrs.contains_key(field.name))
            {
                native.attrs.insert(field.name, Arc::clone(value));
            }
        }
    }

    /// What was sent natively with an outcome that nobody knows yet. Who looks like that is not shown as a stranger: it
    /// would be a person or group that has another SCIM id in a moment, or that is shown already.
    async fn awaited(&self, kind: Kind) -> Result<Vec<Attrs>, StoreError> {
        let on_the_way = [State::Creating, State::Unparking, State::Parking, State::Deleting];
        let rows = self.store().in_states(self.target(), kind, &on_the_way, 0, u64::from(u32::MAX)).await?;
        let unlinked = rows.into_iter().filter(|shadow| shadow.native.is_none());
        Ok(unlinked.map(|shadow| self.backend().desired(kind, &shadow.document)).collect())
    }

    /// The native objects that we have removed and that lists may still show.
    pub async fn buried(&self, kind: Kind) -> Result<HashSet<String>, StoreError> {
        let stones = self.store().tombstones(self.target(), kind, self.delivery.clock.now()).await?;
        Ok(stones.into_iter().filter_map(|stone| stone.native_id).collect())
    }

    /// Adds what a native listing can't show: our latest writes, and people who have no native object. Refused if there
    /// are more than `limit` then.
    pub(super) async fn with_our_own(
        &self,
        request: &Request,
        kind: Kind,
        mut rows: Vec<Row>,
        limit: u64,
    ) -> Result<Vec<Row>, ScimError> {
        let failed = |e| error::store(&request.client, &e);
        let seen: HashSet<ScimId> = rows.iter().map(Row::id).collect();
        let unseen = |shadow: &Shadow| !seen.contains(&shadow.scim_id);
        let fresh =
            self.store().overlays(self.target(), kind, self.delivery.clock.now()).await.map_err(failed)?;
        let fresh = fresh.into_iter().filter(|shadow| shadow.state.is_native() && unseen(shadow));
        rows.extend(fresh.map(Row::from_record));
        // More than this can't be: each row seen stands for one of them at most.
        let most = limit.saturating_add(1).min(u64::from(u32::MAX));
        let parked = self.store().in_states(self.target(), kind, &PARKED, 0, most).await.map_err(failed)?;
        rows.extend(parked.into_iter().filter(unseen).map(|shadow| Row::new(Some(shadow), None)));
        if rows.len() as u64 > limit {
            return Err(too_many(limit));
        }
        Ok(rows)
    }
}

pub(super) fn too_many(limit: u64) -> ScimError {
    ScimError::too_many(format!(
        "More than {limit} resources would have to be looked at. Use a filter such as userName eq or externalId eq; \
         without filter and sortBy any number can be listed, page by page."
    ))
}

/// People whom perhaps no native list shows. Those on their way may still, or again, have a native object.
pub(super) const PARKED: [State; 3] = [State::Parking, State::Parked, State::Unparking];

/// The text of a value, for comparisons.
pub(in crate::facade) fn text(value: Option<&Value>) -> Option<&str> {
    value.and_then(Value::as_str).filter(|text| !text.is_empty())
}
