//! [`Filter`] to [`Bound`]: names are resolved, values checked against the types of their attributes.

use serde_json::Map;

use super::ast::{CompareOp, Filter, Literal, Test};
use super::bound::{Bound, ElementFilter, Node, Place};
use super::check::{Check, Operand};
use crate::error::{Result, ScimError};
use crate::path::{AttrPath, excerpt};
use crate::profile::Profile;
use crate::repairs::value::boolean_in;
use crate::repairs::{Repair, Repairs};
use crate::resource::{fold, timestamp};
use crate::schema::{Attribute, AttributeType, Resolved, ResourceType};

impl Filter<'_> {
    /// Binds the filter to a resource type.
    ///
    /// # Errors
    /// `invalidFilter` for an unknown attribute, one that is never shown, and a comparison that its type does not have.
    pub fn bind(&self, rt: &ResourceType, profile: Profile, repairs: &mut Repairs) -> Result<Bound> {
        self.bind_among(rt, &[], profile, repairs)
    }

    /// The same for a query over several types: what `rt` lacks and one of the `others` has is without a value here (RFC 7644
    /// §3.4.2.1).
    ///
    /// # Errors
    /// As [`Filter::bind`].
    pub fn bind_among(
        &self,
        rt: &ResourceType,
        others: &[&ResourceType],
        profile: Profile,
        repairs: &mut Repairs,
    ) -> Result<Bound> {
        let mut binder = Binder { scope: Scope::Resource(rt), others, profile, repairs };
        Ok(Bound { root: binder.node(self)? })
    }

    /// Binds a value filter to the multi-valued attribute whose elements it selects.
    ///
    /// # Errors
    /// As [`Filter::bind`], and `invalidFilter` for an attribute without sub-attributes.
    pub fn bind_element(
        &self,
        attribute: &Attribute,
        profile: Profile,
        repairs: &mut Repairs,
    ) -> Result<ElementFilter> {
        let mut binder = Binder { scope: Scope::Element(attribute), others: &[], profile, repairs };
        Ok(ElementFilter { root: Box::new(binder.node(self)?) })
    }
}

/// What the names of a filter are looked up in.
#[derive(Clone, Copy)]
enum Scope<'a> {
    Resource(&'a ResourceType),
    Element(&'a Attribute),
}

struct Binder<'a, 'r> {
    scope: Scope<'a>,
    others: &'a [&'a ResourceType],
    profile: Profile,
    repairs: &'r mut Repairs,
}

