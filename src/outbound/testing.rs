//! A transport that answers from a script and keeps what it was sent. For the tests of this room and of the backends.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use secrecy::ExposeSecret;

use super::{Header, Left, NoAnswer, Request, Response, Transport, TransportError};
use crate::kernel::{ClientName, Clock, Ctx, Priority, TargetName, Timestamp, TokioClock};

/// What the transport does with one request.
#[derive(Clone, Debug)]
pub enum Reply {
    /// Answers.
    Answer(Response),
    /// Fails.
    Fail(NoAnswer, Left),
    /// Answers after a while.
    Late(Duration, Response),
}

/// An answer without headers.
pub fn answer(status: u16, body: &str) -> Reply {
    Reply::Answer(Response { status, headers: Vec::new(), body: body.as_bytes().to_vec() })
}

/// An answer with one header.
pub fn answer_with(status: u16, name: &str, value: &str) -> Reply {
    Reply::Answer(Response { status, headers: vec![(name.to_owned(), value.to_owned())], body: Vec::new() })
}

/// A request as it was sent, secrets in the clear.
#[derive(Clone, Debug)]
pub struct Seen {
    pub method: &'static str,
    pub url: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: String,
}

impl Seen {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(have, _)| *have == name).map(|(_, value)| value.as_str())
    }
}

/// Answers requests whose URL holds a text with a standing reply, all others from a queue.
pub struct Script {
    clock: TokioClock,
    standing: Vec<(&'static str, Reply)>,
    queue: Mutex<VecDeque<Reply>>,
    seen: Mutex<Vec<Seen>>,
}

impl Script {
    pub fn new(standing: Vec<(&'static str, Reply)>, queue: impl IntoIterator<Item = Reply>) -> Arc<Self> {
        Arc::new(Self {
            clock: TokioClock::starting_at(Timestamp(0)),
            standing,
            queue: Mutex::new(queue.into_iter().collect()),
            seen: Mutex::new(Vec::new()),
        })
    }

    pub fn push(&self, reply: Reply) {
        self.queue.lock().unwrap().push_back(reply);
    }

    /// All requests so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// How many requests were made to URLs that hold a text.
    pub fn count(&self, part: &str) -> usize {
        self.seen.lock().unwrap().iter().filter(|seen| seen.url.contains(part)).count()
    }

    /// The requests that were answered from the queue.
    pub fn queued(&self) -> Vec<Seen> {
        let standing = |seen: &Seen| self.standing.iter().any(|(part, _)| seen.url.contains(part));
        self.seen().into_iter().filter(|seen| !standing(seen)).collect()
    }

    /// Whether every queued reply has been used.
    pub fn is_spent(&self) -> bool {
        self.queue.lock().unwrap().is_empty()
    }
}

#[async_trait]
impl Transport for Script {
    async fn send(&self, request: Request, _: Duration) -> Result<Response, TransportError> {
        let url = request.url.as_str().to_owned();
        let headers = request.headers.iter().map(|(name, value)| {
            let value = match value {
                Header::Plain(text) => text.clone(),
                Header::Secret(secret) => secret.expose_secret().to_owned(),
            };
            (*name, value)
        });
        let body = String::from_utf8(request.body.unwrap_or_default()).unwrap();
        let seen =
            Seen { method: request.method.as_str(), url: url.clone(), headers: headers.collect(), body };
        self.seen.lock().unwrap().push(seen);
        let standing =
            self.standing.iter().find(|(part, _)| url.contains(part)).map(|(_, reply)| reply.clone());
        let reply = standing.or_else(|| self.queue.lock().unwrap().pop_front());
        match reply.unwrap_or_else(|| panic!("no reply left for {} {url}", request.method.as_str())) {
            Reply::Answer(answer) => Ok(answer),
            Reply::Fail(kind, left) => Err(TransportError::new(kind, left, "scripted")),
            Reply::Late(time, answer) => {
                self.clock.sleep(time).await;
                Ok(answer)
            }
        }
    }
}

/// A clock of the paused runtime.
pub fn clock() -> Arc<dyn Clock> {
    Arc::new(TokioClock::starting_at(Timestamp(1_790_000_000_000_000)))
}

/// An interactive request with so many seconds.
pub fn ctx(clock: &dyn Clock, seconds: u64) -> Ctx {
    let (target, client) = (TargetName::parse("t").unwrap(), ClientName::parse("c").unwrap());
    Ctx::begun("r", &target, &client, clock, Duration::from_secs(seconds)).at(Priority::Interactive)
}
