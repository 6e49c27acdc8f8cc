//! What the directory starts with.

use super::directory::{Change, Store};
use super::model::{ACTIVE_DIRECTORY, Admin, Assignment, CUSTOM, ENTRA, Group, Role, User};
use crate::ids::Ids;
use crate::seed::{Seed, colleagues};

/// Seeded objects were created from this time on: 2026-01-05T08:00:00Z.
const START: i64 = 1_767_600_000_000_000;
const SECOND: i64 = 1_000_000;

/// Fills a directory; every object is a second younger than the one before.
pub(crate) struct Builder<'a> {
    store: Store,
    ids: &'a mut Ids,
    at: i64,
}

impl<'a> Builder<'a> {
    pub fn new(ids: &'a mut Ids) -> Self {
        Self { store: Store::default(), ids, at: START }
    }

    /// Adds the people and groups, and gives what came out.
    pub fn fill(mut self, seed: Seed) -> Store {
        match seed {
            Seed::Empty => {}
            Seed::Sample => self.sample(),
            Seed::Many { users } => self.many(users),
        }
        self.store
    }

    fn put(&mut self, change: Change) {
        self.store.apply(self.at, change);
    }

    fn tick(&mut self) -> i64 {
        self.at += SECOND;
        self.at
    }

    fn role(&mut self, id: String, name: &str, for_services: bool, sets: &[&str]) {
        let at = self.tick();
        self.put(Change::PutRole(Role {
            id,
            name: name.to_owned(),
            description: Some(format!("{name}, as it comes with Sophos Central")),
            predefined: true,
            for_services,
            permission_sets: sets.iter().map(|&set| set.to_owned()).collect(),
            created_at: at,
            updated_at: at,
        }));
    }

    pub fn predefined_roles(&mut self, ids: &mut Ids) {
        self.role(ids.uuid(), "Super Admin", false, &["central_super_admin"]);
        self.role(ids.uuid(), "Admin", false, &["central_admin", "endpoint_product_admin"]);
        self.role(ids.uuid(), "Help Desk", false, &["central_helpdesk"]);
        self.role(ids.uuid(), "Read-only", false, &["central_read_only"]);
        self.role(ids.uuid(), "Service Principal Super Admin", true, &["central_super_admin"]);
        self.role(ids.uuid(), "Service Principal Management", true, &["central_admin"]);
        self.role(ids.uuid(), "Service Principal Forensics", true, &["central_read_only"]);
        self.role(ids.uuid(), "Service Principal Read-Only", true, &["central_read_only"]);
    }

    /// A user with just a name; the caller adds the rest.
    fn blank(&mut self, name: &str) -> User {
        let at = self.tick();
        User {
            id: self.ids.uuid(),
            name: name.to_owned(),
            first_name: None,
            last_name: None,
            email: None,
            domain: None,
            exchange_login: None,
            source: CUSTOM.to_owned(),
            created_at: at,
            updated_at: Some(at + 3000),
        }
    }

    fn user(&mut self, user: User) -> String {
        let id = user.id.clone();
        self.put(Change::PutUser(user));
        id
    }

    fn person(&mut self, first: &str, last: &str, email: &str) -> User {
        User {
            first_name: Some(first.to_owned()),
            last_name: Some(last.to_owned()),
            email: Some(email.to_owned()),
            ..self.blank(&format!("{first} {last}"))
        }
    }

    fn group(&mut self, name: &str, description: Option<&str>, source: &str, members: &[String]) {
        let at = self.tick();
        let id = self.ids.uuid();
        self.put(Change::PutGroup(Group {
            id: id.clone(),
            name: name.to_owned(),
            description: description.map(str::to_owned),
            domain: (source == ACTIVE_DIRECTORY).then(|| "EXAMPLE".to_owned()),
            source: source.to_owned(),
            created_at: at,
            updated_at: at + 3000,
        }));
        for user in members {
            self.put(Change::Join { group: id.clone(), user: user.clone() });
        }
    }

    fn admin(&mut self, user: &User, role: &str) {
        let found = self.store.current().roles.values().find(|known| known.name == role);
        let role_id = found.map(|role| role.id.clone()).unwrap_or_default();
        let at = self.tick();
        let admin = Admin {
            id: self.ids.uuid(),
            user_ids: vec![user.id.clone()],
            name: user.name.clone(),
            first_name: user.first_name.clone(),
            last_name: user.last_name.clone(),
            email: user.email.clone(),
            role_assignments: vec![Assignment { id: self.ids.uuid(), role_id }],
            created_at: at,
            updated_at: at + 3000,
        };
        self.put(Change::PutAdmin(admin));
    }

