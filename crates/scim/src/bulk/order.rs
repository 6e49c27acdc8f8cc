//! The sequence in which operations are carried out (RFC 7644 §3.7).
//!
//! The RFC lets a server change the client's sequence as long as the result is the same. Two things change it here: whoever refers
//! to a new resource waits for it (§3.7.2), and whoever loses access does not wait for anybody else's operations.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use super::references::named_by;
use super::request::{Operation, Subject};

/// The indexes of all operations, in the order in which they are to be carried out.
///
/// What refers to a new resource comes after it. Operations on the same resource keep their sequence. Else those come first that are
/// `urgent`, then each as it was sent. Operations that wait for each other in a circle, and who waits for them, come last.
#[must_use]
pub fn order(operations: &[Operation], urgent: impl Fn(&Operation) -> bool) -> Vec<usize> {
    let urgent: Vec<bool> = operations.iter().map(urgent).collect();
    let place = |at: usize| Reverse((urgent.get(at) != Some(&true), at));
    let mut queue = Queue::of(operations);
    let mut ready: BinaryHeap<_> = (0..operations.len()).filter(|at| queue.is_free(*at)).map(place).collect();
    let mut order = Vec::with_capacity(operations.len());
    while let Some(Reverse((_, at))) = ready.pop() {
        order.push(at);
        ready.extend(queue.done(at).into_iter().map(place));
    }
    order.extend((0..operations.len()).filter(|at| !queue.is_free(*at)));
    order
}

/// Who waits for whom, by index.
struct Queue {
    /// For how many others an operation waits.
    waits: Vec<usize>,
    /// Who waits for it.
    followers: Vec<Vec<usize>>,
}

impl Queue {
    fn of(operations: &[Operation]) -> Self {
        let makers: HashMap<&str, usize> =
            operations.iter().enumerate().filter_map(|(at, one)| Some((one.makes()?, at))).collect();
        let nobody = (vec![0; operations.len()], vec![Vec::new(); operations.len()]);
        let mut queue = Self { waits: nobody.0, followers: nobody.1 };
        let mut last: HashMap<(&str, &Subject), usize> = HashMap::new();
        for (at, operation) in operations.iter().enumerate() {
            let Ok(wish) = &operation.wish else { continue };
            for maker in named_by(wish).into_iter().filter_map(|bulk_id| makers.get(bulk_id)) {
                queue.add(at, *maker);
            }
            let before = wish.action.subject().and_then(|subject| last.insert((&wish.endpoint, subject), at));
            if let Some(before) = before {
                queue.add(at, before);
            }
        }
        queue
    }

    fn add(&mut self, at: usize, on: usize) {
        if let (Some(waits), Some(followers)) = (self.waits.get_mut(at), self.followers.get_mut(on)) {
            *waits += 1;
            followers.push(at);
        }
    }

    fn is_free(&self, at: usize) -> bool {
        self.waits.get(at) == Some(&0)
    }

    /// An operation is done: who waits for nothing any more?
    fn done(&mut self, at: usize) -> Vec<usize> {
        let mut followers = self.followers.get_mut(at).map(std::mem::take).unwrap_or_default();
        followers.retain(|follower| {
            let Some(waits) = self.waits.get_mut(*follower) else { return false };
            *waits -= 1;
            *waits == 0
        });
        followers
    }
}
