//! From rows to answers: names of this client, groups and members, version, projection.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use scim::error::ScimError;
use scim::etag::{self, Conditions};
use scim::query::Projection;
use scim::resource::{Document, Meta, Reference, Relation, Resource, Seen};
use serde_json::{Value, json};

use super::super::core::Core;
use super::super::error;
use super::super::target::{Answer, Request};
use super::row::Row;
use crate::backend::Neighbour;
use crate::kernel::{Kind, ScimId};
use crate::store::{Shadow, State};

/// A resource as it is answered, before projection.
#[derive(Clone, Debug)]
pub(in crate::facade) struct Rendered {
    pub resource: Resource,
    /// The person's true `active`, where the body leaves it out.
    pub hidden_active: Option<bool>,
    /// Its version, where that can be told.
    pub etag: Option<String>,
    pub location: String,
}

impl Rendered {
    /// The answer with its body.
    pub fn answer(self, projection: &Projection) -> Answer {
        Answer { body: Some(self.resource.shown(projection)), etag: self.etag, location: Some(self.location) }
    }

    /// Adds what is known of its relation. RFC 7643 §2.5: an empty list is unassigned.
    pub fn relate(&mut self, kind: Kind, related: Option<Vec<Reference>>) {
        let related = related.filter(|related| !related.is_empty());
        self.resource.relation = related.map(|references| Relation { attribute: relation(kind), references });
    }

    /// The answer to a reader who has this version (RFC 9110 §13.2.2: `If-Match` is looked at first).
    ///
    /// # Errors
    /// 412 if `If-Match` does not hold.
    pub fn known_to(&self, conditions: &Conditions) -> Result<Option<Answer>, ScimError> {
        if !conditions.match_holds(self.etag.as_deref()) {
            return Err(Conditions::failed());
        }
        let same = || Answer { body: None, etag: self.etag.clone(), location: Some(self.location.clone()) };
        Ok((!conditions.none_match_holds(self.etag.as_deref())).then(same))
    }

    /// What filters and orders see of it: the true `active`, also where a client removed it from the answers.
    pub fn seen(&self) -> Seen<'_> {
        self.resource.seen(self.hidden_active)
    }
}

/// What the client calls a resource.
fn name_in<'n>(names: &'n [(ScimId, String)], row: &Row) -> Option<&'n str> {
    let id = &row.shadow.as_ref()?.scim_id;
    let at = names.binary_search_by(|(named, _)| named.cmp(id)).ok()?;
    names.get(at).map(|(_, name)| name.as_str())
}

impl Core {
    /// Renders rows for one client. `relations` brings `groups` of users and `members` of groups.
    pub async fn render(
        &self,
        request: &Request,
        kind: Kind,
        rows: &[Row],
        relations: bool,
    ) -> Result<Vec<Rendered>, ScimError> {
        let names = self.external_ids(request, rows).await?;
        let mut rendered: Vec<Rendered> =
            rows.iter().map(|row| self.render_told(request, kind, row, &names)).collect();
        if relations {
            let rows: Vec<&Row> = rows.iter().collect();
            let related = self.related(request, kind, &rows).await?;
            rendered.iter_mut().zip(related).for_each(|(one, related)| one.relate(kind, related));
        }
        Ok(rendered)
    }

    /// The `groups` of each user, or the `members` of each group; `None` is not known.
    pub(super) async fn related(
        &self,
        request: &Request,
        kind: Kind,
        rows: &[&Row],
    ) -> Result<Vec<Option<Vec<Reference>>>, ScimError> {
        match kind {
            Kind::User => self.groups_of(request, rows).await,
            Kind::Group => Box::pin(self.members_of(request, rows)).await,
        }
    }

    fn render_told(&self, request: &Request, kind: Kind, row: &Row, names: &[(ScimId, String)]) -> Rendered {
        let row = &*self.as_told(row);
        let name = name_in(names, row).or_else(|| self.native_name(&request.client, kind, row));
        self.render_one(kind, row, name)
    }

    fn render_one(&self, kind: Kind, row: &Row, name: Option<&str>) -> Rendered {
        let id = row.id();
        let mut document = self.document(kind, row);
        // What clients wrote is kept without it.
        if name.is_some() && row.shadow.is_none() {
            document.remove("externalId");
        }
        let etag = self.version(kind, row, &document, name);
        let (created, last_modified) = Self::times(row);
        let location = self.location(kind, id.as_str());
        let meta = Meta { created, last_modified, location: Some(location.clone()), version: etag.clone() };
        let resource_type = Arc::clone(self.resource_type(kind));
        let (id, external_id) = (id.as_str().to_owned(), name.map(str::to_owned));
        let resource = Resource { resource_type, id, external_id, document, relation: None, meta };
        let unassigned = row.shadow.as_ref().is_some_and(|shadow| shadow.active_unassigned);
        let hidden_active = (kind == Kind::User && unassigned).then(|| row.is_active());
        Rendered { resource, hidden_active, etag, location }
    }

