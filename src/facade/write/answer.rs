//! What a write answers.

use scim::error::ScimError;
use scim::query::Projection;

use super::super::core::Core;
use super::super::error;
use super::super::read::{Row, relation};
use super::super::target::{Answer, PatchResponse, Request};
use crate::backend::{Native, Want};
use crate::delivery::SMALL_DELTA;
use crate::kernel::{Kind, ScimId};
use crate::store::Shadow;

/// A group's size up to which a PATCH is answered with the group.
const ANSWERED_MEMBERS: u32 = 100;

impl Core {
    /// The answer of a write: the resource as a read would show it now.
    pub(super) async fn answer(
        &self,
        request: &Request,
        kind: Kind,
        shadow: Shadow,
        native: Option<Native>,
        projection: &Projection,
    ) -> Result<Answer, ScimError> {
        let relations = projection.wants(relation(kind));
        let native = match native {
            // The vendor's answer to the write did not hold all groups of the person.
            Some(native)
                if relations
                    && kind == Kind::User
                    && native.groups.is_none()
                    && !self.caps().groups_by_members =>
            {
                let full = self.backend().get(&request.ctx, kind, &native.at, Want { groups: true }).await;
                Some(full.ok().flatten().unwrap_or(native))
            }
            other => other,
        };
        let row = Row::new(Some(shadow), native);
        Ok(self.render_row(request, kind, row, relations).await?.answer(projection))
    }

    /// Whether a PATCH of a group is answered with the group (RFC 7644 §3.5.2 allows 200 and 204): a large group, or one of
    /// unknown size, is not read for the answer's sake.
    fn answers_with_group(&self, request: &Request, group: &Shadow, projection: &Projection) -> bool {
        if !projection.is_default() {
            return true;
        }
        match request.client.patch_response {
            PatchResponse::Body => true,
            PatchResponse::NoContent => false,
            PatchResponse::Auto => group.member_count.is_some_and(|count| count <= ANSWERED_MEMBERS),
        }
    }

    /// The answer of a PATCH of a group, which may be nothing.
    pub(super) async fn answer_patch(
        &self,
        request: &Request,
        group: &Shadow,
        projection: &Projection,
    ) -> Result<Answer, ScimError> {
        if !self.answers_with_group(request, group, projection) {
            return Ok(Answer { body: None, etag: None, location: None });
        }
        self.answer_read(request, &group.scim_id, projection.wants("members"), projection).await
    }

    /// A PUT is answered with the group (RFC 7644 §3.5.1); the members of a large one are not read again for it.
    pub(super) async fn answer_put(
        &self,
        request: &Request,
        group: Shadow,
        was_large: bool,
        projection: &Projection,
    ) -> Result<Answer, ScimError> {
        let is_large = group.member_count.map_or(was_large, |count| count as usize > SMALL_DELTA);
        let members = projection.asked("members") || projection.wants("members") && !is_large;
        self.answer_read(request, &group.scim_id, members, projection).await
    }

    async fn answer_read(
        &self,
        request: &Request,
        id: &ScimId,
        members: bool,
        projection: &Projection,
    ) -> Result<Answer, ScimError> {
        let row = self.resolve(request, Kind::Group, id, Default::default()).await?;
        let row = row.ok_or_else(|| error::not_found(Kind::Group, id))?;
        Ok(self.render_row(request, Kind::Group, row, members).await?.answer(projection))
    }
}
