//! One change of the tables. The caller takes it back if it is refused.

use super::tables::Tables;
use crate::kernel::{Kind, ScimId, TargetName, Timestamp};
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
            Op::Insert(shadow) => return self.insert(shadow),
            Op::Update(shadow) => return self.update(shadow),
            Op::Open(intent) => return self.open_intent(intent),
            Op::Touch(intent) => return self.touch(*intent),
            Op::Begin(operation) => return self.begin(*operation),
            Op::Chunk(chunk) => return self.chunk(*chunk),
            Op::Audit(row) => return self.append(&row),
            // None of the others is ever refused.
            Op::Remove(target, kind, id) => self.remove(&target, kind, &id),
            Op::Link(target, client, id, name) => self.name(target, client, id, name.map(Into::into)),
            Op::RememberMember(target, group, user) => self.park(target, group, user),
            Op::ForgetMember(target, group, user) => self.unpark(target, group, user),
            Op::Close(id, state) => self.end(&id, state),
            Op::Bury(stone) => {
                self.tombstones.put((stone.target.clone(), stone.kind, stone.scim_id.clone()), stone);
            }
            Op::End(id, until) => self.end_operation(&id, until),
            Op::Keep(name, secret) if self.secrets.get(name).is_none() => self.secrets.put(name, secret),
            Op::Keep(..) => {}
            Op::Forget(id) => self.forget_where(|operation| operation.id == id),
            Op::Purge(target, ended, done) => self.purge(&target, ended, done),
            Op::Agree(target, plan) => {
                let row = self.reconcile.get(&target).cloned().unwrap_or_default();
                self.reconcile.put(target, Reconcile { agreed: Some(plan), ..row });
            }
            Op::Reconciled(target) => self.reconcile.take(&target),
        }
        Ok(())
    }

    fn purge(&mut self, target: &TargetName, ended: Timestamp, done: Timestamp) {
        self.tombstones.retain(|_, stone| stone.target != *target || stone.until > ended);
        self.forget_where(|operation| {
            operation.target == *target && operation.until.is_some_and(|until| until <= ended)
        });
        self.done.retain(|_, (whose, due)| whose != target || *due >= done);
    }

    fn insert(&mut self, shadow: Shadow) -> Result<()> {
        if self.shadow(&shadow.target, shadow.kind, &shadow.scim_id).is_some() {
            return refuse(Conflict::Id);
        }
        self.unique(&shadow)?;
        self.put(shadow);
        Ok(())
    }

    fn update(&mut self, shadow: Shadow) -> Result<()> {
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

    fn remove(&mut self, target: &TargetName, kind: Kind, id: &ScimId) {
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
        let moot: Vec<IntentId> = self.undone_of(target, kind, id).map(|intent| intent.id.clone()).collect();
        for intent in moot {
            self.forget_wish(&intent);
        }
    }

    /// What is open has come to its end; what was refused for good loses its payload.
    fn forget_wish(&mut self, id: &IntentId) {
        match self.intent(id) {
            Some(dead) if dead.state == IntentState::Dead => {
                let forgotten = Intent { payload: serde_json::Value::Null, ..dead.clone() };
                self.put_intent(Box::new(forgotten));
            }
            _ => self.finish(id),
        }
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

    fn end(&mut self, id: &IntentId, state: IntentState) {
        let Some(open) = self.intent(id).filter(|intent| intent.state == IntentState::Open) else { return };
        match state {
            IntentState::Done => self.finish(id),
            IntentState::Open | IntentState::Dead => {
                let ended = Intent { state, ..open.clone() };
                self.put_intent(Box::new(ended));
            }
        }
    }

    fn append(&mut self, row: &AuditRow) -> Result<()> {
        let prev = self.audit.rows().next_back().map_or(GENESIS.as_slice(), |last| &last.hash);
        let sealed = seal(prev, row)?;
        self.audit.push(sealed);
        Ok(())
    }
}
