//! `/Roles` and `/Entitlements` (draft-ietf-scim-roles-entitlements): what the product offers, read live. They are few and
//! nobody writes them: filter and order are evaluated here, on all of them.

use std::sync::Arc;

use scim::error::ScimError;
use scim::etag::{self, Besides};
use scim::filter;
use scim::query::{ListQuery, Projection, SortBy, SortOrder};
use scim::repairs::Repairs;
use scim::resource::{Document, Location, Meta, Resource};
use scim::schema::ResourceType;

use super::super::core::Core;
use super::super::error;
use super::super::target::{Answer, Page, Request};
use super::Rendered;
use super::list::{count, index};
use crate::backend::Offered;
use crate::kernel::{Catalogue, ScimId};

impl Core {
    /// Answers a list: in the product's order, unless the client names another (RFC 7644 §3.4.2.3).
    pub async fn catalogue(
        &self,
        request: &Request,
        what: Catalogue,
        query: &ListQuery,
        projection: &Projection,
    ) -> Result<Page, ScimError> {
        if query.cursor.is_some() {
            // A page without `nextCursor` would say that it is the last (RFC 9865 §2).
            return Err(ScimError::invalid_cursor("This list has pages by index alone: use 'startIndex'"));
        }
        let limits = &self.settings.limits;
        let (rt, mut all) = self.offered(request, what).await?;
        let (profile, mut repairs) = (request.client.profile, Repairs::default());
        if let Some(text) = &query.filter {
            let bound =
                filter::parse(text, profile, limits, &mut repairs)?.bind(&rt, profile, &mut repairs)?;
            all.retain(|entry| bound.matches(&entry.seen()));
        }
        if let Some(text) = &query.sort_by {
            all = sorted(all, &SortBy::parse(text, &rt, profile, &mut repairs)?, query.sort_order);
        }
        self.delivery.repairs(&request.ctx, &repairs);
        let total = all.len() as u64;
        let page = all.into_iter().skip(index(query.start_index - 1)).take(index(count(query, limits)));
        let resources = page.map(|entry| entry.resource.shown(projection)).collect();
        Ok(Page { total, start_index: Some(query.start_index), resources, next_cursor: None })
    }

    /// Answers a read by id.
    pub async fn catalogue_entry(
        &self,
        request: &Request,
        what: Catalogue,
        id: &ScimId,
        projection: &Projection,
    ) -> Result<Answer, ScimError> {
        let (_, all) = self.offered(request, what).await?;
        let found = all.into_iter().find(|entry| *entry.resource.id == *id.as_str());
        let found = found.ok_or_else(|| ScimError::not_found(id.as_str()))?;
        let known = found.known_to(&request.conditions)?;
        Ok(known.unwrap_or_else(|| found.answer(projection)))
    }

    async fn offered(
        &self,
        request: &Request,
        what: Catalogue,
    ) -> Result<(Arc<ResourceType>, Vec<Rendered>), ScimError> {
        let rt =
            self.discovery.catalogue(what).ok_or_else(|| ScimError::new(404, "There is no such endpoint"))?;
        let offered = self.backend().offered(&request.ctx, what).await;
        let offered = offered.map_err(|e| error::read(&request.client, &e))?;
        let all = offered.into_iter().map(|one| self.render_offered(what, rt, one)).collect();
        Ok((Arc::clone(rt), all))
    }

    fn render_offered(&self, what: Catalogue, rt: &Arc<ResourceType>, offered: Offered) -> Rendered {
        let document = Document::from_canonical(offered.attrs);
        let etag = Some(etag::weak(&document, &Besides::default()));
        let id: Arc<str> = offered.id.into();
        let location = Location::new(&self.discovery.base_url, what.endpoint(), Arc::clone(&id));
        let meta = Meta { location: Some(location), version: etag, ..Meta::default() };
        let resource_type = Arc::clone(rt);
        let resource = Resource { resource_type, id, document, external_id: None, relation: None, meta };
        Rendered { resource, hidden_active: None }
    }
}

/// What is equal by the attribute stays in the product's order.
fn sorted(all: Vec<Rendered>, by: &SortBy, order: SortOrder) -> Vec<Rendered> {
    let mut keyed: Vec<_> = all.into_iter().map(|entry| (by.key(&entry.seen()), entry)).collect();
    keyed.sort_by(|(one, _), (other, _)| order.compare(one.as_ref(), other.as_ref()));
    keyed.into_iter().map(|(_, entry)| entry).collect()
}
