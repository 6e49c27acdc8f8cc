//! One request through the whole application, without a socket: for whoever explains what it would do.

use std::sync::Arc;

use actix_web::body::to_bytes;
use actix_web::dev::ServiceResponse;
use actix_web::http::header::{AUTHORIZATION, CONTENT_TYPE, ETAG, HeaderName, LOCATION, RETRY_AFTER};
use actix_web::http::{Method, Uri};
// Its module `test` is the application's only way in without a socket.
use actix_web::test::{TestRequest, init_service, try_call_service};
use actix_web::{App, Error};

use super::render::SCIM_JSON;
use super::{Web, config_app};

/// A request as a client would send it.
pub struct Inside {
    /// The method.
    pub method: Method,
    /// The path and its query.
    pub path: Uri,
    /// The client's token.
    pub token: String,
    /// The body; sent as `application/scim+json` if there is one.
    pub body: Option<Vec<u8>>,
}

/// The answer as the client would get it.
#[derive(Debug)]
pub struct Answered {
    /// The status.
    pub status: u16,
    /// Its `ETag`, `Location` and `Retry-After`.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// Answers one request.
///
/// # Errors
/// When the answer's body can't be read.
pub async fn answer(web: Arc<Web>, request: Inside) -> Result<Answered, Error> {
    let app = init_service(App::new().configure(|app| config_app(app, web))).await;
    let mut sent = TestRequest::with_uri(&request.path.to_string())
        .method(request.method)
        .insert_header((AUTHORIZATION, format!("Bearer {}", request.token)));
    if let Some(body) = request.body {
        sent = sent.insert_header((CONTENT_TYPE, SCIM_JSON)).set_payload(body);
    }
    let response = match try_call_service(&app, sent.to_request()).await {
        Ok(response) => response.map_into_boxed_body(),
        Err(error) => ServiceResponse::new(TestRequest::default().to_http_request(), error.error_response()),
    };
    let header = |name: HeaderName| {
        let value = response.headers().get(&name)?.to_str().ok()?;
        Some((name.to_string(), value.to_owned()))
    };
    let headers = [ETAG, LOCATION, RETRY_AFTER].into_iter().filter_map(header).collect();
    let status = response.status().as_u16();
    let body = to_bytes(response.into_body()).await?;
    Ok(Answered { status, headers, body: body.to_vec() })
}
