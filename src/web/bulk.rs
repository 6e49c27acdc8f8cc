//! `/Bulk` (RFC 7644 §3.7): operations carried out one after the other, each as the request of its own that it could be.

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::Method;
use scim::bulk::{self, Action, BulkRequest, Operation, References, Wish};
use scim::error::{Result, ScimError};
use scim::limits::Limits;
use scim::patch::Patch;
use scim::repairs::Repairs;
use scim::resource::Shown;

use super::body::{CallWithBody, Largest};
use super::call::{Arrived, Call};
use super::failure::{Failure, Outcome};
use super::fingerprint::{Parts, fingerprint};
use super::{render, single};
use crate::facade::{Answer, Client, PatchResponse, Request};
use crate::kernel::{Ctx, Kind, ScimId};
use crate::telemetry::{Endpoint, TransientAnswered};

/// An operation that has less time than this is not begun.
const SHORTEST: Duration = Duration::from_secs(1);

/// What a client is told to wait that has to send operations again which were not begun, in seconds.
const COME_BACK: u32 = 1;

/// A bulk request is three levels around what a request of its own would hold.
const LEVELS: usize = 3;

pub(super) async fn answer(asked: Arrived<'_>) -> Outcome {
    asked.trace.note(Endpoint::Bulk, None);
    if asked.http.method() != Method::POST {
        return Err(Failure::wrong_method("POST"));
    }
    let sent = CallWithBody::read(asked, Largest::Bulk).await?;
    let asked = sent.call.read(|profile, limits, repairs| {
        let deeper = Limits { body_depth: limits.body_depth + LEVELS, ..*limits };
        BulkRequest::parse(sent.json(&deeper)?, profile, limits, repairs)
    })?;
    let outcomes = Run::of(sent.call, &asked).all(&asked).await;
    render::ok(bulk::response(&outcomes).to_string().into_bytes())
}

/// A bulk request that is being carried out.
struct Run<'r> {
    call: Box<Call<'r>>,
    /// The client, who is not answered with the resources.
    client: Arc<Client>,
    references: References,
}

/// An operation that was carried out.
struct Done {
    status: u16,
    id: String,
    location: String,
    version: Option<String>,
}

impl<'r> Run<'r> {
    fn of(call: Box<Call<'r>>, asked: &BulkRequest) -> Self {
        let client = Client { patch_response: PatchResponse::NoContent, ..(*call.request.client).clone() };
        Self { call, client: Arc::new(client), references: References::of(&asked.operations) }
    }

    /// Carries out what can be, until there were too many errors. The outcomes are in the order of the request.
    async fn all(mut self, asked: &BulkRequest) -> Vec<bulk::Outcome> {
        let order = bulk::order(&asked.operations, |operation| self.is_urgent(operation));
        let mut outcomes: Vec<Option<bulk::Outcome>> = vec![None; asked.operations.len()];
        let mut errors = 0;
        for at in order {
            let (Some(operation), Some(place)) = (asked.operations.get(at), outcomes.get_mut(at)) else {
                continue;
            };
            let outcome = Box::pin(self.one(at, operation)).await;
            errors += u64::from(outcome.status.is_err());
            *place = Some(outcome);
            // RFC 7644 §3.7.3: what is not carried out is not in the answer.
            if asked.fail_on_errors.is_some_and(|most| errors >= most) {
                break;
            }
        }
        outcomes.into_iter().flatten().collect()
    }

    async fn one(&mut self, at: usize, operation: &Operation) -> bulk::Outcome {
        let done = match operation.wish.clone().and_then(|wish| self.references.resolve(wish)) {
            Ok(wish) => self.begin(at, wish).await,
            Err(refused) => Err(refused),
        };
        self.references.settle(operation, done.as_ref().map(|done| done.id.as_str()));
        match done {
            Ok(Done { status, location, version, .. }) => bulk::Outcome {
                location: Some(location),
                version,
                ..bulk::Outcome::of(operation, Ok(status))
            },
            Err(error) => {
                self.tell_transient(&error);
                let location = self.address(operation);
                bulk::Outcome { location, ..bulk::Outcome::of(operation, Err(error)) }
            }
        }
    }

