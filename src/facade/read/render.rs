//! From rows to answers: names of this client, groups and members, version, projection.

use std::borrow::Cow;
use std::sync::Arc;

use scim::error::ScimError;
use scim::etag::{self, Besides, Conditions};
use scim::query::Projection;
use scim::resource::{Document, Meta, Reference, Relation, Resource, Seen};
use serde_json::{Value, json};

use super::super::core::Core;
use super::super::error;
use super::super::target::{Answer, Request};
use super::row::Row;
use crate::kernel::{Kind, ScimId};

/// A resource as it is answered, before projection.
#[derive(Clone, Debug)]
pub(in crate::facade) struct Rendered {
    pub resource: Resource,
    /// The person's true `active`, where the body leaves it out.
    pub hidden_active: Option<bool>,
}

impl Rendered {
    /// The answer with its body.
    pub fn answer(self, projection: &Projection) -> Answer {
        let body = self.resource.shown(projection);
        let Meta { version, location, .. } = self.resource.meta;
        Answer { body: Some(body), etag: version, location }
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
        let Meta { version, location, .. } = &self.resource.meta;
        if !conditions.match_holds(version.as_deref()) {
            return Err(Conditions::failed());
        }
        let same = || Answer { body: None, etag: version.clone(), location: location.clone() };
        Ok((!conditions.none_match_holds(version.as_deref())).then(same))
    }

    /// What filters and orders see of it: the true `active`, also where a client removed it from the answers.
    pub fn seen(&self) -> Seen<'_> {
        self.resource.seen(self.hidden_active)
    }
}

/// What the client calls a resource.
fn name_in<'n>(names: &'n [(ScimId, Arc<str>)], row: &Row) -> Option<&'n Arc<str>> {
    let id = &row.shadow.as_ref()?.scim_id;
    let at = names.binary_search_by(|(named, _)| named.cmp(id)).ok()?;
    names.get(at).map(|(_, name)| name)
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

    fn render_told(
        &self,
        request: &Request,
        kind: Kind,
        row: &Row,
        names: &[(ScimId, Arc<str>)],
    ) -> Rendered {
        let row = &*self.as_told(row);
        let native_name = || self.native_name(&request.client, kind, row).map(Arc::from);
        self.render_one(kind, row, name_in(names, row).cloned().or_else(native_name))
    }

    fn render_one(&self, kind: Kind, row: &Row, name: Option<Arc<str>>) -> Rendered {
        let id: Arc<str> = row.id().into();
        let mut document = self.document(kind, row);
        // What clients wrote is kept without it.
        if name.is_some() && row.shadow.is_none() {
            document.remove("externalId");
        }
        let besides = Besides { external_id: name, stamp: Self::stamp(kind, row) };
        let version = self.version(kind, row, &document, &besides);
        let (created, last_modified) = Self::times(row);
        let location = Some(self.location(kind, Arc::clone(&id)));
        let meta = Meta { created, last_modified, location, version };
        let resource_type = Arc::clone(self.resource_type(kind));
        let Besides { external_id, .. } = besides;
        let resource = Resource { resource_type, id, external_id, document, relation: None, meta };
        let unassigned = row.shadow.as_ref().is_some_and(|shadow| shadow.active_unassigned);
        let hidden_active = (kind == Kind::User && unassigned).then(|| row.is_active());
        Rendered { resource, hidden_active }
    }

    /// A user's version covers all that clients can write. A group's covers all but its members, plus its stamp, so that it can
    /// be told without reading members. Of what is known in part no version can be told, nor of a group where there is neither
    /// native change stamp nor count.
    fn version(&self, kind: Kind, row: &Row, document: &Document, besides: &Besides) -> Option<Arc<str>> {
        let is_stamped = row.native.as_ref().is_some_and(|native| native.modified.is_some());
        let tells_members = kind == Kind::User || is_stamped || self.keeps_shadows();
        if row.is_partial || !tells_members {
            return None;
        }
        // A copy of a document that is there for this answer alone would have its version kept for nobody.
        let mut covered = Cow::Borrowed(document);
        if let Some(urn) = self.caps().user_extension.filter(|urn| document.get(urn).is_some()) {
            covered.to_mut().set_extension(urn, "syncedAt", Value::Null);
        }
        Some(etag::weak(&covered, besides))
    }

    /// A group's native change stamp, and our own count of membership changes.
    fn stamp(kind: Kind, row: &Row) -> Option<Value> {
        let at = row.native.as_ref().and_then(|native| native.modified);
        let count = row.shadow.as_ref().map_or(0, |shadow| shadow.member_version);
        (kind == Kind::Group).then(|| json!([at.map(|at| at.0), count]))
    }

    /// What the client calls these, in SCIM-id order.
    async fn external_ids(
        &self,
        request: &Request,
        rows: &[Row],
    ) -> Result<Vec<(ScimId, Arc<str>)>, ScimError> {
        let known: Vec<ScimId> =
            rows.iter().filter_map(|row| Some(row.shadow.as_ref()?.scim_id.clone())).collect();
        if known.is_empty() || !self.keeps_shadows() {
            return Ok(Vec::new());
        }
        let names = self.store().external_ids(self.target(), &request.client.name, &known).await;
        names.map_err(|e| error::store(&request.client, &e))
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
