//! What every simulator has besides the vendor's own world: rate limits, faults, a journal.

use crate::faults::Faults;
use crate::journal::Journal;
use crate::limiter::{Limiter, Limits};

/// The instruments of one simulator.
#[derive(Clone, Debug, Default)]
pub(crate) struct Instruments {
    pub limiter: Limiter,
    pub faults: Faults,
    pub journal: Journal,
}

impl Instruments {
    /// Nothing recorded, no faults, these limits.
    pub fn new(limits: Limits) -> Self {
        Self { limiter: Limiter::new(limits), ..Self::default() }
    }
}

/// Gives a simulator with a field `instruments` the methods to use them.
macro_rules! instrumented {
    ($name:ident) => {
        impl $name {
            /// The rate limits in force.
            #[must_use]
            pub fn limits(&self) -> &crate::limiter::Limits {
                self.instruments.limiter.limits()
            }

            /// Changes the rate limits; all credentials start afresh.
            pub fn set_limits(&mut self, limits: crate::limiter::Limits) {
                self.instruments.limiter.set(limits);
            }

            /// Adds a fault rule after those that are there.
            pub fn add_fault(&mut self, rule: crate::faults::Rule) {
                self.instruments.faults.add(rule);
            }

            /// Removes all fault rules.
            pub fn clear_faults(&mut self) {
                self.instruments.faults.clear();
            }

            /// All fault rules and how often they have hit.
            #[must_use]
            pub fn faults(&self) -> Vec<crate::faults::Standing> {
                self.instruments.faults.standing()
            }

            /// Every request so far, oldest first.
            #[must_use]
            pub fn journal(&self) -> Vec<crate::journal::Entry> {
                self.instruments.journal.entries().cloned().collect()
            }

            /// Forgets the requests so far.
            pub fn clear_journal(&mut self) {
                self.instruments.journal.clear();
            }
        }
    };
}

pub(crate) use instrumented;
