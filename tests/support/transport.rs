//! A transport that hands requests to the simulator in the same process.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use scim_facade::kernel::Clock;
use scim_facade::outbound::{Header, Left, NoAnswer, Request, Response, Transport, TransportError};
use secrecy::ExposeSecret;
use simulator::Simulator;
use simulator::http::Effect;

/// Where a crash test may stop the world.
pub trait Gate: Send + Sync {
    /// Before the request has its effect; a stopped world never returns from here.
    fn before(&self, request: &str) -> bool;
    /// After the request had its effect.
    fn after(&self, request: &str) -> bool;
}

pub struct InProcess {
    pub sim: Arc<Mutex<dyn Simulator>>,
    pub clock: Arc<dyn Clock>,
    pub base: String,
    pub gate: Option<Arc<dyn Gate>>,
}

#[async_trait]
impl Transport for InProcess {
    async fn send(&self, request: Request, timeout: Duration) -> Result<Response, TransportError> {
        let url = request.url.as_str().strip_prefix(&self.base).expect("the simulator's base").to_owned();
        let name = format!("{} {url}", request.method.as_str());
        if self.gate.as_ref().is_some_and(|gate| gate.before(&name)) {
            std::future::pending::<()>().await;
        }
        let mut native = simulator::http::Request::new(request.method.as_str(), &url);
        for (header, value) in &request.headers {
            let text = match value {
                Header::Plain(text) => text.clone(),
                Header::Secret(secret) => secret.expose_secret().to_owned(),
            };
            native = native.header(header, &text);
        }
        native.body = request.body.clone().unwrap_or_default();
        let now = self.clock.now().0;
        let (answer, effect) = self.sim.lock().unwrap().handle(now, &native);
        if self.gate.as_ref().is_some_and(|gate| gate.after(&name)) {
            std::future::pending::<()>().await;
        }
        match effect {
            Effect::Send => {}
            Effect::Delay(wait) if wait < timeout => self.clock.sleep(wait).await,
            Effect::Delay(_) | Effect::HangBefore | Effect::HangAfter => {
                self.clock.sleep(timeout).await;
                return Err(TransportError::new(NoAnswer::Timeout, Left::Maybe, "timed out"));
            }
            Effect::ResetBefore | Effect::ResetAfter => {
                return Err(TransportError::new(NoAnswer::Reset, Left::Maybe, "reset"));
            }
        }
        Ok(Response { status: answer.status, headers: answer.headers, body: answer.body })
    }
}
