//! Everybody's parser behind one form: parse and throw away, for the clock; parse and show the tree, for the truth.

use std::str::FromStr;

use scim::filter::{Filter, Literal};
use scim::{Limits, Profile, Repairs};
use scim_filter::parser as nom_filter;
use scim_proto::filter::{ScimComplexFilter, ScimFilter};
use serde_json::Value;

use crate::tree::Tree;

/// A parser.
pub struct Peer {
    /// The crate.
    pub name: &'static str,
    /// Parses, and says whether that worked.
    pub parse: fn(&str) -> bool,
    /// Parses, and shows the tree.
    pub tree: fn(&str) -> Option<Tree>,
}

/// This project first, then its peers.
pub const PEERS: [Peer; 4] = [
    Peer {
        name: "scim",
        parse: |text| ours(text).is_some(),
        tree: |text| ours(text).map(|f| tree_of_ours(&f)),
    },
    Peer {
        name: "scim_v2",
        parse: |text| std::hint::black_box(scim_v2::filter::Filter::from_str(text)).is_ok(),
        tree: |text| scim_v2::filter::Filter::from_str(text).ok().map(|f| tree_of_scim_v2(&f)),
    },
    Peer {
        name: "scim-filter",
        parse: |text| std::hint::black_box(nom_filter::filter(text)).is_ok(),
        tree: |text| match nom_filter::filter(text) {
            Ok(("", filter)) => Some(tree_of_scim_filter(&filter)),
            _ => None,
        },
    },
    Peer {
        name: "scim_proto",
        parse: |text| std::hint::black_box(ScimFilter::from_str(text)).is_ok(),
        tree: |text| ScimFilter::from_str(text).ok().map(|f| tree_of_scim_proto(&f)),
    },
];

fn ours(text: &str) -> Option<Filter<'_>> {
    let mut repairs = Repairs::new();
    std::hint::black_box(scim::filter::parse(text, Profile::Strict, &Limits::default(), &mut repairs)).ok()
}

fn tree_of_ours(filter: &Filter<'_>) -> Tree {
    let value = |literal: &Literal<'_>| match literal {
        Literal::Str(text) => Value::from(text.as_ref()),
        Literal::Number(number) => Value::Number(number.clone()),
        Literal::Bool(b) => Value::Bool(*b),
        Literal::Null => Value::Null,
    };
    match filter {
        Filter::And(left, right) => Tree::and(tree_of_ours(left), tree_of_ours(right)),
        Filter::Or(left, right) => Tree::or(tree_of_ours(left), tree_of_ours(right)),
        Filter::Not(inner) => Tree::Not(Box::new(tree_of_ours(inner))),
        Filter::Present(path) => Tree::present(path),
        Filter::Compare { path, op, value: literal } => Tree::compare(path, op.as_str(), &value(literal)),
        Filter::ValuePath { path, filter, .. } => {
            Tree::Element(path.to_string(), Box::new(tree_of_ours(filter)))
        }
    }
}

fn tree_of_scim_v2(filter: &scim_v2::filter::Filter) -> Tree {
    use scim_v2::filter::Filter as F;
    match filter {
        F::And(list) => Tree::And(list.iter().map(tree_of_scim_v2).collect()),
        F::Or(list) => Tree::Or(list.iter().map(tree_of_scim_v2).collect()),
        F::Not(inner) => Tree::Not(Box::new(tree_of_scim_v2(inner))),
        F::Attr(test) => test_of_scim_v2(test),
        F::ValuePath(path) => Tree::Element(path.attr.to_string(), Box::new(inner_of_scim_v2(&path.filter))),
    }
}

fn inner_of_scim_v2(filter: &scim_v2::filter::ValFilter) -> Tree {
    use scim_v2::filter::ValFilter as F;
    match filter {
        F::And(list) => Tree::And(list.iter().map(inner_of_scim_v2).collect()),
        F::Or(list) => Tree::Or(list.iter().map(inner_of_scim_v2).collect()),
        F::Not(inner) => Tree::Not(Box::new(inner_of_scim_v2(inner))),
        F::Attr(test) => test_of_scim_v2(test),
    }
}

fn test_of_scim_v2(test: &scim_v2::filter::AttrExp) -> Tree {
    use scim_v2::filter::{AttrExp, CompValue};
    match test {
        AttrExp::Present(path) => Tree::present(path),
        AttrExp::Comparison(path, op, value) => {
            let value = match value {
                CompValue::Str(text) => Value::from(text.as_str()),
                other => serde_json::from_str(&other.to_string()).unwrap_or_default(),
            };
            Tree::compare(path, op, &value)
        }
    }
}

fn tree_of_scim_filter(filter: &nom_filter::Filter<'_>) -> Tree {
    match filter {
        nom_filter::Filter::AttrExp(test) => test_of_scim_filter(test),
        nom_filter::Filter::LogExp(both) => both_of_scim_filter(both),
        nom_filter::Filter::ValuePath(path) => {
            let filter = inner_of_scim_filter(path.val_filter());
            Tree::Element(path_of_scim_filter(path.attr_path()), Box::new(filter))
        }
        nom_filter::Filter::Sub(true, inner) => Tree::Not(Box::new(tree_of_scim_filter(inner))),
        nom_filter::Filter::Sub(false, inner) => tree_of_scim_filter(inner),
    }
}

