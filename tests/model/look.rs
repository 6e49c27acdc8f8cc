//! What reads show, and what is there natively when all is quiet, compared with the machine.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::ask::{called, group_name, shown_as, title_of, user_name};
use super::facts::{Client, Fact, PEOPLE, Who};
use super::machine::Machine;
use super::run::Run;
use super::schedule::Sought;
use super::terms;
use crate::fault::truth::native_id;
use crate::support::World;

impl Run {
    /// A resource is shown. The groups of somebody who is being parked are found out only when the product answers.
    pub fn see(&mut self, who: Who, by: Client, body: &Value) -> Result<(), String> {
        let is_leaving = who.is_person() && body["active"] == json!(false);
        self.machine.see(who, by, body, is_leaving && !self.calm && !self.machine.quiet)
    }

    /// A look-up as identity providers make them, whatever goes wrong.
    pub async fn search(&mut self, by: Client, what: Sought) -> Result<(), String> {
        let (endpoint, attribute, value) = match what {
            Sought::Name(name) => ("Users", "userName", user_name(name)),
            Sought::Shown(shown) => ("Users", "displayName", shown_as(shown)),
            Sought::Title(title) => ("Users", "title", title_of(title)),
            Sought::Called(name) => ("Users", "externalId", called(by, name)),
            Sought::GroupName(name) => ("Groups", "displayName", group_name(name)),
        };
        let found = self.of(by).get(&format!("/{endpoint}?filter={attribute} eq \"{value}\"")).await;
        if found.status != 200 {
            let is_excused = !self.calm && matches!(found.status, 429 | 502 | 504);
            return if is_excused { Ok(()) } else { Err(format!("{found:?}")) };
        }
        let is_person = endpoint == "Users";
        let seen = self.rows(by, is_person, &found.body).map_err(|why| format!("{why}: {found:?}"))?;
        for who in Who::all().filter(|who| who.is_person() == is_person) {
            let fact =
                if attribute == "externalId" { Fact::Called(who, by) } else { Fact::Is(who, attribute) };
            let value = json!(value);
            if self.machine.is_there(who) && self.machine.is(fact, &value) && !seen.contains(&who) {
                return Err(format!("{who:?} is not found: {found:?}"));
            }
            if seen.contains(&who) && !self.machine.may_be(fact, &value) {
                return Err(format!("{who:?} is found: {found:?}"));
            }
        }
        Ok(())
    }

    /// Takes note of the rows of a list. Gives whose they are.
    fn rows(&mut self, by: Client, is_person: bool, list: &Value) -> Result<BTreeSet<Who>, String> {
        let mut seen = BTreeSet::new();
        let rows = list["Resources"].as_array().cloned().unwrap_or_default();
        if list["totalResults"] != json!(rows.len()) {
            return Err("the total is not the number of rows".to_owned());
        }
        let mut strangers = self.machine.strangers.clone();
        for row in rows {
            let Some(who) = self.machine.whose(is_person, &row) else {
                if is_person && strangers.remove(row["userName"].as_str().unwrap_or_default()) {
                    continue;
                }
                return Err(format!("nobody knows {row}"));
            };
            if !seen.insert(who) {
                return Err(format!("{who:?} is listed twice"));
            }
            // A list shows a group's members only if it is asked for them, and what it shows may be as late as the vendor's:
            // relations always, attributes if nobody knows what became of our own write.
            match (self.lags, is_person || row.get("members").is_some()) {
                (true, _) if !self.calm => self.machine.see_there(who)?,
                (false, true) => self.see(who, by, &row)?,
                _ => self.machine.see_attributes(who, by, &row)?,
            }
        }
        Ok(seen)
    }

