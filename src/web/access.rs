//! The outermost layer: our id for the request, the log line and the metrics, panics, and the headers of every answer.

use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::task::Poll;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{
    CACHE_CONTROL, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::middleware::Next;
use actix_web::{Error, web};
use uuid::Uuid;

use super::Web;
use super::failure::Failure;
use super::trace::Trace;
use crate::telemetry::{Alarm, AlarmKind, RequestServed, TransientAnswered};

/// Our id for the request. A client's own is neither taken over nor echoed: it would reach our log as it came.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Gives a request its id, and writes its line when it is answered.
pub(super) async fn record(
    web: web::Data<Web>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let _answering = web.gate.enter();
    let trace = Trace::new(request_id(&web), web.clock.now());
    trace.attach(&request);
    let method = word(request.method());
    let answer = unless_panicked(async move { next.call(request).await }).await;
    let mut answer = match answer {
        Ok(Ok(answer)) => answer.map_into_boxed_body(),
        Ok(Err(error)) => return Err(failed(&web, &trace, method, &error)),
        Err(Panicked) => {
            panicked(&web, &trace);
            return Err(failed(&web, &trace, method, &Failure::internal().into()));
        }
    };
    tell(&web, &trace, method, answer.status().as_u16(), answer.headers().get(RETRY_AFTER));
    mark(answer.headers_mut(), &trace);
    if !web.gate.is_ready() {
        // A client that keeps its connection would otherwise keep a stopping server.
        answer.response_mut().head_mut().set_connection_type(actix_web::http::ConnectionType::Close);
    }
    Ok(answer)
}

/// An id that was never given before.
fn request_id(web: &Web) -> Arc<str> {
    Arc::from(&*web.ids.uuid().hyphenated().encode_lower(&mut Uuid::encode_buffer()))
}

/// The headers of every answer. RFC 6750 §5.3: what a bearer token opened is not for caches.
fn mark(headers: &mut HeaderMap, trace: &Trace) {
    if let Ok(id) = HeaderValue::from_str(&trace.id) {
        headers.insert(REQUEST_ID, id);
    }
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
}

/// An answer that did not come by the usual way: made here, so that it is told and marked all the same.
fn failed(web: &Web, trace: &Trace, method: &'static str, error: &Error) -> Error {
    let status = error.as_response_error().status_code().as_u16();
    tell(web, trace, method, status, None);
    let mut answer = error.error_response();
    mark(answer.headers_mut(), trace);
    actix_web::error::InternalError::from_response("answered", answer).into()
}

fn panicked(web: &Web, trace: &Trace) {
    web.telemetry.emit(Alarm {
        kind: AlarmKind::Panicked,
        target: trace.target.get().cloned(),
        request: &trace.id,
        id: None,
        what: "a request panicked. Please report it",
    });
}

fn tell(web: &Web, trace: &Trace, method: &'static str, status: u16, retry_after: Option<&HeaderValue>) {
    let client = trace.client.get().map(|client| client.name.clone());
    let resource = trace.resource.borrow();
    web.telemetry.emit(RequestServed {
        request: &trace.id,
        target: trace.target.get().cloned(),
        client: client.clone(),
        method,
        endpoint: trace.endpoint.get(),
        id: resource.as_deref(),
        status,
        took: web.clock.now().since(trace.received),
    });
    let seconds = retry_after.and_then(|value| value.to_str().ok()?.parse().ok());
    if let (Some(retry_after), Some(target), Some(client)) = (seconds, trace.target.get().cloned(), client) {
        web.telemetry.emit(TransientAnswered { request: &trace.id, target, client, status, retry_after });
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
async fn unless_panicked<T>(work: impl Future<Output = T>) -> Result<T, Panicked> {
    let mut work = Box::pin(work);
    poll_fn(|cx| match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(cx))) {
        Ok(Poll::Ready(done)) => Poll::Ready(Ok(done)),
        Ok(Poll::Pending) => Poll::Pending,
        Err(_) => Poll::Ready(Err(Panicked)),
    })
    .await
}
