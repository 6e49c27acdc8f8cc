//! A filter bound to a resource type: owned, its names in canonical spelling, its values of the attributes' types.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::ast::CompareOp;
use super::check::Check;
use crate::resource::Attributed;

/// Where a value is: below an extension's URN or at the top, in an attribute or its sub-attribute.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Place {
    pub(super) urn: Option<String>,
    pub(super) name: String,
    pub(super) sub: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    And(Box<Node>, Box<Node>),
    Or(Box<Node>, Box<Node>),
    Not(Box<Node>),
    Test(Place, Check),
    /// One element of the list at `place` fulfils `filter` and `then`, whose places are within the element.
    Element {
        place: Place,
        filter: Box<Node>,
        then: Option<(Place, Check)>,
    },
    /// The same for every resource: what its type lacks has no value. Nowhere but at the root.
    Always(bool),
}

/// A filter that evaluates the resources of one type.
#[derive(Clone, Debug, PartialEq)]
pub struct Bound {
    pub(super) root: Node,
}

/// A term of a filter that every match fulfils: some value of the attribute equals `value`, by the attribute's own comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct Equality<'f> {
    /// The attribute's canonical path: `userName`, `emails.value`, `urn:…:User:department`.
    pub attribute: Cow<'f, str>,
    /// The value, as the client wrote it.
    pub value: Value,
}

impl Bound {
    /// Whether a rendered resource matches. An attribute that is not in `resource` has no value: see [`Bound::attributes`].
    #[must_use]
    pub fn matches(&self, resource: &impl Attributed) -> bool {
        self.root.holds(resource)
    }

    /// Whether no resource of the type can match, because the type lacks what the filter asks for.
    #[must_use]
    pub fn matches_nothing(&self) -> bool {
        self.root == Node::Always(false)
    }

    /// The equalities that every match fulfils, from left to right; those within a value path too. They narrow a search, they do not
    /// replace the filter.
    #[must_use]
    pub fn equalities(&self) -> Vec<Equality<'_>> {
        self.root.equalities()
    }

    /// The disjunctions that every match fulfils, from left to right; of each, what the matches of every alternative fulfil.
    #[must_use]
    pub fn alternatives(&self) -> Vec<Vec<Vec<Equality<'_>>>> {
        conjuncts(&self.root).filter(|node| matches!(node, Node::Or(..))).map(Node::alternatives).collect()
    }

    /// The top-level attributes (extensions: URNs) that the filter looks at, once each.
    #[must_use]
    pub fn attributes(&self) -> Vec<&str> {
        self.root.attributes()
    }
}

impl Node {
    pub(super) fn and(left: Self, right: Self) -> Self {
        match (left, right) {
            (Self::Always(false), _) | (_, Self::Always(false)) => Self::Always(false),
            (Self::Always(true), other) | (other, Self::Always(true)) => other,
            (left, right) => Self::And(Box::new(left), Box::new(right)),
        }
    }

    pub(super) fn or(left: Self, right: Self) -> Self {
        match (left, right) {
            (Self::Always(true), _) | (_, Self::Always(true)) => Self::Always(true),
            (Self::Always(false), other) | (other, Self::Always(false)) => other,
            (left, right) => Self::Or(Box::new(left), Box::new(right)),
        }
    }

    pub(super) fn not(inner: Self) -> Self {
        match inner {
            Self::Always(holds) => Self::Always(!holds),
            inner => Self::Not(Box::new(inner)),
        }
    }

    fn alternatives(&self) -> Vec<Vec<Equality<'_>>> {
        let mut open = vec![self];
        let mut found = Vec::new();
        while let Some(node) = open.pop() {
            match node {
                Self::Or(left, right) => open.extend([&**right, &**left]),
                node => found.push(node.equalities()),
            }
        }
        found
    }

    fn equalities(&self) -> Vec<Equality<'_>> {
        // Most filters have one.
        let mut found = Vec::with_capacity(1);
        for node in conjuncts(self) {
            match node {
                Node::Test(place, check) => found.extend(equality(None, place, check)),
                Node::Element { place, filter, then } => {
                    let inner = conjuncts(filter).filter_map(|node| match node {
                        Node::Test(within, check) => equality(Some(place), within, check),
                        _ => None,
                    });
                    found.extend(inner);
                    found.extend(
                        then.as_ref().and_then(|(within, check)| equality(Some(place), within, check)),
                    );
                }
                Node::And(..) | Node::Or(..) | Node::Not(_) | Node::Always(_) => {}
            }
        }
        found
    }
}

/// A value filter over the elements of one multi-valued attribute.
#[derive(Clone, Debug, PartialEq)]
pub struct ElementFilter {
    pub(super) root: Box<Node>,
}

impl ElementFilter {
    /// Whether an element fulfils it.
    #[must_use]
    pub fn matches(&self, element: &Map<String, Value>) -> bool {
        self.root.holds(element)
    }

