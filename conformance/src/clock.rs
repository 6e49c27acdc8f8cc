//! The one place that reads the clock, waits, and makes a random name.

use std::time::Duration;

/// When something began.
#[derive(Clone, Copy, Debug)]
pub struct Began(std::time::Instant);

impl Began {
    /// Now.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
    #[must_use]
    pub fn now() -> Self {
        Self(std::time::Instant::now())
    }

    /// How long ago that was.
    #[must_use]
    pub fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}

/// Waits, because a server asked for it.
#[expect(clippy::disallowed_methods, reason = "a wait for a real server is a wait in real time")]
pub async fn wait(time: Duration) {
    tokio::time::sleep(time).await;
}

/// A prefix that marks everything a run makes, and that no other run has.
#[expect(clippy::disallowed_methods, reason = "the one place that makes a random name")]
#[must_use]
pub fn run_prefix() -> String {
    let id = uuid::Uuid::new_v4().simple().to_string();
    format!("scimconf-{}", id.get(..10).unwrap_or(&id))
}
