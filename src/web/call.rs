//! One request, authenticated and resolved: what every handler starts from.

use std::future::{Ready, ready};
use std::rc::Rc;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use scim::error::{Result, ScimError};
use scim::limits::Limits;
use scim::profile::Profile;
use scim::query::{ListQuery, Projection};
use scim::repairs::Repairs;
use scim::schema::ResourceType;

use super::Web;
use super::auth::Caller;
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
}

impl Call {
    /// Parses something of this request. The repairs that it took are told once it is parsed: what is refused needed none.
    pub(super) fn parse<T>(
        &self,
        kind: Kind,
        parse: impl FnOnce(&ResourceType, Profile, &Limits, &mut Repairs) -> Result<T>,
    ) -> Result<T> {
        let mut repairs = Repairs::new();
        let resource_type = self.target.resource_type(kind);
        let parsed = parse(resource_type, self.request.client.profile, &self.web.limits, &mut repairs)?;
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
        let covered = |kind: &Kind| Ok(Covered { kind: *kind, projection: self.chosen(*kind, query)? });
        kinds.iter().map(covered).collect()
    }

    /// The choice of attributes (RFC 7644 §3.9: for every request that answers with a resource).
    pub(super) fn projection(&self, kind: Kind) -> Result<Projection> {
        self.chosen(kind, &self.list_query()?)
    }

    fn chosen(&self, kind: Kind, query: &ListQuery) -> Result<Projection> {
        self.parse(kind, |resource_type, profile, _, repairs| {
            let (chosen, excluded) = (query.attributes.as_deref(), query.excluded_attributes.as_deref());
            Projection::parse(chosen, excluded, resource_type, profile, repairs)
        })
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
        let caller = extensions.get::<Caller>()?;
        let target = Arc::clone(extensions.get::<Arc<dyn Target>>()?);
        let ctx = Ctx {
            request: Arc::clone(&trace.id),
            target: trace.target.get()?.clone(),
            client: caller.client.name.clone(),
            received: trace.received,
            deadline: Deadline::after(&*web.clock, web.deadline),
            priority: Priority::Interactive,
        };
        let request = Request { ctx, client: Arc::clone(&caller.client), fingerprint: String::new() };
        Some(Self { web, target, request, query: http.query_string().to_owned() })
    }
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
struct InPath {
    id: Option<String>,
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
