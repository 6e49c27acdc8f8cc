//! What a document wants of a native object.

use scim::resource::Document;
use serde_json::Value;

use super::Delivery;
use crate::backend::{Attrs, Change, Field, Native};
use crate::kernel::Kind;
use crate::store::Shadow;

impl Delivery {
    /// What has to change natively so that an object is as a document wants it.
    pub fn change(&self, kind: Kind, document: &Document, native: &Native) -> Change {
        let desired = self.backend.desired(kind, document);
        let mut change = Change::default();
        if desired.iter().eq(native.fields()) {
            return change;
        }
        let made_up = self.made_up(kind, document, &desired, native);
        for field in self.backend.capabilities().of(kind).holds {
            let (theirs, ours) = (native.attrs.get(field.name), desired.get(field.name));
            if field.same(theirs, ours) || made_up.contains(&field.name) {
                continue;
            }
            match ours {
                Some(value) => drop(change.set.insert(field.name.to_owned(), value.clone())),
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
