//! One change of the tables. The caller throws the copy away if it is refused.

use std::sync::Arc;

use super::Tables;
use crate::kernel::{Kind, ScimId, TargetName};
use crate::store::chain::{GENESIS, seal};
use crate::store::{AuditRow, Conflict, Intent, IntentId, IntentState, Op, Result, Shadow, StoreError};

pub(super) fn refuse(conflict: Conflict) -> Result<()> {
    Err(StoreError::Conflict(conflict))
}

impl Tables {
    /// Carries one change out.
    ///
    /// # Errors
    /// [`StoreError::Conflict`]; the tables may then hold a part of it.
    pub(super) fn apply(&mut self, op: Op) -> Result<()> {
        match op {
            Op::Insert(shadow) => self.insert(*shadow),
            Op::Update(shadow) => self.update(*shadow),
            Op::Remove(target, kind, id) => self.remove(&target, kind, &id),
            Op::Link(target, client, id, None) => {
                self.links.remove(&(target, client, id));
                Ok(())
            }
            Op::Link(target, client, id, Some(name)) => {
                self.links.insert((target, client, id), name.into());
                Ok(())
            }
            Op::Park(target, group, user) => {
                self.parked.insert((target, group, user));
                Ok(())
            }
            Op::Unpark(target, group, user) => {
                self.parked.remove(&(target, group, user));
                Ok(())
            }
            Op::Open(intent) => self.open_intent(*intent),
            Op::Touch(intent) => self.touch(*intent),
            Op::Close(id, state) => {
                self.end(&id, state);
                Ok(())
            }
            Op::Bury(stone) => {
                let at = (stone.target.clone(), stone.kind, stone.scim_id.clone());
                self.tombstones.insert(at, Arc::new(stone));
                Ok(())
            }
            Op::Begin(operation) => self.begin(*operation),
            Op::Chunk(chunk) => self.chunk(*chunk),
            Op::End(id, until) => {
                self.end_operation(&id, until);
                Ok(())
            }
            Op::Keep(name, secret) => {
                self.secrets.entry(name).or_insert(secret);
                Ok(())
            }
            Op::Forget(id) => {
                self.forget_where(|operation| operation.id == id);
                Ok(())
            }
            Op::Purge(target, ended, done) => {
                self.tombstones.retain(|_, stone| stone.target != target || stone.until > ended);
                self.forget_where(|operation| {
                    operation.target == target && operation.until.is_some_and(|until| until <= ended)
                });
                let is_done = |intent: &Intent| intent.target == target && intent.state == IntentState::Done;
                self.intents.retain(|_, intent| !is_done(intent) || intent.next_at >= done);
                Ok(())
            }
            Op::Audit(row) => self.append(*row),
            Op::Agree(target, plan) => {
                let row = self.reconcile.entry(target).or_default();
                row.agreed = Some(plan);
                Ok(())
            }
            Op::Reconciled(target) => {
                self.reconcile.remove(&target);
                Ok(())
            }
        }
    }

    fn insert(&mut self, shadow: Shadow) -> Result<()> {
        let at = (shadow.target.clone(), shadow.kind, shadow.scim_id.clone());
        if self.shadows.contains_key(&at) {
            return refuse(Conflict::Id);
        }
        self.unique(&shadow)?;
        self.shadows.insert(at, Arc::new(shadow));
        Ok(())
    }

    fn update(&mut self, shadow: Shadow) -> Result<()> {
        let at = (shadow.target.clone(), shadow.kind, shadow.scim_id.clone());
        let stored = self.shadows.get(&at).map(|s| s.version);
        if stored.is_none() || stored != shadow.version.checked_sub(1) {
            return refuse(Conflict::Stale);
        }
        self.unique(&shadow)?;
        self.shadows.insert(at, Arc::new(shadow));
        Ok(())
    }

    /// Refuses a shadow whose key or native id another one has.
    fn unique(&self, shadow: &Shadow) -> Result<()> {
        let all = || self.shadows.values().filter(|s| s.target == shadow.target && s.kind == shadow.kind);
        let others = || all().filter(|s| s.scim_id != shadow.scim_id);
        if others().any(|s| s.key == shadow.key) {
            return refuse(Conflict::Key);
        }
        let native = shadow.native.as_ref().map(|n| &n.id);
        if native.is_some() && others().any(|s| s.native.as_ref().map(|n| &n.id) == native) {
            return refuse(Conflict::Native);
        }
        Ok(())
    }

    fn remove(&mut self, target: &TargetName, kind: Kind, id: &ScimId) -> Result<()> {
        self.shadows.remove(&(target.clone(), kind, id.clone()));
        self.links.retain(|(t, _, i), _| !(t == target && i == id));
        self.parked.retain(|(t, group, user)| {
            let own = match kind {
                Kind::User => user,
                Kind::Group => group,
            };
            !(t == target && own == id)
        });
        if kind == Kind::Group {
            self.forget_where(|operation| operation.target == *target && operation.group == *id);
        }
        let own = |i: &&Arc<Intent>| i.target == *target && i.kind == kind && i.scim_id == *id;
        let moot: Vec<IntentId> = self.intents.values().filter(own).map(|i| i.id.clone()).collect();
        for id in &moot {
            self.end(id, IntentState::Done);
            if let Some(dead) = self.intents.get_mut(&id.0) {
                Arc::make_mut(dead).payload = serde_json::Value::Null;
            }
        }
        Ok(())
    }

    fn open_intent(&mut self, mut intent: Intent) -> Result<()> {
        intent.state = IntentState::Open;
        let same = |i: &Arc<Intent>| {
            (&i.target, i.kind, &i.scim_id, &i.aspect)
                == (&intent.target, intent.kind, &intent.scim_id, &intent.aspect)
        };
        if self.intents.values().any(|i| i.state == IntentState::Open && same(i)) {
            return refuse(Conflict::Aspect);
        }
        if self.intents.contains_key(&intent.id.0) {
            return refuse(Conflict::Id);
        }
        self.intents.insert(intent.id.0.clone(), Arc::new(intent));
        Ok(())
    }

    fn touch(&mut self, new: Intent) -> Result<()> {
        match self.intents.get_mut(&new.id.0) {
            Some(stored) if stored.state == IntentState::Open => {
                let intent = Arc::make_mut(stored);
                intent.payload = new.payload;
                intent.sent = new.sent;
                intent.attempts = new.attempts;
                intent.next_at = new.next_at;
                Ok(())
            }
            _ => refuse(Conflict::Stale),
        }
    }

    /// Ends an open intent. What is done needs no payload any more.
    fn end(&mut self, id: &IntentId, state: IntentState) {
        if let Some(stored) = self.intents.get_mut(&id.0)
            && stored.state == IntentState::Open
        {
            let intent = Arc::make_mut(stored);
            intent.state = state;
            if state == IntentState::Done {
                intent.payload = serde_json::Value::Null;
            }
        }
    }

    fn append(&mut self, row: AuditRow) -> Result<()> {
        let prev = self.audit.last().map_or(GENESIS.as_slice(), |last| &last.1.hash);
        let sealed = seal(prev, &row)?;
        self.audit.push(Arc::new((row, sealed)));
        Ok(())
    }
}
