//! What a row is made to say.

use serde_json::json;

use super::compare::{has_access, left_quarantine};
use crate::backend::{Deactivate, Native};
use crate::delivery::{Delivery, Failure};
use crate::kernel::Kind;
use crate::store::{Op, Shadow, State};

impl Delivery {
    /// The row of somebody whose object this is: what differs there is taken over. A userName that clients wrote is a key
    /// and stays.
    pub(super) async fn taken_over(&self, mut row: Shadow, native: &Native) -> Result<Shadow, Failure> {
        for field in self.drift_of(&row, native) {
            self.backend.overlay(row.kind, &field, native, &mut row.document);
        }
        row.native = Some(native.at.clone());
        row.projection = native.attrs.clone();
        row.has_email = self.has_email(row.kind, &native.attrs);
        match row.kind {
            Kind::User => {
                let stays = row.state == State::Quarantined && !left_quarantine(native);
                row.active = has_access(native) && !stays;
                let active = json!(row.active);
                row.document.set("active", active);
                let quarantines = self.backend.capabilities().deactivate == Deactivate::Quarantine;
                row.state = match stays || (quarantines && !row.active) {
                    true => State::Quarantined,
                    false => State::Live,
                };
            }
            Kind::Group => {
                row.key = self.free_key(&row).await?;
                row.state = State::Live;
            }
        }
        row.overlay_until = None;
        row.version += 1;
        Ok(row)
    }

    /// The key that a group's name makes, unless another row still has it: then a look-up of the name corrects it later.
    async fn free_key(&self, row: &Shadow) -> Result<String, Failure> {
        let Some(name) = row.document.display_name().map(scim::resource::fold) else {
            return Ok(row.key.clone());
        };
        let holder = self.store.by_key(&self.target, row.kind, &name).await?;
        Ok(if holder.is_none_or(|other| other.scim_id == row.scim_id) { name } else { row.key.clone() })
    }

    /// The row of a person who has no access and no native object.
    pub(super) fn parked(&self, mut row: Shadow) -> Shadow {
        row.state = State::Parked;
        row.native = None;
        row.projection = Default::default();
        row.active = false;
        row.document.set("active", json!(false));
        row.modified = self.clock.now();
        row.version += 1;
        row
    }

    /// Forgets how many members groups have: nobody knows who came and went.
    pub(super) async fn forget_sizes(&self) -> Result<(), Failure> {
        const PAGE: u64 = 500;
        let mut from = 0;
        loop {
            let groups = self.store.in_states(&self.target, Kind::Group, &[State::Live], from, PAGE).await?;
            let sized = groups.iter().filter(|group| group.member_count.is_some());
            let forget = |mut group: Shadow| {
                group.member_count = None;
                group.version += 1;
                Op::Update(group)
            };
            let tx: Vec<Op> = sized.cloned().map(forget).collect();
            if !tx.is_empty() {
                self.store.commit(tx).await?;
            }
            from += groups.len() as u64;
            if (groups.len() as u64) < PAGE {
                return Ok(());
            }
        }
    }
}
