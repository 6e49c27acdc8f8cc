//! The reference machine: what an identity provider may expect, and nothing of how it is done.
//!
//! It keeps, fact by fact, what a read may show: one value where all is certain, several where a request got an answer
//! that says "try again" or none at all. Of several the first is the oldest. Time goes one way: once a later one was
//! shown, an earlier one is never shown again. The end of an access that was answered 2xx, or that is journalled, is
//! certain from that moment on.

mod shown;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::facts::{Asked, Client, Fact, Outcome, Who};

#[derive(Clone, Debug, Default)]
pub struct Machine {
    may: BTreeMap<Fact, Vec<Value>>,
    pub ids: BTreeMap<Who, String>,
    /// Ids that name nothing any more.
    pub gone: BTreeSet<(bool, String)>,
    /// Who may own it: whoever made or adopted it, and of unknown outcomes all who tried. Nobody else ends it.
    owners: BTreeMap<Who, BTreeSet<Client>>,
    /// A POST of unknown outcome: its repetition gets that outcome.
    owed: BTreeSet<Who>,
    /// Removals of members that are journalled: they show when all is quiet.
    due: BTreeSet<Fact>,
    /// Names of people in the product whom no client knows.
    pub strangers: BTreeSet<String>,
    /// Groups that vanished behind our back: parked people remember them until they return.
    vanished: BTreeSet<String>,
    /// What a client wrote, where the product shows something else.
    pub wrote: BTreeMap<Who, Value>,
    /// People who go or come, with an outcome that nobody knows: their memberships may show, and not, until all is quiet.
    restless: BTreeSet<u8>,
    /// Names of resources that are being deleted.
    held: BTreeSet<(bool, String)>,
    /// Names of resources that vanished behind our back: nobody has told the facade.
    lost: BTreeSet<(bool, String)>,
    /// Whatever may happen has happened: what is shown now is certain.
    pub quiet: bool,
}

type Verdict = Result<(), String>;

impl Machine {
    /// What a read may show.
    pub fn options(&self, fact: Fact) -> Vec<Value> {
        let own = self.may.get(&fact).cloned().unwrap_or_else(|| vec![fact.at_first()]);
        let Fact::Member(group, person) = fact else { return own };
        let ends = [Fact::There(Who::Group(group)), Fact::There(Who::Person(person))];
        if ends.iter().any(|end| self.is(*end, &json!(false))) {
            return vec![json!(false)];
        }
        let may_be_out = ends.iter().any(|end| self.may_be(*end, &json!(false)));
        if may_be_out { [own, vec![json!(false)]].concat() } else { own }
    }

    pub fn may_be(&self, fact: Fact, value: &Value) -> bool {
        self.options(fact).contains(value)
    }

    /// Whether it is certain.
    pub fn is(&self, fact: Fact, value: &Value) -> bool {
        self.options(fact).iter().all(|option| option == value)
    }

    pub fn is_there(&self, who: Who) -> bool {
        self.is(Fact::There(who), &json!(true))
    }

    /// Nobody wished anything of it whose outcome is unknown.
    pub fn is_certain(&self, who: Who) -> bool {
        let about = self.may.iter().filter(|(fact, _)| fact.is_about(who));
        about.into_iter().all(|(fact, options)| matches!(fact, Fact::Member(..)) || options.len() == 1)
    }

    /// From now on it is so.
    pub fn set(&mut self, fact: Fact, value: Value) {
        self.due.remove(&fact);
        if let (Fact::There(who), Value::Bool(false)) = (fact, &value) {
            self.may.retain(|fact, _| !fact.is_about(who));
            self.owed.remove(&who);
            self.gone.extend(self.ids.remove(&who).map(|id| (who.is_person(), id)));
            return;
        }
        self.may.insert(fact, vec![value]);
    }

    fn perhaps(&mut self, fact: Fact, value: Value) {
        self.due.remove(&fact);
        let options = self.may.entry(fact).or_insert_with(|| vec![fact.at_first()]);
        options.push(value);
        options.dedup();
    }

