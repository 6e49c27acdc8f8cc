//! Sorting (RFC 7644 §3.4.2.3): a path, and the value of each resource there.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::list_query::SortOrder;
use crate::error::{Result, ScimError};
use crate::path::{AttrPath, excerpt};
use crate::profile::Profile;
use crate::repairs::{Repair, Repairs};
use crate::resource::{Attributed, fold, timestamp};
use crate::schema::{AttributeType, ResourceType};

/// So many characters of a text are compared. What differs only after them is ordered by id, as what does not differ at all.
const COMPARED: usize = 256;

/// The value by which one resource is sorted. None (as an `Option`) is "unassigned".
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum SortKey {
    /// `false` comes before `true`.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A real number: its bits, so turned that they are in the order of the numbers.
    Decimal(i64),
    /// A point in time, in microseconds: chronological.
    Time(i64),
    /// Text by Unicode code points; folded, unless the attribute is `caseExact`.
    Text(String),
}

/// `sortBy`, resolved against a resource type.
#[derive(Clone, Debug, PartialEq)]
pub struct SortBy {
    urn: Option<String>,
    name: String,
    sub: Option<String>,
    r#type: AttributeType,
    case_exact: bool,
}

impl SortBy {
    /// Reads `sortBy`. A complex attribute without a sub-attribute is sorted by its `value`, as filters compare it.
    ///
    /// # Errors
    /// `invalidPath` for what is no attribute path, names nothing, names a complex attribute that has no `value`, or an
    /// attribute that is never shown.
    pub fn parse(text: &str, rt: &ResourceType, profile: Profile, repairs: &mut Repairs) -> Result<Self> {
        let text = text.trim();
        let refused = |what: &str| ScimError::invalid_path(format!("'sortBy': '{}' {what}", excerpt(text)));
        let path =
            AttrPath::parse(text, profile, repairs).map_err(|_| refused("is not an attribute path"))?;
        let found = rt.resolve(&path).filter(|found| !found.bare || profile.is_tolerant());
        let found = found.ok_or_else(|| refused("is not a known attribute"))?;
        if found.bare {
            repairs.note(Repair::BareExtensionAttribute);
        }
        let leaf = found.leaf();
        let leaf = match leaf.is_complex() {
            true => leaf.sub_attributes.get("value").ok_or_else(|| refused("needs a sub-attribute"))?,
            false => leaf,
        };
        // RFC 7643 §7: the order would tell what is never returned.
        if leaf.is_secret() {
            return Err(refused("is not a known attribute"));
        }
        let is_sub = found.sub.is_some() || found.attribute.is_complex();
        Ok(Self {
            urn: found.extension.map(|schema| schema.id.clone()),
            name: found.attribute.name.to_string(),
            sub: is_sub.then(|| leaf.name.to_string()),
            r#type: leaf.r#type,
            case_exact: leaf.case_exact,
        })
    }

    /// The top-level attribute (of an extension: its URN) that a resource has to hold, so that it can be sorted.
    #[must_use]
    pub fn attribute(&self) -> &str {
        self.urn.as_ref().unwrap_or(&self.name)
    }

    /// The value by which a rendered resource is sorted. Of several values it is the primary one, else the first.
    #[must_use]
    pub fn key(&self, resource: &impl Attributed) -> Option<SortKey> {
        let value = resource.attribute(self.attribute())?;
        let value = if self.urn.is_some() { value.get(&self.name)? } else { value };
        let value = match value {
            Value::Array(list) => list.iter().find(|one| is_primary(one)).or_else(|| list.first())?,
            single => single,
        };
        self.typed(match &self.sub {
            Some(sub) => value.get(sub)?,
            None => value,
        })
    }

    fn typed(&self, value: &Value) -> Option<SortKey> {
        match self.r#type {
            AttributeType::Boolean => value.as_bool().map(SortKey::Bool),
            AttributeType::Integer => value.as_i64().map(SortKey::Integer),
            AttributeType::Decimal => value.as_f64().map(|number| SortKey::Decimal(in_order(number))),
            AttributeType::DateTime => {
                timestamp(value.as_str()?).map(|time| SortKey::Time(time.as_microsecond()))
            }
            AttributeType::String
            | AttributeType::Reference
            | AttributeType::Binary
            | AttributeType::Complex => {
                let text = value.as_str().filter(|text| !text.is_empty())?;
                let text = if self.case_exact { text.to_owned() } else { fold(text) };
                Some(SortKey::Text(text.chars().take(COMPARED).collect()))
            }
        }
    }
}

impl SortOrder {
    /// Which of two resources comes first. RFC 7644 §3.4.2.3: what is unassigned is last if ascending, first if descending.
    #[must_use]
    pub fn compare(self, one: Option<&SortKey>, other: Option<&SortKey>) -> Ordering {
        let ascending = match (one, other) {
            (Some(one), Some(other)) => one.cmp(other),
            (one, other) => other.is_some().cmp(&one.is_some()),
        };
        match self {
            Self::Ascending => ascending,
            Self::Descending => ascending.reverse(),
        }
    }
}

fn is_primary(value: &Value) -> bool {
    value.get("primary").and_then(Value::as_bool) == Some(true)
}

/// IEEE 754 numbers compare like their bits, but for the sign, which turns all others round.
fn in_order(number: f64) -> i64 {
    let bits = number.to_bits();
    let turned = if bits >> 63 == 1 { bits ^ (u64::MAX >> 1) } else { bits };
    i64::from_ne_bytes(turned.to_ne_bytes())
}
