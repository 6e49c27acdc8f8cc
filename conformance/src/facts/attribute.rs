//! An attribute as `/Schemas` describes it (RFC 7643 §7).

use serde_json::{Value, json};

/// One attribute definition.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribute(Value);

impl Attribute {
    /// Wraps a definition.
    #[must_use]
    pub fn new(definition: &Value) -> Self {
        Self(definition.clone())
    }

    /// One of the common attributes (RFC 7643 §3.1).
    #[must_use]
    pub fn common(name: &str) -> Option<Self> {
        let definition = match name {
            "id" => json!({"name": "id", "type": "string", "caseExact": true, "mutability": "readOnly"}),
            "externalId" => json!({"name": "externalId", "type": "string", "caseExact": true}),
            "meta" => json!({"name": "meta", "type": "complex", "mutability": "readOnly", "subAttributes": [
                {"name": "resourceType", "type": "string", "caseExact": true, "mutability": "readOnly"},
                {"name": "created", "type": "dateTime", "mutability": "readOnly"},
                {"name": "lastModified", "type": "dateTime", "mutability": "readOnly"},
                {"name": "location", "type": "reference", "mutability": "readOnly"},
                {"name": "version", "type": "string", "caseExact": true, "mutability": "readOnly"},
            ]}),
            "schemas" => json!({"name": "schemas", "type": "reference", "multiValued": true}),
            _ => return None,
        };
        Some(Self(definition))
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.text("name", "")
    }

    /// Whether this is its name; names are compared without case (RFC 7643 §2.1).
    #[must_use]
    pub fn is_called(&self, name: &str) -> bool {
        self.name().eq_ignore_ascii_case(name)
    }

    /// Its type; string if the definition doesn't say (RFC 7643 §2.2).
    #[must_use]
    pub fn kind(&self) -> &str {
        self.text("type", "string")
    }

    /// Its mutability.
    #[must_use]
    pub fn mutability(&self) -> &str {
        self.text("mutability", "readWrite")
    }

    /// When it is returned.
    #[must_use]
    pub fn returned(&self) -> &str {
        self.text("returned", "default")
    }

    /// Whether a client may write it.
    #[must_use]
    pub fn is_writable(&self) -> bool {
        self.mutability() != "readOnly"
    }

    /// Whether every resource has it.
    #[must_use]
    pub fn is_required(&self) -> bool {
        self.flag("required")
    }

    /// Whether case matters in its values.
    #[must_use]
    pub fn is_case_exact(&self) -> bool {
        self.flag("caseExact")
    }

    /// Whether it has several values.
    #[must_use]
    pub fn is_multi_valued(&self) -> bool {
        self.flag("multiValued")
    }

    /// The first of its canonical values.
    #[must_use]
    pub fn canonical_value(&self) -> Option<&Value> {
        self.0.get("canonicalValues")?.as_array()?.first()
    }

    /// Its sub-attributes.
    #[must_use]
    pub fn sub_attributes(&self) -> Vec<Self> {
        let found = self.0.get("subAttributes").and_then(Value::as_array);
        found.map(|found| found.iter().map(Self::new).collect()).unwrap_or_default()
    }

    fn text<'a>(&'a self, key: &str, default: &'a str) -> &'a str {
        self.0.get(key).and_then(Value::as_str).unwrap_or(default)
    }

    fn flag(&self, key: &str) -> bool {
        self.0.get(key).and_then(Value::as_bool).unwrap_or(false)
    }
}