    /// RFC 7644 §3.7.3: the answer tells the address of a resource, be it that the operation failed.
    fn address(&self, operation: &Operation) -> Option<String> {
        let Ok(wish) = &operation.wish else { return None };
        let id = self.references.subject(wish.action.subject()?).ok()?;
        Some(self.location(kind_of(&wish.endpoint).ok()?, &id))
    }

    async fn begin(&self, at: usize, wish: Wish<String>) -> Result<Done> {
        let kind = kind_of(&wish.endpoint)?;
        if self.call.request.ctx.deadline.remaining(&*self.call.web.clock) < SHORTEST {
            let detail = "There was no time left to begin this operation. Send it again.";
            return Err(ScimError::transient(self.client.transient.status(), COME_BACK, detail));
        }
        let write = self.part(at, kind, &wish);
        let (status, id, answer) = match &wish.action {
            Action::Create => {
                let made = single::create(kind, write).await?;
                (201, made_id(&made)?, Some(made))
            }
            Action::Replace(id) => {
                (200, id.clone(), Some(single::replace(kind, ScimId::new(id.as_str()), write).await?))
            }
            Action::Patch(id) => {
                (200, id.clone(), Some(single::patch(kind, ScimId::new(id.as_str()), write).await?))
            }
            Action::Delete(id) => {
                single::delete(kind, ScimId::new(id.as_str()), write).await?;
                (204, id.clone(), None)
            }
        };
        let location = self.location(kind, &id);
        Ok(Done { status, id, location, version: answer.and_then(|answer| Some((*answer.etag?).to_owned())) })
    }

    /// An operation as a request of its own. What its client is not shown is not read.
    fn part(&self, at: usize, kind: Kind, wish: &Wish<String>) -> CallWithBody<'r> {
        let Request { ctx, .. } = &self.call.request;
        let request = Request {
            ctx: Ctx { request: format!("{}/{}", ctx.request, at + 1).into(), ..ctx.clone() },
            client: Arc::clone(&self.client),
            fingerprint: String::new(),
            conditions: wish.conditions.clone(),
            is_part: true,
        };
        let query = match (kind, &wish.action) {
            (Kind::User, _) => "excludedAttributes=groups",
            // A choice of attributes would have the group read for the answer.
            (Kind::Group, Action::Patch(_)) => "",
            (Kind::Group, _) => "excludedAttributes=members",
        };
        let mut call = self.call.part(request, query);
        let (id, data) = (wish.action.subject().map_or("", String::as_str), wish.data.to_string());
        call.request.fingerprint = fingerprint(&Parts {
            client: &ctx.client,
            method: wish.action.method(),
            path: &format!("{}/{}/{id}", ctx.target, wish.endpoint),
            query,
            conditions: &call.conditions_as_text(),
            body: data.as_bytes(),
        });
        CallWithBody::part(call, wish.data.clone())
    }

    /// Whether an operation ends a person's access and does nothing else: it waits for nobody.
    fn is_urgent(&self, operation: &Operation) -> bool {
        let Ok(Wish { endpoint, action: Action::Patch(_), data, .. }) = &operation.wish else { return false };
        let (rt, limits) = (self.call.target.resource_type(Kind::User), &self.call.web.limits);
        let parse = |data| Patch::parse(data, rt, self.client.profile, limits, &mut Repairs::new());
        endpoint == Kind::User.endpoint() && parse(data.clone()).is_ok_and(|patch| patch.only_deactivates())
    }

    fn location(&self, kind: Kind, id: &str) -> String {
        self.call.target.discovery().location(kind, id).to_text()
    }

    fn tell_transient(&self, error: &ScimError) {
        let Some(retry_after) = error.retry_after else { return };
        let Ctx { request, target, client, .. } = &self.call.request.ctx;
        let (target, client, status) = (target.clone(), client.clone(), error.status);
        self.call.web.telemetry.emit(TransientAnswered { request, target, client, status, retry_after });
    }
}

fn kind_of(endpoint: &str) -> Result<Kind> {
    Kind::served_at(endpoint).ok_or_else(|| ScimError::new(404, "There is no such endpoint"))
}

fn made_id(made: &Answer) -> Result<String> {
    let id = made.body.as_ref().map(Shown::id);
    id.map(str::to_owned).ok_or_else(|| ScimError::new(500, "The operation gave no resource"))
}