    /// Judges an answer; `journalled` are the ends of access that the journal has.
    pub fn answered(&mut self, asked: &Asked, outcome: &Outcome, journalled: &[Fact]) -> Verdict {
        let there = Fact::There(asked.who);
        let is_forbidden = self.ends(asked, true) && !self.may_own(asked.who, |owner| owner == asked.by);
        match outcome {
            Outcome::Done(_) if is_forbidden => return Err("it is another client's".to_owned()),
            // Whatever came along with it.
            Outcome::Unsure if is_forbidden => {}
            Outcome::Refused(status) if !self.may_refuse(asked, *status) => {
                return Err(format!("{status} for no reason"));
            }
            Outcome::Refused(404) => self.shows(there, &json!(false))?,
            Outcome::Refused(_) => {}
            Outcome::Unsure => {
                // What was changed behind our back may be forgotten with the object, or until that is asked again.
                if let (true, Some(wrote)) = (asked.ends_access(), self.wrote.get(&asked.who).cloned()) {
                    let shown = Fact::Is(asked.who, "displayName");
                    let is = self.options(shown)[0].clone();
                    [wrote, is].into_iter().for_each(|value| self.perhaps(shown, value));
                }
                if asked.makes {
                    self.owed.insert(asked.who);
                    if !self.is_there(asked.who) {
                        self.owners.entry(asked.who).or_default().insert(asked.by);
                    }
                }
                if let (Who::Person(person), true) = (asked.who, asked.names_access()) {
                    self.restless.insert(person);
                }
                asked.wishes.iter().for_each(|(fact, value)| self.perhaps(*fact, value.clone()));
            }
            Outcome::Done(Some(id)) if asked.makes => self.made(asked, id)?,
            Outcome::Done(_) => {
                for (fact, value) in &asked.wishes {
                    match fact {
                        // Whoever is not there is left out.
                        Fact::Member(_, person) if !self.is_there(Who::Person(*person)) => {
                            self.perhaps(*fact, value.clone());
                        }
                        _ => self.set(*fact, value.clone()),
                    }
                }
            }
        }
        for fact in journalled {
            match fact {
                // It may happen whatever becomes of the rest, and it has to when all is quiet.
                Fact::Member(..) if !self.is(*fact, &json!(false)) => {
                    self.perhaps(*fact, json!(false));
                    self.due.insert(*fact);
                }
                Fact::Member(..) => {}
                Fact::There(_) => self.set_gone(asked.who),
                _ => self.set(*fact, json!(false)),
            }
        }
        Ok(())
    }

    fn made(&mut self, asked: &Asked, id: &str) -> Verdict {
        let there = Fact::There(asked.who);
        let owed = self.owed.contains(&asked.who);
        let known = self.ids.get(&asked.who).is_some_and(|known| known == id);
        // One of the same client and name that has no access may be given it again.
        let is_own = self.may_own(asked.who, |owner| owner == asked.by);
        let may_return = known && is_own && self.may_be(Fact::Is(asked.who, "active"), &json!(false));
        if !owed && !may_return && !self.may_be(there, &json!(false)) {
            return Err(format!("{:?} was made although it is there", asked.who));
        }
        if owed || may_return {
            asked.wishes.iter().for_each(|(fact, value)| self.perhaps(*fact, value.clone()));
            self.may.insert(there, vec![json!(true)]);
        } else {
            self.set(there, json!(false));
            asked.wishes.iter().for_each(|(fact, value)| self.set(*fact, value.clone()));
        }
        self.learn(asked.who, id);
        self.owners.insert(asked.who, BTreeSet::from([asked.by]));
        Ok(())
    }

    fn may_own(&self, who: Who, is_it: impl Fn(Client) -> bool) -> bool {
        self.owners.get(&who).is_some_and(|owners| owners.iter().any(|owner| is_it(*owner)))
    }

