//! What the backend takes no person without (`Capabilities::requires`).

use scim::error::ScimError;
use scim::resource::Document;

use super::super::core::Core;
use crate::kernel::Kind;

impl Core {
    /// Looks that a person has what the backend requires, as far as it can't be made of something else. `before` is the person
    /// before a change of some attributes: what was missing then is not the change's to bring.
    ///
    /// # Errors
    /// 400 that says what to do: `invalidValue` (RFC 7644 §3.12, "a required value was missing"), and `mutability` for a change
    /// that takes it away (§3.5.2.2).
    pub(super) fn has_required(
        &self,
        kind: Kind,
        document: &Document,
        before: Option<&Document>,
    ) -> Result<(), ScimError> {
        let requires = self.caps().requires;
        if kind == Kind::Group || requires.is_empty() {
            return Ok(());
        }
        let desired = self.backend().desired(kind, document);
        let before = before.map(|before| self.backend().desired(kind, before));
        let lacks = |field| {
            !desired.contains_key(field) && before.as_ref().is_none_or(|before| before.contains_key(field))
        };
        match requires.iter().find(|required| lacks(required.field)) {
            Some(required) => {
                let detail = format!("'{}' is required. {}", required.scim, required.advice);
                Err(match before {
                    None => ScimError::invalid_value(detail),
                    Some(_) => ScimError::mutability(detail),
                })
            }
            None => Ok(()),
        }
    }
}
