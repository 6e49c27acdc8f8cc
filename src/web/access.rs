//! The outermost layer: our id for the request, the log line and the metrics, panics, and the headers of every answer.

use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;

use actix_web::http::header::{
    CACHE_CONTROL, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::http::{ConnectionType, Method};
use actix_web::{HttpRequest, HttpResponse, ResponseError, web};
use uuid::Uuid;

use super::failure::Failure;
use super::trace::Trace;
use super::{Web, routes};
use crate::kernel::ScimId;
use crate::telemetry::{Alarm, AlarmKind, RequestServed, TransientAnswered};

/// Our id for the request. A client's own is neither taken over nor echoed: it would reach our log as it came.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// RFC 6750 §5.3: what a bearer token opened is not for caches.
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
/// An answer is what its type says.
const NO_SNIFF: HeaderValue = HeaderValue::from_static("nosniff");

/// Gives a request its id, has it answered, and writes its line.
pub(super) async fn record(web: web::Data<Web>, http: HttpRequest, body: web::Payload) -> HttpResponse {
    let _answering = web.gate.enter();
    let trace = Trace::new(request_id(&web), web.clock.now());
    let answered = {
        let answering = pin!(routes::answer(&web, &http, body, &trace));
        unless_panicked(answering).await
    };
    let mut answer = match answered {
        Ok(Ok(answer)) => answer,
        Ok(Err(failure)) => failure.error_response(),
        Err(Panicked) => {
            tell_panic(&web, &trace);
            Failure::internal().error_response()
        }
    };
    mark(answer.headers_mut(), &trace);
    tell(&web, trace, word(http.method()), &answer);
    if !web.gate.is_ready() {
        // A client that keeps its connection would otherwise keep a stopping server.
        answer.head_mut().set_connection_type(ConnectionType::Close);
    }
    answer
}

/// An id that was never given before.
fn request_id(web: &Web) -> Arc<str> {
    Arc::from(&*web.ids.uuid().hyphenated().encode_lower(&mut Uuid::encode_buffer()))
}

/// The headers of every answer.
fn mark(headers: &mut HeaderMap, trace: &Trace) {
    if let Ok(id) = HeaderValue::from_str(&trace.id) {
        headers.insert(REQUEST_ID, id);
    }
    headers.insert(CACHE_CONTROL, NO_STORE);
    headers.insert(X_CONTENT_TYPE_OPTIONS, NO_SNIFF);
}

fn tell_panic(web: &Web, trace: &Trace) {
    web.telemetry.emit(Alarm {
        kind: AlarmKind::Panicked,
        target: trace.target.get().cloned(),
        request: &trace.id,
        id: None,
        what: "a request panicked. Please report it",
    });
}

fn tell(web: &Web, trace: Trace, method: &'static str, answer: &HttpResponse) {
    let request = &*trace.id;
    let (target, client) = (trace.target.into_inner(), trace.client.into_inner());
    let client = client.map(|client| client.name.clone());
    let status = answer.status().as_u16();
    let transient = retry_after(answer).and_then(|retry_after| {
        let (target, client) = (target.clone()?, client.clone()?);
        Some(TransientAnswered { request, target, client, status, retry_after })
    });
    web.telemetry.emit(RequestServed {
        request,
        target,
        client,
        method,
        endpoint: trace.endpoint.get(),
        id: trace.resource.get().map(ScimId::as_str),
        status,
        took: web.clock.now().since(trace.received),
    });
    if let Some(transient) = transient {
        web.telemetry.emit(transient);
    }
}

/// In how many seconds the client is to come back, if it is: no success says so.
fn retry_after(answer: &HttpResponse) -> Option<u32> {
    match answer.status().is_success() {
        true => None,
        false => answer.headers().get(RETRY_AFTER)?.to_str().ok()?.parse().ok(),
    }
}

/// The method as a label: clients can invent methods.
fn word(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        _ => "OTHER",
    }
}

struct Panicked;

/// The result of some work, or that it panicked.
async fn unless_panicked<T>(mut work: Pin<&mut impl Future<Output = T>>) -> Result<T, Panicked> {
    poll_fn(|cx| match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(cx))) {
        Ok(Poll::Ready(done)) => Poll::Ready(Ok(done)),
        Ok(Poll::Pending) => Poll::Pending,
        Err(_) => Poll::Ready(Err(Panicked)),
    })
    .await
}
