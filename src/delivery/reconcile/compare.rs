//! The comparison: every row with its native object. Reads only.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use super::look::There;
use super::plan::{Fate, Finding, Item, OpenWish, Plan, Terms, WhenBack};
use crate::backend::Native;
use crate::delivery::member_change::change_of;
use crate::delivery::{Delivery, Failure};
use crate::kernel::{Ctx, Kind};
use crate::store::{Action, Intent, Shadow, State};

/// So many rows are compared at once.
const PAGE: u64 = 500;

/// Every state but `Lost`: of these there is nothing to compare.
const COMPARED: [State; 7] = [
    State::Creating,
    State::Live,
    State::Parking,
    State::Parked,
    State::Unparking,
    State::Quarantined,
    State::Deleting,
];

impl Delivery {
    /// Compares every row with its native object.
    ///
    /// # Errors
    /// [`Failure::Refused`] if the backend can't be asked; [`Failure::Store`].
    pub async fn compare(&self, ctx: &Ctx, terms: &Terms) -> Result<Plan, Failure> {
        // What was written just before shows by then.
        self.clock.sleep(self.backend.capabilities().visibility_lag).await;
        let restored = self.is_restored().await?;
        let operations = match restored {
            true => self.store.open_operations(&self.target).await?,
            false => Vec::new(),
        };
        let mut plan =
            Plan { target: self.target.clone(), restored, compared: 0, items: Vec::new(), operations };
        for kind in [Kind::User, Kind::Group] {
            self.compare_all(ctx, kind, terms, &mut plan).await?;
        }
        Ok(plan)
    }

    async fn compare_all(
        &self,
        ctx: &Ctx,
        kind: Kind,
        terms: &Terms,
        plan: &mut Plan,
    ) -> Result<(), Failure> {
        let (mut taken, mut from) = (HashSet::new(), 0);
        loop {
            let rows = self.store.in_states(&self.target, kind, &COMPARED, from, PAGE).await?;
            let mut read = self.linked(ctx, kind, &rows).await?;
            for row in &rows {
                let open = self.store.open_intents(&self.target, kind, &row.scim_id).await?;
                let finding = match open.is_empty() || plan.restored {
                    true => {
                        self.finding(row, self.there(ctx, row, &mut read, &taken).await?, terms.when_back)
                    }
                    // Settlement is at it.
                    false => Finding::Same,
                };
                if let Finding::Linked(at) | Finding::Back(at) = &finding {
                    taken.insert(at.id.clone());
                }
                let wishes = match plan.restored {
                    true => self.fates(ctx, &finding, open, terms.max_age).await?,
                    false => {
                        open.iter().map(|intent| self.open_wish(intent, terms.max_age, Fate::Left)).collect()
                    }
                };
                if finding != Finding::Same || !wishes.is_empty() {
                    let (scim_id, state) = (row.scim_id.clone(), row.state);
                    plan.items.push(Item { kind, scim_id, state, finding, wishes });
                }
            }
            let read = rows.len() as u64;
            (plan.compared, from) = (plan.compared + read, from + read);
            if read < PAGE {
                return Ok(());
            }
        }
    }

    fn finding(&self, row: &Shadow, there: There, when_back: WhenBack) -> Finding {
        let should_have_none = match row.state {
            State::Parking | State::Parked | State::Quarantined => true,
            State::Live => !row.active,
            State::Creating | State::Unparking | State::Deleting | State::Lost => false,
        };
        match (row.state, there) {
            // The wish that is open is about this object.
            (State::Parking | State::Deleting, There::Itself(_)) => Finding::Same,
            (State::Live, There::Itself(native)) if should_have_none && has_access(&native) => {
                back(native, when_back)
            }
            (State::Quarantined, There::Itself(native)) if left_quarantine(&native) => {
                back(native, when_back)
            }
            (State::Live | State::Quarantined, There::Itself(native)) => self.drifted(row, &native),
            (_, There::Itself(native)) => Finding::Linked(native.at),
            // Whoever bears the name of somebody deleted is somebody else.
            (State::Deleting, _) => Finding::Ended,
            (_, There::Instead(native)) if should_have_none && has_access(&native) => back(native, when_back),
            (_, There::Instead(native)) => Finding::Linked(native.at),
            (State::Parked, There::Nobody) => Finding::Same,
            (State::Parking | State::Unparking | State::Quarantined, There::Nobody) => Finding::Ended,
            (State::Unparking, There::Several(_)) => Finding::Ended,
            (State::Creating | State::Live | State::Lost, There::Nobody) => Finding::Gone,
            (State::Creating, There::Several(_)) => Finding::Gone,
            (_, There::Several(count)) => Finding::Several(count),
        }
    }

