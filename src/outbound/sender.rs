//! One call, attempts and waits included: deadline, retry, permit, token, attempt timeout, transport.
//!
//! What may be sent again follows from what may have happened. A read changes nothing. A write that was refused with 429
//! or 401, or never left, changed nothing either; after a 5xx, a timeout or a reset it may have, and only looking tells.

use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use super::{
    Busy, FetchError, Governor, Header, Left, NoAnswer, Pace, Permit, Request, Response, Token, TokenCache,
    Transport, TransportError,
};
use crate::kernel::{Clock, Ctx, Priority};

/// No wait is shorter, whatever a backend says or chance gives.
const SHORTEST_WAIT: Duration = Duration::from_millis(100);
/// No told wait is believed beyond this.
const LONGEST_TOLD: Duration = Duration::from_secs(3600);
/// The longest wait that we choose ourselves (vendors recommend full jitter over `min(30 s, 1 s * 2^n)`).
const LONGEST_CHOSEN: Duration = Duration::from_secs(30);

/// Where chance comes from.
pub trait Jitter: Send + Sync {
    /// A number in `0.0 ..= 1.0`.
    fn unit(&self) -> f64;
}

impl<F: Fn() -> f64 + Send + Sync> Jitter for F {
    fn unit(&self) -> f64 {
        self()
    }
}

/// Chance as production needs it.
#[derive(Clone, Copy, Debug, Default)]
pub struct RandomJitter;

impl Jitter for RandomJitter {
    fn unit(&self) -> f64 {
        rand::random()
    }
}

/// What sending twice would do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Nothing: sent again on 429, 5xx and network failures.
    Read,
    /// The same as sending it once: sent again as a read is. Without an answer, only looking tells what has happened.
    Idempotent,
    /// Perhaps harm: sent again only when nothing can have happened.
    Write,
}

/// How calls to one backend are made.
#[derive(Clone, Copy, Debug)]
pub struct SendPolicy {
    /// How long one attempt may take.
    pub attempt_timeout: Duration,
    /// How many requests run at once.
    pub concurrency: usize,
    /// How many are begun in a time, for a backend whose limit is known; `None`: as many as it takes.
    pub pace: Option<Pace>,
}

impl Default for SendPolicy {
    fn default() -> Self {
        Self { attempt_timeout: Duration::from_secs(10), concurrency: 8, pace: None }
    }
}

/// A call without an answer that its backend's client could read.
#[derive(Clone, Debug)]
pub enum CallError {
    /// The last attempt got no answer.
    Transport(TransportError),
    /// The deadline passed before anything was sent.
    Deadline,
    /// The backend wants a longer pause than there is time. Nothing changed.
    RateLimited {
        /// The pause.
        wait: Duration,
        /// The refusal, if this call got one.
        answer: Option<Response>,
    },
    /// No token, so nothing was sent.
    Token(FetchError),
}

/// Sends the calls to one backend.
pub struct Sender {
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
    jitter: Arc<dyn Jitter>,
    governor: Governor,
    attempt_timeout: Duration,
}

impl Sender {
    /// A sender; opens no connection.
    pub fn new(
        transport: Arc<dyn Transport>,
        clock: Arc<dyn Clock>,
        jitter: Arc<dyn Jitter>,
        policy: SendPolicy,
    ) -> Self {
        let governor = Governor::new(clock.clone(), policy.concurrency, policy.pace);
        Self { transport, clock, jitter, governor, attempt_timeout: policy.attempt_timeout }
    }

    /// The sender's clock.
    pub fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    /// Does `work` until the deadline; `None` if it passed first.
    pub async fn before_deadline<T>(&self, ctx: &Ctx, work: impl Future<Output = T>) -> Option<T> {
        within(&*self.clock, ctx.deadline.remaining(&*self.clock), work).await
    }

