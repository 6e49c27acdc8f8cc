//! What a document wants of a native object.

use std::sync::Arc;

use scim::resource::Document;
use serde_json::Value;

use super::{Delivery, Failure};
use crate::backend::{Attrs, Change, Field, Native};
use crate::kernel::Kind;
use crate::store::Shadow;

impl Delivery {
    /// What has to change natively so that an object is as a document wants it.
    pub fn change(&self, kind: Kind, document: &Document, native: &Native) -> Change {
        let desired = self.backend.desired(kind, document);
        let mut change = Change::default();
        if desired.is_identical(&native.attrs) {
            return change;
        }
        let made_up = self.made_up(kind, document, &desired, native);
        for field in self.backend.capabilities().of(kind).holds {
            let (theirs, ours) = (native.attrs.get(field.name), desired.get(field.name));
            // Where nothing is remembered, the backend alone can tell how a name was spelled.
            let is_respelled = !self.store.keeps_shadows()
                && matches!((theirs, ours), (Some(Value::String(a)), Some(Value::String(b))) if a != b);
            let is_so = field.same(theirs, ours) && !is_respelled;
            if is_so || made_up.contains(&field.name) {
                continue;
            }
            match desired.get_shared(field.name) {
                Some(value) => change.set.insert(field.name, Arc::clone(value)),
                None => change.clear.push(field.name.to_owned()),
            }
        }
        change
    }

    /// Adds to a change what the owner of a resource calls it, where the backend keeps that. `name`: `None` leaves it as it is.
    #[must_use]
    pub fn named(
        &self,
        kind: Kind,
        mut change: Change,
        name: Option<Option<&str>>,
        native: &Native,
    ) -> Change {
        let held = self.backend.capabilities().of(kind);
        let (Some(field), Some(name)) = (held.external_id, name) else { return change };
        let name = name.map(Value::from);
        if !held.same(field, native.attrs.get(field), name.as_ref()) {
            match name {
                Some(name) => change.set.insert(field, name),
                None => change.clear.push(field.to_owned()),
            }
        }
        change
    }

    /// What has to change natively so that an object is as clients wrote it, and bears the name that its owner gave it.
    pub(super) async fn wanted(&self, shadow: &Shadow, native: &Native) -> Result<Change, Failure> {
        let name = self.owners_name(shadow).await?;
        let change = self.change(shadow.kind, &shadow.document, native);
        Ok(self.named(shadow.kind, change, name.as_deref().map(Some), native))
    }

    /// Names an object that is to be made as its owner calls it, where the backend keeps that.
    pub fn name(&self, kind: Kind, attrs: &mut Attrs, name: Option<&str>) {
        if let (Some(field), Some(name)) = (self.backend.capabilities().of(kind).external_id, name) {
            attrs.insert(field, Value::from(name));
        }
    }

    /// What the owner of a resource calls it, where the backend keeps that.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn owners_name(&self, shadow: &Shadow) -> Result<Option<String>, Failure> {
        if self.backend.capabilities().of(shadow.kind).external_id.is_none() {
            return Ok(None);
        }
        let ids = std::slice::from_ref(&shadow.scim_id);
        let names = self.store.external_ids(&self.target, &shadow.owner, ids).await?;
        Ok(names.first().map(|(_, name)| (**name).to_owned()))
    }

    /// What a person without a native object is to be made of. A userName that is the native id which the person had when
    /// nobody had written them was made up: nobody wished for it.
    pub fn desired_anew(&self, person: &Shadow) -> Attrs {
        let mut document = person.document.clone();
        if document.user_name() == Some(person.scim_id.as_str()) {
            document.remove("userName");
        }
        self.backend.desired(Kind::User, &document)
    }

    /// The fields that are unassigned natively and that only a userName asks for which was made up for somebody who has
    /// none natively: nobody wished for these.
    fn made_up(
        &self,
        kind: Kind,
        document: &Document,
        desired: &Attrs,
        native: &Native,
    ) -> Vec<&'static str> {
        if kind == Kind::Group {
            return Vec::new();
        }
        let held = self.backend.capabilities().of(kind).holds.iter();
        let is_new =
            |field: &&Field| desired.contains_key(field.name) && !native.attrs.contains_key(field.name);
        let new: Vec<&Field> = held.filter(is_new).collect();
        if new.is_empty() {
            return Vec::new();
        }
        let mut nameless = document.clone();
        nameless.remove("userName");
        let otherwise = self.backend.desired(kind, &nameless);
        let derived = self.backend.desired(kind, &self.backend.present(kind, native));
        let own_id = |field: &str| desired.get(field).and_then(Value::as_str) == Some(native.at.id.as_str());
        new.into_iter()
            .filter(|field| !otherwise.contains_key(field.name))
            .filter(|field| {
                own_id(field.name) || field.same(derived.get(field.name), desired.get(field.name))
            })
            .map(|field| field.name)
            .collect()
    }
}
