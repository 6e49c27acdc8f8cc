//! One metric for each set of labels.

use std::fmt;
use std::hash::Hash;
use std::sync::{Arc, PoisonError, RwLock};

use prometheus_client::encoding::{EncodeLabelSet, EncodeMetric, MetricEncoder};
use prometheus_client::metrics::{MetricType, TypedMetric};

use crate::kernel::Lookup;

/// What the library's own family is, but for how labels are looked up: that one's hash resists whoever chooses keys that collide, and
/// for the dozen words of a request costs more than all else that is counted. Nobody from outside chooses a label.
#[derive(Debug)]
pub(super) struct Family<L, M> {
    known: Arc<RwLock<Lookup<L, M>>>,
    make: fn() -> M,
}

impl<L: Clone + Eq + Hash, M> Family<L, M> {
    /// A family whose metrics are made so.
    pub(super) fn new(make: fn() -> M) -> Self {
        Self { known: Arc::default(), make }
    }

    /// Moves the metric with these labels, which is there from then on.
    pub(super) fn with<T>(&self, labels: &L, moves: impl FnOnce(&M) -> T) -> T {
        if let Some(metric) = self.known.read().unwrap_or_else(PoisonError::into_inner).get(labels) {
            return moves(metric);
        }
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        moves(known.entry(labels.clone()).or_insert_with(self.make))
    }
}

impl<L: Clone + Eq + Hash, M: Default> Default for Family<L, M> {
    fn default() -> Self {
        Self::new(M::default)
    }
}

/// Both count together.
impl<L, M> Clone for Family<L, M> {
    fn clone(&self) -> Self {
        Self { known: Arc::clone(&self.known), make: self.make }
    }
}

impl<L, M: TypedMetric> TypedMetric for Family<L, M> {
    const TYPE: MetricType = M::TYPE;
}

impl<L: EncodeLabelSet, M: EncodeMetric + TypedMetric> EncodeMetric for Family<L, M> {
    fn encode(&self, mut encoder: MetricEncoder<'_>) -> fmt::Result {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.iter().try_for_each(|(labels, metric)| metric.encode(encoder.encode_family(labels)?))
    }

    fn metric_type(&self) -> MetricType {
        M::TYPE
    }

    fn is_empty(&self) -> bool {
        self.known.read().unwrap_or_else(PoisonError::into_inner).is_empty()
    }
}
