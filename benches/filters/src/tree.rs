//! One form for everybody's trees, so that they can be compared: `or(and(a eq "x",b pr),not(c pr))`. A chain of one operator is one
//! list, however a parser nests it.

use std::fmt::Write;

/// A filter's tree.
#[derive(Clone, Debug, PartialEq)]
pub enum Tree {
    /// All of them.
    And(Vec<Tree>),
    /// One of them.
    Or(Vec<Tree>),
    /// Not it.
    Not(Box<Tree>),
    /// `path pr`, `path op value`; the value as JSON.
    Test(String),
    /// `path[filter]`.
    Element(String, Box<Tree>),
}

impl Tree {
    /// `path pr`.
    pub fn present(path: impl std::fmt::Display) -> Self {
        Self::Test(format!("{path} pr"))
    }

    /// `path op value`.
    pub fn compare(
        path: impl std::fmt::Display,
        op: impl std::fmt::Display,
        value: &serde_json::Value,
    ) -> Self {
        Self::Test(format!("{path} {op} {value}"))
    }

    /// Both.
    pub fn and(left: Self, right: Self) -> Self {
        Self::And(vec![left, right])
    }

    /// Either.
    pub fn or(left: Self, right: Self) -> Self {
        Self::Or(vec![left, right])
    }

    /// The tree as text.
    pub fn text(&self) -> String {
        match self {
            Self::And(_) => list("and", &self.operands(&|tree| matches!(tree, Self::And(_)))),
            Self::Or(_) => list("or", &self.operands(&|tree| matches!(tree, Self::Or(_)))),
            Self::Not(inner) => format!("not({})", inner.text()),
            Self::Test(text) => text.clone(),
            Self::Element(path, filter) => format!("{path}[{}]", filter.text()),
        }
    }

    /// The operands of a chain of one operator.
    fn operands(&self, same: &dyn Fn(&Self) -> bool) -> Vec<&Self> {
        match self {
            Self::And(list) | Self::Or(list) if same(self) => {
                list.iter().flat_map(|tree| tree.operands(same)).collect()
            }
            other => vec![other],
        }
    }
}

fn list(name: &str, operands: &[&Tree]) -> String {
    let mut text = format!("{name}(");
    for (at, operand) in operands.iter().enumerate() {
        // Writing to a String can't fail.
        let _ = write!(text, "{}{}", if at == 0 { "" } else { "," }, operand.text());
    }
    text + ")"
}
