//! Making the rows of a target agree with its backend again, after the store was put back from a copy.
//!
//! What came after the copy is unknown: who was made, left, returned or was renamed. So every row is compared with its
//! native object, and what differs becomes a [`Plan`] that an operator reads and agrees to by its digest. Carrying it out
//! follows one rule: nothing that gives access is sent. Rows take over what there is natively; the only native writes
//! end an access.
//!
//! The plan is made anew on every run. What was agreed to is kept in the store, so that a run that was interrupted goes on
//! under the same digest although its beginning is done.

mod apply;
mod compare;
mod look;
mod plan;
mod row;

pub use apply::Applied;
pub use plan::{Fate, Finding, Item, OpenWish, Plan, Terms, WhenBack};

use super::{Delivery, Failure};

impl Delivery {
    /// Whether the target's rows come from a copy: then nothing is written, by clients or by settlement.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn is_restored(&self) -> Result<bool, Failure> {
        Ok(self.store.reconcile(&self.target).await?.is_some_and(|row| row.restored))
    }
}
