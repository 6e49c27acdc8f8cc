//! What travels with one request through every room.

use std::sync::Arc;
use std::time::Duration;

use super::{ClientName, Clock, TargetName, Timestamp};

/// The moment after which waiting is pointless. Every wait is the smaller of its own limit and what remains.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline(Timestamp);

impl Deadline {
    /// The deadline `time` from now.
    pub fn after(clock: &dyn Clock, time: Duration) -> Self {
        Self(clock.now().plus(time))
    }

    /// The deadline at `time`.
    pub fn at(time: Timestamp) -> Self {
        Self(time)
    }

    /// What remains; zero once it has passed.
    pub fn remaining(self, clock: &dyn Clock) -> Duration {
        self.0.since(clock.now())
    }

    /// Whether nothing remains.
    pub fn passed(self, clock: &dyn Clock) -> bool {
        self.remaining(clock).is_zero()
    }
}

/// Who goes first where calls have to queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    /// Ends somebody's access.
    Deprovision,
    /// A client waits for it.
    Interactive,
    /// Nobody waits for it: settlement, scans.
    Background,
}

/// One request's context: who asks, of which target, until when.
#[derive(Clone, Debug)]
pub struct Ctx {
    /// Names the request in logs and audit.
    pub request: Arc<str>,
    /// The target that is asked.
    pub target: TargetName,
    /// Who asks; the facade itself for background work.
    pub client: ClientName,
    /// When the request came; latencies count from here.
    pub received: Timestamp,
    /// Until when.
    pub deadline: Deadline,
    /// How urgent it is.
    pub priority: Priority,
}

impl Ctx {
    /// Work that begins now and has so much time. Nobody waits for it; [`Ctx::at`] says otherwise.
    pub fn begun(
        request: impl Into<Arc<str>>,
        target: &TargetName,
        client: &ClientName,
        clock: &dyn Clock,
        time: Duration,
    ) -> Self {
        let (target, client, received) = (target.clone(), client.clone(), clock.now());
        let (deadline, priority) = (Deadline::after(clock, time), Priority::Background);
        Self { request: request.into(), target, client, received, deadline, priority }
    }

    /// The same request with more time: for a write that has begun and is carried to its end, whoever waits.
    #[must_use]
    pub fn carried_on(&self, clock: &dyn Clock, time: Duration) -> Self {
        Self { deadline: Deadline::after(clock, time), ..self.clone() }
    }

    /// The same request with at most so much time: for a step that leaves time for the next.
    #[must_use]
    pub fn within(&self, clock: &dyn Clock, time: Duration) -> Self {
        Self { deadline: self.deadline.min(Deadline::after(clock, time)), ..self.clone() }
    }

    /// The same request at another urgency.
    #[must_use]
    pub fn at(&self, priority: Priority) -> Self {
        Self { priority, ..self.clone() }
    }
}
