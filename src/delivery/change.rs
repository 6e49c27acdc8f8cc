//! What a document wants of a native object.

use scim::resource::Document;
use serde_json::Value;

use super::Delivery;
use crate::backend::{Attrs, Change, Native};
use crate::kernel::Kind;
use crate::store::Shadow;

impl Delivery {
    /// What has to change natively so that an object is as a document wants it.
    pub fn change(&self, kind: Kind, document: &Document, native: &Native) -> Change {
        let held = self.backend.capabilities().of(kind);
        let mut desired = self.backend.desired(kind, document);
        let made_up = self.made_up(kind, document, &desired, native);
        let mut change = Change::default();
        for field in held.holds {
            let (theirs, ours) = (native.attrs.get(field.name), desired.remove(field.name));
            if held.same(field.name, theirs, ours.as_ref()) || made_up.contains(&field.name) {
                continue;
            }
            match ours {
                Some(value) => drop(change.set.insert(field.name.to_owned(), value)),
                None => change.clear.push(field.name.to_owned()),
            }
        }
        change
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
        let held = self.backend.capabilities().of(kind);
        let mut nameless = document.clone();
        nameless.remove("userName");
        let otherwise = self.backend.desired(kind, &nameless);
        let derived = self.backend.desired(kind, &self.backend.present(kind, native));
        let by_name = held.holds.iter().map(|field| field.name).filter(|field| {
            desired.contains_key(*field)
                && !native.attrs.contains_key(*field)
                && !otherwise.contains_key(*field)
        });
        let own_id = |field: &str| desired.get(field).and_then(Value::as_str) == Some(native.at.id.as_str());
        by_name
            .filter(|field| own_id(field) || held.same(field, derived.get(*field), desired.get(*field)))
            .collect()
    }
}