    /// A user's version covers all that clients can write. A group's covers all but its members, plus the native change
    /// stamp and our own count of membership changes, so that it can be told without reading members. Of what is known in
    /// part no version can be told, nor of a group where there is neither stamp nor count.
    fn version(&self, kind: Kind, row: &Row, document: &Document, name: Option<&str>) -> Option<String> {
        let stamp = row.native.as_ref().and_then(|native| native.modified);
        let tells_members = kind == Kind::User || stamp.is_some() || self.keeps_shadows();
        if row.is_partial || !tells_members {
            return None;
        }
        let mut covered = document.clone();
        if let Some(urn) = self.caps().user_extension.filter(|urn| document.get(urn).is_some()) {
            covered.set_extension(urn, "syncedAt", Value::Null);
        }
        let stamp = (kind == Kind::Group).then(|| {
            let count = row.shadow.as_ref().map_or(0, |shadow| shadow.member_version);
            json!([stamp.map(|at| at.0), count])
        });
        let stamp = stamp.iter().map(|stamp| ("\u{0}stamp", stamp));
        let name = name.map(Value::from);
        Some(etag::weak(&covered, name.iter().map(|name| ("externalId", name)).chain(stamp)))
    }

    /// What the client calls these, in SCIM-id order.
    async fn external_ids(
        &self,
        request: &Request,
        rows: &[Row],
    ) -> Result<Vec<(ScimId, String)>, ScimError> {
        let known: Vec<ScimId> =
            rows.iter().filter_map(|row| Some(row.shadow.as_ref()?.scim_id.clone())).collect();
        if known.is_empty() || !self.keeps_shadows() {
            return Ok(Vec::new());
        }
        let names = self.store().external_ids(self.target(), &request.client.name, &known).await;
        names.map_err(|e| error::store(&request.client, &e))
    }

    /// The `groups` of each user (RFC 7643 §4.1.2: read-only, direct memberships).
    async fn groups_of(
        &self,
        request: &Request,
        rows: &[&Row],
    ) -> Result<Vec<Option<Vec<Reference>>>, ScimError> {
        let mut per_row: Vec<Option<Vec<Neighbour>>> = Vec::with_capacity(rows.len());
        for row in rows {
            per_row.push(match (&row.native, &row.shadow) {
                (Some(native), _) => native.groups.clone(),
                (None, _) => Some(row.groups.clone()),
            });
        }
        let natives: Vec<String> =
            per_row.iter().flatten().flatten().map(|group| group.at.id.clone()).collect();
        let known = self.scim_ids(request, Kind::Group, natives).await?;
        let mut all = Vec::with_capacity(rows.len());
        for (row, groups) in rows.iter().zip(per_row) {
            let Some(groups) = groups else {
                all.push(None);
                continue;
            };
            let mut values: Vec<Reference> = groups
                .iter()
                .filter(|group| !known.is_hidden(&group.at.id))
                .map(|group| {
                    let name = group.name.as_deref().or_else(|| known.name_of(&group.at.id));
                    self.reference(Kind::Group, &known.of(&group.at.id), name, "direct")
                })
                .collect();
            values.extend(self.parked_groups(request, row).await?);
            all.push(Some(values));
        }
        Ok(all)
    }

    /// The groups that a person without access comes back to.
    async fn parked_groups(&self, request: &Request, row: &Row) -> Result<Vec<Reference>, ScimError> {
        let remembers_groups = |shadow: &&Shadow| row.native.is_none() || shadow.state == State::Quarantined;
        let Some(shadow) = row.shadow.as_ref().filter(remembers_groups) else {
            return Ok(Vec::new());
        };
        let failed = |e| error::store(&request.client, &e);
        let mut ids = self.store().parked_groups(self.target(), &shadow.scim_id).await.map_err(failed)?;
        let known = self.store().by_ids(self.target(), Kind::Group, &ids).await.map_err(failed)?;
        let is_deleted = |group: &Shadow| group.state == State::Deleting;
        ids.retain(|id| !known.iter().any(|group| group.scim_id == *id && is_deleted(group)));
        let names: HashMap<ScimId, Option<String>> = known
            .into_iter()
            .map(|group| (group.scim_id.clone(), group.document.display_name().map(str::to_owned)))
            .collect();
        let name = |id: &ScimId| names.get(id).cloned().flatten();
        Ok(ids.iter().map(|id| self.reference(Kind::Group, id, name(id).as_deref(), "direct")).collect())
    }

