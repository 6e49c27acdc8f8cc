//! One change of the tables. The caller takes it back if it is refused.

use super::tables::Tables;
use crate::kernel::{Kind, ScimId, TargetName};
use crate::store::chain::{GENESIS, seal};
use crate::store::{
    AuditRow, Conflict, Intent, IntentId, IntentState, Op, Reconcile, Result, Shadow, StoreError,
};

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
            Op::Insert(shadow) => self.insert(shadow),
            Op::Update(shadow) => self.update(shadow),
            Op::Remove(target, kind, id) => self.remove(&target, kind, &id),
            Op::Link(target, client, id, name) => {
                self.name(target, client, id, name.map(Into::into));
                Ok(())
            }
            Op::RememberMember(target, group, user) => {
                self.park(target, group, user);
                Ok(())
            }
            Op::ForgetMember(target, group, user) => {
                self.unpark(target, group, user);
                Ok(())
            }
            Op::Open(intent) => self.open_intent(intent),
            Op::Touch(intent) => self.touch(*intent),
            Op::Close(id, state) => {
                self.end(&id, state);
                Ok(())
            }
            Op::Bury(stone) => {
                let at = (stone.target.clone(), stone.kind, stone.scim_id.clone());
                self.tombstones.put(at, stone);
                Ok(())
            }
            Op::Begin(operation) => self.begin(*operation),
            Op::Chunk(chunk) => self.chunk(*chunk),
            Op::End(id, until) => {
                self.end_operation(&id, until);
                Ok(())
            }
            Op::Keep(name, secret) => {
                if self.secrets.get(name).is_none() {
                    self.secrets.put(name, secret);
                }
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
                self.done.retain(|_, (whose, due)| *whose != target || *due >= done);
                Ok(())
            }
            Op::Audit(row) => self.append(&row),
            Op::Agree(target, plan) => {
                let row = self.reconcile.get(&target).cloned().unwrap_or_default();
                self.reconcile.put(target, Reconcile { agreed: Some(plan), ..row });
                Ok(())
            }
            Op::Reconciled(target) => {
                self.reconcile.take(&target);
                Ok(())
            }
        }
    }

    fn insert(&mut self, shadow: Box<Shadow>) -> Result<()> {
        if self.shadow(&shadow.target, shadow.kind, &shadow.scim_id).is_some() {
            return refuse(Conflict::Id);
        }
        self.unique(&shadow)?;
        self.put(shadow);
        Ok(())
    }

    fn update(&mut self, shadow: Box<Shadow>) -> Result<()> {
        let stored = self.shadow(&shadow.target, shadow.kind, &shadow.scim_id).map(|s| s.version);
        if stored.is_none() || stored != shadow.version.checked_sub(1) {
            return refuse(Conflict::Stale);
        }
        self.unique(&shadow)?;
        self.put(shadow);
        Ok(())
    }

    /// Refuses a shadow whose key or native id another one has.
    fn unique(&self, shadow: &Shadow) -> Result<()> {
        let is_other = |found: Option<&Shadow>| found.is_some_and(|s| s.scim_id != shadow.scim_id);
        if is_other(self.by_key(&shadow.target, shadow.kind, &shadow.key)) {
            return refuse(Conflict::Key);
        }
        let native = shadow.native.as_ref();
        if is_other(native.and_then(|native| self.by_native(&shadow.target, shadow.kind, &native.id))) {
            return refuse(Conflict::Native);
        }
        Ok(())
    }

    fn remove(&mut self, target: &TargetName, kind: Kind, id: &ScimId) -> Result<()> {
        self.take(target, kind, id);
        self.unname(target, id);
        let parked: Vec<(ScimId, ScimId)> = match kind {
            Kind::User => self.parked_groups(target, id).map(|group| (group.clone(), id.clone())).collect(),
            Kind::Group => self.parked_members(target, id).map(|user| (id.clone(), user.clone())).collect(),
        };
        for (group, user) in parked {
            self.unpark(target.clone(), group, user);
        }
        if kind == Kind::Group {
            self.forget_where(|operation| operation.target == *target && operation.group == *id);
        }
        // What is done has no payload any more.
        let moot: Vec<Intent> = self.undone_of(target, kind, id).cloned().collect();
        for intent in moot {
            let state = if intent.state == IntentState::Open { IntentState::Done } else { intent.state };
            self.put_intent(Box::new(Intent { state, payload: serde_json::Value::Null, ..intent }));
        }
        Ok(())
    }

    fn open_intent(&mut self, mut intent: Box<Intent>) -> Result<()> {
        intent.state = IntentState::Open;
        let same = |open: &Intent| open.aspect == intent.aspect;
        if self.open_of(&intent.target, intent.kind, &intent.scim_id).any(same) {
            return refuse(Conflict::Aspect);
        }
        if self.is_used(&intent.id) {
            return refuse(Conflict::Id);
        }
        self.put_intent(intent);
        Ok(())
    }

    fn touch(&mut self, new: Intent) -> Result<()> {
        match self.intent(&new.id) {
            Some(stored) if stored.state == IntentState::Open => {
                let Intent { payload, sent, attempts, next_at, .. } = new;
                let touched = Intent { payload, sent, attempts, next_at, ..stored.clone() };
                self.put_intent(Box::new(touched));
                Ok(())
            }
            _ => refuse(Conflict::Stale),
        }
    }

    /// Ends an open intent. What is done needs no payload any more.
    fn end(&mut self, id: &IntentId, state: IntentState) {
        if let Some(open) = self.intent(id).filter(|intent| intent.state == IntentState::Open) {
            self.put_intent(Box::new(Intent { state, ..open.clone() }));
        }
    }

    fn append(&mut self, row: &AuditRow) -> Result<()> {
        let prev = self.audit.rows().last().map_or(GENESIS.as_slice(), |last| &last.hash);
        let sealed = seal(prev, row)?;
        self.audit.push(sealed);
        Ok(())
    }
}
