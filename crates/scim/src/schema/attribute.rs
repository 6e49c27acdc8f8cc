//! One attribute definition (RFC 7643 §7) and its characteristics (RFC 7643 §2.2, §2.3).

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Attributes;

/// The data type of an attribute (RFC 7643 §2.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AttributeType {
    /// Text.
    #[default]
    String,
    /// `true` or `false`.
    Boolean,
    /// A real number.
    Decimal,
    /// A whole number.
    Integer,
    /// A point in time, `xsd:dateTime`.
    DateTime,
    /// A URI.
    Reference,
    /// Base64 text.
    Binary,
    /// A set of sub-attributes.
    Complex,
}

impl AttributeType {
    /// Whether JSON holds its values as a string that `co`, `sw` and `ew` can look into (RFC 7644 Table 3).
    #[must_use]
    pub fn is_text(self) -> bool {
        matches!(self, Self::String | Self::Reference)
    }
}

/// When a client may set a value (RFC 7643 §2.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Mutability {
    /// Never.
    ReadOnly,
    /// At any time.
    #[default]
    ReadWrite,
    /// Once.
    Immutable,
    /// At any time, but it is never shown.
    WriteOnly,
}

/// When a value is part of an answer (RFC 7643 §2.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Returned {
    /// In every answer.
    Always,
    /// In none.
    Never,
    /// Unless the client leaves it out.
    #[default]
    Default,
    /// Only if the client asks for it.
    Request,
}

/// How unique a value must be (RFC 7643 §2.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Uniqueness {
    /// Not at all.
    #[default]
    None,
    /// Within this service.
    Server,
    /// Everywhere.
    Global,
}

/// One attribute of a schema, written and read as RFC 7643 §7 has it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Attribute {
    /// The name, in the spelling that answers use. Documents share it.
    pub name: Arc<str>,
    /// The data type.
    #[serde(default)]
    pub r#type: AttributeType,
    /// The sub-attributes; empty unless the type is complex.
    #[serde(default, skip_serializing_if = "Attributes::is_empty")]
    pub sub_attributes: Attributes,
    /// Whether it holds a list.
    #[serde(default)]
    pub multi_valued: bool,
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// Whether a resource must have it.
    #[serde(default)]
    pub required: bool,
    /// Suggested values. Never enforced: identity providers send others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub canonical_values: Vec<String>,
    /// Whether comparisons respect case.
    #[serde(default)]
    pub case_exact: bool,
    /// When it may be set.
    #[serde(default)]
    pub mutability: Mutability,
    /// When it is shown.
    #[serde(default)]
    pub returned: Returned,
    /// How unique it is.
    #[serde(default)]
    pub uniqueness: Uniqueness,
    /// What a reference may point to; a list by erratum 5607.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reference_types: Vec<String>,
    /// The most characters that its text may have. RFC 7643 §7 has no word for it, so that `/Schemas` does not show it.
    #[serde(skip)]
    pub max_length: Option<usize>,
    /// It is required, but a body may lack it: the service may be able to make it up, and looks to that itself.
    #[serde(skip)]
    pub supplied: bool,
}

impl Attribute {
    /// Whether it has sub-attributes.
    #[must_use]
    pub fn is_complex(&self) -> bool {
        self.r#type == AttributeType::Complex
    }

    /// Whether a body that lacks it is refused by whoever reads the body.
    pub(crate) fn is_demanded(&self) -> bool {
        self.required && !self.supplied
    }

    /// Whether a client's value for it is dropped on POST and PUT: read-only values (RFC 7644 §3.3, §3.5.1), and values that can
    /// never be shown again, which a document does not keep.
    #[must_use]
    pub fn is_dropped_on_write(&self) -> bool {
        self.mutability == Mutability::ReadOnly || self.is_secret()
    }

    /// Whether it is written and never read, as `password`.
    #[must_use]
    pub fn is_secret(&self) -> bool {
        self.mutability == Mutability::WriteOnly || self.returned == Returned::Never
    }
}
