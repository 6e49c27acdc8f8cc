//! Forgetting one person because somebody asks for it.

use std::collections::BTreeSet;

use scim::resource::fold;

use super::{Delivery, Failure};
use crate::kernel::{ClientName, Ctx, Kind, ScimId};

/// What an erasure came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Erased {
    /// Nothing personal of them is left in the store.
    Done,
    /// There is nobody of this id.
    Nobody,
    /// They are in the product under these native ids: nothing was erased.
    StillThere(Vec<String>),
    /// The end of their access is journalled and not confirmed: nothing was erased.
    Ending,
}

impl Delivery {
    /// The people whom a text names: by SCIM id, by userName, or as one of these clients calls them.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn people_named(&self, text: &str, clients: &[ClientName]) -> Result<Vec<ScimId>, Failure> {
        let mut ids = BTreeSet::from([ScimId::new(text)]);
        ids.extend(
            self.store.by_key(&self.target, Kind::User, &fold(text)).await?.map(|row| row.scim_id.clone()),
        );
        for client in clients {
            ids.extend(self.store.by_external_id(&self.target, client, text).await?);
        }
        let ids: Vec<ScimId> = ids.into_iter().collect();
        // A client may call a group so, too.
        let people = self.store.by_ids(&self.target, Kind::User, &ids).await?;
        Ok(people.into_iter().map(|row| row.scim_id.clone()).collect())
    }

    /// Removes a person from the store. `keep_native`: also if they are still in the product, where they stay.
    ///
    /// # Errors
    /// [`Failure::Refused`] if the backend can't be asked whether they are still there; [`Failure::Store`].
    pub async fn erase(&self, ctx: &Ctx, id: &ScimId, keep_native: bool) -> Result<Erased, Failure> {
        let Some(row) = self.store.shadow(&self.target, Kind::User, id).await? else {
            return Ok(Erased::Nobody);
        };
        // An end of access is never lost, whoever asks to forget the person.
        let open = self.store.open_intents(&self.target, Kind::User, id).await?;
        if open.iter().any(|intent| intent.action.ends_access()) {
            return Ok(Erased::Ending);
        }
        if !keep_native {
            let mut there: Vec<String> =
                self.like(ctx, &row).await?.into_iter().map(|other| other.at.id).collect();
            if let Some(at) = &row.native {
                let own = self.backend.get(ctx, Kind::User, at, Default::default()).await;
                there.extend(own.map_err(Failure::Refused)?.map(|native| native.at.id));
            }
            if !there.is_empty() {
                return Ok(Erased::StillThere(there));
            }
        }
        self.store.commit(self.erasure(ctx, Kind::User, id, "asked")).await?;
        Ok(Erased::Done)
    }
}
