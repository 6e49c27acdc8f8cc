//! Rows of the store as a write is to leave them.

use scim::resource::Document;

use super::super::core::Core;
use super::super::matching::key_of;
use super::super::read::Row;
use super::super::target::Request;
use super::edit::{ActiveEdit, Edited};
use crate::backend::{Deactivate, Native};
use crate::kernel::Kind;
use crate::store::{Shadow, ShadowRow, State};

impl Core {
    /// The row as a change leaves it, but for access. A resource that nobody wrote before gets its first row.
    pub(super) fn row_after(&self, request: &Request, kind: Kind, row: &Row, edited: &Edited) -> Shadow {
        let mut after = row.shadow.clone().unwrap_or_else(|| self.first_row(request, kind, row));
        after.document = edited.document.clone();
        let key = key_of(kind, &after.document);
        // A read-only annotation is the backend's to tell, not the client's document.
        self.strip_annotations(&mut after.document);
        if !key.is_empty() {
            after.key = key;
        }
        after.owed_until = edited.owed_until.or(after.owed_until);
        match edited.active {
            ActiveEdit::Removed => after.active_unassigned = true,
            ActiveEdit::Written(_) => after.active_unassigned = false,
            ActiveEdit::Untouched => {}
        }
        after
    }

    /// The first row of a resource that nobody wrote through us, as it is.
    pub(super) fn unwritten(&self, request: &Request, kind: Kind, native: Native) -> Shadow {
        let row = Row::new(None, Some(native));
        let nothing = Edited::nothing(self.document(kind, &row));
        self.row_after(request, kind, &row, &nothing)
    }

    /// The first row of a resource that exists natively: its SCIM id is its native id.
    fn first_row(&self, request: &Request, kind: Kind, row: &Row) -> Shadow {
        let now = self.delivery.clock.now();
        let document = self.document(kind, row);
        let members = row.native.as_ref().and_then(|native| native.members.as_ref());
        Shadow::from(ShadowRow {
            target: self.target().clone(),
            kind,
            scim_id: row.id(),
            native: row.native.as_ref().map(|native| native.at.clone()),
            key: key_of(kind, &document),
            state: match self.caps().deactivate {
                Deactivate::Quarantine if !row.is_active() => State::Quarantined,
                _ => State::Live,
            },
            active: row.is_active(),
            document,
            projection: row.native.as_ref().map(|native| native.attrs.clone()).unwrap_or_default(),
            active_unassigned: false,
            owner: request.client.name.clone(),
            has_email: row.native.as_ref().is_none_or(|native| self.delivery.has_email(kind, &native.attrs)),
            member_count: members.map(|members| u32::try_from(members.len()).unwrap_or(u32::MAX)),
            member_version: 0,
            generation: 1,
            version: 1,
            created: now,
            modified: now,
            overlay_until: None,
            owed_until: None,
        })
    }

    fn strip_annotations(&self, document: &mut Document) {
        let Some(urn) = self.caps().user_extension else { return };
        let schema = self.discovery.user_type.extensions.iter().find(|extension| extension.schema.id == urn);
        let Some(schema) = schema else { return };
        for attribute in schema.schema.attributes.iter() {
            if attribute.mutability == scim::schema::Mutability::ReadOnly && document.extension(urn).is_some()
            {
                document.set_extension(urn, &attribute.name, serde_json::Value::Null);
            }
        }
    }
}
