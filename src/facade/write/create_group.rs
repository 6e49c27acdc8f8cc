//! POST of a group: those of its members whom the product does not know are left out.

use std::collections::BTreeMap;

use scim::error::ScimError;

use super::super::core::Core;
use super::super::error;
use super::super::target::Request;
use super::create::{NewOne, Started};
use crate::backend::{Desired, ErrorKind, Native, NativeQuery, NativeRef, Want};
use crate::delivery::{Caller, Failure, MemberChange, MembersDone, NewResource, Note};
use crate::kernel::{Kind, ScimId};
use crate::store::{Shadow, State};

/// How often a group is made again without members that turned out not to exist.
const CREATE_TRIES: usize = 3;

impl Core {
    pub(super) async fn create_group(
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
}
