//! What a row remembers of its native object, and how it is brought back to what it was.

use scim::resource::Document;
use serde_json::{Value, json};

use super::Failure;
use crate::backend::{Native, NativeRef};
use crate::store::{Shadow, StoreError};

/// In the payload of a return: the row as it was, in case it is refused.
pub(super) const BEFORE: &str = "before";

/// What a row has to be brought back to.
pub(super) fn as_before(row: &Shadow) -> Value {
    json!({"key": row.key, "document": row.document.as_map()})
}

/// Brings a row back: what came along with a refused wish is refused with it.
pub(super) fn restore(shadow: &mut Shadow, payload: &Value) {
    let Some(row) = payload.get(BEFORE) else { return };
    if let Some(document) = row.get("document").and_then(Value::as_object) {
        shadow.document = Document::from_canonical(document.clone());
    }
    if let Some(key) = row.get("key").and_then(Value::as_str) {
        key.clone_into(&mut shadow.key);
    }
}

/// Whether an object's fields are as they are remembered. `false` need not mean that one differs: order counts, too.
pub fn is_as_remembered(shadow: &Shadow, native: &Native) -> bool {
    shadow.projection.is_identical(&native.attrs)
}

/// A native object as we last knew it.
pub fn record_of(shadow: &Shadow, at: NativeRef) -> Native {
    Native {
        at,
        attrs: shadow.projection.clone(),
        active: None,
        locked: None,
        groups: None,
        members: None,
        created: None,
        modified: None,
    }
}

/// A reference to the native object of a shadow.
///
/// # Errors
/// A live shadow without one is a broken store.
pub(super) fn native_of(shadow: &Shadow) -> Result<NativeRef, Failure> {
    shadow.native.clone().ok_or_else(|| {
        Failure::Store(StoreError::Failed(format!("{} {} has no native object", shadow.kind, shadow.scim_id)))
    })
}
