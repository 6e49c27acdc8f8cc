//! What a test has to do behind the facade's back, per backend.

use scim_facade::backend::{Attrs, BackendError, Desired, ErrorKind, Locked, Native, NativeRef, Sent};
use scim_facade::kernel::Kind;
use serde_json::{Value, json};
use simulator::faults::{Fault, Rule, Times};
use simulator::netskope::Event as Script;
use simulator::sophos::Event;

use super::bed::{Bed, Need};
use crate::support::world::QUARANTINE;

impl Bed {
    /// Every native write that has arrived so far, spelled as plans are; the first `skip` are left out.
    pub fn native_writes(&self, skip: usize) -> Vec<String> {
        if let Some(memory) = &self.world.memory {
            let calls = memory.journal().into_iter().skip(skip);
            return calls.map(|call| format!("{} {}", call.method, call.path)).collect();
        }
        if self.world.netskope.is_some() {
            return self.world.native_writes().split_off(skip);
        }
        let journal = self.world.sim().journal();
        let writes = journal.into_iter().filter(|e| e.write && e.path.starts_with("/common/"));
        let spelled = writes.map(|e| {
            format!("{} {}{}", e.method, e.path, e.query.map(|q| format!("?{q}")).unwrap_or_default())
        });
        spelled.skip(skip).collect()
    }

    /// Lists show at once what happens in the product itself: only our own writes lag.
    fn event(&self, event: Event) -> String {
        let now = self.world.clock.now().0;
        let mut sim = self.world.sim();
        let lag = std::mem::take(&mut sim.switches_mut().list_lag_ms);
        let touched = sim.event(now, event).expect("an event that can happen");
        sim.switches_mut().list_lag_ms = lag;
        touched
    }

    /// How many objects there are natively, but for the quarantine group.
    pub fn native_count(&self, kind: Kind) -> usize {
        let reserved = usize::from(kind == Kind::Group && self.quarantines());
        let all = match (&self.world.memory, kind) {
            (Some(memory), _) => memory.everything(kind).len(),
            (None, kind) if self.world.netskope.is_some() => self.netskope_count(kind),
            (None, Kind::User) => self.world.sim().users().len(),
            (None, Kind::Group) => self.world.sim().groups().len(),
        };
        all - reserved
    }

    /// The native ids of a group's members, sorted.
    pub async fn native_members(&self, group: &str) -> Vec<String> {
        let at = self.native_of(Kind::Group, group).await;
        let mut ids = match &self.world.memory {
            Some(memory) => memory.member_ids(&at),
            None if self.world.netskope.is_some() => self.world.netskope_sim().members_of(&at),
            None => self.world.sim().members_of(&at),
        };
        ids.sort();
        ids
    }

    /// A person whom somebody makes in the console, with an e-mail address of the form `name@example.com`.
    pub async fn console_makes_person(&self, name: &str) -> String {
        if self.world.memory.is_some() {
            let email = format!("{name}@example.com");
            let attrs = json!({"userName": email, "displayName": name,
                "emails": [{"value": email, "type": "work", "primary": true}]});
            return self.memory_makes(Kind::User, attrs).await;
        }
        if self.world.netskope.is_some() {
            let email = format!("{name}@example.com");
            let user_name = email.clone();
            let id = self.script(Script::ScriptCreatesUser { user_name, email, external_id: None });
            if self.offers(Need::Profile) {
                self.script_writes(Kind::User, &id, "displayName", name);
            }
            return id;
        }
        self.event(Event::ConsoleCreatesUser {
            name: name.to_owned(),
            first_name: None,
            last_name: None,
            email: Some(format!("{name}@example.com")),
            exchange_login: None,
            source_type: None,
        })
    }

    /// A person without an e-mail address, as agents make them; `login` is what the backend knows them by.
    pub async fn console_makes_person_without_email(&self, name: &str, login: &str) -> String {
        if self.world.memory.is_some() {
            return self.memory_makes(Kind::User, json!({"userName": login, "displayName": name})).await;
        }
        self.event(Event::ConsoleCreatesUser {
            name: name.to_owned(),
            first_name: None,
            last_name: None,
            email: None,
            exchange_login: Some(login.to_owned()),
            source_type: None,
        })
    }

