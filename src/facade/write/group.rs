//! PATCH and PUT of a group (RFC 7644 §3.5). A change of members costs the delta, whatever the group's size.

use std::collections::BTreeMap;

use scim::error::ScimError;
use scim::patch::{Member, MemberOp};
use scim::query::Projection;

use super::super::core::Core;
use super::super::error;
use super::super::members::{Sorted, wish};
use super::super::read::{Row, Stored};
use super::super::target::{Answer, Request};
use super::edit::{Edit, Edited};
use crate::backend::{ErrorKind, Native, Refusal};
use crate::delivery::{Changed, Failure, GroupChange, LaneKey, MemberChange, MembersDone, Note};
use crate::kernel::{Kind, Priority, ScimId};
use crate::store::Shadow;

impl Core {
    /// Changes a group.
    pub async fn edit_group(
        &self,
        request: &Request,
        id: &ScimId,
        mut edit: Edit,
        projection: &Projection,
    ) -> Result<Answer, ScimError> {
        edit.check_id(id)?;
        let is_put = matches!(edit, Edit::Replace(_));
        let members = edit.take_members()?;
        let delta = as_delta(&members)?;
        let group = match (delta, edit.is_empty()) {
            (Some(wishes), true) if !wishes.is_empty() => self.fold_members(request, id, wishes).await?,
            (delta, _) => {
                self.folding.seal(id);
                let key = LaneKey::Resource(Kind::Group, id.clone());
                let _turn = self.delivery.lanes.enter(key, Priority::Interactive).await;
                self.edit_in_lane(request, id, edit, members, delta).await?
            }
        };
        self.answer_group(request, group, is_put, projection).await
    }

    async fn answer_group(
        &self,
        request: &Request,
        group: Shadow,
        is_put: bool,
        projection: &Projection,
    ) -> Result<Answer, ScimError> {
        if !is_put && !self.answers_with_group(request, &group, projection) {
            return Ok(Answer { body: None, etag: None, location: None });
        }
        let id = group.scim_id.clone();
        let row = self.resolve(request, Kind::Group, &id, Default::default()).await?;
        let row = row.ok_or_else(|| error::not_found(Kind::Group, &id))?;
        Ok(self.render_row(request, Kind::Group, row, projection.wants("members")).await?.answer(projection))
    }

    /// A change of members only, given as a delta: what waits for the same group is carried out together.
    async fn fold_members(
        &self,
        request: &Request,
        id: &ScimId,
        wishes: BTreeMap<ScimId, bool>,
    ) -> Result<Shadow, ScimError> {
        // What is wrong with these wishes is this request's own error, whoever carries them out.
        self.checked(request, wishes.clone()).await?;
        let mine = wishes.clone();
        let (batch, told) = self.folding.join(request, id, wishes);
        let lane = LaneKey::Resource(Kind::Group, id.clone());
        let turn = self.delivery.lanes.enter(lane, Priority::Interactive).await;
        let waiting = self.folding.take(id, batch);
        if let Some(latest) = waiting.iter().max_by_key(|waiting| waiting.request.ctx.deadline) {
            let mut merged = BTreeMap::new();
            waiting.iter().for_each(|waiting| merged.extend(waiting.wishes.clone()));
            // Losing a membership is losing access.
            let urgent = merged.values().all(|member| !member);
            let priority = if urgent { Priority::Deprovision } else { Priority::Interactive };
            let done = self.members_in_lane(&latest.request.at(priority), id, merged).await;
            for waiting in waiting {
                // Whoever no longer waits does not need to know.
                let _ = waiting.tell.send(done.clone());
            }
        }
        drop(turn);
        let done = told.await.unwrap_or_else(|_| Err(error::still_running(&request.client)));
        let done = done.map_err(|e| error::as_told_to(&request.client, e))?;
        self.tell_refused(request, &done.refused, &|user| mine.contains_key(user))?;
        Ok(done.group)
    }