fn both_of_scim_filter(both: &nom_filter::LogExpData<'_>) -> Tree {
    let (left, right) = (tree_of_scim_filter(&both.left), tree_of_scim_filter(&both.right));
    if both.log_exp_operator.is_or() { Tree::or(left, right) } else { Tree::and(left, right) }
}

fn inner_of_scim_filter(filter: &nom_filter::ValFilter<'_>) -> Tree {
    match filter {
        nom_filter::ValFilter::AttrExp(test) => test_of_scim_filter(test),
        nom_filter::ValFilter::LogExp(both) => both_of_scim_filter(both),
        nom_filter::ValFilter::SubFilter(true, inner) => Tree::Not(Box::new(inner_of_scim_filter(inner))),
        nom_filter::ValFilter::SubFilter(false, inner) => inner_of_scim_filter(inner),
    }
}

fn test_of_scim_filter(test: &nom_filter::AttrExpData<'_>) -> Tree {
    use nom_filter::{AttrExpData, CompValue, CompareOp};
    match test {
        AttrExpData::Present(path) => Tree::present(path_of_scim_filter(path)),
        AttrExpData::Compare(path, op, value) => {
            let op = match op {
                CompareOp::Equal => "eq",
                CompareOp::NotEqual => "ne",
                CompareOp::Contains => "co",
                CompareOp::StartsWith => "sw",
                CompareOp::EndsWith => "ew",
                CompareOp::GreaterThan => "gt",
                CompareOp::GreaterThanOrEqual => "ge",
                CompareOp::LessThan => "lt",
                CompareOp::LessThanOrEqual => "le",
            };
            let value = match value {
                CompValue::True => Value::Bool(true),
                CompValue::False => Value::Bool(false),
                CompValue::Null => Value::Null,
                CompValue::Number(number) => serde_json::from_str(&number.to_string()).unwrap_or_default(),
                CompValue::String(text) => Value::from(*text),
            };
            Tree::compare(path_of_scim_filter(path), op, &value)
        }
    }
}

/// Its URN has no accessor, so it is taken from what the path prints for debugging.
fn path_of_scim_filter(path: &nom_filter::AttrPath) -> String {
    let printed = format!("{path:?}");
    let urn = printed.split("uri: Some(\"").nth(1).and_then(|rest| rest.split('"').next());
    let urn = urn.map(|urn| format!("{urn}:")).unwrap_or_default();
    let sub = path.sub_attr().as_ref().map(|sub| format!(".{}", &**sub)).unwrap_or_default();
    format!("{urn}{}{sub}", &**path.attr_name())
}

macro_rules! scim_proto_tests {
    ($filter:expr, $type:ident, $($rest:pat => $tree:expr),* $(,)?) => {
        match $filter {
            $type::Present(path) => Tree::present(path.to_string()),
            $type::Equal(path, value) => Tree::compare(path.to_string(), "eq", value),
            $type::NotEqual(path, value) => Tree::compare(path.to_string(), "ne", value),
            $type::Contains(path, value) => Tree::compare(path.to_string(), "co", value),
            $type::StartsWith(path, value) => Tree::compare(path.to_string(), "sw", value),
            $type::EndsWith(path, value) => Tree::compare(path.to_string(), "ew", value),
            $type::Greater(path, value) => Tree::compare(path.to_string(), "gt", value),
            $type::Less(path, value) => Tree::compare(path.to_string(), "lt", value),
            $type::GreaterOrEqual(path, value) => Tree::compare(path.to_string(), "ge", value),
            $type::LessOrEqual(path, value) => Tree::compare(path.to_string(), "le", value),
            $($rest => $tree),*
        }
    };
}

fn tree_of_scim_proto(filter: &ScimFilter) -> Tree {
    scim_proto_tests!(filter, ScimFilter,
        ScimFilter::And(left, right) => Tree::and(tree_of_scim_proto(left), tree_of_scim_proto(right)),
        ScimFilter::Or(left, right) => Tree::or(tree_of_scim_proto(left), tree_of_scim_proto(right)),
        ScimFilter::Not(inner) => Tree::Not(Box::new(tree_of_scim_proto(inner))),
        ScimFilter::Complex(path, inner) => Tree::Element(path.clone(), Box::new(inner_of_scim_proto(inner))),
    )
}

fn inner_of_scim_proto(filter: &ScimComplexFilter) -> Tree {
    scim_proto_tests!(filter, ScimComplexFilter,
        ScimComplexFilter::And(left, right) => Tree::and(inner_of_scim_proto(left), inner_of_scim_proto(right)),
        ScimComplexFilter::Or(left, right) => Tree::or(inner_of_scim_proto(left), inner_of_scim_proto(right)),
        ScimComplexFilter::Not(inner) => Tree::Not(Box::new(inner_of_scim_proto(inner))),
    )
}