impl<'a> Binder<'a, '_> {
    /// Recurses at most once per node of the filter, whose number is limited.
    fn node(&mut self, filter: &Filter<'_>) -> Result<Node> {
        Ok(match filter {
            Filter::And(left, right) => Node::and(self.node(left)?, self.node(right)?),
            Filter::Or(left, right) => Node::or(self.node(left)?, self.node(right)?),
            Filter::Not(inner) => Node::not(self.node(inner)?),
            Filter::Present(path) | Filter::Compare { path, .. } | Filter::ValuePath { path, .. } => {
                let bound = self.term(filter);
                match bound {
                    Err(unknown) => self.elsewhere(path, filter).ok_or(unknown)?,
                    Ok(node) => node,
                }
            }
        })
    }

    fn term(&mut self, filter: &Filter<'_>) -> Result<Node> {
        match filter {
            Filter::Present(path) => Ok(Node::Test(place(&self.resolve(path)?), Check::Present)),
            Filter::Compare { path, op, value } => self.compare(path, *op, value),
            Filter::ValuePath { path, filter, then } => self.element(path, filter, then.as_ref()),
            Filter::And(..) | Filter::Or(..) | Filter::Not(_) => self.node(filter),
        }
    }

    /// RFC 7644 §3.4.2.1: an attribute that is not of this type, but of another one that is queried, has no value.
    fn elsewhere(&mut self, path: &AttrPath<'_>, filter: &Filter<'_>) -> Option<Node> {
        let Scope::Resource(rt) = self.scope else { return None };
        if rt.resolve(path).is_some() {
            return None;
        }
        self.others.iter().find_map(|other| {
            let (profile, repairs) = (self.profile, &mut *self.repairs);
            let mut there = Binder { scope: Scope::Resource(other), others: &[], profile, repairs };
            there.term(filter).ok().map(|node| Node::Always(node.holds(&Map::new())))
        })
    }

    fn compare(&mut self, path: &AttrPath<'_>, op: CompareOp, value: &Literal<'_>) -> Result<Node> {
        let found = self.resolve(path)?;
        let mut place = place(&found);
        let mut leaf = found.leaf();
        // `emails eq "x"`, `manager eq "id"`: a complex attribute compares by its `value`. RFC 7644 is silent; all servers agree.
        if let (true, Some(value)) = (leaf.is_complex(), leaf.sub_attributes.get("value")) {
            place.sub = Some(value.name.to_string());
            leaf = value;
        }
        Ok(Node::Test(place, self.check(leaf, op, value)?))
    }

    fn element(
        &mut self,
        path: &AttrPath<'_>,
        filter: &Filter<'_>,
        then: Option<&(&str, Test<'_>)>,
    ) -> Result<Node> {
        let found = self.resolve(path)?;
        let list = found.attribute;
        if found.sub.is_some() || !list.is_complex() {
            return Err(ScimError::invalid_filter(format!(
                "'{}' has no values to select from",
                found.leaf().name
            )));
        }
        let (profile, repairs) = (self.profile, &mut *self.repairs);
        let mut within = Binder { scope: Scope::Element(list), others: &[], profile, repairs };
        let filter = Box::new(within.node(filter)?);
        let then = match then {
            None => None,
            Some((sub, test)) => {
                let sub = within.resolve(&AttrPath { urn: None, name: sub, sub: None })?;
                let check = match test {
                    Test::Present => Check::Present,
                    Test::Compare(op, value) => within.check(sub.attribute, *op, value)?,
                };
                Some((place(&sub), check))
            }
        };
        Ok(Node::Element { place: place(&found), filter, then })
    }

    fn resolve(&mut self, path: &AttrPath<'_>) -> Result<Resolved<'a>> {
        let unknown = || {
            ScimError::invalid_filter(format!("'{}' is not a known attribute", excerpt(&path.to_string())))
        };
        let found = match self.scope {
            Scope::Resource(rt) => rt.resolve(path),
            Scope::Element(attribute) if path.urn.is_none() && path.sub.is_none() => {
                let sub = attribute.sub_attributes.get(path.name);
                sub.map(|attribute| Resolved { extension: None, attribute, sub: None, bare: false })
            }
            Scope::Element(_) => None,
        };
        let found = found.ok_or_else(unknown)?;
        if found.bare {
            if !self.profile.is_tolerant() {
                return Err(unknown());
            }
            self.repairs.note(Repair::BareExtensionAttribute);
        }
        // RFC 7643 §7: what is never returned must not be found out by comparing either.
        if found.leaf().is_secret() {
            return Err(ScimError::invalid_filter(format!("'{}' cannot be compared", found.leaf().name)));
        }
        Ok(found)
    }

    fn check(&mut self, attribute: &Attribute, op: CompareOp, literal: &Literal<'_>) -> Result<Check> {
        if *literal == Literal::Null {
            return match op {
                CompareOp::Eq => Ok(Check::Absent),
                CompareOp::Ne => Ok(Check::Present),
                _ => Err(unsupported(attribute, op)),
            };
        }
        // RFC 7644 Table 3: no order on booleans and binaries; `co`, `sw`, `ew` look into text.
        let allowed = match op {
            CompareOp::Eq | CompareOp::Ne => true,
            CompareOp::Co | CompareOp::Sw | CompareOp::Ew => attribute.r#type.is_text(),
            CompareOp::Gt | CompareOp::Ge | CompareOp::Lt | CompareOp::Le => {
                !matches!(attribute.r#type, AttributeType::Boolean | AttributeType::Binary)
            }
        };
        match allowed && !attribute.is_complex() {
            true => Ok(Check::Compare(op, self.operand(attribute, literal)?)),
            false => Err(unsupported(attribute, op)),
        }
    }

    fn operand(&mut self, attribute: &Attribute, literal: &Literal<'_>) -> Result<Operand> {
        let mismatch = || {
            ScimError::invalid_filter(format!(
                "'{}' is compared with a value of another type",
                attribute.name
            ))
        };
        match (attribute.r#type, literal) {
            (AttributeType::Boolean, Literal::Bool(b)) => Ok(Operand::Bool(*b)),
            (AttributeType::Boolean, Literal::Str(text)) => {
                let value = boolean_in(text).filter(|_| self.profile.is_tolerant()).ok_or_else(mismatch)?;
                self.repairs.note(Repair::QuotedBoolean);
                Ok(Operand::Bool(value))
            }
            (AttributeType::Integer | AttributeType::Decimal, Literal::Number(n)) => {
                Ok(Operand::Number(n.clone()))
            }
            (AttributeType::DateTime, Literal::Str(text)) => {
                let at = timestamp(text).ok_or_else(mismatch)?;
                Ok(Operand::Time { text: text.to_string(), at })
            }
            (AttributeType::String | AttributeType::Reference | AttributeType::Binary, literal) => {
                Ok(text_operand(attribute, self.text(literal).ok_or_else(mismatch)?))
            }
            _ => Err(mismatch()),
        }
    }

    /// Text; a number or truth value is a word whose quotes are missing.
    fn text(&mut self, literal: &Literal<'_>) -> Option<String> {
        let unquoted = match literal {
            Literal::Str(text) => return Some(text.to_string()),
            Literal::Number(number) => number.to_string(),
            Literal::Bool(b) => b.to_string(),
            Literal::Null => return None,
        };
        if !self.profile.is_tolerant() {
            return None;
        }
        self.repairs.note(Repair::UnquotedWord);
        Some(unquoted)
    }
}

/// RFC 7643 §2.2 `caseExact`: the same rule for filters as for uniqueness.
fn text_operand(attribute: &Attribute, text: String) -> Operand {
    if attribute.case_exact { Operand::Exact(text) } else { Operand::Folded { folded: fold(&text), text } }
}

fn place(found: &Resolved<'_>) -> Place {
    Place {
        urn: found.extension.map(|schema| schema.id.clone()),
        name: found.attribute.name.to_string(),
        sub: found.sub.map(|sub| sub.name.to_string()),
    }
}

fn unsupported(attribute: &Attribute, op: CompareOp) -> ScimError {
    ScimError::invalid_filter(format!("'{}' cannot be compared with '{}'", attribute.name, op.as_str()))
}