    pub async fn console_makes_group(&self, name: &str) -> String {
        if self.world.memory.is_some() {
            return self.memory_makes(Kind::Group, json!({"displayName": name})).await;
        }
        if self.world.netskope.is_some() {
            return self.script(Script::ScriptCreatesGroup { name: name.to_owned() });
        }
        self.event(Event::ConsoleCreatesGroup { name: name.to_owned(), description: None, source_type: None })
    }

    async fn memory_makes(&self, kind: Kind, attrs: Value) -> String {
        let attrs: Attrs = attrs.as_object().unwrap().clone().into();
        let desired = Desired { kind, attrs, links: Vec::new(), active: true };
        let id = self.world.backend.create(&self.world.ctx(), &desired).await.unwrap().at.id;
        self.forget_writes();
        id
    }

    /// Somebody renames an object in the console.
    pub fn console_renames(&self, kind: Kind, native: &str, name: &str) {
        match (&self.world.memory, kind) {
            (Some(memory), _) => memory.drift(kind, native, "displayName", Some(json!(name))),
            (None, Kind::User) if self.world.netskope.is_some() => {
                self.script_writes(kind, native, "displayName", name);
            }
            (None, Kind::Group) if self.world.netskope.is_some() => {
                self.script(Script::ScriptRenamesGroup { group: native.to_owned(), name: name.to_owned() });
            }
            (None, Kind::User) => drop(self.event(edits(native, Some(name), None))),
            (None, Kind::Group) => drop(self.event(Event::ConsoleEditsGroup {
                group: native.to_owned(),
                name: Some(name.to_owned()),
                description: None,
            })),
        }
    }

    /// Somebody gives an object another externalId in the product.
    pub fn console_calls(&self, kind: Kind, native: &str, name: &str) {
        let field = self.external_id_field(kind).expect("a backend that keeps externalId");
        match &self.world.memory {
            Some(memory) => memory.drift(kind, native, field, Some(json!(name))),
            None => self.script_writes(kind, native, "externalid", name),
        }
    }

    /// Somebody gives a person another e-mail address in the console, or with "" takes it away.
    pub fn console_changes_email(&self, native: &str, email: &str) {
        if let Some(memory) = &self.world.memory {
            let emails = json!([{"value": email, "type": "work", "primary": true}]);
            return memory.drift(Kind::User, native, "emails", (!email.is_empty()).then_some(emails));
        }
        if self.world.netskope.is_some() {
            self.script(Script::ScriptEditsUser {
                user: native.to_owned(),
                user_name: None,
                email: Some(email.to_owned()),
                given_name: None,
                active: None,
            });
            return;
        }
        self.event(edits(native, None, Some(email)));
    }

    /// Somebody removes an object in the console.
    pub fn console_removes(&self, kind: Kind, native: &str) {
        match (&self.world.memory, kind) {
            (Some(memory), _) => memory.vanish(kind, native),
            (None, kind) if self.world.netskope.is_some() => drop(self.script(match kind {
                Kind::User => Script::ScriptDeletesUser { user: native.to_owned() },
                Kind::Group => Script::ScriptDeletesGroup { group: native.to_owned() },
            })),
            (None, Kind::User) => drop(self.event(Event::ConsoleDeletesUser { user: native.to_owned() })),
            (None, Kind::Group) => drop(self.event(Event::ConsoleDeletesGroup { group: native.to_owned() })),
        }
    }

    /// The native id of the quarantine group.
    pub async fn quarantine_id(&self) -> String {
        match &self.world.memory {
            Some(memory) => {
                let groups = memory.everything(Kind::Group);
                let name = |group: &Native| {
                    group.attrs.get("displayName").and_then(Value::as_str) == Some(QUARANTINE)
                };
                groups.into_iter().find(name).expect("a quarantine group").at.id
            }
            None => {
                let groups = self.world.sim().groups();
                groups.into_iter().find(|group| group.name == QUARANTINE).expect("a quarantine group").id
            }
        }
    }

    /// The native ids of who is in quarantine, sorted.
    pub async fn quarantined(&self) -> Vec<String> {
        let at = self.quarantine_id().await;
        let mut ids = match &self.world.memory {
            Some(memory) => memory.member_ids(&at),
            None => self.world.sim().members_of(&at),
        };
        ids.sort();
        ids
    }

