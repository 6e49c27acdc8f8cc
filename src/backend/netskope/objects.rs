//! One object: read, make, switch off and on, remove.

use serde_json::Value;

use super::Tenant;
use super::client::one;
use super::ids;
use super::map;
use crate::backend::{
    Attrs, BackendError, Desired, ErrorKind, Native, NativeQuery, NativeRef, Result, Sent, Total,
};
use crate::kernel::{Ctx, Kind};
use crate::outbound::Method;

/// So many rows tell whether somebody is there whom a read by id neither shows nor denies.
const FEW: u64 = 200;

impl Tenant {
    /// Reads one object, with its members where the answer has them.
    pub(super) async fn get(&self, ctx: &Ctx, kind: Kind, at: &NativeRef) -> Result<Option<Native>> {
        let Some(id) = ids::segment(at) else { return Ok(None) };
        match self.client.find(ctx, kind, &at.id, &one(kind, &id)).await {
            Ok(object) => Ok(object.map(|object| map::native(kind, object))),
            Err(error) if is_vague(&error) => self.denied_by_the_list(ctx, kind, at, error).await,
            Err(error) => Err(error),
        }
    }

    /// Vendor: an unknown id may be answered like a wrong request or an internal error. A whole list tells, where it is short.
    async fn denied_by_the_list(
        &self,
        ctx: &Ctx,
        kind: Kind,
        at: &NativeRef,
        error: BackendError,
    ) -> Result<Option<Native>> {
        let error = match error.kind {
            ErrorKind::Invalid => BackendError { kind: ErrorKind::Unusable, ..error },
            _ => error,
        };
        let Ok(everybody) = self.all(ctx, kind, 0, FEW).await else { return Err(error) };
        let is_whole = everybody.total == Total::Exact(everybody.rows.len() as u64);
        let is_listed = everybody.rows.iter().any(|row| row.at == *at);
        if is_whole && !is_listed { Ok(None) } else { Err(error) }
    }

    /// Makes an object. A duplicate, and a member who doesn't exist, are refusals of the whole.
    pub(super) async fn create(&self, ctx: &Ctx, desired: &Desired) -> Result<Native> {
        let kind = desired.kind;
        self.is_free(ctx, kind, &desired.attrs, None).await?;
        let mut body = map::body(kind, &desired.attrs);
        match kind {
            Kind::User => drop(body.insert("active".to_owned(), Value::Bool(desired.active))),
            Kind::Group if !desired.links.is_empty() => {
                body.insert("members".to_owned(), super::members::values(&desired.links));
            }
            Kind::Group => {}
        }
        let made = match self.client.post(ctx, kind, &body).await {
            Err(error) if error.kind == ErrorKind::Invalid => {
                return Err(self
                    .why_refused(ctx, kind, &desired.attrs, None, !desired.links.is_empty(), error)
                    .await);
            }
            made => map::native(kind, made?),
        };
        if kind == Kind::Group {
            self.manners.note_staff(&made.at.id, !desired.links.is_empty());
            self.manners.note_made(&made.at.id, self.client.clock().now());
            return Ok(made);
        }
        let made = self.with_profile(ctx, &desired.attrs, made).await;
        // Vendor: whether a new person can be inactive is not known.
        if !desired.active && !made.is_inactive() {
            let ended = self.set_active(ctx, &made.at, false).await;
            return match ended {
                Ok(()) => Ok(inactive(made)),
                Err(error) if error.kind == ErrorKind::NotFound => Ok(inactive(made)),
                Err(error) => Err(BackendError { sent: Sent::Maybe, ..error }),
            };
        }
        Ok(made)
    }

    /// What the answer to a write shows of the profile, or a read where it shows none of what was sent: learnt once.
    pub(super) async fn with_profile(&self, ctx: &Ctx, sent: &Attrs, made: Native) -> Native {
        let profile = |attrs: &Attrs| attrs.keys().any(map::is_profile);
        if !profile(sent) || self.manners.profile.learnt().is_some() {
            return made;
        }
        if profile(&made.attrs) {
            self.manners.profile.learn(true);
            return made;
        }
        match self.get(ctx, Kind::User, &made.at).await {
            Ok(Some(read)) => {
                self.manners.profile.learn(profile(&read.attrs));
                read
            }
            _ => made,
        }
    }

