//! The `schemas` of a body (RFC 7643 §3).

use serde_json::Value;

use super::Reader;
use crate::error::{Result, ScimError};
use crate::path::excerpt;
use crate::repairs::Repair;
use crate::repairs::value::scim1_successor;
use crate::schema::{ResourceType, Schema};

/// A schema of a resource type, by URN.
pub(crate) enum Known<'a> {
    Core,
    Extension(&'a Schema),
}

impl Reader<'_> {
    /// The schema with this URN. SCIM 1.x names stand for their successors in the tolerant profile.
    pub(crate) fn known<'a>(&mut self, rt: &'a ResourceType, urn: &str) -> Option<Known<'a>> {
        let find = |urn: &str| {
            let core = rt.schema.id.eq_ignore_ascii_case(urn).then_some(Known::Core);
            core.or_else(|| rt.extension(urn).map(Known::Extension))
        };
        find(urn).or_else(|| {
            let successor = scim1_successor(urn, &rt.schema.id).filter(|_| self.profile.is_tolerant())?;
            let known = find(successor)?;
            self.repairs.note(Repair::Scim1Schema);
            Some(known)
        })
    }

    /// The URNs of the extensions that `schemas` declares.
    pub(crate) fn declared<'a>(
        &mut self,
        rt: &'a ResourceType,
        schemas: Option<Value>,
    ) -> Result<Vec<&'a str>> {
        let urns = match schemas {
            Some(Value::Array(urns)) => urns,
            Some(Value::String(urn)) if self.forgives(Repair::SingleForArray) => vec![Value::String(urn)],
            None | Some(Value::Null) => Vec::new(),
            Some(_) => return Err(ScimError::invalid_syntax("'schemas' must be an array of URNs")),
        };
        if urns.is_empty() && !self.forgives(Repair::MissingSchemas) {
            return Err(ScimError::invalid_syntax("'schemas' is missing or empty"));
        }
        let (mut core, mut extensions) = (false, Vec::new());
        for urn in &urns {
            let urn = urn
                .as_str()
                .ok_or_else(|| ScimError::invalid_syntax("'schemas' must be an array of URNs"))?;
            match self.known(rt, urn) {
                Some(Known::Core) => core = true,
                Some(Known::Extension(schema)) => extensions.push(schema.id.as_str()),
                None => self.drop_unknown_schema(urn)?,
            }
        }
        if !core && !self.profile.is_tolerant() {
            return Err(ScimError::invalid_syntax(format!("'schemas' lacks {}", rt.schema.id)));
        }
        Ok(extensions)
    }

    /// Drops a schema that is not served; strict: the error.
    pub(crate) fn drop_unknown_schema(&mut self, urn: &str) -> Result<()> {
        if self.forgives(Repair::UnknownSchema) {
            return Ok(());
        }
        Err(ScimError::invalid_syntax(format!("The schema '{}' is not served", excerpt(urn))))
    }
}
