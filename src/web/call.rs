//! One request, authenticated and resolved: what every handler starts from.

use std::future::{Ready, ready};
use std::rc::Rc;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::header::{HeaderMap, HeaderName, IF_MATCH, IF_NONE_MATCH};
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use scim::error::{Result, ScimError};
use scim::etag::{Conditions, Tags};
use scim::limits::Limits;
use scim::profile::Profile;
use scim::query::{ListQuery, Projection};
use scim::repairs::Repairs;
use scim::schema::ResourceType;

use super::Web;
use super::auth::Authenticated;
use super::failure::Failure;
use super::trace::Trace;
use crate::facade::{Covered, Request, Target};
use crate::kernel::{Ctx, Deadline, Kind, Priority};
use crate::telemetry::Endpoint;

/// What every handler needs.
pub(super) struct Call {
    pub(super) web: web::Data<Web>,
    pub(super) target: Arc<dyn Target>,
    pub(super) request: Request,
    pub(super) query: String,
    conditions: Result<Conditions>,
}

impl Call {
    /// Parses something of this request. The repairs that it took are told once it is parsed: what is refused needed none.
    pub(super) fn parse<T>(
        &self,
        kind: Kind,
        parse: impl FnOnce(&ResourceType, Profile, &Limits, &mut Repairs) -> Result<T>,
    ) -> Result<T> {
        self.parse_as(self.target.resource_type(kind), parse)
    }

    fn parse_as<T>(
        &self,
        resource_type: &ResourceType,
        parse: impl FnOnce(&ResourceType, Profile, &Limits, &mut Repairs) -> Result<T>,
    ) -> Result<T> {
        self.read(|profile, limits, repairs| parse(resource_type, profile, limits, repairs))
    }

    /// The same for what is of no resource type.
    pub(super) fn read<T>(
        &self,
        read: impl FnOnce(Profile, &Limits, &mut Repairs) -> Result<T>,
    ) -> Result<T> {
        let mut repairs = Repairs::new();
        let parsed = read(self.request.client.profile, &self.web.limits, &mut repairs)?;
        let used = repairs.iter().map(|(repair, count)| (repair.name(), count));
        self.web.telemetry.repairs(&self.request.ctx, used);
        Ok(parsed)
    }

    /// The list parameters.
    pub(super) fn list_query(&self) -> Result<ListQuery> {
        ListQuery::parse(&self.query, &self.web.limits)
    }

    /// What a list covers: these kinds, with the choice of attributes of each.
    pub(super) fn covered(&self, kinds: &[Kind], query: &ListQuery) -> Result<Vec<Covered>> {
        let covered = |kind: &Kind| {
            let projection = self.chosen(self.target.resource_type(*kind), query)?;
            Ok(Covered { kind: *kind, projection })
        };
        kinds.iter().map(covered).collect()
    }

    /// The choice of attributes (RFC 7644 §3.9: for every request that answers with a resource).
    pub(super) fn projection(&self, kind: Kind) -> Result<Projection> {
        self.chosen(self.target.resource_type(kind), &self.list_query()?)
    }

    /// The choice of attributes of a list.
    pub(super) fn chosen(&self, resource_type: &ResourceType, query: &ListQuery) -> Result<Projection> {
        self.parse_as(resource_type, |resource_type, profile, limits, repairs| {
            let (chosen, excluded) = (query.attributes.as_deref(), query.excluded_attributes.as_deref());
            Projection::parse(chosen, excluded, resource_type, profile, limits, repairs)
        })
    }

    /// The target and the request, with the conditions that it has. A collection has no version: what is asked of one has none.
    pub(super) fn of_one(self) -> Result<(Arc<dyn Target>, Request)> {
        let request = Request { conditions: self.conditions?, ..self.request };
        Ok((self.target, request))
    }

