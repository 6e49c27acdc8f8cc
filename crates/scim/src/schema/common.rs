//! The attributes that every resource has, whatever its schema (RFC 7643 §3, §3.1).

use std::sync::LazyLock;

use super::{Attribute, AttributeType, Attributes, Mutability, Returned};

/// `schemas`, `id`, `externalId` and `meta`.
pub(super) static COMMON: LazyLock<Attributes> = LazyLock::new(|| {
    let text = |name: &str, case_exact| Attribute { name: name.into(), case_exact, ..Attribute::default() };
    let read_only = |attribute| Attribute { mutability: Mutability::ReadOnly, ..attribute };
    let time = |name| Attribute { r#type: AttributeType::DateTime, ..text(name, false) };
    let meta = [
        text("resourceType", true),
        time("created"),
        time("lastModified"),
        Attribute { r#type: AttributeType::Reference, ..text("location", true) },
        text("version", true),
    ];
    // URNs compare without regard to case (RFC 8141 §3.1 for the namespace; RFC 7643 leaves the rest open).
    let schemas = Attribute { multi_valued: true, returned: Returned::Always, ..text("schemas", false) };
    Attributes::from(vec![
        read_only(schemas),
        read_only(Attribute { returned: Returned::Always, ..text("id", true) }),
        text("externalId", true),
        read_only(Attribute {
            r#type: AttributeType::Complex,
            sub_attributes: meta.into_iter().map(read_only).collect(),
            ..text("meta", false)
        }),
    ])
});
