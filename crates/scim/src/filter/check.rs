//! One test of one attribute, bound to the attribute's type.

use std::cmp::Ordering;

use jiff::Timestamp;
use serde_json::{Number, Value};

use super::ast::CompareOp;
use crate::resource::{fold, timestamp};

/// What is asked of the values of an attribute.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Check {
    /// There is one.
    Present,
    /// There is none: `eq null`.
    Absent,
    /// One of them compares so.
    Compare(CompareOp, Operand),
}

/// The right side of a comparison, in the type of the attribute.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Operand {
    /// Compared as it is.
    Exact(String),
    /// Compared folded; the text as the client wrote it, and folded.
    Folded {
        text: String,
        folded: String,
    },
    Bool(bool),
    Number(Number),
    Time {
        text: String,
        at: Timestamp,
    },
}

impl Check {
    /// Tests the values of an attribute in one resource.
    pub(super) fn holds<'v>(&self, values: impl Iterator<Item = &'v Value>) -> bool {
        let mut values = values.filter(|value| is_assigned(value)).peekable();
        match self {
            Self::Present => values.peek().is_some(),
            Self::Absent => values.peek().is_none(),
            // RFC 7644 Table 3: "not identical". What is not there is not identical to anything; of several values, one that differs
            // is enough (§3.4.2.2: "matches if any of the values match").
            Self::Compare(CompareOp::Ne, _) if values.peek().is_none() => true,
            Self::Compare(op, operand) => values.any(|value| operand.compares(*op, value)),
        }
    }
}

impl Operand {
    fn compares(&self, op: CompareOp, value: &Value) -> bool {
        match (self, value) {
            (Self::Exact(text), Value::String(value)) => compare_text(op, value, text),
            (Self::Folded { text, folded }, Value::String(value)) => {
                let simple = op == CompareOp::Eq && value.is_ascii() && text.is_ascii();
                if simple { value.eq_ignore_ascii_case(text) } else { compare_text(op, &fold(value), folded) }
            }
            (Self::Bool(b), Value::Bool(value)) => ordered(op, value.cmp(b)),
            (Self::Number(number), Value::Number(value)) => compare_numbers(op, value, number),
            // RFC 7644 Table 3: for dates, a chronological comparison.
            (Self::Time { at, .. }, Value::String(value)) => {
                timestamp(value).map_or(op == CompareOp::Ne, |value| ordered(op, value.cmp(at)))
            }
            _ => op == CompareOp::Ne,
        }
    }

    /// The operand as JSON, as the client wrote it.
    pub(super) fn to_json(&self) -> Value {
        match self {
            Self::Exact(text) | Self::Folded { text, .. } | Self::Time { text, .. } => {
                Value::from(text.as_str())
            }
            Self::Bool(b) => Value::Bool(*b),
            Self::Number(number) => Value::Number(number.clone()),
        }
    }
}

fn compare_text(op: CompareOp, value: &str, with: &str) -> bool {
    match op {
        CompareOp::Co => value.contains(with),
        CompareOp::Sw => value.starts_with(with),
        CompareOp::Ew => value.ends_with(with),
        op => ordered(op, value.cmp(with)),
    }
}

fn compare_numbers(op: CompareOp, value: &Number, with: &Number) -> bool {
    // Whole numbers exactly: past 2^53 a float has no room for them all.
    let ordering = match (value.as_i128(), with.as_i128()) {
        (Some(value), Some(with)) => Some(value.cmp(&with)),
        _ => value.as_f64().zip(with.as_f64()).and_then(|(value, with)| value.partial_cmp(&with)),
    };
    ordering.is_some_and(|ordering| ordered(op, ordering))
}

fn ordered(op: CompareOp, ordering: Ordering) -> bool {
    match op {
        CompareOp::Eq => ordering.is_eq(),
        CompareOp::Ne => ordering.is_ne(),
        CompareOp::Gt => ordering.is_gt(),
        CompareOp::Ge => ordering.is_ge(),
        CompareOp::Lt => ordering.is_lt(),
        CompareOp::Le => ordering.is_le(),
        CompareOp::Co | CompareOp::Sw | CompareOp::Ew => false,
    }
}

/// RFC 7644 Table 3, `pr`: a non-empty, non-null value, or a complex one with such a value in it.
fn is_assigned(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(list) => !list.is_empty(),
        Value::Object(map) => map.values().any(|value| !value.is_null()),
        Value::Bool(_) | Value::Number(_) => true,
    }
}
