//! One request, authenticated and resolved: what every handler starts from.

use std::sync::Arc;

use actix_web::http::header::{HeaderMap, HeaderName, IF_MATCH, IF_NONE_MATCH};
use actix_web::{HttpRequest, web};
use scim::error::Result;
use scim::etag::{Conditions, Tags};
use scim::limits::Limits;
use scim::profile::Profile;
use scim::query::{ListQuery, Projection};
use scim::repairs::Repairs;
use scim::schema::ResourceType;

use super::Web;
use super::trace::Trace;
use crate::facade::{Client, Covered, Request, Target};
use crate::kernel::{Ctx, Deadline, Kind, Priority, TargetName};

/// What every handler needs. It is handed on boxed: each future on the way to a handler has room for it, and those are copied.
pub(super) struct Call {
    pub(super) web: web::Data<Web>,
    pub(super) target: Arc<dyn Target>,
    pub(super) request: Request,
    pub(super) query: String,
    conditions: Result<Conditions>,
}

/// A request whose body, if it has one, is still to be read.
pub(super) struct Arrived<'r> {
    pub(super) call: Box<Call>,
    pub(super) http: &'r HttpRequest,
    pub(super) body: web::Payload,
    pub(super) trace: &'r Trace,
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
        if !repairs.is_empty() {
            let used = repairs.iter().map(|(repair, count)| (repair.name(), count));
            self.web.telemetry.repairs(&self.request.ctx, used);
        }
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
        let resource_type = self.target.resource_type(kind);
        match self.query.as_str() {
            "" => Ok(Projection::all(resource_type)),
            _ => self.chosen(resource_type, &self.list_query()?),
        }
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
    pub(super) fn part(&self, request: Request, query: &str) -> Box<Self> {
        let conditions = Ok(request.conditions.clone());
        let (web, target) = (self.web.clone(), Arc::clone(&self.target));
        Box::new(Self { web, target, request, query: query.to_owned(), conditions })
    }

    /// What a client asks of a target.
    pub(super) fn of(
        web: &web::Data<Web>,
        http: &HttpRequest,
        client: &Arc<Client>,
        (name, target): (&TargetName, &Arc<dyn Target>),
        trace: &Trace,
    ) -> Box<Self> {
        let ctx = Ctx {
            request: Arc::clone(&trace.id),
            target: name.clone(),
            client: client.name.clone(),
            received: trace.received,
            deadline: Deadline::at(trace.received.plus(web.deadline)),
            priority: Priority::Interactive,
        };
        let request = Request {
            ctx,
            client: Arc::clone(client),
            fingerprint: String::new(),
            conditions: Conditions::default(),
            is_part: false,
        };
        let (target, query) = (Arc::clone(target), http.query_string().to_owned());
        Box::new(Self { web: web.clone(), target, request, query, conditions: conditions(http.headers()) })
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