    /// The sub-attributes that the filter looks at, once each.
    #[must_use]
    pub fn attributes(&self) -> Vec<&str> {
        self.root.attributes()
    }

    /// The sub-attributes and values of an element that fulfils it by its equalities alone; none if it says anything else, and if
    /// no element could: an empty text is no value (RFC 7643 §2.5).
    #[must_use]
    pub fn template(&self) -> Option<Map<String, Value>> {
        let equal = |node| equal_term(node).filter(|(_, value)| value.as_str() != Some(""));
        conjuncts(&self.root).map(equal).collect()
    }

    /// The alternatives, if it is nothing but equalities of one sub-attribute joined by `or`.
    #[must_use]
    pub fn alternatives(&self, sub: &str) -> Option<Vec<Value>> {
        let mut values = Vec::new();
        let mut open = vec![&*self.root];
        while let Some(node) = open.pop() {
            match node {
                Node::Or(left, right) => open.extend([&**right, &**left]),
                node => values.push(equal_term(node).filter(|(name, _)| name == sub)?.1),
            }
        }
        Some(values)
    }
}

impl Node {
    fn attributes(&self) -> Vec<&str> {
        let mut names = Vec::new();
        for name in self.places().map(Place::top) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// The places that it looks at, from left to right; not those within an element.
    fn places(&self) -> impl Iterator<Item = &Place> {
        let (mut next, mut open) = (Some(self), Vec::new());
        std::iter::from_fn(move || {
            loop {
                match next.take().or_else(|| open.pop())? {
                    Self::And(left, right) | Self::Or(left, right) => {
                        open.push(&**right);
                        next = Some(left);
                    }
                    Self::Not(inner) => next = Some(inner),
                    Self::Always(_) => {}
                    Self::Test(place, _) | Self::Element { place, .. } => return Some(place),
                }
            }
        })
    }

    /// Recurses at most once per node of the filter, whose number is limited.
    pub(super) fn holds(&self, it: &impl Attributed) -> bool {
        match self {
            Self::Always(holds) => *holds,
            Self::And(left, right) => left.holds(it) && right.holds(it),
            Self::Or(left, right) => left.holds(it) || right.holds(it),
            Self::Not(inner) => !inner.holds(it),
            Self::Test(place, check) => check.holds(place.values(it)),
            Self::Element { place, filter, then } => {
                place.values(it).filter_map(Value::as_object).any(|element| {
                    filter.holds(element)
                        && then.as_ref().is_none_or(|(place, check)| check.holds(place.values(element)))
                })
            }
        }
    }
}

impl Place {
    /// The top-level attribute, or the extension's URN.
    fn top(&self) -> &str {
        self.urn.as_ref().unwrap_or(&self.name)
    }

    /// The values there: each element of a list, each value of a sub-attribute.
    fn values<'v>(&self, it: &'v impl Attributed) -> impl Iterator<Item = &'v Value> {
        let value = it.attribute(self.top());
        let value = if self.urn.is_some() { value.and_then(|data| data.get(&self.name)) } else { value };
        let elements = value.map(as_list).unwrap_or_default();
        elements
            .iter()
            .filter_map(|element| self.sub.as_ref().map_or(Some(element), |sub| element.get(sub)))
            .flat_map(as_list)
    }

    fn path(&self) -> Cow<'_, str> {
        if let (None, None) = (&self.urn, &self.sub) {
            return Cow::Borrowed(&self.name);
        }
        let urn = self.urn.as_ref().map(|urn| format!("{urn}:")).unwrap_or_default();
        let sub = self.sub.as_ref().map(|sub| format!(".{sub}")).unwrap_or_default();
        Cow::Owned(format!("{urn}{}{sub}", self.name))
    }
}

fn as_list(value: &Value) -> &[Value] {
    match value {
        Value::Array(list) => list,
        single => std::slice::from_ref(single),
    }
}

/// The terms of which every match fulfils each, from left to right.
fn conjuncts(root: &Node) -> impl Iterator<Item = &Node> {
    let (mut next, mut open) = (Some(root), Vec::new());
    std::iter::from_fn(move || {
        let mut node = next.take().or_else(|| open.pop())?;
        while let Node::And(left, right) = node {
            open.push(&**right);
            node = left;
        }
        Some(node)
    })
}

fn equality<'f>(list: Option<&Place>, place: &'f Place, check: &Check) -> Option<Equality<'f>> {
    let Check::Compare(CompareOp::Eq, operand) = check else { return None };
    let attribute = match list {
        Some(list) => Cow::Owned(format!("{}.{}", list.path(), place.path())),
        None => place.path(),
    };
    Some(Equality { attribute, value: operand.to_json() })
}

fn equal_term(node: &Node) -> Option<(String, Value)> {
    match node {
        Node::Test(place, Check::Compare(CompareOp::Eq, operand)) => {
            Some((place.name.clone(), operand.to_json()))
        }
        _ => None,
    }
}