    /// Sends `request` as often as its class and the deadline allow, with a token of `tokens` in `authorization` where
    /// there are some. Gives the last answer, of any status but 429.
    ///
    /// # Errors
    /// [`CallError`] where there is none.
    pub async fn call(
        &self,
        ctx: &Ctx,
        class: Class,
        tokens: Option<&TokenCache>,
        request: &Request,
    ) -> Result<Response, CallError> {
        let mut renewed = false;
        let mut tries = 0;
        loop {
            let permit = self.governor.acquire(ctx.priority, ctx.deadline).await.map_err(CallError::from)?;
            let (token, outcome) = self.attempt(ctx, tokens, request).await;
            if let Ok(answer) = &outcome
                && answer.status == 401
                && let (Some(tokens), Some(token), false) = (tokens, token, renewed)
            {
                tokens.invalidate(&token);
                renewed = true;
                permit.answered();
                continue;
            }
            let Some(wait) = self.wait_before_repeat(class, tries, &outcome) else {
                settle(&permit, &outcome);
                return outcome;
            };
            let affordable = wait <= ctx.deadline.remaining(&*self.clock);
            match outcome {
                Ok(answer) if answer.status == 429 => {
                    permit.throttled(wait);
                    // What nobody waits for makes no call in vain: its caller stands back for longer.
                    if !affordable || ctx.priority == Priority::Background {
                        return Err(CallError::RateLimited { wait, answer: Some(answer) });
                    }
                    // The governor makes everybody wait, and us with them.
                }
                outcome => {
                    settle(&permit, &outcome);
                    if !affordable {
                        return outcome;
                    }
                    drop(permit);
                    self.clock.sleep(wait).await;
                }
            }
            tries += 1;
        }
    }

    /// One request on the wire, and the token it went with.
    async fn attempt(
        &self,
        ctx: &Ctx,
        tokens: Option<&TokenCache>,
        request: &Request,
    ) -> (Option<Token>, Result<Response, CallError>) {
        let clock = &*self.clock;
        let mut request = request.clone();
        let mut used = None;
        if let Some(tokens) = tokens {
            let limit = self.attempt_timeout.min(ctx.deadline.remaining(clock));
            let token = within(clock, limit, tokens.get(clock, limit)).await.unwrap_or_else(|| {
                Err(FetchError::Unavailable { wait: None, log: "no token in time".to_owned() })
            });
            match token {
                Ok(token) => {
                    request.headers.push(("authorization", bearer(&token)));
                    used = Some(token);
                }
                Err(error) => return (None, Err(CallError::Token(error))),
            }
        }
        let limit = self.attempt_timeout.min(ctx.deadline.remaining(clock));
        if limit.is_zero() {
            return (used, Err(CallError::Deadline));
        }
        let sent = within(clock, limit, self.transport.send(request, limit)).await;
        let late = || Err(TransportError::new(NoAnswer::Timeout, Left::Maybe, "no answer in time"));
        (used, sent.unwrap_or_else(late).map_err(CallError::Transport))
    }

    /// How long to wait before the request is sent again; `None` if it must not be.
    fn wait_before_repeat(
        &self,
        class: Class,
        tries: u32,
        outcome: &Result<Response, CallError>,
    ) -> Option<Duration> {
        let told = match outcome {
            Ok(answer) if answer.status == 429 => answer.retry_after(self.clock.now()),
            Ok(answer) if class != Class::Write && matches!(answer.status, 500 | 502 | 503 | 504) => {
                answer.retry_after(self.clock.now())
            }
            Err(CallError::Transport(error)) if may_repeat(class, error) => None,
            Err(CallError::Token(FetchError::Unavailable { wait, .. })) => *wait,
            _ => return None,
        };
        Some(told.unwrap_or_else(|| self.chosen_wait(tries)).clamp(SHORTEST_WAIT, LONGEST_TOLD))
    }

    /// Full jitter: anything up to a bound that doubles.
    fn chosen_wait(&self, tries: u32) -> Duration {
        let bound = Duration::from_secs(1).saturating_mul(2_u32.saturating_pow(tries)).min(LONGEST_CHOSEN);
        bound.mul_f64(self.jitter.unit().clamp(0.0, 1.0))
    }
}

impl From<Busy> for CallError {
    fn from(busy: Busy) -> Self {
        match busy {
            Busy::Deadline => Self::Deadline,
            Busy::Throttled(wait) => Self::RateLimited { wait, answer: None },
        }
    }
}

/// Tells the governor that the backend answered.
fn settle(permit: &Permit<'_>, outcome: &Result<Response, CallError>) {
    if outcome.is_ok() {
        permit.answered();
    }
}

fn may_repeat(class: Class, error: &TransportError) -> bool {
    match error.kind {
        NoAnswer::TooLarge | NoAnswer::Malformed => false,
        NoAnswer::Connect | NoAnswer::Timeout | NoAnswer::Reset => {
            class != Class::Write || error.left == Left::No
        }
    }
}

fn bearer(token: &Token) -> Header {
    Header::Secret(SecretString::from(format!("Bearer {}", token.secret.expose_secret())))
}

/// What `work` gives within `limit`.
async fn within<T>(clock: &dyn Clock, limit: Duration, work: impl Future<Output = T>) -> Option<T> {
    tokio::select! {
        biased;
        done = work => Some(done),
        () = clock.sleep(limit) => None,
    }
}

#[cfg(test)]
#[path = "sender_tests.rs"]
mod tests;
