//! Sophos Central's calls: hosts, headers, bodies.

use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::auth::{Place, TokenFetch, locate};
use super::config::SophosConfig;
use super::error::{log_of, of_answer};
use super::model::Page;
use crate::backend::unanswered::{of_call, unusable};
use crate::backend::{BackendError, ErrorKind, Result, Sent};
use crate::kernel::{Clock, Ctx, Timestamp};
use crate::outbound::{
    Class, Header, Jitter, Method, Request, Response, Route, Sender, SingleFlight, TokenCache, Transport, Url,
};

/// The vendor's largest page.
pub(super) const PAGE: u64 = 100;

/// The calls of one tenant.
pub(super) struct Client {
    config: Arc<SophosConfig>,
    sender: Sender,
    tokens: TokenCache,
    place: SingleFlight<Arc<Place>, BackendError>,
}

/// One page of a list as it came.
pub(super) struct Slice<T> {
    pub items: Vec<T>,
    /// Items over all pages, where Sophos says.
    pub total: Option<u64>,
}

impl Client {
    pub fn new(
        config: SophosConfig,
        transport: Arc<dyn Transport>,
        clock: Arc<dyn Clock>,
        jitter: Arc<dyn Jitter>,
    ) -> Self {
        let config = Arc::new(config);
        let fetch = TokenFetch { transport: transport.clone(), clock: clock.clone(), config: config.clone() };
        Self {
            sender: Sender::new(transport, clock, jitter, config.policy),
            tokens: TokenCache::new(Arc::new(fetch)),
            // A refused credential is refused for all who waited; who ran out of time says nothing of the others.
            place: SingleFlight::new(|error| error.kind == ErrorKind::Denied),
            config,
        }
    }

    /// Where the tenant lives; asked once.
    pub async fn place(&self, ctx: &Ctx) -> Result<Arc<Place>> {
        let ask = async {
            let place = locate(self, ctx, &self.config).await?;
            Ok((Arc::new(place), Timestamp(i64::MAX)))
        };
        let late = || {
            Err(BackendError::new(ErrorKind::TimedOut, Sent::No, "deadline passed while whoami was asked"))
        };
        self.sender.before_deadline(ctx, self.place.get(self.sender.clock(), ask)).await.unwrap_or_else(late)
    }

    /// Forgets where the tenant lives.
    pub fn forget_place(&self) {
        self.place.forget(|_| true);
    }

    /// Reads from the global host. Vendor: an id header only where its route asks for it, never with `X-Tenant-ID`.
    pub async fn global<T: DeserializeOwned>(
        &self,
        ctx: &Ctx,
        route: &Route,
        id: Option<(&'static str, &str)>,
    ) -> Result<T> {
        let request = request(Method::Get, self.config.global.at(route), id, None);
        let answer = self.call(ctx, Class::Read, &request).await?;
        parse(Class::Read, &answer)
    }

    /// Reads one object; `None` if there is none.
    pub async fn find<T: DeserializeOwned>(&self, ctx: &Ctx, route: &Route) -> Result<Option<T>> {
        match self.regional(ctx, Method::Get, route, None).await {
            Ok(answer) => parse(Class::Read, &answer).map(Some),
            Err(error) if error.kind == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Reads page `number`, from 1, of a list. `list` holds the filters.
    pub async fn page<T: DeserializeOwned>(
        &self,
        ctx: &Ctx,
        list: &Route,
        number: u64,
        size: u64,
    ) -> Result<Slice<T>> {
        let route = list
            .clone()
            .query("sort", "id:asc")
            .query("page", &number.to_string())
            .query("pageSize", &size.to_string())
            .query("pageTotal", "true");
        let answer = self.regional(ctx, Method::Get, &route, None).await?;
        let page: Page<T> = parse(Class::Read, &answer)?;
        let pages = page.pages.unwrap_or_default();
        if pages.size.is_some_and(|used| used != size) {
            // Rows would be skipped or doubled.
            return Err(unusable(Class::Read, &log_of(&answer), "another page size than was asked for"));
        }
        Ok(Slice { items: page.items.unwrap_or_default(), total: pages.items })
    }

    /// Writes, and gives the answer's body as it came.
    pub async fn write<B: Serialize>(
        &self,
        ctx: &Ctx,
        method: Method,
        route: &Route,
        body: Option<&B>,
    ) -> Result<Response> {
        let unwritable =
            |_| BackendError::new(ErrorKind::Invalid, Sent::No, "the body can't be written as JSON");
        let body = body.map(serde_json::to_vec).transpose().map_err(unwritable)?;
        self.regional(ctx, method, route, body).await
    }

    async fn regional(
        &self,
        ctx: &Ctx,
        method: Method,
        route: &Route,
        body: Option<Vec<u8>>,
    ) -> Result<Response> {
        // Whatever happened to whoami: this request was not sent.
        let place = self.place(ctx).await.map_err(|error| BackendError { sent: Sent::No, ..error })?;
        let class = if method == Method::Get { Class::Read } else { Class::Write };
        let request = request(method, place.region.at(route), Some(("x-tenant-id", &place.tenant)), body);
        let answer = self.call(ctx, class, &request).await;
        if answer.as_ref().is_err_and(|error| error.kind == ErrorKind::Denied) {
            // Perhaps the tenant has moved: the next call asks again.
            self.forget_place();
        }
        answer
    }

    async fn call(&self, ctx: &Ctx, class: Class, request: &Request) -> Result<Response> {
        let answer = self.sender.call(ctx, class, Some(&self.tokens), request).await;
        let answer = answer.map_err(|error| of_call(class, error, log_of))?;
        if answer.is_success() {
            return Ok(answer);
        }
        Err(of_answer(class, &answer, answer.retry_after(self.sender.clock().now())))
    }
}

fn request(method: Method, url: Url, id: Option<(&'static str, &str)>, body: Option<Vec<u8>>) -> Request {
    let json = || Header::Plain("application/json".to_owned());
    let mut headers = vec![("accept", json())];
    if let Some((name, value)) = id {
        headers.push((name, Header::Plain(value.to_owned())));
    }
    if body.is_some() {
        headers.push(("content-type", json()));
    }
    Request { method, url, headers, body }
}

/// The body of a 2xx answer.
pub(super) fn parse<T: DeserializeOwned>(class: Class, answer: &Response) -> Result<T> {
    serde_json::from_slice(&answer.body)
        .map_err(|_| unusable(class, &log_of(answer), "the body is not as documented"))
}
