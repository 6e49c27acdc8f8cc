//! Netskope's calls: routes, headers, bodies.

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::config::{NetskopeConfig, TokenHeader};
use super::error::{log_of, of_answer};
use super::model::{ErrorBody, Object, Page, People};
use crate::backend::unanswered::{of_call, unusable};
use crate::backend::{BackendError, ErrorKind, Result, Sent};
use crate::kernel::{Clock, Ctx, Kind};
use crate::outbound::{
    Base, Class, Header, Jitter, Method, Request, Response, Route, Segment, Sender, Transport,
};

/// Where people are.
const USERS: &str = "/api/v2/scim/Users";
/// Where groups are.
const GROUPS: &str = "/api/v2/scim/Groups";
/// Where the User-Management API tells of people.
const PEOPLE: &str = "/api/v2/users/getusers";

/// All of a kind.
pub(super) fn all(kind: Kind) -> Route {
    Route::new(match kind {
        Kind::User => USERS,
        Kind::Group => GROUPS,
    })
}

/// One of a kind.
pub(super) fn one(kind: Kind, id: &Segment) -> Route {
    all(kind).id(id)
}

/// The calls of one tenant. Vendor: people and groups have a rate limit each.
pub(super) struct Client {
    host: Base,
    header: &'static str,
    token: SecretString,
    users: Sender,
    groups: Sender,
    management: Sender,
}

impl Client {
    pub fn new(
        config: &NetskopeConfig,
        transport: Arc<dyn Transport>,
        clock: Arc<dyn Clock>,
        jitter: Arc<dyn Jitter>,
    ) -> Self {
        let users = Sender::new(transport.clone(), clock.clone(), jitter.clone(), config.policy);
        let groups = Sender::new(transport.clone(), clock.clone(), jitter.clone(), config.policy);
        let management = Sender::new(transport, clock, jitter, config.policy);
        let (header, token) = match config.header {
            TokenHeader::Bearer => ("authorization", format!("Bearer {}", config.token.expose_secret())),
            TokenHeader::Native => ("netskope-api-token", config.token.expose_secret().to_owned()),
        };
        let token = SecretString::from(token);
        Self { host: config.host.clone(), header, token, users, groups, management }
    }

    /// The clock by which calls are made.
    pub fn clock(&self) -> &dyn Clock {
        self.users.clock()
    }

