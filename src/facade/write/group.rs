//! PATCH and PUT of a group (RFC 7644 §3.5). A change of members costs the delta, whatever the group's size.

use std::borrow::Cow;
use std::collections::BTreeMap;

use scim::error::ScimError;
use scim::query::Projection;

use super::super::core::Core;
use super::super::error;
use super::super::read::Row;
use super::super::target::{Answer, Request};
use super::super::wish::MemberWish;
use super::edit::{Edit, Edited};
use super::members::Step;
use crate::backend::Native;
use crate::delivery::{CARRY_ON, Caller, Changed, GroupChange, MemberChange, MembersDone, Note, SMALL_DELTA};
use crate::kernel::{Kind, Priority, ScimId};
use crate::store::{Operation, Shadow};

/// What a wish about members means now.
struct Decided {
    wishes: BTreeMap<ScimId, bool>,
    /// The group's size, if its members had to be read.
    size: Option<u32>,
    /// Older wishes are still to be carried out, and none of them holds any more.
    supersedes: bool,
}

/// What a request means for a group, and how it is done.
struct DecidedEdit {
    row: Row,
    native: Native,
    edited: Edited,
    changes: Vec<MemberChange>,
    /// How many members there are, if they were counted.
    size: Option<u32>,
    /// More changes than who is a member.
    is_renamed: bool,
    /// It becomes an operation.
    is_large: bool,
}

impl Core {
    /// Changes a group.
    pub async fn edit_group(
        &self,
        request: &Request,
        id: &ScimId,
        mut edit: Edit,
        projection: &Projection,
        caller: &Caller,
    ) -> Result<Answer, ScimError> {
        edit.check_id(id)?;
        if !edit.adopts() {
            self.may_write_group(request, id).await?;
        }
        let is_put = !matches!(edit, Edit::Patch(_));
        let wish = MemberWish::of(&edit.take_members()?)?;
        let (group, operation) = match &wish {
            MemberWish::Delta(wishes)
                if edit.is_empty()
                    && (1..=SMALL_DELTA).contains(&wishes.len())
                    // Under a condition a delta is a request of its own.
                    && request.conditions.is_empty() =>
            {
                (self.fold_members(request, id, wishes).await?, None)
            }
            _ => Box::pin(self.edit_all(request, id, edit, wish, caller)).await?,
        };
        let answer = match (is_put, operation.is_some()) {
            (true, was_large) => self.answer_put(request, group, was_large, projection).await?,
            (false, _) => self.answer_patch(request, &group, projection).await?,
        };
        if let Some(operation) = operation.filter(|_| !caller.has_left()) {
            self.told(request, &operation).await?;
        }
        Ok(answer)
    }

    /// Everything that one request changes of a group. Gives the operation, if it took one, that its client is to hear of.
    async fn edit_all(
        &self,
        request: &Request,
        id: &ScimId,
        edit: Edit,
        mut wish: MemberWish,
        caller: &Caller,
    ) -> Result<(Shadow, Option<Operation>), ScimError> {
        // What stood in the way of a refusal is told with it.
        let mut had_members = false;
        let mut carried_out = None;
        self.folding.seal(id);
        loop {
            let turn = self.turn(id).await;
            // What this request has changed itself is no reason to stop.
            let asked = match had_members {
                true => Cow::Owned(request.unconditional()),
                false => Cow::Borrowed(request),
            };
            let step = self.edit_in_lane(&asked, id, edit.clone(), &wish, caller).await;
            drop(turn);
            let operation = match step.map_err(|e| and_before(had_members, e))? {
                Step::Done(done) => return Ok((done.group, carried_out)),
                Step::Begun(operation) => operation,
            };
            let done = self.carry_out(request, &operation).await?;
            if let Err(refused) = self.tell_refused(request, &done.refused, &|_| true) {
                if edit.is_empty() && !caller.has_left() {
                    self.told(request, &operation).await?;
                }
                return Err(refused);
            }
            if edit.is_empty() {
                return Ok((done.group, Some(operation)));
            }
            had_members = true;
            if operation.wish == wish.leavers().hash {
                // Loss of access first: the attributes come after, and then who is let in.
                self.told(request, &operation).await?;
                continue;
            }
            carried_out = Some(operation);
            wish = MemberWish::nothing();
        }
    }

