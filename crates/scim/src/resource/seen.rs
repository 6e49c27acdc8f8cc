//! A resource as filters and orders look at it: attribute by attribute.

use std::cell::OnceCell;

use serde_json::{Map, Value, to_value};

use super::Resource;
use super::render::EXTERNAL_ID;

/// Something whose attributes can be looked at.
pub trait Attributed {
    /// The value of a top-level attribute, or the data of an extension by its URN, in canonical spelling.
    fn attribute(&self, name: &str) -> Option<&Value>;
}

impl Attributed for Map<String, Value> {
    fn attribute(&self, name: &str) -> Option<&Value> {
        self.get(name)
    }
}

/// A resource, to be looked at without being copied. What it does not keep as JSON is made when it is first looked at.
#[derive(Debug)]
pub struct Seen<'r> {
    resource: &'r Resource,
    active: Option<Value>,
    schemas: OnceCell<Value>,
    id: OnceCell<Value>,
    external_id: OnceCell<Option<Value>>,
    relation: OnceCell<Option<Value>>,
    meta: OnceCell<Value>,
}

impl Resource {
    /// What filters and orders see of it. `active`: the true one, where the resource leaves it out.
    #[must_use]
    pub fn seen(&self, active: Option<bool>) -> Seen<'_> {
        let (schemas, id, external_id, relation, meta) = Default::default();
        let active = active.map(Value::Bool);
        Seen { resource: self, active, schemas, id, external_id, relation, meta }
    }
}

impl Attributed for Seen<'_> {
    fn attribute(&self, name: &str) -> Option<&Value> {
        let it = self.resource;
        match name {
            "schemas" => Some(self.schemas.get_or_init(|| it.schemas().map(Value::from).collect())),
            "id" => Some(self.id.get_or_init(|| Value::from(&*it.id))),
            "meta" => Some(self.meta.get_or_init(|| it.meta.to_value(&it.resource_type))),
            "active" if self.active.is_some() => self.active.as_ref(),
            EXTERNAL_ID if it.external_id.is_some() => {
                self.external_id.get_or_init(|| it.external_id.as_deref().map(Value::from)).as_ref()
            }
            name => match it.relation.as_ref().filter(|relation| relation.attribute == name) {
                Some(relation) => self.relation.get_or_init(|| to_value(&relation.references).ok()).as_ref(),
                None => it.document.get(name),
            },
        }
    }
}
