//! What the tolerant profile forgives.
//!
//! Every tolerance is one [`Repair`]: it has a name, is counted where it is applied, and is refused by the strict profile with the
//! error its description names. The functions that see the deviation are in `value`; what they mean for a request is decided by
//! their callers.

mod kind;
pub(crate) mod value;

pub use kind::Repair;

/// The repairs that one request needed, counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repairs {
    counts: [u32; Repair::ALL.len()],
}

impl Default for Repairs {
    fn default() -> Self {
        Self { counts: [0; Repair::ALL.len()] }
    }
}

impl Repairs {
    /// No repair yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Counts one use of `repair`.
    pub fn note(&mut self, repair: Repair) {
        if let Some(count) = self.counts.get_mut(repair as usize) {
            *count = count.saturating_add(1);
        }
    }

    /// How often `repair` was applied.
    #[must_use]
    pub fn count(&self, repair: Repair) -> u32 {
        self.counts.get(repair as usize).copied().unwrap_or(0)
    }

    /// The repairs that were applied and how often, in the order of [`Repair::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = (Repair, u32)> + '_ {
        // Most requests need none.
        let kinds = if self.is_empty() { &[] } else { Repair::ALL };
        kinds.iter().copied().zip(self.counts).filter(|(_, count)| *count > 0)
    }

    /// Whether the request needed none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