    /// Somebody puts a person into quarantine in the console, or takes them out.
    pub async fn console_moves(&self, native: &str, into: bool) {
        let (group, user) = (self.quarantine_id().await, native.to_owned());
        match &self.world.memory {
            Some(memory) => memory.console_links(&user, &group, into),
            None if into => drop(self.event(Event::ConsoleAddsMember { group, user })),
            None => drop(self.event(Event::ConsoleRemovesMember { group, user })),
        }
    }

    /// Somebody puts a person into a group in the console.
    pub fn console_adds(&self, user: &str, group: &str) {
        match &self.world.memory {
            Some(memory) => memory.console_links(user, group, true),
            None => {
                let (group, user) = (group.to_owned(), user.to_owned());
                match self.world.netskope.is_some() {
                    true => self.script(Script::ScriptAddsMember { group, user }),
                    false => self.event(Event::ConsoleAddsMember { group, user }),
                };
            }
        }
    }

    /// The product can't be reached any more.
    pub fn goes_down(&self) {
        match &self.world.memory {
            Some(memory) => {
                let down = BackendError::new(ErrorKind::Unavailable, Sent::No, "down");
                memory.fail_next(10_000, &down);
            }
            None if self.world.netskope.is_some() => {
                self.world.netskope_sim().add_fault(Rule::once(Fault::ResetBefore).times(Times::FOREVER));
            }
            None => self.world.sim().add_fault(Rule::once(Fault::ResetBefore).times(Times::FOREVER)),
        }
    }

    /// It can be reached again.
    pub fn comes_up(&self) {
        match &self.world.memory {
            Some(memory) => memory.clear_faults(),
            None if self.world.netskope.is_some() => self.world.netskope_sim().clear_faults(),
            None => self.world.sim().clear_faults(),
        }
    }

    /// Somebody makes a person an administrator in the console.
    pub async fn promote(&self, native: &str) {
        self.promoted(native, "Admin");
    }

    /// The same, of the highest rank.
    pub async fn promote_to_the_top(&self, native: &str) {
        self.promoted(native, "Super Admin");
    }

    /// There is an administrator of the highest rank already.
    pub async fn promote_somebody_else(&self) {
        let boss = self.console_makes_person("boss").await;
        self.promoted(&boss, "Super Admin");
    }

    fn promoted(&self, native: &str, role: &str) {
        match &self.world.memory {
            Some(memory) => assert!(memory.promote(native).is_some(), "nobody is {native}"),
            None => {
                self.event(Event::ConsolePromotes { user: native.to_owned(), role: role.to_owned() });
            }
        }
    }

    /// Whether a person is an administrator.
    pub fn is_admin(&self, native: &str) -> bool {
        match &self.world.memory {
            Some(memory) => memory.is_admin(native),
            None => {
                self.world.sim().admins().iter().any(|admin| admin.user_ids.iter().any(|id| id == native))
            }
        }
    }

    /// A directory takes an object over: from now on it is read-only.
    pub fn directory_takes(&self, kind: Kind, native: &str) {
        let source_type = "activeDirectory".to_owned();
        match (&self.world.memory, kind) {
            (Some(memory), _) => {
                memory.set_locked(kind, native, Some(Locked { by: "Active Directory".to_owned() }));
            }
            (None, Kind::User) => {
                let user = native.to_owned();
                self.event(Event::SyncTakesUser { user, source_type, domain: None });
            }
            (None, Kind::Group) => {
                let group = native.to_owned();
                self.event(Event::SyncTakesGroup { group, source_type, domain: None });
            }
        }
    }

    /// The native object, as a read by id shows it.
    pub async fn native(&self, kind: Kind, native: &str) -> Option<Native> {
        let (ctx, at) = (self.world.ctx(), NativeRef::new(native));
        self.world.backend.get(&ctx, kind, &at, Default::default()).await.unwrap()
    }
}

fn edits(user: &str, name: Option<&str>, email: Option<&str>) -> Event {
    Event::ConsoleEditsUser {
        user: user.to_owned(),
        name: name.map(str::to_owned),
        first_name: None,
        last_name: None,
        email: email.map(str::to_owned),
        exchange_login: None,
    }
}
