//! What reads show: it has to be what may be so, and narrows it down.

use serde_json::{Value, json};

use super::super::facts::{Client, Fact, GROUPS, PEOPLE, Who, facts};
use super::{Machine, Verdict};

impl Machine {
    /// A read has shown it.
    pub(super) fn shows(&mut self, fact: Fact, value: &Value) -> Verdict {
        if matches!(fact, Fact::Member(_, person) if !self.quiet && self.restless.contains(&person)) {
            return Ok(());
        }
        let options = self.options(fact);
        let Some(at) = options.iter().position(|option| option == value) else {
            return Err(format!("{fact:?} is shown as {value}, but may only be {options:?}"));
        };
        if self.quiet && self.due.contains(&fact) && *value == json!(true) {
            return Err(format!("{fact:?} was journalled to end and never did"));
        }
        let left = if self.quiet { vec![value.clone()] } else { options[at..].to_vec() };
        match (fact, left.as_slice()) {
            (Fact::There(who), [Value::Bool(false)]) => self.set_gone(who),
            (Fact::Member(..), _) if !self.quiet && at == 0 => {}
            _ => drop(self.may.insert(fact, left)),
        }
        Ok(())
    }

    /// Whose a shown resource is.
    pub fn whose(&mut self, is_person: bool, body: &Value) -> Option<Who> {
        let id = body["id"].as_str()?;
        if let Some((who, _)) =
            self.ids.iter().find(|(who, known)| who.is_person() == is_person && *known == id)
        {
            return Some(*who);
        }
        let name = |who: Who| if who.is_person() { &body["userName"] } else { &body["displayName"] };
        let mut unknown = Who::all().filter(|who| {
            let is_stranger = name(*who).as_str().is_some_and(|name| self.strangers.contains(name));
            let nameless = !self.ids.contains_key(who) || (self.owed.contains(who) && !is_stranger);
            let is_it = self.may_be(Fact::There(*who), &json!(true)) && self.may_be(who.key(), name(*who));
            who.is_person() == is_person && nameless && is_it
        });
        let who = unknown.next()?;
        self.learn(who, id);
        Some(who)
    }

    /// A resource is shown to a client; `partly` if not all of its groups need to be.
    pub fn see(&mut self, who: Who, by: Client, body: &Value, partly: bool) -> Verdict {
        self.see_attributes(who, by, body)?;
        self.see_relations(who, body, partly)
    }

    /// It is there, whatever else is shown of it.
    pub fn see_there(&mut self, who: Who) -> Verdict {
        self.shows(Fact::There(who), &json!(true))
    }

    pub fn see_attributes(&mut self, who: Who, by: Client, body: &Value) -> Verdict {
        self.shows(Fact::There(who), &json!(true))?;
        facts(who, by, body, true).into_iter().try_for_each(|(fact, value)| self.shows(fact, &value))
    }

    fn see_relations(&mut self, who: Who, body: &Value, partly: bool) -> Verdict {
        let (relation, others) = if who.is_person() { ("groups", GROUPS) } else { ("members", PEOPLE) };
        let mut listed: Vec<&str> =
            body[relation].as_array().into_iter().flatten().filter_map(|v| v["value"].as_str()).collect();
        for number in 0..others {
            let (other, fact) = match who {
                Who::Person(person) => (Who::Group(number), Fact::Member(number, person)),
                Who::Group(group) => (Who::Person(number), Fact::Member(group, number)),
            };
            let id = self.ids.get(&other).map_or("", String::as_str);
            let member = listed.contains(&id);
            listed.retain(|listed| *listed != id);
            if member || !partly {
                self.shows(fact, &json!(member))?;
            }
        }
        listed.retain(|listed| !who.is_person() || !self.vanished.contains(*listed));
        if let Some(id) = listed.iter().find(|id| self.gone.contains(&(!who.is_person(), (**id).to_owned())))
        {
            return Err(format!("{who:?} has {relation} that are gone: {id}"));
        }
        // Who returns, or is made, may be a stranger for a moment.
        let returns = !who.is_person() && !self.quiet && !self.restless.is_empty();
        let is_new = returns || self.owed.iter().any(|owed| owed.is_person() != who.is_person());
        match listed.first() {
            Some(id) if !is_new => Err(format!("{who:?} has {relation} twice, or that nobody knows: {id}")),
            _ => Ok(()),
        }
    }

    /// Nothing is found where it was looked for.
    pub fn see_nothing(&mut self, who: Who) -> Verdict {
        self.shows(Fact::There(who), &json!(false))
    }
}
