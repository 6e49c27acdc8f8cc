//! Just enough of HTTP/1.1: one request a connection.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use percent_encoding::percent_decode_str;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::{Fake, list, store};

/// A request.
#[derive(Clone, Debug, Default)]
pub struct Question {
    pub method: String,
    pub path: String,
    pub query: BTreeMap<String, String>,
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    pub body: Value,
}

impl Question {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// The body as JSON; an error as RFC 7644 §3.12 wants it.
    pub fn json(&self) -> Result<Value, Answer> {
        let media_type = self.header("content-type").split(';').next().unwrap_or_default().trim();
        if !matches!(media_type, "application/scim+json" | "application/json") {
            return Err(store::error(415, "", "only JSON"));
        }
        let body: Value =
            serde_json::from_str(&self.body).map_err(|_| store::error(400, "invalidSyntax", "no JSON"))?;
        if body.is_object() { Ok(body) } else { Err(store::error(400, "invalidSyntax", "no object")) }
    }
}

impl Answer {
    pub fn new(status: u16, body: Value) -> Self {
        let headers = BTreeMap::from([("content-type".to_owned(), "application/scim+json".to_owned())]);
        Self { status, headers, body }
    }

    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.insert(name.to_owned(), value.to_owned());
        self
    }

    /// With the attributes that were asked for (RFC 7644 §3.9).
    pub fn cut(mut self, question: &Question) -> Self {
        self.body = list::cut(&self.body, &question.query);
        self
    }
}

/// Listens on a port that is free; gives the address.
pub async fn serve(fake: Arc<Mutex<Fake>>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let fake = Arc::clone(&fake);
            tokio::spawn(async move { talk(stream, &fake).await });
        }
    });
    url
}

async fn talk(mut stream: TcpStream, fake: &Mutex<Fake>) -> Option<()> {
    let question = read(&mut stream).await?;
    let answer = fake.lock().unwrap().answer(&question);
    let body = if answer.body.is_null() { String::new() } else { answer.body.to_string() };
    let mut text =
        format!("HTTP/1.1 {} x\r\nconnection: close\r\ncontent-length: {}\r\n", answer.status, body.len());
    for (name, value) in &answer.headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str("\r\n");
    text.push_str(&body);
    stream.write_all(text.as_bytes()).await.ok()
}

async fn read(stream: &mut TcpStream) -> Option<Question> {
    let mut bytes = Vec::new();
    let end = loop {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break at;
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let mut words = lines.next()?.split(' ');
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let headers: BTreeMap<String, String> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
        .collect();
    let length: usize = headers.get("content-length").and_then(|value| value.parse().ok()).unwrap_or(0);
    while bytes.len() < end + 4 + length {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    let body = String::from_utf8_lossy(&bytes[end + 4..]).into_owned();
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let decoded = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
    let query = query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(k, v)| (k.to_owned(), decoded(v)))
        .collect();
    Some(Question { method, path: path.to_owned(), query, headers, body })
}
