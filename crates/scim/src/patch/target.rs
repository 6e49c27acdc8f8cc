//! What an operation is about.

use super::expand::Written;
use crate::error::{Result, ScimError};
use crate::filter::{ElementFilter, Filter};
use crate::path::{AttrPath, Path, excerpt};
use crate::repairs::Repair;
use crate::resource::Reader;
use crate::schema::{Attribute, Resolved, ResourceType, Schema};

/// A resolved target.
pub(super) enum Target<'a> {
    /// All attributes of an extension.
    Extension(&'a Schema),
    /// An attribute, elements of it, or a sub-attribute.
    Attribute { found: Resolved<'a>, filter: Option<ElementFilter> },
    /// Nothing that is served; tolerated.
    Nothing,
}

/// Resolves what the client wrote.
pub(super) fn resolve<'a>(
    written: &Written,
    rt: &'a ResourceType,
    reader: &mut Reader<'_>,
) -> Result<Target<'a>> {
    let text = match written {
        Written::Extension { urn, key } => return in_extension(urn, key, rt, reader),
        Written::Path(text) | Written::Key(text) => text,
    };
    if let Some(schema) = rt.extension(text) {
        return Ok(Target::Extension(schema));
    }
    let path = match Path::parse(text, reader.profile, reader.limits, reader.repairs) {
        Ok(path) => path,
        // A key that is no path is a name that nothing has; a path that is none is an error.
        Err(error) => {
            return if matches!(written, Written::Key(_)) { nothing(text, reader) } else { Err(error) };
        }
    };
    let attr = AttrPath { sub: path.attr.sub.or(path.sub), ..path.attr };
    let Some(found) = rt.resolve(&attr) else { return nothing(text, reader) };
    if found.bare && !reader.forgives(Repair::BareExtensionAttribute) {
        return nothing(text, reader);
    }
    let filter = path.filter.map(|filter| bind(&filter, found.attribute, reader)).transpose()?;
    Ok(Target::Attribute { found, filter })
}

fn bind(filter: &Filter<'_>, attribute: &Attribute, reader: &mut Reader<'_>) -> Result<ElementFilter> {
    // RFC 7644 §3.5.2: a value filter selects among the values of a complex multi-valued attribute.
    if !(attribute.multi_valued && attribute.is_complex()) {
        return Err(ScimError::invalid_path(format!("'{}' has no values to select from", attribute.name)));
    }
    filter.bind_element(attribute, reader.profile, reader.repairs)
}

fn in_extension<'a>(
    urn: &str,
    key: &str,
    rt: &'a ResourceType,
    reader: &mut Reader<'_>,
) -> Result<Target<'a>> {
    let path = AttrPath::parse(key, reader.profile, reader.repairs).ok().filter(|path| path.urn.is_none());
    let found = path.and_then(|path| rt.resolve(&AttrPath { urn: Some(urn), ..path }));
    match found {
        Some(found) => Ok(Target::Attribute { found, filter: None }),
        None => nothing(key, reader),
    }
}

fn nothing<'a>(text: &str, reader: &mut Reader<'_>) -> Result<Target<'a>> {
    if reader.forgives(Repair::UnknownAttribute) {
        return Ok(Target::Nothing);
    }
    Err(ScimError::invalid_path(format!("'{}' names no attribute of this resource", excerpt(text))))
}
