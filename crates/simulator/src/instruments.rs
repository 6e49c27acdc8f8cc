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

/// Makes a simulator of a vendor with fields `instruments` and `switches`: the methods that all simulators have.
macro_rules! simulator {
    ($name:ident, $switches:ty) => {
        impl crate::Simulator for $name {
            fn handle(
                &mut self,
                now_micros: i64,
                request: &crate::http::Request,
            ) -> (crate::http::Response, crate::http::Effect) {
                crate::vendor::handle(self, now_micros, request)
            }
        }

        impl $name {
            /// The switches as they are.
            #[must_use]
            pub fn switches(&self) -> &$switches {
                &self.switches
            }

            /// The switches, to turn them.
            pub fn switches_mut(&mut self) -> &mut $switches {
                &mut self.switches
            }

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

pub(crate) use simulator;
