//! What one client calls the resources of one target.

use std::sync::Arc;

use super::table::{Table, Undo};
use crate::kernel::ScimId;

/// What one client calls the resources of one target, and the way back.
#[derive(Clone, Default)]
pub(super) struct Names {
    names: Table<ScimId, Arc<str>>,
    /// Who is called so, in SCIM-id order.
    named: Table<Arc<str>, Vec<ScimId>>,
}

impl Names {
    /// Its tables.
    pub fn tables(&mut self) -> impl Iterator<Item = &mut dyn Undo> {
        let Self { names, named } = self;
        let own: [&mut dyn Undo; 2] = [names, named];
        own.into_iter()
    }

    /// What a resource is called.
    pub fn of(&self, id: &ScimId) -> Option<&Arc<str>> {
        self.names.get(id)
    }

    /// Those who are called so, in SCIM-id order.
    pub fn named(&self, name: &str) -> &[ScimId] {
        self.named.get(name).map_or(&[], Vec::as_slice)
    }

    /// What a resource is called from now on; `None` takes the name away.
    pub fn name(&mut self, id: ScimId, name: Option<Arc<str>>) {
        if let Some(old) = self.names.get(&id).cloned() {
            let mut others = self.named(&old).to_vec();
            others.retain(|other| *other != id);
            match others.is_empty() {
                true => self.named.take(&old),
                false => self.named.put(old, others),
            }
            self.names.take(&id);
        }
        if let Some(name) = name {
            let mut all = self.named(&name).to_vec();
            all.push(id.clone());
            all.sort_unstable();
            self.named.put(Arc::clone(&name), all);
            self.names.put(id, name);
        }
    }
}