    async fn edit_in_lane(
        &self,
        request: &Request,
        id: &ScimId,
        edit: Edit,
        wish: &MemberWish,
        caller: &Caller,
    ) -> Result<Step, ScimError> {
        for name in [wish.named(), wish.leavers()] {
            let known = self.delivery.operation(&request.ctx, id, &name).await;
            if let Some(operation) = known.map_err(|failure| error::write(&request.client, failure))? {
                return Ok(Step::Begun(operation));
            }
        }
        if let (MemberWish::Delta(wishes), true) = (wish, edit.is_empty()) {
            return self.edit_members_alone(request, id, edit, wish, wishes).await;
        }
        let missing = || error::not_found(Kind::Group, id);
        let row = self.resolve(request, Kind::Group, id, Default::default()).await?.ok_or_else(missing)?;
        let (row, edit) = self.still_as_met(request, Kind::Group, row, edit).await?;
        let wish = &*Box::pin(self.wish_that_holds(request, &row, edit.clone(), wish)).await?;
        let native = row.native.clone().ok_or_else(missing)?;
        let Decided { wishes, size, supersedes } = self.decided(request, &row, wish).await?;
        let has_members_alone = edit.is_empty();
        let edited = self.apply(request, Kind::Group, &row, edit).await?;
        let name = edited.external_id.as_ref().and_then(Option::as_deref);
        self.external_id_is_free(request, Kind::Group, name, Some(&row.id())).await?;
        let changes = self.member_changes(request, wishes).await?;
        if let (Some(locked), false) = (&native.locked, changes.is_empty()) {
            return Err(self.members_are_managed(request, &row, &changes, locked).await);
        }
        // What its client could not wait for is an operation, too: the members are not read again for the next try.
        let is_large = changes.len() > SMALL_DELTA || supersedes || (size.is_some() && caller.has_left());
        let is_renamed = !has_members_alone && self.changes_group(&row, &edited, &native);
        let decided = DecidedEdit { row, native, edited, changes, size, is_renamed, is_large };
        Box::pin(self.carry_out_edit(request, id, wish, decided)).await
    }

    /// A change of members by delta and of nothing else: the group is read only if its version counts.
    async fn edit_members_alone(
        &self,
        request: &Request,
        id: &ScimId,
        edit: Edit,
        wish: &MemberWish,
        wishes: &BTreeMap<ScimId, bool>,
    ) -> Result<Step, ScimError> {
        let wishes = match request.conditions.is_empty() {
            true => wishes.clone(),
            false => {
                let row = self.resolve(request, Kind::Group, id, Default::default()).await?;
                let row = row.ok_or_else(|| error::not_found(Kind::Group, id))?;
                let wish = Box::pin(self.wish_that_holds(request, &row, edit, wish)).await?;
                self.decided(request, &row, &wish).await?.wishes
            }
        };
        let changes = self.member_changes(request, wishes).await?;
        self.change_delta(request, id, wish, changes).await
    }

    /// Loss of access first: who is taken out, then the name, then who is let in. A name can be refused.
    async fn carry_out_edit(
        &self,
        request: &Request,
        id: &ScimId,
        wish: &MemberWish,
        decided: DecidedEdit,
    ) -> Result<Step, ScimError> {
        let DecidedEdit { row, native, edited, changes, size, is_renamed, is_large } = decided;
        let (out, into): (Vec<_>, Vec<_>) = changes.into_iter().partition(|change| !change.member);
        let (first, last) = if is_renamed { (out, into) } else { (Vec::new(), [out, into].concat()) };
        // Also where nobody has to come or go: the next try learns it without a look.
        if is_large && (!first.is_empty() || last.is_empty()) {
            let name = if last.is_empty() { wish.named() } else { wish.leavers() };
            let mut change = self.group_change(request, row.shadow, &native, first, size);
            // A POST that adopts goes on with the attributes, as one that is owed its outcome.
            change.group.owed_until = edited.owed_until.or(change.group.owed_until);
            return self.begin(request, change, &name).await;
        }
        let had_first = !first.is_empty();
        let shadow = self.step(request, id, row.shadow, &native, first, size).await?;
        let shadow = self.change_group(request, shadow, &native, edited).await;
        let shadow = shadow.map_err(|e| and_before(had_first, e))?;
        if is_large {
            let change = self.group_change(request, Some(shadow), &native, last, size);
            return self.begin(request, change, &wish.named()).await;
        }
        let stored = Some(shadow.clone());
        let mut group = self.step(request, id, stored, &native, last, size).await?.unwrap_or(shadow);
        // For the answer: what was just read is known, be it that nothing had to be written.
        group.member_count = group.member_count.or(size);
        Ok(Step::Done(Box::new(MembersDone { group, refused: BTreeMap::new() })))
    }

