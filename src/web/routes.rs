//! From a path to a handler: what there is for one target, and who may see it.

use std::sync::Arc;

use actix_web::{HttpRequest, web};
use scim::error::ScimError;

use super::call::{Arrived, Call};
use super::failure::{Failure, Outcome};
use super::place::Place;
use super::trace::Trace;
use super::{Web, bounds, bulk, catalogue, discovery, resources, search};
use crate::facade::{Target, Transient};
use crate::kernel::TargetName;
use crate::telemetry::Endpoint;

/// A target that is served, and an endpoint of it.
type Found<'r> = ((&'r TargetName, &'r Arc<dyn Target>), Place<'r>);

/// Answers a request of a known client. Nobody else learns anything, not whether a route, a method or a target exists, but
/// what a target's operator opened to all.
pub(super) async fn answer(
    web: &web::Data<Web>,
    http: &HttpRequest,
    body: web::Payload,
    trace: &Trace,
) -> Outcome {
    let found = find(web, http.path());
    let Some(caller) = web.clients.authenticate(http.headers()) else {
        return to_a_stranger(web, http, found, trace);
    };
    // Nobody else sets it.
    let _ = trace.client.set(Arc::clone(&caller.client));
    bounds::admit(web, caller.pace.as_ref(), caller.client.transient, http)?;
    // A target that the client may not ask is answered like one that does not exist.
    let theirs = found.filter(|((name, _), _)| caller.targets.contains(*name));
    let ((name, target), place) = theirs.ok_or_else(Failure::unknown_route)?;
    let _ = trace.target.set(name.clone());
    let call = Call::of(web, http, &caller.client, (name, target), trace);
    to_a_client(place, Arrived { call, http, body, trace }).await
}

fn find<'r>(web: &'r Web, path: &'r str) -> Option<Found<'r>> {
    let (name, place) = Place::read(path)?;
    Some((web.targets.get_key_value(&*name)?, place))
}

/// Lets a stranger discover what is open to all.
fn to_a_stranger(web: &Web, http: &HttpRequest, found: Option<Found<'_>>, trace: &Trace) -> Outcome {
    let strangers = web.clients.strangers();
    let open = found.filter(|((name, _), place)| strangers.may_ask(http, name, place));
    let Some(((name, target), Place::Discovery(what))) = open else { return Err(Failure::unauthorized()) };
    bounds::admit(web, Some(&strangers.pace), Transient::default(), http)?;
    // Nobody else sets it.
    let _ = trace.target.set(name.clone());
    discovery::answer(&what, &**target, http, trace)
}

async fn to_a_client(place: Place<'_>, asked: Arrived<'_>) -> Outcome {
    match place {
        Place::All(kind) => resources::all(kind, asked).await,
        Place::One(kind, id) => resources::one(kind, &id, asked).await,
        // Most requests are none of these, and would have the room for them copied along.
        Place::Search(kind) => Box::pin(search::of_kind(kind, asked)).await,
        Place::SearchAll => Box::pin(search::of_all(asked)).await,
        Place::Bulk => Box::pin(bulk::answer(asked)).await,
        Place::Offered(what) => Box::pin(catalogue::all(what, asked)).await,
        Place::Offer(what, id) => Box::pin(catalogue::one(what, &id, asked)).await,
        Place::Discovery(what) => discovery::answer(&what, &*asked.call.target, asked.http, asked.trace),
        Place::Me => not_served(asked.trace),
    }
}

/// An endpoint that the protocol knows and we don't serve: 501 (RFC 7644 §3.11 for `/Me`, §3.12).
fn not_served(trace: &Trace) -> Outcome {
    trace.note(Endpoint::NotServed, None);
    Err(ScimError::not_implemented("This endpoint is not served").into())
}
