//! One operation, its value checked against the schema.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::Patch;
use super::expand::{Single, Written};
use super::members;
use super::message::Op;
use super::target::{Target, resolve};
use crate::error::{Result, ScimError};
use crate::filter::ElementFilter;
use crate::profile::Profile;
use crate::repairs::Repair;
use crate::resource::{Coerced, Reader, invalid};
use crate::schema::{Attribute, Mutability, Resolved, ResourceType};

/// An operation on one attribute, or on an extension as a whole.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Operation {
    /// The extension.
    pub(super) urn: Option<String>,
    /// The attribute; empty for the extension as a whole.
    pub(super) name: Arc<str>,
    /// Whether what is there may not change.
    pub(super) immutable: bool,
    /// What happens.
    pub(super) action: Action,
}

/// What happens to the target.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Action {
    /// The attribute, or the extension, becomes unassigned.
    Clear,
    /// The attribute gets this value.
    Set(Value),
    /// Sub-attributes of a single complex value: these are set, those cleared, the rest stays.
    Merge(Map<String, Value>, Vec<String>),
    /// These join a list.
    Append(Vec<Value>),
    /// Elements of a list change: those that the filter selects, or all.
    Elements { filter: Option<ElementFilter>, replace: bool, change: ElementChange },
    /// The attribute is read-only: its value must be this already (none: it must have none).
    MustBe { sub: Option<String>, value: Option<Value> },
}

/// What happens to a selected element.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum ElementChange {
    /// It goes.
    Remove,
    /// It becomes this.
    Whole(Map<String, Value>),
    /// These sub-attributes are set, those cleared.
    Merge(Map<String, Value>, Vec<String>),
}

impl Operation {
    /// The key of the resource under which the change shows.
    pub(super) fn top_level(&self) -> &str {
        self.urn.as_deref().unwrap_or(&self.name)
    }
}

impl Patch {
    /// Reads one operation and keeps what it means.
    pub(super) fn take_in(
        &mut self,
        single: Single,
        rt: &ResourceType,
        reader: &mut Reader<'_>,
    ) -> Result<()> {
        let Single { op, target: written, value } = single;
        let (found, filter) = match resolve(&written, rt, reader)? {
            Target::Nothing => return Ok(()),
            Target::Extension(schema) => {
                let urn = Some(schema.id.clone());
                let whole = Operation { urn, name: Arc::default(), immutable: false, action: Action::Clear };
                self.operations.push(whole);
                return Ok(());
            }
            Target::Attribute { found, filter } => (found, filter),
        };
        let read_only = found.leaf().mutability == Mutability::ReadOnly
            || found.attribute.mutability == Mutability::ReadOnly;
        if found.leaf().is_secret() {
            return Ok(());
        }
        let members = &*found.attribute.name == "members" && found.extension.is_none();
        if members && found.attribute.mutability != Mutability::ReadOnly {
            let asked = members::Asked { op, filter, sub: found.sub, value };
            self.members.extend(members::read(asked, found.attribute, reader)?);
            return Ok(());
        }
        let action = match read_only {
            true => read_only_action(&written, &found, filter.as_ref(), op, value, reader)?,
            false => action(op, &found, filter, value, reader)?,
        };
        if let Some(action) = action {
            self.keep(Operation {
                urn: found.extension.map(|schema| schema.id.clone()),
                name: Arc::clone(&found.attribute.name),
                immutable: found.leaf().mutability == Mutability::Immutable,
                action,
            });
        }
        Ok(())
    }

    /// Keeps an operation. One that adds to the list that the one before added to becomes part of it, so that a thousand of them cost
    /// one pass over the list.
    fn keep(&mut self, operation: Operation) {
        if let Some(last) = self.operations.last_mut()
            && (&last.urn, &last.name) == (&operation.urn, &operation.name)
            && let (Action::Append(values), Action::Append(more)) = (&mut last.action, &operation.action)
        {
            values.extend_from_slice(more);
            return;
        }
        self.operations.push(operation);
    }
}

/// RFC 7644 §3.5.2: a read-only attribute must not change. Writing what it is already is no change; whether it is, `apply` sees.
fn read_only_action(
    written: &Written,
    found: &Resolved<'_>,
    filter: Option<&ElementFilter>,
    op: Op,
    value: Option<Value>,
    reader: &mut Reader<'_>,
) -> Result<Option<Action>> {
    if &*found.attribute.name == "schemas"
        && matches!(written, Written::Path(_))
        && reader.forgives(Repair::IgnoredReadOnlyKey)
    {
        return Ok(None);
    }
    if filter.is_some() {
        return Err(ScimError::mutability(format!("'{}' is read-only", found.attribute.name)));
    }
    let value = value.filter(|value| op != Op::Remove && !value.is_null());
    Ok(Some(Action::MustBe { sub: found.sub.map(|sub| sub.name.to_string()), value }))
}

