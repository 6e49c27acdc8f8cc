//! What operators do with one target's records: compare them with the product, and forget somebody.

use super::service::Facade;
use crate::delivery::reconcile::{Applied, Plan, Terms};
use crate::delivery::{Erased, Failure};
use crate::kernel::{ClientName, Ctx, ScimId};

impl Facade {
    /// Compares every record with its native object. Reads only.
    ///
    /// # Errors
    /// If the store or the backend can't be asked.
    pub async fn compare(&self, ctx: &Ctx, terms: &Terms) -> Result<Plan, Failure> {
        self.core().delivery.compare(ctx, terms).await
    }

    /// Makes the records agree with the product, as the plan with this digest says.
    ///
    /// # Errors
    /// If the store or the backend can't be asked; the same call goes on later.
    pub async fn reconcile(&self, ctx: &Ctx, plan: &Plan, digest: &str) -> Result<Applied, Failure> {
        self.core().delivery.reconcile(ctx, plan, digest, self.core()).await
    }

    /// The people whom a text names: by SCIM id, by userName, or as one of these clients calls them.
    ///
    /// # Errors
    /// If the store can't be asked.
    pub async fn people_named(&self, text: &str, clients: &[ClientName]) -> Result<Vec<ScimId>, Failure> {
        self.core().delivery.people_named(text, clients).await
    }

    /// Forgets a person. `keep_native`: also one who is still in the product, and stays there.
    ///
    /// # Errors
    /// If the store or the backend can't be asked.
    pub async fn erase(&self, ctx: &Ctx, id: &ScimId, keep_native: bool) -> Result<Erased, Failure> {
        self.core().delivery.erase(ctx, id, keep_native).await
    }
}