    /// The conditions, for the request to be recognised by. What can't be read is refused anyway.
    pub(super) fn conditions_as_text(&self) -> String {
        match &self.conditions {
            Ok(conditions) if !conditions.is_empty() => format!("{conditions:?}"),
            _ => String::new(),
        }
    }

    /// A part of what this asks for, as a request of its own.
    pub(super) fn part(&self, request: Request, query: &str) -> Self {
        let conditions = Ok(request.conditions.clone());
        let (web, target) = (self.web.clone(), Arc::clone(&self.target));
        Self { web, target, request, query: query.to_owned(), conditions }
    }

    /// Writes down what the request is for.
    pub(super) fn note(trace: Option<&Rc<Trace>>, endpoint: Endpoint, id: Option<&str>) {
        if let Some(trace) = trace {
            trace.endpoint.set(endpoint);
            trace.resource.replace(id.map(str::to_owned));
        }
    }

    fn of(http: &HttpRequest) -> Option<Self> {
        let web = http.app_data::<web::Data<Web>>()?.clone();
        let trace = Trace::of(http)?;
        let extensions = http.extensions();
        let caller = extensions.get::<Authenticated>()?;
        let target = Arc::clone(extensions.get::<Arc<dyn Target>>()?);
        let ctx = Ctx {
            request: Arc::clone(&trace.id),
            target: trace.target.get()?.clone(),
            client: caller.client.name.clone(),
            received: trace.received,
            deadline: Deadline::after(&*web.clock, web.deadline),
            priority: Priority::Interactive,
        };
        let request = Request {
            ctx,
            client: Arc::clone(&caller.client),
            fingerprint: String::new(),
            conditions: Conditions::default(),
            is_part: false,
        };
        let conditions = conditions(http.headers());
        Some(Self { web, target, request, query: http.query_string().to_owned(), conditions })
    }
}

/// RFC 7644 §3.14.
fn conditions(headers: &HeaderMap) -> Result<Conditions> {
    let tags = |header: HeaderName, name| {
        // What is no text is no tag either.
        Tags::parse(name, headers.get_all(header).map(|value| value.to_str().unwrap_or_default()))
    };
    let (matches, none_matches) = (tags(IF_MATCH, "If-Match")?, tags(IF_NONE_MATCH, "If-None-Match")?);
    Ok(Conditions { matches, none_matches })
}

impl FromRequest for Call {
    type Error = Failure;
    type Future = Ready<std::result::Result<Self, Failure>>;

    fn from_request(http: &HttpRequest, _: &mut Payload) -> Self::Future {
        // Every handler sits below the layers that attach what is looked for; without them there is nobody to answer.
        ready(Self::of(http).ok_or_else(Failure::internal))
    }
}

/// Which kind of resource a route is about, and which one.
pub(super) struct About {
    pub(super) kind: Kind,
    id: Option<String>,
}

impl About {
    /// The id in the path. Any text may come as an id; percent-encoding is taken off once.
    pub(super) fn id(&self) -> Result<crate::kernel::ScimId> {
        let id = self.id.as_deref().ok_or_else(|| ScimError::new(404, "There is no such endpoint"))?;
        Ok(crate::kernel::ScimId::new(id))
    }
}

#[derive(serde::Deserialize)]
pub(super) struct InPath {
    pub(super) id: Option<String>,
}

impl FromRequest for About {
    type Error = Failure;
    type Future = Ready<std::result::Result<Self, Failure>>;

    fn from_request(http: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let path = web::Path::<InPath>::from_request(http, payload).into_inner();
        let (Some(kind), Ok(path)) = (http.app_data::<Kind>().copied(), path) else {
            return ready(Err(Failure::unknown_route()));
        };
        let endpoint = match kind {
            Kind::User => Endpoint::Users,
            Kind::Group => Endpoint::Groups,
        };
        let id = path.into_inner().id;
        Call::note(Trace::of(http).as_ref(), endpoint, id.as_deref());
        ready(Ok(Self { kind, id }))
    }
}
