//! The words of the machine: who there is, what can be so of them, and what a request wishes of it.

use serde_json::{Value, json};

/// An identity provider.
pub type Client = usize;

/// A place for a resource. One that is deleted and made again has the same place and another id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    Person(u8),
    Group(u8),
}

pub const PEOPLE: u8 = 6;
pub const GROUPS: u8 = 3;

/// Something that a read shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fact {
    There(Who),
    Is(Who, &'static str),
    /// What a client calls it: its externalId.
    Called(Who, Client),
    /// Group, person.
    Member(u8, u8),
}

/// What a request wishes of one resource.
#[derive(Clone, Debug)]
pub struct Asked {
    pub who: Who,
    pub by: Client,
    pub makes: bool,
    pub wishes: Vec<(Fact, Value)>,
}

/// How a request ended for its client.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// 2xx, and the id in the answer.
    Done(Option<String>),
    /// A final no.
    Refused(u16),
    /// "Try again", or no answer: it may have happened, or may still.
    Unsure,
}

impl Asked {
    pub fn names_access(&self) -> bool {
        self.wishes.iter().any(|(fact, _)| *fact == Fact::Is(self.who, "active"))
    }

    pub fn ends_access(&self) -> bool {
        self.wishes.contains(&(Fact::Is(self.who, "active"), json!(false)))
    }
}

impl Who {
    pub fn is_person(self) -> bool {
        matches!(self, Self::Person(_))
    }

    pub fn all() -> impl Iterator<Item = Self> {
        (0..PEOPLE).map(Self::Person).chain((0..GROUPS).map(Self::Group))
    }

    fn attributes(self) -> &'static [&'static str] {
        match self {
            Self::Person(_) => &["userName", "emails", "title", "displayName", "active"],
            Self::Group(_) => &["displayName"],
        }
    }

    pub fn key(self) -> Fact {
        Fact::Is(self, if self.is_person() { "userName" } else { "displayName" })
    }
}

impl Fact {
    pub fn is_about(self, who: Who) -> bool {
        match self {
            Self::There(other) | Self::Is(other, _) | Self::Called(other, _) => other == who,
            Self::Member(group, person) => who == Who::Group(group) || who == Who::Person(person),
        }
    }

    /// What is so of somebody of whom nobody has said anything.
    pub fn at_first(self) -> Value {
        match self {
            Self::There(_) | Self::Member(..) => json!(false),
            Self::Is(..) | Self::Called(..) => Value::Null,
        }
    }
}

/// The facts that a resource's attributes tell. Of a request: those that it names; of an answer: all of them.
pub fn facts(who: Who, by: Client, body: &Value, all: bool) -> Vec<(Fact, Value)> {
    let named = who.attributes().iter().map(|name| (Fact::Is(who, name), *name));
    let named = named.chain([(Fact::Called(who, by), "externalId")]);
    named
        .filter(|(_, name)| all || !body[*name].is_null())
        .map(|(fact, name)| (fact, body[name].clone()))
        .collect()
}
