//! What the directory starts with.

use serde_json::{Map, Value, json};

use super::directory::{Change, Store};
use super::model::{Group, Provisioner, User};
use crate::ids::Ids;
use crate::seed::{Seed, colleagues};

/// Seeded objects were created from this time on: 2026-01-05T08:00:00Z.
const START: i64 = 1_767_600_000_000_000;
const SECOND: i64 = 1_000_000;

/// Fills a directory; every object is a second younger than the one before.
struct Builder<'a> {
    store: Store,
    ids: &'a mut Ids,
    at: i64,
}

/// A directory with the seed in it.
pub(crate) fn fill(ids: &mut Ids, seed: Seed) -> Store {
    let mut builder = Builder { store: Store::default(), ids, at: START };
    match seed {
        Seed::Empty => {}
        Seed::Sample => builder.sample(),
        Seed::Many { users } => builder.many(users),
    }
    builder.store
}

impl Builder<'_> {
    fn tick(&mut self) -> i64 {
        self.at += SECOND;
        self.at
    }

    fn person(&mut self, first: &str, last: &str, email: &str) -> User {
        let at = self.tick();
        let account = email.to_owned();
        User {
            given_name: Some(first.to_owned()),
            family_name: Some(last.to_owned()),
            ..User::new(self.ids.uuid(), account.clone(), account, Provisioner::Scim, at)
        }
    }

    fn user(&mut self, user: User) -> String {
        let id = user.id.clone();
        self.store.apply(self.at, Change::PutUser(Box::new(user)));
        id
    }

    fn group(&mut self, name: &str, provisioner: Provisioner, members: &[String]) {
        let at = self.tick();
        let group = Group::new(self.ids.uuid(), name.to_owned(), provisioner, at);
        let id = group.id.clone();
        self.store.apply(at, Change::PutGroup(group));
        for user in members {
            self.store.apply(at, Change::Join { group: id.clone(), user: user.clone() });
        }
    }

    fn sample(&mut self) {
        let mut staff = self.plain_people();
        staff.extend(self.odd_people());
        let imported = self.imported_people();
        self.group("All Staff", Provisioner::Scim, &staff);
        self.group("Engineering", Provisioner::Scim, staff.get(..12).unwrap_or_default());
        self.group("Zürich Büro", Provisioner::Scim, staff.get(10..15).unwrap_or_default());
        self.group("Empty Room", Provisioner::Scim, &[]);
        self.group("Domain Users", Provisioner::AdImporter, &imported);
    }

    /// More than fit on the largest page.
    fn plain_people(&mut self) -> Vec<String> {
        let mut ids = Vec::new();
        for (first, last, email) in colleagues() {
            let person = self.person(first, last, &email);
            ids.push(self.user(person));
        }
        ids
    }

    /// Names from all over, someone inactive, a userName that is no e-mail, and extensions.
    fn odd_people(&mut self) -> Vec<String> {
        let left = User { active: false, ..self.person("Gone", "Away", "gone.away@example.com") };
        let account = User {
            user_name: "rsmith".to_owned(),
            ..self.person("Robert", "Smith", "bob.smith@example.com")
        };
        let shouting = self.person("Karl", "Groß", "Karl.Gross@Example.com");
        let mut whole = self.person("Petra", "Voll", "petra.voll@example.com");
        whole.external_id = Some("hr-4711".to_owned());
        whole.profile = object(json!({"displayName": "Petra Voll", "title": "Pilotin", "locale": "de-CH"}));
        whole.enterprise = object(json!({"department": "Flugbetrieb", "employeeNumber": "4711"}));
        whole.tenant = object(json!({"badge": "blue", "floor": 3}));
        let people = [
            self.person("Zoë", "Müller-Lüdenscheidt", "zoe.mueller@example.com"),
            self.person("太郎", "山田", "taro.yamada@example.com"),
            self.person("Łukasz", "Żółć", "lukasz.zolc@example.com"),
            left,
            account,
            shouting,
            whole,
        ];
        people.into_iter().map(|person| self.user(person)).collect()
    }

    /// People whom SCIM doesn't show, although their e-mails are taken.
    fn imported_people(&mut self) -> Vec<String> {
        let sources = [
            ("Axel", Provisioner::AdImporter),
            ("Anja", Provisioner::AdImporter),
            ("Carl", Provisioner::Csv),
            ("Uwe", Provisioner::Console),
        ];
        let mut ids = Vec::new();
        for (first, provisioner) in sources {
            let email = format!("{}.import@example.com", first.to_lowercase());
            let person = User { provisioner, ..self.person(first, "Import", &email) };
            ids.push(self.user(person));
        }
        ids
    }

    fn many(&mut self, count: usize) {
        let mut ids = Vec::with_capacity(count);
        for number in 1..=count {
            let last = format!("{number:06}");
            let person = self.person("User", &last, &format!("user{last}@example.com"));
            ids.push(self.user(person));
        }
        for (number, members) in ids.chunks_exact(10).enumerate() {
            self.group(&format!("Group {:05}", number + 1), Provisioner::Scim, members);
        }
    }
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}