    /// Reads everything as it is shown now, past the faults that are still to come.
    pub async fn look(&mut self, by: Client) -> Result<(), String> {
        self.count_faults();
        let world = self.of(by);
        let (users, groups) = terms::undisturbed(self.world(), async {
            (
                world.get("/Users").await,
                world.get("/Groups?attributes=id,displayName,externalId,members").await,
            )
        })
        .await;
        for (is_person, list) in [(true, &users), (false, &groups)] {
            for row in list.body["Resources"].as_array().into_iter().flatten() {
                self.machine.whose(is_person, row);
            }
        }
        for (is_person, list) in [(true, users), (false, groups)] {
            let seen = self.rows(by, is_person, &list.body).map_err(|why| format!("{why}: {list:?}"))?;
            for who in Who::all().filter(|who| who.is_person() == is_person && !seen.contains(who)) {
                self.machine.see_nothing(who).map_err(|why| format!("{why}: {list:?}"))?;
            }
        }
        let all: Vec<Who> = Who::all().filter(|who| self.machine.ids.contains_key(who)).collect();
        // All of them when all is quiet; else one after the other.
        let some = all.iter().copied().cycle().skip(self.counts.steps % all.len().max(1));
        for who in some.take(if self.machine.quiet { all.len() } else { 1 }) {
            self.look_at(&world, by, who).await?;
        }
        Ok(())
    }

    async fn look_at(&mut self, world: &World, by: Client, who: Who) -> Result<(), String> {
        let Some(id) = self.machine.ids.get(&who) else { return Ok(()) };
        let path = format!("/{}/{id}", if who.is_person() { "Users" } else { "Groups" });
        let shown = terms::undisturbed(world, world.get(&path)).await;
        let seen = match shown.status {
            200 => self.see(who, by, &shown.body),
            404 => self.machine.see_nothing(who),
            _ => Err("an undisturbed read fails".to_owned()),
        };
        seen.map_err(|why| format!("{why}: {shown:?}"))
    }

    /// Everybody who is to have access has it once, as it was written; nobody else has any.
    pub async fn natively(&mut self) -> Result<(), String> {
        let world = self.of(0);
        for (is_person, id) in &self.machine.gone {
            let path = format!("/{}/{id}", if *is_person { "Users" } else { "Groups" });
            let shown = world.get(&path).await;
            if shown.status != 404 {
                return Err(format!("{path} is gone: {shown:?}"));
            }
        }
        let mut people = terms::people(&world);
        let mut groups = terms::groups(&world);
        let value = |machine: &Machine, fact: Fact| machine.options(fact)[0].clone();
        let there: Vec<Who> = Who::all().filter(|who| self.machine.is_there(*who)).collect();
        for person in there.iter().copied().filter(|who| who.is_person()) {
            let name = value(&self.machine, person.key());
            let has_access = value(&self.machine, Fact::Is(person, "active")) == json!(true);
            if has_access {
                self.machine.strangers.remove(name.as_str().unwrap_or_default());
            }
            let (own, others) = people.into_iter().partition(|native| json!(native.name) == name);
            people = others;
            let own: Vec<terms::Native> = own;
            let access = own.iter().filter(|native| native.access).count();
            let strangers = usize::from(self.machine.strangers.contains(name.as_str().unwrap_or_default()));
            if access < usize::from(has_access)
                || access > usize::from(has_access) + strangers
                || own.len() > 1
            {
                return Err(format!("{person:?} has access {has_access}, and natively there is {own:?}"));
            }
            let shown = value(&self.machine, Fact::Is(person, "displayName"));
            if has_access && own.iter().any(|native| json!(native.shown) != shown) {
                return Err(format!("{person:?} is {shown}, and natively {own:?}"));
            }
        }
        people.retain(|native| !self.machine.strangers.contains(&native.name));
        if !people.is_empty() {
            return Err(format!("nobody knows these in the product: {people:?}"));
        }
        for group in Who::all().filter(|who| !who.is_person() && self.machine.is_there(*who)) {
            let Who::Group(number) = group else { continue };
            let name = value(&self.machine, group.key());
            let members = groups.remove(name.as_str().unwrap_or_default());
            let mut wanted = BTreeSet::new();
            for person in 0..PEOPLE {
                if self.machine.is(Fact::Member(number, person), &json!(true)) {
                    wanted.extend(native_id(&world, &self.machine.ids[&Who::Person(person)]).await);
                }
            }
            if members.as_ref() != Some(&wanted) {
                return Err(format!("{group:?} should have {wanted:?} natively, and has {members:?}"));
            }
        }
        if !groups.is_empty() {
            return Err(format!("nobody knows these groups in the product: {groups:?}"));
        }
        Ok(())
    }
}
