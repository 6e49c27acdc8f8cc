//! [`Filter`] to text that parses back to the same filter.

use std::fmt::{Display, Formatter, Result};

use serde_json::Value;

use super::ast::{Filter, Literal, Test};

impl Display for Filter<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            // `and` and `or` group to the left, so a right side of the same rank needs brackets.
            Self::Or(left, right) => {
                write!(f, "{left} or ")?;
                bracketed_if(matches!(**right, Self::Or(..)), right, f)
            }
            Self::And(left, right) => {
                bracketed_if(matches!(**left, Self::Or(..)), left, f)?;
                f.write_str(" and ")?;
                bracketed_if(matches!(**right, Self::And(..) | Self::Or(..)), right, f)
            }
            Self::Not(inner) => write!(f, "not ({inner})"),
            Self::Present(path) => write!(f, "{path} pr"),
            Self::Compare { path, op, value } => write!(f, "{path} {} {value}", op.as_str()),
            Self::ValuePath { path, filter, then } => {
                write!(f, "{path}[{filter}]")?;
                match then {
                    Some((sub, test)) => write!(f, ".{sub} {test}"),
                    None => Ok(()),
                }
            }
        }
    }
}

impl Display for Test<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::Present => f.write_str("pr"),
            Self::Compare(op, value) => write!(f, "{} {value}", op.as_str()),
        }
    }
}

impl Display for Literal<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::Str(text) => write!(f, "{}", Value::from(text.as_ref())),
            Self::Number(number) => write!(f, "{number}"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Null => f.write_str("null"),
        }
    }
}

fn bracketed_if(brackets: bool, filter: &Filter<'_>, f: &mut Formatter<'_>) -> Result {
    if brackets { write!(f, "({filter})") } else { write!(f, "{filter}") }
}
