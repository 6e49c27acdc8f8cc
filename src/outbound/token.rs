//! The access token of one credential.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use secrecy::SecretString;

use super::SingleFlight;
use crate::kernel::Clock;

/// How long before its end a token is renewed.
const MARGIN: Duration = Duration::from_secs(60);

/// A token as the vendor gave it.
#[derive(Clone, Debug)]
pub struct Fresh {
    /// The token.
    pub secret: SecretString,
    /// For how long it is valid.
    pub expires_in: Duration,
}

/// Why no token was given. The request that needs it was not sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FetchError {
    /// It may be given later.
    Unavailable {
        /// How long the vendor asks us to wait.
        wait: Option<Duration>,
        /// For our log; no secret.
        log: String,
    },
    /// The credential is refused.
    Denied(String),
    /// The answer can't be used.
    Unusable(String),
}

/// Asks a vendor for a token.
#[async_trait]
pub trait Fetch: Send + Sync {
    /// Asks once; the caller retries.
    ///
    /// # Errors
    /// [`FetchError`] by what can be done about it.
    async fn fetch(&self, timeout: Duration) -> Result<Fresh, FetchError>;
}

/// A token in use. `Debug` shows no secret.
#[derive(Clone, Debug)]
pub struct Token {
    /// The token.
    pub secret: Arc<SecretString>,
    serial: u64,
}

/// Holds one credential's token and renews it once for all who need it.
pub struct TokenCache {
    cell: SingleFlight<Token, FetchError>,
    fetch: Arc<dyn Fetch>,
    serial: AtomicU64,
}

impl TokenCache {
    /// An empty cache; the first [`TokenCache::get`] asks.
    pub fn new(fetch: Arc<dyn Fetch>) -> Self {
        Self { cell: SingleFlight::new(|_| true), fetch, serial: AtomicU64::new(0) }
    }

    /// The token; asks for one, in single flight, where none is held or it ends within a minute.
    ///
    /// # Errors
    /// [`FetchError`], the same for everybody who waited for this flight.
    pub async fn get(&self, clock: &dyn Clock, timeout: Duration) -> Result<Token, FetchError> {
        let renewal = async {
            let asked = clock.now();
            let fresh = self.fetch.fetch(timeout).await?;
            // A token that lives hardly longer than the margin is used for half its life.
            let usable = fresh.expires_in.saturating_sub(MARGIN).max(fresh.expires_in / 2);
            let serial = self.serial.fetch_add(1, Ordering::Relaxed);
            Ok((Token { secret: Arc::new(fresh.secret), serial }, asked.plus(usable)))
        };
        self.cell.get(clock, renewal).await
    }

    /// Forgets the token that was refused; a token that has replaced it since stays.
    pub fn invalidate(&self, refused: &Token) {
        self.cell.forget(|held| held.serial == refused.serial);
    }
}

#[cfg(test)]
#[path = "token_tests.rs"]
mod tests;
