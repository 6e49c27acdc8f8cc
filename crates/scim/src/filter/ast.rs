//! What a filter says, borrowed from its text.

use std::borrow::Cow;

use serde_json::Number;

use crate::path::AttrPath;

/// A comparison (RFC 7644 Table 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CompareOp {
    /// `eq`: identical.
    Eq,
    /// `ne`: not identical.
    Ne,
    /// `co`: contains.
    Co,
    /// `sw`: starts with.
    Sw,
    /// `ew`: ends with.
    Ew,
    /// `gt`: greater than, later than.
    Gt,
    /// `ge`: greater or equal.
    Ge,
    /// `lt`: less than, earlier than.
    Lt,
    /// `le`: less or equal.
    Le,
}

impl CompareOp {
    /// The operator in lower case.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Eq => "eq",
            Self::Ne => "ne",
            Self::Co => "co",
            Self::Sw => "sw",
            Self::Ew => "ew",
            Self::Gt => "gt",
            Self::Ge => "ge",
            Self::Lt => "lt",
            Self::Le => "le",
        }
    }

    /// The operator called `text` in any case (RFC 7644 §3.4.2.2: operators are case-insensitive).
    #[must_use]
    pub fn named(text: &str) -> Option<Self> {
        let &[first, second] = text.as_bytes() else { return None };
        Some(match &[first.to_ascii_lowercase(), second.to_ascii_lowercase()] {
            b"eq" => Self::Eq,
            b"ne" => Self::Ne,
            b"co" => Self::Co,
            b"sw" => Self::Sw,
            b"ew" => Self::Ew,
            b"gt" => Self::Gt,
            b"ge" => Self::Ge,
            b"lt" => Self::Lt,
            b"le" => Self::Le,
            _ => return None,
        })
    }
}

/// The right side of a comparison (RFC 7644 Figure 1, compValue).
#[derive(Clone, Debug, PartialEq)]
pub enum Literal<'a> {
    /// Text, unescaped.
    Str(Cow<'a, str>),
    /// A number.
    Number(Number),
    /// `true` or `false`.
    Bool(bool),
    /// `null`: unassigned.
    Null,
}

/// A test of one attribute.
#[derive(Clone, Debug, PartialEq)]
pub enum Test<'a> {
    /// `pr`: there is a value.
    Present,
    /// A comparison.
    Compare(CompareOp, Literal<'a>),
}

/// A filter. Operators of equal rank group to the left.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter<'a> {
    /// Both.
    And(Box<Self>, Box<Self>),
    /// Either or both.
    Or(Box<Self>, Box<Self>),
    /// Not.
    Not(Box<Self>),
    /// `path op value`.
    Compare {
        /// The attribute.
        path: AttrPath<'a>,
        /// The operator.
        op: CompareOp,
        /// What it is compared with.
        value: Literal<'a>,
    },
    /// `path pr`.
    Present(AttrPath<'a>),
    /// `path[filter]`: one element fulfils the whole filter.
    ValuePath {
        /// The multi-valued attribute.
        path: AttrPath<'a>,
        /// The filter over its sub-attributes. Holds no value path itself (errata 4690, 7322).
        filter: Box<Self>,
        /// `.sub op value` after the bracket, of the same element (Entra ID; tolerant profile only).
        then: Option<(&'a str, Test<'a>)>,
    },
}

impl<'a> Filter<'a> {
    /// The terms that must all hold, from left to right.
    #[must_use]
    pub fn conjuncts(&self) -> Vec<&Self> {
        let mut open = vec![self];
        let mut terms = Vec::new();
        while let Some(filter) = open.pop() {
            match filter {
                Self::And(left, right) => open.extend([&**right, &**left]),
                term => terms.push(term),
            }
        }
        terms
    }

    /// How many operators and tests it has.
    #[must_use]
    pub fn size(&self) -> usize {
        let mut open = vec![self];
        let mut size = 0;
        while let Some(filter) = open.pop() {
            size += 1;
            match filter {
                Self::And(left, right) | Self::Or(left, right) => open.extend([&**right, &**left]),
                Self::Not(inner) | Self::ValuePath { filter: inner, .. } => open.push(inner),
                Self::Compare { .. } | Self::Present(_) => {}
            }
        }
        size
    }
}
