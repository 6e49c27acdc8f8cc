//! HTTP by hand: a connection that a test can reset or close by halves.

use std::net::SocketAddr;
use std::time::Duration;

use scim_facade::kernel::{Clock, SystemClock};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::program::PATIENCE;

/// The token of the one client, and its hash.
pub const TOKEN: &str = "test";
pub const TOKEN_HASH: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

/// A request as an identity provider sends it.
#[derive(Clone, Debug)]
pub struct Call {
    pub method: &'static str,
    pub path: String,
    pub body: Option<Value>,
}

impl Call {
    pub fn new(method: &'static str, path: impl Into<String>, body: Option<Value>) -> Self {
        Self { method, path: path.into(), body }
    }

    fn text(&self) -> String {
        let body = self.body.as_ref().map(Value::to_string).unwrap_or_default();
        let path = match self.path.strip_prefix("/health") {
            Some(_) => self.path.clone(),
            None => format!("/sophos/scim/v2{}", self.path),
        };
        let head = format!("{} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\n", self.method);
        let kind = "Content-Type: application/scim+json\r\n";
        format!("{head}{kind}Connection: close\r\nContent-Length: {}\r\n\r\n{body}", body.len())
    }
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    pub body: Value,
}

impl Reply {
    pub fn id(&self) -> String {
        self.body["id"].as_str().unwrap_or_else(|| panic!("no id in {self:?}")).to_owned()
    }
}

/// A request that was sent and not answered yet.
pub struct Sent(TcpStream);

impl Sent {
    pub async fn send(to: SocketAddr, call: &Call) -> std::io::Result<Self> {
        let mut stream = TcpStream::connect(to).await?;
        stream.write_all(call.text().as_bytes()).await?;
        Ok(Self(stream))
    }

    /// RST: the client is gone.
    pub fn reset(self) {
        self.0.set_zero_linger().unwrap();
    }

    /// FIN: the client sends no more, and reads on.
    pub async fn close_half(&mut self) {
        self.0.shutdown().await.unwrap();
    }

    /// The answer; `None` if the connection ends without one.
    pub async fn answer(mut self) -> Option<Reply> {
        let mut bytes = Vec::new();
        let read = tokio::select! {
            read = self.0.read_to_end(&mut bytes) => read,
            () = SystemClock.sleep(PATIENCE) => panic!("no answer"),
        };
        read.ok()?;
        let text = String::from_utf8(bytes).unwrap();
        let (head, body) = text.split_once("\r\n\r\n")?;
        let status = head.split(' ').nth(1)?.parse().ok()?;
        let body = if body.is_empty() { Value::Null } else { serde_json::from_str(body).unwrap_or_default() };
        Some(Reply { status, body })
    }
}

/// One request and its answer.
pub async fn once(to: SocketAddr, call: &Call) -> Reply {
    let sent = Sent::send(to, call).await.unwrap();
    sent.answer().await.unwrap_or_else(|| panic!("no answer to {call:?}"))
}

/// A request, repeated as long as the answer is "come back": as identity providers do, only sooner.
pub async fn patiently(to: SocketAddr, call: &Call) -> Reply {
    let begun = SystemClock.now();
    loop {
        let reply = once(to, call).await;
        if reply.status != 429 || SystemClock.now().since(begun) > PATIENCE {
            return reply;
        }
        SystemClock.sleep(Duration::from_millis(200)).await;
    }
}