    async fn members_in_lane(
        &self,
        request: &Request,
        id: &ScimId,
        wishes: BTreeMap<ScimId, bool>,
    ) -> Result<MembersDone, ScimError> {
        let (before, group, size) = match self.group_to_write(request, id).await? {
            Stored::Shadow(group) => (Some(group.clone()), group, None),
            _ => {
                let native = self.native_group(request, id).await?;
                let size =
                    native.members.as_ref().map(|members| u32::try_from(members.len()).unwrap_or(u32::MAX));
                (None, self.unwritten(request, Kind::Group, native), size)
            }
        };
        let Sorted { changes, unknown, .. } = self.sorted(request, wishes).await?;
        // Each sender is told of its own.
        let unknown = unknown.into_iter().map(|user| (user, Refusal::Unknown));
        if changes.is_empty() {
            return Ok(MembersDone { group, refused: unknown.collect() });
        }
        let mut done = self.change_members(request, id, GroupChange { before, group, changes, size }).await?;
        done.refused.extend(unknown);
        Ok(done)
    }

    async fn change_members(
        &self,
        request: &Request,
        id: &ScimId,
        change: GroupChange,
    ) -> Result<MembersDone, ScimError> {
        let wrote: Vec<_> = change.changes.iter().map(|one| (one.user.clone(), one.member)).collect();
        let done = self.delivery.change_members(&request.ctx, change).await;
        let done = done.map_err(|failure| self.members_not_changed(request, id, failure))?;
        self.note_members(&done, &wrote);
        Ok(done)
    }

    fn members_not_changed(&self, request: &Request, id: &ScimId, failure: Failure) -> ScimError {
        match failure {
            Failure::Refused(e) if e.kind == ErrorKind::NotFound => error::not_found(Kind::Group, id),
            other => error::write(&request.client, other),
        }
    }

    /// The stored row of a group that may be written.
    async fn group_to_write(&self, request: &Request, id: &ScimId) -> Result<Stored, ScimError> {
        match self.stored(request, Kind::Group, id).await? {
            Stored::Nothing | Stored::Gone(_) => Err(error::not_found(Kind::Group, id)),
            other => Ok(other),
        }
    }

    async fn native_group(&self, request: &Request, id: &ScimId) -> Result<Native, ScimError> {
        let row = self.resolve(request, Kind::Group, id, Default::default()).await?;
        row.and_then(|row| row.native).ok_or_else(|| error::not_found(Kind::Group, id))
    }

    /// Everything that needs the group to be read: attributes, and members that are to be exactly so.
    async fn edit_in_lane(
        &self,
        request: &Request,
        id: &ScimId,
        edit: Edit,
        members: Vec<MemberOp>,
        delta: Option<BTreeMap<ScimId, bool>>,
    ) -> Result<Shadow, ScimError> {
        let missing = || error::not_found(Kind::Group, id);
        let row = self.resolve(request, Kind::Group, id, Default::default()).await?.ok_or_else(missing)?;
        let native = row.native.clone().ok_or_else(missing)?;
        let current = match delta {
            None => {
                self.until_members_show(&row).await;
                Some(self.member_ids(request, &row).await?)
            }
            Some(_) => None,
        };
        let wishes = match (&current, delta) {
            (Some(current), _) => difference(current, &self.open_members(request, id).await?, &members)?,
            (None, delta) => delta.unwrap_or_default(),
        };
        let edited = self.apply(request, Kind::Group, &row, edit).await?;
        let name = edited.external_id.as_ref().and_then(Option::as_deref);
        self.external_id_is_free(request, Kind::Group, name, Some(&row.id())).await?;
        let changes = self.member_changes(request, wishes).await?;
        if let (Some(locked), false) = (&native.locked, changes.is_empty()) {
            return Err(error::managed_by(locked));
        }
        // Loss of access first: who is taken out, then the name, then who is let in.
        let (out, into): (Vec<_>, Vec<_>) = changes.into_iter().partition(|change| !change.member);
        let size = current.map(|members| u32::try_from(members.len()).unwrap_or(u32::MAX));
        let one_step = out.is_empty() || into.is_empty() || !self.changes_group(&row, &edited, &native);
        let (first, last) = if one_step { (Vec::new(), [out, into].concat()) } else { (out, into) };
        let shadow = self.step(request, id, row.shadow, &native, first, size).await?;
        let had_first = shadow.is_some();
        let shadow =
            self.change_group(request, shadow, &native, edited).await.map_err(|e| match had_first {
                true => ScimError {
                    detail: format!("Members were removed, but the rest failed: {}", e.detail),
                    ..e
                },
                false => e,
            })?;
        let stored = Some(shadow.clone());
        Ok(self.step(request, id, stored, &native, last, size).await?.unwrap_or(shadow))
    }

