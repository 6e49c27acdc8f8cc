//! Which attributes an answer has (RFC 7644 §3.9, RFC 7643 §2.2 `returned`).

use std::sync::Arc;

use serde::Serialize;
use serde_json::{Map, Value};

use super::selection::Selection;
use crate::error::{Result, ScimError};
use crate::limits::Limits;
use crate::object_text::ObjectText;
use crate::path::{Path, excerpt};
use crate::profile::Profile;
use crate::repairs::{Repair, Repairs};
use crate::schema::{Attribute, ResourceType, Returned};

#[derive(Clone, Debug, PartialEq)]
enum Choice {
    /// What is returned by default.
    Default,
    /// `attributes`: these, and what is always returned.
    Only,
    /// `excludedAttributes`: what is returned by default without these.
    Except,
}

/// What a resource type's attributes say of themselves (RFC 7643 §2.2 `returned`), where it is not "by default".
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Returns {
    always: Selection,
    never: Selection,
    on_request: Selection,
}

/// The choice of attributes of one request.
#[derive(Clone, Debug, PartialEq)]
pub struct Projection {
    choice: Choice,
    chosen: Selection,
    returns: Arc<Returns>,
}

impl Projection {
    /// What is returned by default.
    #[must_use]
    pub fn all(rt: &ResourceType) -> Self {
        let returns = Arc::clone(rt.returns.or_make(|| Arc::new(Returns::of(rt))));
        Self { choice: Choice::Default, chosen: Selection::default(), returns }
    }

    /// What is returned by default, without one top-level attribute.
    #[must_use]
    pub fn all_but(rt: &ResourceType, attribute: &str) -> Self {
        let mut projection = Self::all(rt);
        projection.choice = Choice::Except;
        projection.chosen.add([attribute]);
        projection
    }

    /// Reads `attributes` and `excludedAttributes`: comma-separated attribute paths, URNs of whole extensions. Names that the resource
    /// type does not have choose nothing.
    ///
    /// # Errors
    /// `invalidValue` if both are given, `invalidPath` if one is not a path.
    pub fn parse(
        attributes: Option<&str>,
        excluded: Option<&str>,
        rt: &ResourceType,
        profile: Profile,
        limits: &Limits,
        repairs: &mut Repairs,
    ) -> Result<Self> {
        let mut projection = Self::all(rt);
        let given = |text: Option<&'_ str>| text.is_some_and(|text| !text.trim().is_empty());
        let text = match (given(attributes), given(excluded)) {
            (true, true) => {
                return Err(ScimError::invalid_value(
                    "'attributes' and 'excludedAttributes' exclude each other",
                ));
            }
            (true, false) => {
                projection.choice = Choice::Only;
                attributes
            }
            (false, true) => {
                projection.choice = Choice::Except;
                excluded
            }
            (false, false) => None,
        };
        for name in split(text.unwrap_or_default()) {
            projection.choose(name, rt, profile, limits, repairs)?;
        }
        Ok(projection)
    }

    /// Whether the answer has the top-level attribute (an extension: by its URN), so that it must be read.
    #[must_use]
    pub fn wants(&self, attribute: &str) -> bool {
        self.keeps(attribute)
    }

    /// Whether the client named the top-level attribute, or a part of it, in `attributes`.
    #[must_use]
    pub fn asked(&self, attribute: &str) -> bool {
        self.choice == Choice::Only && self.chosen.under(attribute).is_some()
    }

    /// Whether the client named any attributes: its PATCH must then be answered with a body (RFC 7644 §3.5.2).
    #[must_use]
    pub fn is_default(&self) -> bool {
        self.choice == Choice::Default
    }

    /// A resource in JSON as the client gets it. `schemas` and `id` stay, whatever was chosen (RFC 7643 §3.1).
    #[must_use]
    pub fn apply(&self, whole: Map<String, Value>) -> Map<String, Value> {
        self.view().members(whole)
    }

    /// Writes one top-level member of a resource down as [`Projection::apply`] leaves it.
    pub(crate) fn write(&self, name: &str, value: &(impl Serialize + ?Sized), to: &mut ObjectText<'_>) {
        match self.view().below(name) {
            None => {}
            Some(Kept::Whole) => to.member(name, value),
            Some(Kept::Partly(view)) => {
                // What can't be JSON is left out, as it is where it stays whole.
                let whole = serde_json::to_value(value).ok();
                if let Some(part) = whole.and_then(|whole| view.value(whole)) {
                    to.member(name, &part);
                }
            }
        }
    }

    /// Whether the attributes that a resource has, as `has` tells, are shown as they are by default.
    pub(crate) fn is_usual(&self, has: impl Fn(&str) -> bool) -> bool {
        match self.choice {
            Choice::Default => true,
            Choice::Only => false,
            Choice::Except => !self.chosen.names().any(has),
        }
    }

    fn keeps(&self, name: &str) -> bool {
        self.view().below(name).is_some()
    }