/// The action on a writable attribute; none if the value was not understood.
fn action(
    op: Op,
    found: &Resolved<'_>,
    filter: Option<ElementFilter>,
    value: Option<Value>,
    reader: &mut Reader<'_>,
) -> Result<Option<Action>> {
    let attribute = found.attribute;
    let value = match op {
        Op::Add | Op::Replace => value.unwrap_or_default(),
        Op::Remove => {
            // Entra ID repeats the old value.
            if value.is_some() && !reader.forgives(Repair::RemoveWithValue) {
                return Err(ScimError::invalid_value("A remove operation has no 'value'"));
            }
            return Ok(Some(remove(found, filter)));
        }
    };
    if attribute.multi_valued && (filter.is_some() || found.sub.is_some()) {
        let change = element_change(op, found, value, reader)?;
        return Ok(change.map(|change| Action::Elements { filter, replace: op == Op::Replace, change }));
    }
    if let Some(sub) = found.sub {
        return Ok(sub_change(sub, value, reader)?.map(|(set, cleared)| Action::Merge(set, cleared)));
    }
    if attribute.is_complex() && !attribute.multi_valued {
        return single_complex(op, attribute, value, reader);
    }
    Ok(match reader.value(attribute, value)? {
        Coerced::Assigned(Value::Array(list)) if op == Op::Add => Some(Action::Append(list)),
        Coerced::Assigned(value) => Some(Action::Set(value)),
        // Adding nothing to a list adds nothing.
        Coerced::Unassigned if op == Op::Add && attribute.multi_valued => None,
        Coerced::Unassigned => Some(Action::Clear),
        Coerced::Ignored => None,
    })
}

fn remove(found: &Resolved<'_>, filter: Option<ElementFilter>) -> Action {
    let cleared = || found.sub.map(|sub| vec![sub.name.to_string()]);
    match (filter, cleared()) {
        (filter, Some(cleared)) if found.attribute.multi_valued => {
            Action::Elements { filter, replace: false, change: ElementChange::Merge(Map::new(), cleared) }
        }
        (None, Some(cleared)) => Action::Merge(Map::new(), cleared),
        (filter @ Some(_), _) => Action::Elements { filter, replace: false, change: ElementChange::Remove },
        (None, None) => Action::Clear,
    }
}

/// RFC 7644 §3.5.2.3: sub-attributes in the value replace those there, the others stay. The interoperability profile has `replace`
/// replace the whole.
fn single_complex(
    op: Op,
    attribute: &Attribute,
    value: Value,
    reader: &mut Reader<'_>,
) -> Result<Option<Action>> {
    let whole = op == Op::Replace && reader.profile == Profile::Strict;
    if let (Value::Object(map), false) = (&value, whole) {
        let fields = reader.fields(attribute, map.clone())?;
        if fields.set.is_empty() && fields.cleared.is_empty() {
            return Ok((!fields.dropped && op == Op::Replace).then_some(Action::Clear));
        }
        return Ok(Some(Action::Merge(fields.set, fields.cleared)));
    }
    Ok(match reader.value(attribute, value)? {
        Coerced::Assigned(Value::Object(map)) if !whole => Some(Action::Merge(map, Vec::new())),
        Coerced::Assigned(value) => Some(Action::Set(value)),
        Coerced::Unassigned => Some(Action::Clear),
        Coerced::Ignored => None,
    })
}

/// RFC 7644 §3.5.2.3: with a sub-attribute, it changes; without, an add merges and a replace replaces the element.
fn element_change(
    op: Op,
    found: &Resolved<'_>,
    value: Value,
    reader: &mut Reader<'_>,
) -> Result<Option<ElementChange>> {
    if let Some(sub) = found.sub {
        return Ok(sub_change(sub, value, reader)?.map(|(set, cleared)| ElementChange::Merge(set, cleared)));
    }
    Ok(match (op, reader.single(found.attribute, value)?) {
        (_, Coerced::Ignored) => None,
        (_, Coerced::Unassigned) => Some(ElementChange::Remove),
        (Op::Add, Coerced::Assigned(Value::Object(map))) => Some(ElementChange::Merge(map, Vec::new())),
        (_, Coerced::Assigned(Value::Object(map))) => Some(ElementChange::Whole(map)),
        (_, Coerced::Assigned(_)) => return Err(invalid(found.attribute, "must be an object")),
    })
}

type SubChange = (Map<String, Value>, Vec<String>);

fn sub_change(sub: &Attribute, value: Value, reader: &mut Reader<'_>) -> Result<Option<SubChange>> {
    Ok(match reader.value(sub, value)? {
        Coerced::Assigned(value) => Some((Map::from_iter([(sub.name.to_string(), value)]), Vec::new())),
        Coerced::Unassigned => Some((Map::new(), vec![sub.name.to_string()])),
        Coerced::Ignored => None,
    })
}