    /// Whose membership is journalled to change, and how.
    async fn open_members(
        &self,
        request: &Request,
        id: &ScimId,
    ) -> Result<BTreeMap<ScimId, bool>, ScimError> {
        let open = self.delivery.open_members(id).await;
        open.map_err(|failure| error::write(&request.client, failure))
    }

    /// Whoever is not shown yet would be kept by a replacement: where members have to be listed, our own latest change
    /// has to show.
    async fn until_members_show(&self, row: &Row) {
        let is_complete = row.native.as_ref().is_some_and(|native| native.members.is_some());
        let until = row.shadow.as_ref().and_then(|shadow| shadow.overlay_until);
        if let (false, Some(until)) = (is_complete, until) {
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
        let group = before.clone().unwrap_or_else(|| self.unwritten(request, Kind::Group, native.clone()));
        let done = self.change_members(request, id, GroupChange { before, group, changes, size }).await?;
        self.tell_refused(request, &done.refused, &|_| true)?;
        Ok(Some(done.group))
    }

    fn changes_group(&self, row: &Row, edited: &Edited, native: &Native) -> bool {
        let same_document = row.shadow.as_ref().is_some_and(|shadow| {
            scim::etag::weak(shadow.document.as_map()) == scim::etag::weak(edited.document.as_map())
        });
        !same_document
            || edited.external_id.is_some()
            || !self.delivery.change(Kind::Group, &edited.document, native).is_empty()
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
        let change = self.delivery.change(Kind::Group, &after.document, native);
        if let (Some(locked), false) = (&native.locked, change.is_empty()) {
            return Err(error::managed_by(locked));
        }
        let note = Note::of(edited.wrote);
        let external_id = edited.external_id;
        let changed =
            Changed { before: row.shadow, after, change, native: native.clone(), external_id, note };
        let (shadow, _) =
            self.delivery.update(&request.ctx, changed).await.map_err(|f| self.not_changed(request, f))?;
        Ok(shadow)
    }
}

/// A change of members that needs no knowledge of the group; `None` if it needs the members that there are.
fn as_delta(members: &[MemberOp]) -> Result<Option<BTreeMap<ScimId, bool>>, ScimError> {
    let mut wishes = BTreeMap::new();
    for operation in members {
        match operation {
            MemberOp::Add(members) => wish(&mut wishes, members)?,
            MemberOp::Remove(ids) => wishes.extend(ids.iter().map(|id| (ScimId::new(id.as_str()), false))),
            MemberOp::Replace(_) | MemberOp::Clear | MemberOp::RemoveMatching(_) => return Ok(None),
        }
    }
    Ok(Some(wishes))
}

/// What has to change so that a group with these members has those that the operations leave. `open` are the changes that
/// are journalled already: each of these people is named again, so that the older wish is superseded.
fn difference(
    current: &[ScimId],
    open: &BTreeMap<ScimId, bool>,
    operations: &[MemberOp],
) -> Result<BTreeMap<ScimId, bool>, ScimError> {
    let member = |id: &ScimId| Member { value: id.as_str().to_owned(), r#type: Some("User".to_owned()) };
    let stays = current.iter().filter(|id| open.get(id) != Some(&false));
    let joins = open.iter().filter(|(id, joins)| **joins && !current.contains(id)).map(|(id, _)| id);
    let after = MemberOp::apply_all(operations, &stays.chain(joins).map(member).collect::<Vec<_>>());
    let mut wanted = BTreeMap::new();
    wish(&mut wanted, &after)?;
    let mut wishes: BTreeMap<ScimId, bool> = current.iter().map(|id| (id.clone(), false)).collect();
    wishes.extend(open.keys().map(|id| (id.clone(), false)));
    for id in wanted.into_keys() {
        if current.contains(&id) && !open.contains_key(&id) {
            wishes.remove(&id);
        } else {
            wishes.insert(id, true);
        }
    }
    Ok(wishes)
}
