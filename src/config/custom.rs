//! `custom_attributes` and `custom_attribute_limits` of a target.

use scim::schema::{Attribute, AttributeType};

use super::problem::Problems;
use super::section::Section;
use crate::facade::CustomAttributes;

/// The longest text that can be declared, and the most of anything.
const MOST: u32 = 10_000;

/// Reads what a target declares. What the product takes is not known here: `CustomAttributes::problems` looks at that.
pub(super) fn read(at: &mut Section, problems: &mut Problems) -> CustomAttributes {
    let mut list = at.section("custom_attributes", problems);
    let declared = list.names().iter().map(|name| attribute(&mut list, name, problems)).collect();
    let mut limits = at.section("custom_attribute_limits", problems);
    let keys = ["attributes", "name", "value"];
    let [most, name_length, value_length] =
        keys.map(|key| limits.number(key, 1, MOST, problems).map(|number| number as usize));
    limits.finish(&keys, problems);
    CustomAttributes { declared, most, name_length, value_length }
}

fn attribute(list: &mut Section, name: &str, problems: &mut Problems) -> Attribute {
    let mut at = list.section(name, problems);
    if !is_name(name) {
        problems.add(at.path(), "is no name of an attribute: a letter, then letters, digits, - and _");
    }
    let types = [
        ("string", AttributeType::String),
        ("boolean", AttributeType::Boolean),
        ("integer", AttributeType::Integer),
        ("decimal", AttributeType::Decimal),
        ("dateTime", AttributeType::DateTime),
    ];
    let r#type = at.word("type", &types, problems).unwrap_or_default();
    let description = at.string("description", problems).unwrap_or_default();
    let max_length = at.number("max_length", 1, MOST, problems).map(|length| length as usize);
    if max_length.is_some() && r#type != AttributeType::String {
        problems.add(at.key("max_length"), "has a meaning for a string alone: remove it");
    }
    at.finish(&["type", "description", "max_length"], problems);
    Attribute { name: name.into(), r#type, description, max_length, ..Attribute::default() }
}

/// RFC 7643 §2.1, without `$`, which stands for what SCIM itself refers to.
fn is_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic()) && bytes.all(is_part)
}
