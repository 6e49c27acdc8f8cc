//! Conditions on a change (RFC 7644 §3.14, RFC 9110 §13.1): looked at in the resource's lane, on what is about to be changed.
//!
//! A condition that does not hold changes nothing. But a client that was told to come back, or whose answer was lost, sends
//! its request again with the version that it knows, which its own first try has replaced. RFC 9110 §13.1.1: a change that has
//! already been made may be answered as done. It is, where the version named can have been one of ours.

use std::borrow::Cow;

use scim::error::ScimError;
use scim::etag::Conditions;

use super::super::core::Core;
use super::super::error;
use super::super::read::{Row, Stored};
use super::super::target::Request;
use super::super::wish::MemberWish;
use super::edit::{ActiveEdit, Edit, Edited};
use super::edit_user::same_row;
use crate::kernel::{Kind, ScimId};

impl Core {
    /// Whether the conditions hold for a resource as it is now.
    pub(super) async fn conditions_hold(
        &self,
        request: &Request,
        kind: Kind,
        row: &Row,
    ) -> Result<bool, ScimError> {
        let conditions = &request.conditions;
        if conditions.is_empty() {
            return Ok(true);
        }
        let rendered = self.render_row(request, kind, row.clone(), false).await?;
        let version = rendered.resource.meta.version.as_deref();
        Ok(conditions.match_holds(version) && conditions.none_match_holds(version))
    }

    /// The same for whoever is to lose access: what is known of them can be our record alone. If that has another version, a
    /// read decides; if it fails, nobody knows, and the client is to come back.
    pub(super) async fn conditions_hold_at_last(
        &self,
        request: &Request,
        kind: Kind,
        id: &ScimId,
        row: &Row,
    ) -> Result<bool, ScimError> {
        if self.conditions_hold(request, kind, row).await? {
            return Ok(true);
        }
        match self.resolve(request, kind, id, Default::default()).await? {
            Some(row) => self.conditions_hold(request, kind, &row).await,
            None => Ok(false),
        }
    }

    /// Refuses a DELETE whose condition does not hold. What is not there any more has no version, and is deleted.
    pub(super) async fn may_delete_this(
        &self,
        request: &Request,
        kind: Kind,
        id: &ScimId,
        stored: &Stored,
    ) -> Result<(), ScimError> {
        if request.conditions.is_empty() || matches!(stored, Stored::Nothing | Stored::Gone(_)) {
            return Ok(());
        }
        let row = match (self.resolve(request, kind, id, Default::default()).await, stored) {
            // Nobody can be asked: our record decides if it holds for it.
            (Err(unknown), Stored::Shadow(shadow)) => {
                let record = Row::from_record(shadow.clone());
                let holds = self.conditions_hold(request, kind, &record).await?;
                return if holds { Ok(()) } else { Err(unknown) };
            }
            (row, _) => row?,
        };
        match row {
            Some(row) if !self.conditions_hold(request, kind, &row).await? => Err(Conditions::failed()),
            _ => Ok(()),
        }
    }

    /// Whether a change that must not be made has been made already.
    pub(super) fn is_done_already(&self, request: &Request, kind: Kind, row: &Row, edited: &Edited) -> bool {
        let before = row.shadow.as_ref();
        if !could_be_repeated(request) || before.is_none() && self.keeps_shadows() {
            return false;
        }
        let after = self.row_after(request, kind, row, edited);
        let has_access = match edited.active {
            ActiveEdit::Written(active) => active == row.is_active(),
            ActiveEdit::Untouched | ActiveEdit::Removed => true,
        };
        let is_so_natively = row.native.as_ref().is_none_or(|native| {
            let name = edited.native_name.as_ref();
            let change = self.native_change(request, before, &after, name, native);
            change.is_ok_and(|change| change.is_empty())
        });
        // What the backend drops is nowhere where nothing is remembered.
        let is_so_here = !self.keeps_shadows() || before.is_some_and(|before| same_row(before, &after));
        has_access && edited.external_id.is_none() && is_so_here && is_so_natively
    }

    /// What is still to be done of a wish about members. Refuses a change of a group whose condition does not hold, unless it
    /// has been made already: only to know that are the members read.
    pub(super) async fn wish_that_holds<'w>(
        &self,
        request: &Request,
        row: &Row,
        edit: Edit,
        wish: &'w MemberWish,
    ) -> Result<Cow<'w, MemberWish>, ScimError> {
        if self.conditions_hold(request, Kind::Group, row).await? {
            return Ok(Cow::Borrowed(wish));
        }
        let untouched = edit.is_empty();
        let is_done = |edited: Edited| self.is_done_already(request, Kind::Group, row, &edited);
        if !could_be_repeated(request)
            || !untouched && !self.apply(request, Kind::Group, row, edit).await.is_ok_and(is_done)
        {
            return Err(Conditions::failed());
        }
        let current = self.member_ids(request, row).await?;
        let waiting = self.delivery.waiting_members(&row.id()).await;
        let waiting = waiting.map_err(|failure| error::write(&request.client, failure))?;
        match wish.is_met(&current, &waiting)? {
            false => Err(Conditions::failed()),
            true if waiting.wished.is_empty() => Ok(Cow::Owned(MemberWish::nothing())),
            // It is on its way, and the request that repeats it helps it along.
            true => Ok(Cow::Borrowed(wish)),
        }
    }
}

/// Whether the request can be the second try of one that has replaced the version it names.
fn could_be_repeated(request: &Request) -> bool {
    let Conditions { matches, none_matches } = &request.conditions;
    none_matches.is_none() && matches.as_ref().is_some_and(scim::etag::Tags::could_be_ours)
}