    fn drifted(&self, row: &Shadow, native: &Native) -> Finding {
        let mut fields = self.drift_of(row, native);
        if row.kind == Kind::User && row.active && !has_access(native) {
            fields.push("active".to_owned());
        }
        if fields.is_empty() { Finding::Same } else { Finding::Drifted(fields) }
    }

    /// The fields in which an object is not as its row has it.
    pub(super) fn drift_of(&self, row: &Shadow, native: &Native) -> Vec<String> {
        let held = self.backend.capabilities().of(row.kind);
        let wished = self.backend.desired(row.kind, &row.document);
        // Who was not linked has no projection: then what clients wrote is what should be there.
        let recorded = if row.projection.is_empty() { &wished } else { &*row.projection };
        let names = held.holds.iter().map(|field| field.name);
        let differs = |name: &&str| !held.same(name, recorded.get(name), native.attrs.get(name));
        names.filter(differs).map(str::to_owned).collect()
    }

    fn open_wish(&self, intent: &Intent, max_age: Duration, fate: Fate) -> OpenWish {
        let age = self.clock.now().since(intent.opened);
        OpenWish { intent: intent.id.clone(), action: intent.action, age, held: age > max_age, fate }
    }

    /// What is to become of the open intents of a copy.
    async fn fates(
        &self,
        ctx: &Ctx,
        finding: &Finding,
        open: Vec<Intent>,
        max_age: Duration,
    ) -> Result<Vec<OpenWish>, Failure> {
        let is_there = matches!(finding, Finding::Same | Finding::Drifted(_));
        let members = if is_there { self.members_there(ctx, &open).await? } else { HashSet::new() };
        let fate_of = |intent: &Intent| {
            let held = self.clock.now().since(intent.opened) > max_age;
            let member_is_there = members.contains(&intent.id.0);
            match intent.action {
                Action::Deactivate if matches!(finding, Finding::Back(_)) => Fate::Resent,
                Action::Deactivate | Action::Delete if is_there => Fate::Resent,
                Action::MemberOut if member_is_there => Fate::Resent,
                Action::MemberIn if member_is_there && !held => Fate::Resent,
                Action::Update if is_there => Fate::LookedAt,
                Action::Park if is_there && !held => Fate::Left,
                _ => Fate::Dropped,
            }
        };
        Ok(open.iter().map(|intent| self.open_wish(intent, max_age, fate_of(intent))).collect())
    }

    /// The intents about memberships of people who are there natively.
    async fn members_there(&self, ctx: &Ctx, open: &[Intent]) -> Result<HashSet<String>, Failure> {
        let about: Vec<Intent> = open.iter().filter(|intent| change_of(intent).is_some()).cloned().collect();
        let (changes, _) = self.changes_now(about.iter().filter_map(change_of).collect()).await?;
        let ids = changes.iter().filter_map(|change| Some(change.native.as_ref()?.id.clone())).collect();
        let there: HashMap<String, Native> = self.by_ids(ctx, Kind::User, ids).await?;
        let is_there = |at: &crate::backend::NativeRef| there.contains_key(&at.id);
        let known = about.into_iter().zip(changes);
        Ok(known
            .filter(|(_, change)| change.native.as_ref().is_some_and(is_there))
            .map(|(i, _)| i.id.0)
            .collect())
    }
}

/// Whether an object says that the person is not in quarantine; one that does not tell is believed to be.
pub(super) fn left_quarantine(native: &Native) -> bool {
    native.active == Some(true)
}

/// Whether an object that is there gives access: it does unless it says that it is inactive.
pub(super) fn has_access(native: &Native) -> bool {
    !native.is_inactive()
}

/// Somebody who should have no access and has it.
fn back(native: Native, when_back: WhenBack) -> Finding {
    match (when_back, native.locked.is_some()) {
        (WhenBack::Keep, _) => Finding::Linked(native.at),
        (WhenBack::End, true) => Finding::Managed(native.at),
        (WhenBack::End, false) => Finding::Back(native.at),
    }
}
