//! Writes to people and groups that a directory manages. They are split: what the facade keeps is accepted; a native value that
//! would change is left out and counted, or refused; membership and access stay the directory's.
//!
//! What is left out is echoed all the same, for the native value is remembered as it was then: a client that compares
//! finds its own value and is content. When the directory changes the value, that one is shown.

use scim::error::ScimError;
use scim::profile::Profile;

use super::super::core::Core;
use super::super::error;
use super::super::read::Row;
use super::super::settings::SyncedWrite;
use super::super::target::Request;
use crate::backend::{Change, Locked, Native};
use crate::delivery::MemberChange;
use crate::kernel::Kind;
use crate::store::{Action, Shadow, aspect};

impl Core {
    /// What has to change natively so that an object is as `after` wants it and is called so; of a managed one nothing does.
    ///
    /// # Errors
    /// 400 `mutability` if the request changes what the directory manages and that is to be refused.
    pub(super) fn native_change(
        &self,
        request: &Request,
        before: Option<&Shadow>,
        after: &Shadow,
        name: Option<&Option<String>>,
        native: &Native,
    ) -> Result<Change, ScimError> {
        let change = self.delivery.change(after.kind, &after.document, native);
        let change = self.delivery.named(after.kind, change, name.map(Option::as_deref), native);
        let Some(locked) = native.locked.as_ref().filter(|_| !change.is_empty()) else { return Ok(change) };
        // What was left out before differs still: it is no wish of this request.
        let row = Row::new(before.cloned(), Some(native.clone()));
        let was = self.backend().desired(after.kind, &self.document(after.kind, &row));
        let wanted = self.backend().desired(after.kind, &after.document);
        let held = self.caps().of(after.kind);
        let differing = change.fields();
        let asked = differing.filter(|field| !held.same(field, was.get(field), wanted.get(field))).count();
        match self.synced_write(request) {
            _ if asked == 0 => {}
            SyncedWrite::Reject => return Err(error::managed_by(locked)),
            SyncedWrite::Ignore => self.delivery.synced_ignored(&request.ctx, asked),
        }
        Ok(Change::default())
    }

    /// Whether an object that a directory manages is no longer as we remember it: a write is an occasion to remember it
    /// anew, so that what is echoed holds until the directory changes it again.
    pub(super) fn directory_moved(before: Option<&Shadow>, native: &Native) -> bool {
        native.locked.is_some() && before.is_some_and(|row| row.projection != native.attrs)
    }

    /// The stricter of what the target says, or the client's profile where it says nothing, and what the client says.
    fn synced_write(&self, request: &Request) -> SyncedWrite {
        let by_profile = || match request.client.profile {
            Profile::Tolerant => SyncedWrite::Ignore,
            Profile::Strict => SyncedWrite::Reject,
        };
        let ours = self.settings.synced_write.unwrap_or_else(by_profile);
        ours.max(request.client.synced_write.unwrap_or(ours))
    }

    /// Somebody's access can't be ended here. It is journalled, so that an operator finds it, and told.
    pub(super) async fn access_is_managed(
        &self,
        request: &Request,
        kind: Kind,
        row: &Row,
        action: Action,
        by: &Locked,
    ) -> ScimError {
        let Some(shadow) = self.row_of(request, kind, row) else { return error::managed_by(by) };
        let wishes = [(aspect::LIFE.to_owned(), action)];
        self.impossible(request, &shadow, wishes.to_vec(), by).await
    }

    /// Members of a group can't be changed here; the removals are journalled.
    pub(super) async fn members_are_managed(
        &self,
        request: &Request,
        row: &Row,
        changes: &[MemberChange],
        by: &Locked,
    ) -> ScimError {
        let Some(shadow) = self.row_of(request, Kind::Group, row) else { return error::managed_by(by) };
        let removals = changes.iter().filter(|change| !change.member);
        let wishes = removals.map(|change| (aspect::member(change.user.as_str()), Action::MemberOut));
        self.impossible(request, &shadow, wishes.collect(), by).await
    }

    async fn impossible(
        &self,
        request: &Request,
        shadow: &Shadow,
        wishes: Vec<(String, Action)>,
        by: &Locked,
    ) -> ScimError {
        match self.delivery.impossible(&request.ctx, shadow, wishes, by).await {
            Ok(()) => error::managed_by(by),
            Err(failure) => error::write(&request.client, failure),
        }
    }

    /// The stored row; that of a resource which nobody wrote through us as it would be stored.
    fn row_of(&self, request: &Request, kind: Kind, row: &Row) -> Option<Shadow> {
        let unwritten = || Some(self.unwritten(request, kind, row.native.clone()?));
        row.shadow.clone().or_else(unwritten)
    }
}
