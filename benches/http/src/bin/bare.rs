//! What actix-web costs by itself: a server that answers everything with the same bytes.
//!
//! `bare ADDRESS ANSWER`: ANSWER is a file of JSON, `{"status": 200, "headers": [["etag", "…"]], "body": "…"}`.

use std::io;

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::web::{self, Bytes, Data};
use actix_web::{App, HttpResponse, HttpServer};
use serde_json::Value;

struct Answer {
    status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Bytes,
}

/// Reads the request's body as every server has to, and answers.
async fn answer(_: Bytes, answer: Data<Answer>) -> HttpResponse {
    let mut response = HttpResponse::build(answer.status);
    for (name, value) in &answer.headers {
        response.insert_header((name.clone(), value.clone()));
    }
    response.body(answer.body.clone())
}

fn read(text: &str) -> Option<Answer> {
    let json: Value = serde_json::from_str(text).ok()?;
    let header =
        |pair: &Value| Some((pair.get(0)?.as_str()?.parse().ok()?, pair.get(1)?.as_str()?.parse().ok()?));
    Some(Answer {
        status: StatusCode::from_u16(u16::try_from(json["status"].as_u64()?).ok()?).ok()?,
        headers: json["headers"].as_array()?.iter().map(header).collect::<Option<_>>()?,
        body: Bytes::from(json["body"].as_str()?.to_owned()),
    })
}

#[actix_web::main]
async fn main() -> io::Result<()> {
    let usage = || io::Error::other("usage: bare ADDRESS ANSWER.json");
    let mut args = std::env::args().skip(1);
    let (address, file) = args.next().zip(args.next()).ok_or_else(usage)?;
    let answering = Data::new(read(&std::fs::read_to_string(file)?).ok_or_else(usage)?);
    HttpServer::new(move || App::new().app_data(answering.clone()).default_service(web::to(answer)))
        .workers(1)
        .bind(address)?
        .run()
        .await
}