    fn view(&self) -> View<'_> {
        View {
            choice: &self.choice,
            chosen: Some(&self.chosen),
            always: Some(&self.returns.always),
            never: Some(&self.returns.never),
            on_request: Some(&self.returns.on_request),
        }
    }

    fn choose(
        &mut self,
        name: &str,
        rt: &ResourceType,
        profile: Profile,
        limits: &Limits,
        repairs: &mut Repairs,
    ) -> Result<()> {
        if let Some(schema) = rt.extension(name) {
            self.chosen.add([schema.id.as_str()]);
            return Ok(());
        }
        let path = Path::parse(name, profile, limits, repairs)?;
        if path.filter.is_some() {
            if !profile.is_tolerant() {
                return Err(ScimError::invalid_path(format!("'{}' is not an attribute path", excerpt(name))));
            }
            repairs.note(Repair::FilteredProjection);
        }
        let attr = crate::path::AttrPath { sub: path.attr.sub.or(path.sub), ..path.attr };
        let Some(found) = rt.resolve(&attr).filter(|found| !found.bare || profile.is_tolerant()) else {
            return Ok(());
        };
        if found.bare {
            repairs.note(Repair::BareExtensionAttribute);
        }
        let urn = found.extension.map(|schema| schema.id.as_str());
        let names = [urn, Some(&*found.attribute.name), found.sub.map(|sub| &*sub.name)];
        self.chosen.add(names.into_iter().flatten());
        Ok(())
    }
}

impl Returns {
    fn of(rt: &ResourceType) -> Self {
        let mut returns = Self::default();
        for attribute in rt.core_attributes() {
            returns.take(&[], attribute);
        }
        for extension in &rt.extensions {
            for attribute in extension.schema.attributes.iter() {
                returns.take(&[&extension.schema.id], attribute);
            }
        }
        returns
    }

    fn take(&mut self, within: &[&str], attribute: &Attribute) {
        let path = || within.iter().copied().chain([&*attribute.name]);
        match attribute.returned {
            Returned::Always => self.always.add(path()),
            Returned::Never => self.never.add(path()),
            Returned::Request => self.on_request.add(path()),
            Returned::Default => {}
        }
        for sub in attribute.sub_attributes.iter() {
            // `returned: always` of a sub-attribute holds only where its parent is in the answer (RFC 7643 §2.2).
            match sub.returned {
                Returned::Never => self.never.add(path().chain([&*sub.name])),
                Returned::Request => self.on_request.add(path().chain([&*sub.name])),
                Returned::Always | Returned::Default => {}
            }
        }
    }
}

/// The projection at one place of the tree. Goes no deeper than schemas do: extension, attribute, sub-attribute.
#[derive(Clone, Copy)]
struct View<'a> {
    choice: &'a Choice,
    chosen: Option<&'a Selection>,
    always: Option<&'a Selection>,
    never: Option<&'a Selection>,
    on_request: Option<&'a Selection>,
}

/// What happens to one member.
enum Kept<'a> {
    /// It stays as it is.
    Whole,
    /// Its members are looked at.
    Partly(View<'a>),
}

impl<'a> View<'a> {
    fn below(&self, name: &str) -> Option<Kept<'a>> {
        let under = |selection: Option<&'a Selection>| selection.and_then(|s| s.under(name));
        let may_change_it = [self.chosen, self.never, self.on_request];
        if *self.choice == Choice::Default && may_change_it.into_iter().all(|s| under(s).is_none()) {
            return Some(Kept::Whole);
        }
        let whole = |selection: Option<&'a Selection>| under(selection).is_some_and(Selection::is_whole);
        if whole(self.never) {
            return None;
        }
        let view = View {
            choice: self.choice,
            chosen: under(self.chosen),
            always: under(self.always),
            never: under(self.never),
            on_request: under(self.on_request),
        };
        if whole(self.always) {
            return Some(Kept::Whole);
        }
        let default = !whole(self.on_request);
        match self.choice {
            Choice::Default => default.then(|| view.partly()),
            Choice::Only if whole(self.chosen) => Some(View { choice: &Choice::Default, ..view }.partly()),
            Choice::Only => (view.chosen.is_some() || view.always.is_some()).then(|| view.partly()),
            Choice::Except => (default && !whole(self.chosen)).then(|| view.partly()),
        }
    }

    fn partly(self) -> Kept<'a> {
        let silent = |selection: Option<&Selection>| selection.is_none_or(Selection::is_empty);
        let nothing_left_out = *self.choice != Choice::Only && silent(self.chosen);
        match nothing_left_out && silent(self.never) && silent(self.on_request) {
            true => Kept::Whole,
            false => Kept::Partly(self),
        }
    }

    fn members(&self, map: Map<String, Value>) -> Map<String, Value> {
        let member = |(name, value): (String, Value)| match self.below(&name)? {
            Kept::Whole => Some((name, value)),
            Kept::Partly(view) => view.value(value).map(|value| (name, value)),
        };
        map.into_iter().filter_map(member).collect()
    }

    /// A member of which parts stay; gone if none does.
    fn value(&self, value: Value) -> Option<Value> {
        match value {
            Value::Object(map) => Some(self.members(map)).filter(|map| !map.is_empty()).map(Value::Object),
            Value::Array(list) => {
                let list: Vec<_> = list.into_iter().filter_map(|item| self.value(item)).collect();
                (!list.is_empty()).then_some(Value::Array(list))
            }
            other => Some(other),
        }
    }
}

/// Splits at commas outside of brackets and quotes.
fn split(text: &str) -> impl Iterator<Item = &str> {
    let (mut depth, mut quoted) = (0_u32, false);
    let separator = move |c: char| {
        match c {
            '"' => quoted = !quoted,
            '[' if !quoted => depth += 1,
            ']' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ',' && depth == 0 && !quoted
    };
    text.split(separator).map(str::trim).filter(|name| !name.is_empty())
}
