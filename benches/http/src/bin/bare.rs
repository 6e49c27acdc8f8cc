//! What actix-web costs by itself: a server that looks a request's path up and answers with the bytes that it was told.
//!
//! `bare ADDRESS ANSWERS`: ANSWERS is a file of JSON, an answer a line,
//! `{"path": "/…?…", "status": 200, "headers": [["etag", "…"]], "body": "…"}`; one without a path answers all other requests.
//! With `"body": {…}` the answer is a document that a PATCH changes first, one attribute and nothing else.

use std::collections::{HashMap, HashSet};
use std::io;
use std::sync::Mutex;

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::web::{self, Bytes, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use serde_json::Value;

/// The facade's, so that memory costs both the same.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

struct Answer {
    status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Body,
}

enum Body {
    Text(Bytes),
    Document(Mutex<Value>),
}

#[derive(Default)]
struct Answers {
    /// By path and query. The hash is the facade's.
    by_path: HashMap<Box<str>, Answer, foldhash::fast::RandomState>,
    other: Option<Answer>,
}

impl Answers {
    fn to(&self, request: &HttpRequest) -> Option<&Answer> {
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
        self.by_path.get(path).or(self.other.as_ref())
    }

    fn read(text: &str) -> Option<Self> {
        let (mut answers, mut texts) = (Self::default(), Texts::default());
        for line in text.lines() {
            let json: Value = serde_json::from_str(line).ok()?;
            let answer = Answer::read(&json, &mut texts)?;
            match json["path"].as_str() {
                Some(path) => drop(answers.by_path.insert(path.into(), answer)),
                None => answers.other = Some(answer),
            }
        }
        Some(answers)
    }
}

/// Texts that are kept as long as the server runs, each once: nobody counts who has them.
#[derive(Default)]
struct Texts(HashSet<&'static str>);

impl Texts {
    fn keep(&mut self, text: &str) -> Bytes {
        let known = self.0.get(text).copied();
        let kept = known.unwrap_or_else(|| Box::leak(text.into()));
        self.0.insert(kept);
        Bytes::from_static(kept.as_bytes())
    }
}

impl Answer {
    fn read(json: &Value, texts: &mut Texts) -> Option<Self> {
        let header = |pair: &Value| {
            let value = HeaderValue::from_maybe_shared(texts.keep(pair.get(1)?.as_str()?)).ok()?;
            Some((pair.get(0)?.as_str()?.parse().ok()?, value))
        };
        Some(Self {
            status: StatusCode::from_u16(u16::try_from(json["status"].as_u64()?).ok()?).ok()?,
            headers: json["headers"].as_array()?.iter().map(header).collect::<Option<_>>()?,
            body: match &json["body"] {
                Value::String(text) => Body::Text(texts.keep(text)),
                document => Body::Document(Mutex::new(document.clone())),
            },
        })
    }
}

impl Body {
    /// The text of the answer, after the first operation of a PATCH.
    fn text(&self, request: &[u8]) -> Option<Bytes> {
        let document = match self {
            Self::Text(text) => return Some(text.clone()),
            Self::Document(document) => document,
        };
        let mut patch: Value = serde_json::from_slice(request).ok()?;
        let operation = patch.pointer_mut("/Operations/0")?;
        let value = operation["value"].take();
        let mut document = document.lock().ok()?;
        document[operation["path"].as_str()?] = value;
        Some(document.to_string().into())
    }
}

/// Reads the request's body as every server has to, and answers.
async fn answer(request: HttpRequest, body: Bytes, answers: Data<Answers>) -> HttpResponse {
    let answer = answers.to(&request).and_then(|answer| Some((answer, answer.body.text(&body)?)));
    let Some((answer, text)) = answer else { return HttpResponse::NotFound().finish() };
    let mut response = HttpResponse::build(answer.status);
    for (name, value) in &answer.headers {
        response.insert_header((name.clone(), value.clone()));
    }
    response.body(text)
}

#[actix_web::main]
async fn main() -> io::Result<()> {
    let usage = || io::Error::other("usage: bare ADDRESS ANSWERS.jsonl");
    let mut args = std::env::args().skip(1);
    let (address, file) = args.next().zip(args.next()).ok_or_else(usage)?;
    let answering = Data::new(Answers::read(&std::fs::read_to_string(file)?).ok_or_else(usage)?);
    HttpServer::new(move || App::new().app_data(answering.clone()).default_service(web::to(answer)))
        .workers(1)
        .bind(address)?
        .run()
        .await
}