    fn sample(&mut self) {
        let mut staff = self.plain_people();
        staff.extend(self.odd_people());
        let boss = self.person("Ada", "Ahrens", "ada.ahrens@example.com");
        let helper = self.person("Hugo", "Help", "hugo.help@example.com");
        staff.extend([self.user(boss.clone()), self.user(helper.clone())]);
        self.admin(&boss, "Super Admin");
        self.admin(&helper, "Help Desk");
        self.agent_made_people();
        let windows =
            self.synced_people(ACTIVE_DIRECTORY, &["Axel", "Anja", "Anton", "Alma", "Arne", "Asta"]);
        let entra = self.synced_people(ENTRA, &["Emil", "Elsa", "Edda", "Egon"]);

        self.group("All Staff", Some("Everyone with a badge"), CUSTOM, &staff);
        self.group("Engineering", Some("Builds things"), CUSTOM, &staff[..12]);
        self.group("Zürich Büro", None, CUSTOM, &staff[10..15]);
        let both = [staff[0].clone(), windows[0].clone()];
        self.group("Project Mixed", Some("By hand and from the directory"), CUSTOM, &both);
        self.group("Empty Room", Some("Nobody yet"), CUSTOM, &[]);
        self.group("Domain Users", Some("All domain users"), ACTIVE_DIRECTORY, &windows);
        self.group("Entra Sales", None, ENTRA, &entra);
    }

    /// Enough people that a group of them needs two pages of the largest size.
    fn plain_people(&mut self) -> Vec<String> {
        let mut ids = Vec::new();
        for (first, last, email) in colleagues().take(120) {
            let person = self.person(first, last, &email);
            ids.push(self.user(person));
        }
        ids
    }

    /// Names from all over, people without an e-mail, and a log-in that is not the e-mail.
    fn odd_people(&mut self) -> Vec<String> {
        let exchange = User {
            exchange_login: Some("smith.robert@exchange.example.com".to_owned()),
            ..self.person("Robert", "Smith", "bob.smith@example.com")
        };
        let shouting = self.person("Karl", "Groß", "Karl.Gross@Example.com");
        let empty_names = User {
            first_name: Some(String::new()),
            last_name: Some(String::new()),
            ..self.blank("Front Desk")
        };
        let people = [
            self.person("Zoë", "Müller-Lüdenscheidt", "zoe.mueller@example.com"),
            self.person("太郎", "山田", "taro.yamada@example.com"),
            self.person("Łukasz", "Żółć", "lukasz.zolc@example.com"),
            self.person("Siân", "O’Brien", "sian.obrien@example.com"),
            exchange,
            shouting,
            empty_names,
            self.blank("Meeting Room 1"),
            self.blank("Warehouse Scanner"),
        ];
        people.into_iter().map(|person| self.user(person)).collect()
    }

    /// Users that an agent made when someone logged in: no e-mail, custom, never edited.
    fn agent_made_people(&mut self) {
        for name in ["EXAMPLE\\bjung", "EXAMPLE\\scanner", "WORKGROUP\\Administrator"] {
            let user = User { updated_at: None, ..self.blank(name) };
            self.user(user);
        }
    }

    fn synced_people(&mut self, source: &str, first_names: &[&str]) -> Vec<String> {
        let mut ids = Vec::new();
        for first in first_names {
            let email = format!("{}.sync@example.com", first.to_lowercase());
            let person = User {
                source: source.to_owned(),
                domain: (source == ACTIVE_DIRECTORY).then(|| "EXAMPLE".to_owned()),
                ..self.person(first, "Sync", &email)
            };
            ids.push(self.user(person));
        }
        if source == ENTRA {
            // Shared mailboxes show up as users.
            let mailbox = User {
                source: source.to_owned(),
                email: Some("sales@example.com".to_owned()),
                ..self.blank("Sales Mailbox")
            };
            ids.push(self.user(mailbox));
        }
        ids
    }

    fn many(&mut self, count: usize) {
        let mut ids = Vec::with_capacity(count);
        for number in 1..=count {
            let (first, last) = ("User", format!("{number:06}"));
            let person = self.person(first, &last, &format!("user{last}@example.com"));
            ids.push(self.user(person));
        }
        for (number, members) in ids.chunks_exact(10).enumerate() {
            self.group(&format!("Group {:05}", number + 1), None, CUSTOM, members);
        }
    }
}
