//! A resource type as `/ResourceTypes` describes it (RFC 7643 §6).

use serde_json::Value;

/// What is served, and where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResourceType {
    /// Its name, as `User`.
    pub name: String,
    /// Its address under the base, as `/Users`.
    pub endpoint: String,
    /// The URN of its core schema.
    pub schema: String,
    /// Its extensions and whether every resource has them.
    pub extensions: Vec<(String, bool)>,
}

impl ResourceType {
    /// Reads one of `/ResourceTypes`. What is missing is left empty; a check of its own finds that.
    #[must_use]
    pub fn parse(value: &Value) -> Self {
        let text = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let extensions = value.get("schemaExtensions").and_then(Value::as_array);
        let extensions = extensions.into_iter().flatten().filter_map(|extension| {
            let urn = extension.get("schema")?.as_str()?.to_owned();
            Some((urn, extension.get("required").and_then(Value::as_bool).unwrap_or(false)))
        });
        Self {
            name: text("name"),
            endpoint: endpoint(&text("endpoint")),
            schema: text("schema"),
            extensions: extensions.collect(),
        }
    }

    /// Whether resources of this type can have this extension.
    #[must_use]
    pub fn has_extension(&self, urn: &str) -> bool {
        self.extensions.iter().any(|(found, _)| found.eq_ignore_ascii_case(urn))
    }
}

/// An endpoint as a path with one slash in front. An absolute address is kept as it is.
fn endpoint(text: &str) -> String {
    if text.contains("://") { text.to_owned() } else { format!("/{}", text.trim_start_matches('/')) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_endpoint_may_come_without_its_slash() {
        let found = ResourceType::parse(&json!({"name": "User", "endpoint": "Users"}));
        assert_eq!((found.endpoint.as_str(), found.schema.as_str()), ("/Users", ""));
    }
}
