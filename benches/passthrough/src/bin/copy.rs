//! What a proxy in Rust costs that understands nothing: actix-web takes a request, reqwest sends it on, and the answer goes back as
//! it came. `copy ADDRESS UPSTREAM`, where UPSTREAM is `http://HOST:PORT`.

use std::io;

use actix_web::http::StatusCode;
use actix_web::web::{self, Bytes, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use reqwest::{Client, Method, Response};

/// What belongs to one connection alone (RFC 9110 §7.6.1), and what is said anew.
const OWN: [&str; 5] = ["connection", "keep-alive", "transfer-encoding", "content-length", "host"];

struct Proxy {
    client: Client,
    upstream: String,
}

async fn forward(request: HttpRequest, body: Bytes, proxy: Data<Proxy>) -> HttpResponse {
    match send(&request, body, &proxy).await {
        Ok(answer) => back(answer).await,
        Err(_) => HttpResponse::BadGateway().finish(),
    }
}

async fn send(request: &HttpRequest, body: Bytes, proxy: &Proxy) -> Result<Response, reqwest::Error> {
    let path = request.uri().path_and_query().map_or("/", |both| both.as_str());
    let method = Method::from_bytes(request.method().as_str().as_bytes()).unwrap_or_default();
    let mut sent = proxy.client.request(method, format!("{}{path}", proxy.upstream));
    for (name, value) in request.headers().iter().filter(|(name, _)| !OWN.contains(&name.as_str())) {
        sent = sent.header(name.as_str(), value.as_bytes());
    }
    if !body.is_empty() {
        sent = sent.body(body);
    }
    sent.send().await
}

async fn back(answer: Response) -> HttpResponse {
    let status = StatusCode::from_u16(answer.status().as_u16()).unwrap_or(StatusCode::BAD_GATEWAY);
    let mut response = HttpResponse::build(status);
    for (name, value) in answer.headers().iter().filter(|(name, _)| !OWN.contains(&name.as_str())) {
        response.append_header((name.as_str(), value.as_bytes()));
    }
    match answer.bytes().await {
        Ok(body) => response.body(body),
        Err(_) => HttpResponse::BadGateway().finish(),
    }
}

#[actix_web::main]
async fn main() -> io::Result<()> {
    let usage = || io::Error::other("usage: copy ADDRESS UPSTREAM");
    let mut args = std::env::args().skip(1);
    let (address, upstream) = args.next().zip(args.next()).ok_or_else(usage)?;
    HttpServer::new(move || {
        // Each worker has its own connections, on its own thread.
        let client = Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build();
        let proxy = Proxy { client: client.unwrap_or_default(), upstream: upstream.clone() };
        App::new().app_data(Data::new(proxy)).default_service(web::to(forward))
    })
    .workers(1)
    .bind(address)?
    .run()
    .await
}
