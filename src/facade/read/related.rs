//! How resources are related: a user's `groups`, a group's `members`, and the SCIM ids of native objects.

use std::collections::HashSet;

use scim::error::ScimError;
use scim::resource::Reference;

use super::super::core::Core;
use super::super::error;
use super::super::target::Request;
use super::row::Row;
use crate::backend::Neighbour;
use crate::kernel::{Kind, ScimId};
use crate::store::{Shadow, State};

impl Core {
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

    /// The `groups` of each user (RFC 7643 §4.1.2: read-only, direct memberships).
    async fn groups_of(
        &self,
        request: &Request,
        rows: &[&Row],
    ) -> Result<Vec<Option<Vec<Reference>>>, ScimError> {
        let told = rows.iter().filter_map(|row| groups_told(row)).flatten();
        let natives: Vec<String> = told.map(|group| group.at.id.clone()).collect();
        let known = self.scim_ids(request, Kind::Group, natives).await?;
        let mut all = Vec::with_capacity(rows.len());
        for row in rows {
            let Some(groups) = groups_told(row) else {
                all.push(None);
                continue;
            };
            let seen = groups.iter().filter(|group| !known.is_hidden(&group.at.id));
            let mut values: Vec<Reference> = seen.map(|group| self.group(&known, group)).collect();
            values.extend(self.parked_groups(request, row).await?);
            all.push(Some(values));
        }
        Ok(all)
    }

    fn group(&self, known: &ScimIds, group: &Neighbour) -> Reference {
        let id = known.of(&group.at.id);
        let name = group.name.as_deref().or_else(|| known.name_of(&group.at.id));
        self.reference(Kind::Group, &id, name, "direct")
    }

    /// The groups that a person without access comes back to.
    async fn parked_groups(&self, request: &Request, row: &Row) -> Result<Vec<Reference>, ScimError> {
        let remembers_groups = |shadow: &&Shadow| row.native.is_none() || shadow.state == State::Quarantined;
        let Some(shadow) = row.shadow.as_ref().filter(remembers_groups) else {
            return Ok(Vec::new());
        };
        let failed = |e| error::store(&request.client, &e);
        let ids = self.store().parked_groups(self.target(), &shadow.scim_id).await.map_err(failed)?;
        let known = self.store().by_ids(self.target(), Kind::Group, &ids).await.map_err(failed)?;
        let reference = |id: &ScimId| {
            let group = known.iter().find(|group| group.scim_id == *id);
            let name = group.and_then(|group| group.document.display_name());
            let is_deleted = group.is_some_and(|group| group.state == State::Deleting);
            (!is_deleted).then(|| self.reference(Kind::Group, id, name, "direct"))
        };
        Ok(ids.iter().filter_map(reference).collect())
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
        Reference { location: self.location(kind, id.text()), value, r#type, display }
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
        let mut shadows = self.store().by_natives(self.target(), kind, &natives).await.map_err(failed)?;
        let buried = self.buried(kind).await.map_err(failed)?;
        shadows.sort_unstable_by(|one, other| native_id(one).cmp(&native_id(other)));
        Ok(ScimIds { known: shadows, buried })
    }
}

/// A person's native groups, where they are known.
fn groups_told(row: &Row) -> Option<&[Neighbour]> {
    match &row.native {
        Some(native) => native.groups.as_deref(),
        None => Some(&row.groups),
    }
}

/// Native ids and the SCIM ids that stand for them.
#[derive(Debug, Default)]
pub(in crate::facade) struct ScimIds {
    /// In native-id order.
    known: Vec<Shadow>,
    buried: HashSet<String>,
}

impl ScimIds {
    fn shadow(&self, native: &str) -> Option<&Shadow> {
        let at = self.known.binary_search_by(|shadow| native_id(shadow).cmp(&Some(native))).ok()?;
        self.known.get(at)
    }

    /// The SCIM id of a native object: its shadow's, else the native id itself.
    pub fn of(&self, native: &str) -> ScimId {
        self.shadow(native).map_or_else(|| ScimId::new(native), |shadow| shadow.scim_id.clone())
    }

    /// The displayName that clients gave to what stands for a native object.
    pub fn name_of(&self, native: &str) -> Option<&str> {
        self.shadow(native)?.document.display_name()
    }

    /// Whether it is deleted or being deleted, and so gone for readers.
    pub fn is_hidden(&self, native: &str) -> bool {
        self.buried.contains(native)
            || self.shadow(native).is_some_and(|shadow| shadow.state == State::Deleting)
    }
}

fn native_id(shadow: &Shadow) -> Option<&str> {
    shadow.native.as_ref().map(|at| at.id.as_str())
}