    fn group_change(
        &self,
        request: &Request,
        before: Option<Shadow>,
        native: &Native,
        changes: Vec<MemberChange>,
        size: Option<u32>,
    ) -> GroupChange {
        let group = before.clone().unwrap_or_else(|| self.unwritten(request, Kind::Group, native.clone()));
        GroupChange { before, group, changes, size }
    }

    /// What a wish means now.
    async fn decided(&self, request: &Request, row: &Row, wish: &MemberWish) -> Result<Decided, ScimError> {
        if let MemberWish::Delta(wishes) = wish {
            return Ok(Decided { wishes: wishes.clone(), size: None, supersedes: false });
        }
        let is_complete = row.native.as_ref().is_some_and(|native| native.members.is_some());
        let reading = match is_complete {
            true => request.clone(),
            // Many pages: read once, however long it takes, and behind whoever waits for one answer.
            false => {
                self.until_members_show(row).await;
                let ctx = request.ctx.carried_on(&*self.delivery.clock, CARRY_ON).at(Priority::Background);
                Request { ctx, ..request.clone() }
            }
        };
        let current = self.member_ids(&reading, row).await?;
        let waiting = self.delivery.waiting_members(&row.id()).await;
        let waiting = waiting.map_err(|failure| error::write(&request.client, failure))?;
        let size = u32::try_from(current.len()).unwrap_or(u32::MAX);
        let wishes = wish.changes(&current, &waiting)?;
        Ok(Decided { wishes, size: Some(size), supersedes: !waiting.wished.is_empty() })
    }

    /// Whoever is not shown yet would be kept by a replacement: where members have to be listed, our own latest change
    /// has to show.
    async fn until_members_show(&self, row: &Row) {
        if let Some(until) = row.shadow.as_ref().and_then(|shadow| shadow.overlay_until) {
            self.delivery.clock.sleep(until.since(self.delivery.clock.now())).await;
        }
    }

    /// One step of a change of members.
    async fn step(
        &self,
        request: &Request,
        id: &ScimId,
        before: Option<Shadow>,
        native: &Native,
        changes: Vec<MemberChange>,
        size: Option<u32>,
    ) -> Result<Option<Shadow>, ScimError> {
        if changes.is_empty() {
            return Ok(before);
        }
        let change = self.group_change(request, before, native, changes, size);
        let done = self.change_members(request, id, change).await?;
        self.tell_refused(request, &done.refused, &|_| true)?;
        Ok(Some(done.group))
    }

    fn changes_group(&self, row: &Row, edited: &Edited, native: &Native) -> bool {
        let same_document =
            row.shadow.as_ref().map_or(!self.keeps_shadows(), |shadow| shadow.document == edited.document);
        let differs = match &native.locked {
            Some(_) => Self::directory_moved(row.shadow.as_ref(), native),
            None => {
                let change = self.delivery.change(Kind::Group, &edited.document, native);
                let name = edited.native_name.as_ref().map(Option::as_deref);
                !self.delivery.named(Kind::Group, change, name, native).is_empty()
            }
        };
        !same_document || edited.external_id.is_some() || differs
    }

    /// Changes a group's attributes.
    async fn change_group(
        &self,
        request: &Request,
        before: Option<Shadow>,
        native: &Native,
        edited: Edited,
    ) -> Result<Shadow, ScimError> {
        let row = Row::new(before, Some(native.clone()));
        if !self.changes_group(&row, &edited, native) {
            return Ok(row.shadow.unwrap_or_else(|| self.unwritten(request, Kind::Group, native.clone())));
        }
        let mut after = self.row_after(request, Kind::Group, &row, &edited);
        if let Some(members) = &native.members {
            after.member_count = Some(u32::try_from(members.len()).unwrap_or(u32::MAX));
        }
        let name = edited.native_name.as_ref();
        let change = self.native_change(request, row.shadow.as_ref(), &after, name, native)?;
        let note = Note::of(edited.wrote);
        let external_id = edited.external_id;
        let changed =
            Changed { before: row.shadow, after, change, native: native.clone(), external_id, note };
        let (shadow, _) =
            self.delivery.update(&request.ctx, changed).await.map_err(|f| self.not_changed(request, f))?;
        Ok(shadow)
    }
}

/// The error of what comes after a change of members.
fn and_before(had_members: bool, e: ScimError) -> ScimError {
    match had_members {
        true => ScimError { detail: format!("Members were changed, but the rest failed: {}", e.detail), ..e },
        false => e,
    }
}
