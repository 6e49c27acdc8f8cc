//! `/Roles` and `/Entitlements` (draft-ietf-scim-roles-entitlements): what the product offers, read live. They are few and
//! nobody writes them: a filter is evaluated here, on all of them.

use std::sync::Arc;

use scim::error::ScimError;
use scim::query::{ListQuery, Projection};
use scim::repairs::Repairs;
use scim::resource::{Document, Meta, Resource};
use scim::schema::ResourceType;
use scim::{etag, filter};

use super::super::core::Core;
use super::super::error;
use super::super::target::{Answer, Page, Request};
use super::Rendered;
use super::list::{count, index};
use crate::backend::Offered;
use crate::kernel::{Catalogue, ScimId};

impl Core {
    /// Answers a list: in the product's order.
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
        if let Some(text) = &query.filter {
            let (profile, mut repairs) = (request.client.profile, Repairs::default());
            let bound =
                filter::parse(text, profile, limits, &mut repairs)?.bind(&rt, profile, &mut repairs)?;
            self.delivery.repairs(&request.ctx, &repairs);
            all.retain(|entry| bound.matches(&entry.resource.to_map()));
        }
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
        let found = all.into_iter().find(|entry| entry.resource.id == id.as_str());
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
        let document = Document::from_canonical(offered.attrs.into_map());
        let etag = etag::weak(&document, []);
        let location = self.address(what.endpoint(), &offered.id);
        let meta = Meta { location: Some(location.clone()), version: Some(etag.clone()), ..Meta::default() };
        let (resource_type, id) = (Arc::clone(rt), offered.id);
        let resource = Resource { resource_type, id, document, more: Vec::new(), meta };
        Rendered { resource, hidden_active: None, etag, location }
    }
}
