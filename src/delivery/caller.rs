//! Whoever waits for a write, and whether they are still there to be told its outcome.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

const WAITS: u8 = 0;
const IS_ANSWERED: u8 = 1;
const HAS_LEFT: u8 = 2;
const IS_REPLACED: u8 = 3;

/// Whoever waits for a write. Exactly one of two things happens: the write answers it, or it leaves before.
#[derive(Clone, Debug, Default)]
pub struct Caller {
    state: Arc<AtomicU8>,
    hears_later: bool,
}

impl Caller {
    /// The write is about to record its outcome. `false` if the caller has left and is owed the outcome later, whoever
    /// waits in its place.
    pub fn claim_answer(&self) -> bool {
        !self.hears_later && self.is_answered()
    }

    /// The same caller, who hears of the outcome together with others and may be gone by then: it is owed in any case.
    #[must_use]
    pub fn hearing_later(self) -> Self {
        Self { hears_later: true, ..self }
    }

    fn is_answered(&self) -> bool {
        self.change(WAITS, IS_ANSWERED) || self.state() == IS_ANSWERED
    }

    /// Whether nobody waits: the caller has given up, and nobody has come in its place.
    pub fn has_left(&self) -> bool {
        self.state() == HAS_LEFT
    }

    /// The caller gives up. `false` if its answer is already being recorded: then it has to wait for it.
    pub(super) fn leave(&self) -> bool {
        self.change(WAITS, HAS_LEFT) || self.change(IS_REPLACED, HAS_LEFT)
    }

    /// Somebody else waits in the place of the caller who has left. `false` if that one has not.
    pub(super) fn take_place(&self) -> bool {
        self.change(HAS_LEFT, IS_REPLACED) || self.state() == IS_REPLACED
    }

    fn state(&self) -> u8 {
        self.state.load(Ordering::Acquire)
    }

    fn change(&self, from: u8, to: u8) -> bool {
        self.state.compare_exchange(from, to, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }
}