    /// Whether a request ends what is there, or an access that is.
    fn ends(&self, asked: &Asked, for_sure: bool) -> bool {
        let ends = |(fact, value): &(Fact, Value)| {
            let so = if for_sure { self.is(*fact, &json!(true)) } else { self.may_be(*fact, &json!(true)) };
            so && *value == json!(false) && !matches!(fact, Fact::Member(..))
        };
        !asked.makes && asked.wishes.iter().any(ends)
    }

    /// It vanishes behind our back.
    pub fn vanishes(&mut self, who: Who) {
        self.vanished.extend(self.ids.get(&who).cloned());
        self.lost.extend(self.names(who));
        self.set(Fact::There(who), json!(false));
    }

    fn names(&self, who: Who) -> Vec<(bool, String)> {
        let names = self.options(who.key());
        names.iter().filter_map(|name| Some((who.is_person(), name.as_str()?.to_owned()))).collect()
    }

    /// It is gone for readers, and may still have its name.
    fn set_gone(&mut self, who: Who) {
        self.held.extend(self.names(who));
        self.set(Fact::There(who), json!(false));
    }

    fn may_refuse(&self, asked: &Asked, status: u16) -> bool {
        match status {
            403 => self.ends(asked, false) && self.may_own(asked.who, |owner| owner != asked.by),
            404 => self.may_be(Fact::There(asked.who), &json!(false)),
            409 => {
                let own = asked.makes && self.may_be(Fact::There(asked.who), &json!(true));
                let name = asked.wishes.iter().find(|(fact, _)| *fact == asked.who.key());
                own || name.is_some_and(|(_, name)| self.is_taken(asked.who, name))
            }
            _ => false,
        }
    }

    fn is_taken(&self, who: Who, name: &Value) -> bool {
        let text = name.as_str().unwrap_or_default().to_owned();
        let mut others = Who::all().filter(|other| *other != who && other.is_person() == who.is_person());
        others.any(|other| self.may_be(Fact::There(other), &json!(true)) && self.may_be(other.key(), name))
            || (who.is_person() && self.strangers.contains(&text))
            || self.held.contains(&(who.is_person(), text.clone()))
            || self.lost.contains(&(who.is_person(), text))
    }

    /// Two requests at once: as if one had come before the other.
    pub fn both(&mut self, one: (&Asked, &Outcome, &[Fact]), other: (&Asked, &Outcome, &[Fact])) -> Verdict {
        let in_order = |first: (&Asked, &Outcome, &[Fact]), then: (&Asked, &Outcome, &[Fact])| {
            let mut machine = self.clone();
            machine.answered(first.0, first.1, first.2)?;
            machine.answered(then.0, then.1, then.2).map(|()| machine)
        };
        match (in_order(one, other), in_order(other, one)) {
            (Ok(mut a), Ok(b)) => {
                for (fact, options) in b.may {
                    let of_a = a.may.entry(fact).or_insert_with(|| vec![fact.at_first()]);
                    of_a.extend(options);
                }
                *self = a;
            }
            (Ok(machine), Err(_)) | (Err(_), Ok(machine)) => *self = machine,
            (Err(why), Err(_)) => return Err(why),
        }
        Ok(())
    }

    /// Somebody changes a person in the product.
    pub fn drifts(&mut self, who: Who, shown: Value) {
        let fact = Fact::Is(who, "displayName");
        self.wrote.insert(who, self.options(fact)[0].clone());
        self.set(fact, shown);
    }

    fn learn(&mut self, who: Who, id: &str) {
        let before = self.ids.insert(who, id.to_owned());
        self.gone.extend(before.filter(|before| before != id).map(|id| (who.is_person(), id)));
        // Whoever was lost and is made again has the same id.
        self.gone.remove(&(who.is_person(), id.to_owned()));
    }

    /// Names that were held are free, and the strangers who remain are known.
    pub fn rest(&mut self) {
        self.held.clear();
        self.restless.clear();
        self.due.clear();
        self.quiet = false;
    }
}