    /// What a 400 to a write means, by what was sent: vendor, a duplicate may be one.
    pub(super) async fn why_refused(
        &self,
        ctx: &Ctx,
        kind: Kind,
        sent: &Attrs,
        own: Option<&NativeRef>,
        linked: bool,
        error: BackendError,
    ) -> BackendError {
        if self.is_taken(ctx, kind, sent, own).await.unwrap_or(false) {
            return BackendError { kind: ErrorKind::Conflict, ..error };
        }
        match linked {
            true => BackendError { kind: ErrorKind::NotFound, ..error },
            false => error,
        }
    }

    /// Whether another object has the name that is sent.
    async fn is_taken(&self, ctx: &Ctx, kind: Kind, sent: &Attrs, own: Option<&NativeRef>) -> Result<bool> {
        let field = map::name_field(kind);
        let Some(name) = sent.get(field).and_then(Value::as_str) else { return Ok(false) };
        let query = NativeQuery::Equals { fields: vec![field.to_owned()], value: name.to_owned() };
        let found = self.search(ctx, kind, &query, 0, FEW).await?;
        Ok(found.rows.iter().any(|row| Some(&row.at) != own))
    }

    /// Refuses a name that somebody has in another case, where the server would take it: one that finds names in one case
    /// alone. Any other refuses it itself.
    pub(super) async fn is_free(
        &self,
        ctx: &Ctx,
        kind: Kind,
        sent: &Attrs,
        own: Option<&NativeRef>,
    ) -> Result<()> {
        let field = map::name_field(kind);
        let name = sent.get(field).and_then(Value::as_str).unwrap_or_default();
        if name.to_lowercase() == name.to_uppercase() {
            return Ok(());
        }
        let unsent = |error: BackendError| BackendError { sent: Sent::No, ..error };
        let finds_any_case = self.finds_any_case(ctx, kind, field).await.map_err(unsent)?;
        if finds_any_case == Some(false) && self.is_taken(ctx, kind, sent, own).await.map_err(unsent)? {
            let log = "the name is taken in another case";
            return Err(BackendError::new(ErrorKind::Conflict, Sent::Rejected, log));
        }
        Ok(())
    }

    /// Removes an object. Vendor: whatever the answer to an unknown id is, who is not there is removed.
    pub(super) async fn delete(&self, ctx: &Ctx, kind: Kind, at: &NativeRef) -> Result<()> {
        let Some(id) = ids::segment(at) else { return Ok(()) };
        match self.client.write::<()>(ctx, kind, Method::Delete, &id, None).await {
            Err(error) if error.kind == ErrorKind::NotFound => Ok(()),
            Err(error) if is_vague(&error) => match self.get(ctx, kind, at).await {
                Ok(None) => Ok(()),
                _ => Err(error),
            },
            done => done,
        }
    }

    /// Switches a person on or off. A deactivation is done when a read shows it, or shows nobody any more
    /// ([`ErrorKind::NotFound`]).
    pub(super) async fn set_active(&self, ctx: &Ctx, at: &NativeRef, active: bool) -> Result<()> {
        let change = [super::change::Operation::replace("active", Value::Bool(active))];
        self.patch(ctx, Kind::User, at, &change).await?;
        if active {
            return Ok(());
        }
        let unseen = |error: BackendError| BackendError { sent: Sent::Maybe, ..error };
        match self.get(ctx, Kind::User, at).await.map_err(unseen)? {
            Some(person) if person.is_inactive() => Ok(()),
            Some(_) => Err(BackendError::new(
                ErrorKind::Unavailable,
                Sent::Maybe,
                "a read after the deactivation still shows the person active",
            )),
            None => Err(BackendError::new(ErrorKind::NotFound, Sent::Rejected, "gone once deactivated")),
        }
    }
}

/// Whether an answer may mean that there is no such object.
pub(super) fn is_vague(error: &BackendError) -> bool {
    matches!(error.kind, ErrorKind::Invalid | ErrorKind::Unavailable)
}

fn inactive(mut person: Native) -> Native {
    person.active = Some(false);
    person
}
