//! A transport through which nothing can be changed, and that notes what was asked.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;

use super::{Base, Left, Method, NoAnswer, Request, Response, Transport, TransportError};

/// One read that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadMade {
    /// The path, with the names of its parameters; the values of those that hold no personal data.
    pub path: String,
    /// Whether only an explanation needed it.
    pub foreseeing: bool,
}

/// What was asked, shared by whoever notes and whoever tells.
#[derive(Clone, Debug, Default)]
pub struct ReadsMade(Arc<Noted>);

#[derive(Debug, Default)]
struct Noted {
    reads: Mutex<Vec<ReadMade>>,
    sign_ins: Mutex<u32>,
    foreseeing: AtomicBool,
}

impl ReadsMade {
    /// The reads, in order, sign-ins left out.
    pub fn all(&self) -> Vec<ReadMade> {
        self.0.reads.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many calls signing in took.
    pub fn sign_ins(&self) -> u32 {
        *self.0.sign_ins.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on reads are made to foresee what the backend would answer, or not.
    pub fn foresee(&self, foreseeing: bool) {
        self.0.foreseeing.store(foreseeing, Ordering::Relaxed);
    }

    fn note(&self, path: String) {
        let foreseeing = self.0.foreseeing.load(Ordering::Relaxed);
        let mut reads = self.0.reads.lock().unwrap_or_else(PoisonError::into_inner);
        reads.push(ReadMade { path, foreseeing });
    }

    fn note_sign_in(&self) {
        *self.0.sign_ins.lock().unwrap_or_else(PoisonError::into_inner) += 1;
    }
}

/// Where signing in happens, and what may be told of an address.
#[derive(Clone, Debug)]
pub struct ReadTerms {
    /// Hosts that are only asked for a token and for where the tenant is.
    pub sign_in: Vec<Base>,
    /// The path of the one call that sends something: it asks for a token.
    pub token: &'static str,
    /// Parameters whose values are no personal data.
    pub plain: &'static [&'static str],
}

/// Lets reads pass, and the call for a token. Anything else is never sent.
pub struct ReadOnly {
    inner: Arc<dyn Transport>,
    terms: ReadTerms,
    made: ReadsMade,
}

impl ReadOnly {
    /// A guard before `inner`.
    pub fn new(inner: Arc<dyn Transport>, terms: ReadTerms, made: ReadsMade) -> Self {
        Self { inner, terms, made }
    }

    /// What is asked of a host for signing in, without its base.
    fn sign_in<'u>(&self, url: &'u str) -> Option<&'u str> {
        self.terms.sign_in.iter().find_map(|base| {
            let rest = url.strip_prefix(base.to_string().as_str())?;
            rest.starts_with('/').then_some(rest)
        })
    }

    /// The path and the parameters, without what is personal.
    fn told(&self, url: &str) -> String {
        let after_host = url.splitn(4, '/').nth(3).unwrap_or_default();
        let (path, query) = after_host.split_once('?').map_or((after_host, None), |(p, q)| (p, Some(q)));
        let told = |pair: &str| match pair.split_once('=') {
            Some((name, value)) if self.terms.plain.contains(&name) => format!("{name}={value}"),
            Some((name, _)) => format!("{name}=…"),
            None => "…".to_owned(),
        };
        let query = query.map(|query| query.split('&').map(told).collect::<Vec<_>>().join("&"));
        query.map_or_else(|| format!("/{path}"), |query| format!("/{path}?{query}"))
    }
}

#[async_trait]
impl Transport for ReadOnly {
    async fn send(&self, request: Request, timeout: Duration) -> Result<Response, TransportError> {
        let url = request.url.as_str();
        match (request.method, self.sign_in(url)) {
            (Method::Get, None) => self.made.note(self.told(url)),
            (Method::Get, Some(_)) => self.made.note_sign_in(),
            (Method::Post, Some(path)) if path == self.terms.token => self.made.note_sign_in(),
            _ => {
                let log = "a write reached a transport that only reads";
                return Err(TransportError::new(NoAnswer::Malformed, Left::No, log));
            }
        }
        self.inner.send(request, timeout).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbound::Route;

    struct Echo;

    #[async_trait]
    impl Transport for Echo {
        async fn send(&self, _: Request, _: Duration) -> Result<Response, TransportError> {
            Ok(Response { status: 200, headers: Vec::new(), body: Vec::new() })
        }
    }

    fn base(text: &str) -> Base {
        Base::parse(text).unwrap()
    }

    async fn sent(method: Method, host: &str, route: Route) -> (bool, ReadsMade) {
        let made = ReadsMade::default();
        let terms = ReadTerms {
            sign_in: vec![base("https://id.test"), base("https://global.test")],
            token: "/token",
            plain: &["page"],
        };
        let guard = ReadOnly::new(Arc::new(Echo), terms, made.clone());
        let request = Request { method, url: base(host).at(&route), headers: Vec::new(), body: None };
        (guard.send(request, Duration::from_secs(1)).await.is_ok(), made)
    }

    #[tokio::test]
    async fn only_reads_and_the_token_pass() {
        for (method, host, path, passes) in [
            (Method::Get, "https://eu.test", "/users", true),
            (Method::Get, "https://global.test", "/whoami", true),
            (Method::Post, "https://id.test", "/token", true),
            (Method::Post, "https://id.test", "/other", false),
            (Method::Post, "https://eu.test", "/token", false),
            (Method::Post, "https://id.test.evil.test", "/token", false),
            (Method::Put, "https://eu.test", "/users", false),
            (Method::Patch, "https://eu.test", "/users", false),
            (Method::Delete, "https://id.test", "/token", false),
        ] {
            assert_eq!(sent(method, host, Route::new(path)).await.0, passes, "{method:?} {host}{path}");
        }
    }

    #[tokio::test]
    async fn what_is_personal_is_not_told() {
        let route = Route::new("/users").query("search", "ada@example.com").query("page", "2");
        let (_, made) = sent(Method::Get, "https://eu.test", route).await;
        let path = "/users?search=…&page=2".to_owned();
        assert_eq!(made.all(), [ReadMade { path, foreseeing: false }]);
        let (_, made) = sent(Method::Get, "https://global.test", Route::new("/whoami")).await;
        assert_eq!((made.all().len(), made.sign_ins()), (0, 1));
    }
}