    /// Reads one object; `None` if there is none. Its id is the one that was asked for, or the answer is unusable: a cache or
    /// a route has mixed something up.
    pub async fn find(&self, ctx: &Ctx, kind: Kind, id: &str, route: &Route) -> Result<Option<Object>> {
        let is_asked = |object: &Object| object.id.as_deref() == Some(id);
        match self.read(ctx, kind, route, is_asked, "another object than was asked for").await {
            Ok(object) => Ok(Some(object)),
            Err(error) if error.kind == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Reads one page of a list: `count` rows from row `start`, from 1; `filter` as it is sent.
    pub async fn page(
        &self,
        ctx: &Ctx,
        kind: Kind,
        filter: Option<&str>,
        start: u64,
        count: u64,
    ) -> Result<Page> {
        let route = all(kind);
        let route = match filter {
            Some(filter) => route.query("filter", filter),
            None => route,
        };
        let route = route.query("startIndex", &start.to_string()).query("count", &count.to_string());
        let is_list = |page: &Page| page.total.is_some() || page.rows.is_some();
        self.read(ctx, kind, &route, is_list, "no list").await
    }

    async fn read<T: DeserializeOwned>(
        &self,
        ctx: &Ctx,
        kind: Kind,
        route: &Route,
        is_sane: impl Fn(&T) -> bool,
        otherwise: &str,
    ) -> Result<T> {
        let request = self.request(Method::Get, route, None);
        let understand = |answer: &Response| {
            let parsed = parse::<T>(Class::Read, answer)?;
            if is_sane(&parsed) { Ok(parsed) } else { Err(unusable(Class::Read, &log_of(answer), otherwise)) }
        };
        self.call(ctx, self.sender(kind), Class::Read, &request, understand).await
    }

    /// Asks the User-Management API for people: a read, though it is a POST.
    pub async fn people<B: Serialize>(&self, ctx: &Ctx, question: &B) -> Result<People> {
        let request = self.request(Method::Post, &Route::new(PEOPLE), Some(written(question)?));
        let understand = |answer: &Response| parse::<People>(Class::Read, answer);
        self.call(ctx, &self.management, Class::Read, &request, understand).await
    }

    /// Makes an object, and gives what the answer tells of it.
    pub async fn post<B: Serialize>(&self, ctx: &Ctx, kind: Kind, body: &B) -> Result<Object> {
        let request = self.request(Method::Post, &all(kind), Some(written(body)?));
        let understand = |answer: &Response| parse::<Object>(Class::Write, answer);
        let made = self.call(ctx, self.sender(kind), Class::Write, &request, understand).await?;
        if made.id.as_deref().is_some_and(super::ids::is_native_id) {
            return Ok(made);
        }
        Err(BackendError::new(ErrorKind::Unusable, Sent::Maybe, "what was made has no id"))
    }

    /// Writes to one object what may be written twice. Vendor: PATCH and DELETE answer 204; some see 200 with or without a
    /// body, which is not relied upon.
    pub async fn write<B: Serialize>(
        &self,
        ctx: &Ctx,
        kind: Kind,
        method: Method,
        id: &Segment,
        body: Option<&B>,
    ) -> Result<()> {
        let body = body.map(written).transpose()?;
        let request = self.request(method, &one(kind, id), body);
        let understand = |answer: &Response| match answer.body.trim_ascii().is_empty() {
            true => Ok(()),
            false if parse::<ErrorBody>(Class::Idempotent, answer)?.is_told() => {
                Err(unusable(Class::Idempotent, &log_of(answer), "a success that tells of an error"))
            }
            false => Ok(()),
        };
        self.call(ctx, self.sender(kind), Class::Idempotent, &request, understand).await
    }

    fn sender(&self, kind: Kind) -> &Sender {
        match kind {
            Kind::User => &self.users,
            Kind::Group => &self.groups,
        }
    }

    /// Sends and understands. What may be sent twice is asked once more where the answer is of no use, or tells of a passing
    /// trouble of the vendor's own (501) that others call 500.
    async fn call<T>(
        &self,
        ctx: &Ctx,
        sender: &Sender,
        class: Class,
        request: &Request,
        understand: impl Fn(&Response) -> Result<T>,
    ) -> Result<T> {
        let mut again = class != Class::Write;
        loop {
            let answer = sender.call(ctx, class, None, request).await;
            let answer = answer.map_err(|error| of_call(class, error, log_of))?;
            let outcome = match answer.is_success() {
                true => understand(&answer),
                false => Err(of_answer(class, &answer, answer.retry_after(sender.clock().now()))),
            };
            match outcome {
                Err(error) if again && (answer.status == 501 || error.kind == ErrorKind::Unusable) => {
                    again = false;
                }
                outcome => return outcome,
            }
        }
    }

    /// Nothing of a client's request is in it but what its address and body are made of.
    fn request(&self, method: Method, route: &Route, body: Option<Vec<u8>>) -> Request {
        let plain = |text: &str| Header::Plain(text.to_owned());
        let mut headers = vec![
            ("accept", plain("application/scim+json, application/json")),
            (self.header, Header::Secret(self.token.clone())),
        ];
        if body.is_some() {
            headers.push(("content-type", plain("application/scim+json")));
        }
        Request { method, url: self.host.at(route), headers, body }
    }
}

fn written<B: Serialize>(body: &B) -> Result<Vec<u8>> {
    let unwritable = |_| BackendError::new(ErrorKind::Invalid, Sent::No, "the body can't be written as JSON");
    serde_json::to_vec(body).map_err(unwritable)
}

/// The body of a 2xx answer.
fn parse<T: DeserializeOwned>(class: Class, answer: &Response) -> Result<T> {
    serde_json::from_slice(&answer.body)
        .map_err(|_| unusable(class, &log_of(answer), "the body is not as documented"))
}