    /// The `members` of each group: `value`, `$ref` and `type`, nothing else; parked people included.
    async fn members_of(
        &self,
        request: &Request,
        rows: &[&Row],
    ) -> Result<Vec<Option<Vec<Reference>>>, ScimError> {
        let mut all = Vec::with_capacity(rows.len());
        for row in rows {
            let ids = self.member_ids(request, row).await?;
            let values = ids.iter().map(|id| self.reference(Kind::User, id, None, "User")).collect();
            all.push(Some(values));
        }
        Ok(all)
    }

    /// The SCIM ids of a group's members, parked people included; costs calls if the object doesn't embed them all.
    pub async fn member_ids(&self, request: &Request, row: &Row) -> Result<Vec<ScimId>, ScimError> {
        let natives: Vec<String> = match &row.native {
            None => Vec::new(),
            Some(native) => match &native.members {
                Some(members) => members.iter().map(|member| member.at.id.clone()).collect(),
                None => {
                    let all = self.delivery.all_members(&request.ctx, &native.at).await;
                    all.map_err(|e| error::read(&request.client, &e))?.into_iter().map(|at| at.id).collect()
                }
            },
        };
        let known = self.scim_ids(request, Kind::User, natives.clone()).await?;
        let mut ids: Vec<ScimId> =
            natives.iter().filter(|id| !known.is_hidden(id)).map(|id| known.of(id)).collect();
        if row.native.as_ref().is_some_and(|native| native.members.is_none()) {
            self.with_recent(request, &row.id(), &mut ids).await?;
        }
        let failed = |e| error::store(&request.client, &e);
        let parked = self.store().parked_members(self.target(), &row.id()).await.map_err(failed)?;
        let users = self.store().by_ids(self.target(), Kind::User, &parked).await.map_err(failed)?;
        let is_deleted =
            |id: &ScimId| users.iter().any(|user| user.scim_id == *id && user.state == State::Deleting);
        for user in parked {
            if !is_deleted(&user) && !ids.contains(&user) {
                ids.push(user);
            }
        }
        Ok(ids)
    }

    fn reference(&self, kind: Kind, id: &ScimId, display: Option<&str>, r#type: &'static str) -> Reference {
        let (value, display) = (id.text(), display.map(str::to_owned));
        Reference { value, location: self.location(kind, id.as_str()), r#type, display }
    }

    /// The SCIM ids of native objects.
    pub async fn scim_ids(
        &self,
        request: &Request,
        kind: Kind,
        natives: Vec<String>,
    ) -> Result<ScimIds, ScimError> {
        if natives.is_empty() {
            return Ok(ScimIds::default());
        }
        let failed = |e| error::store(&request.client, &e);
        let shadows = self.store().by_natives(self.target(), kind, &natives).await.map_err(failed)?;
        let buried = self.buried(kind).await.map_err(failed)?;
        let entry = |shadow: Shadow| {
            let is_hidden = shadow.state == State::Deleting;
            let name = shadow.document.display_name().map(str::to_owned);
            Some((shadow.native?.id, Known { id: shadow.scim_id, name, is_hidden }))
        };
        let known = shadows.into_iter().filter_map(entry).collect();
        Ok(ScimIds { known, buried })
    }
}

/// Native ids and the SCIM ids that stand for them.
#[derive(Debug, Default)]
pub(in crate::facade) struct ScimIds {
    known: HashMap<String, Known>,
    buried: HashSet<String>,
}

#[derive(Debug)]
struct Known {
    id: ScimId,
    name: Option<String>,
    is_hidden: bool,
}

impl ScimIds {
    /// The SCIM id of a native object: its shadow's, else the native id itself.
    pub fn of(&self, native: &str) -> ScimId {
        self.known.get(native).map_or_else(|| ScimId::new(native), |known| known.id.clone())
    }

    /// The displayName that clients gave to what stands for a native object.
    pub fn name_of(&self, native: &str) -> Option<&str> {
        self.known.get(native)?.name.as_deref()
    }

    /// Whether it is deleted or being deleted, and so gone for readers.
    pub fn is_hidden(&self, native: &str) -> bool {
        self.buried.contains(native) || self.known.get(native).is_some_and(|known| known.is_hidden)
    }
}

/// The attribute that holds ids of other resources: a user's `groups`, a group's `members`.
pub(in crate::facade) fn relation(kind: Kind) -> &'static str {
    match kind {
        Kind::User => "groups",
        Kind::Group => "members",
    }
}

/// Whether a list shows it: `members` can cost calls, so that they are listed only if they are asked for.
pub(super) fn is_listed(kind: Kind, projection: &Projection) -> bool {
    match kind {
        Kind::User => projection.wants(relation(kind)),
        Kind::Group => projection.asked(relation(kind)),
    }
}
