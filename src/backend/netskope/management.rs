//! The look-up by e-mail address, through the User-Management API. Vendor: nothing else finds anybody by it. A token needs a
//! scope of its own for it; it shows everybody, whoever brought them, and who was deleted, too.

use serde_json::{Value, json};

use super::Tenant;
use super::map::EMAIL;
use super::model::{Account, Flag, People};
use crate::backend::{ErrorKind, Listing, Native, NativeRef, Result, Total};
use crate::kernel::{Ctx, Kind};

/// The most rows that can be asked for (vendor).
const MOST: u64 = 1000;

/// The question for people with an e-mail address, `limit` of them at most.
pub(super) fn with_email(address: &str, limit: u64) -> Value {
    json!({"query": {
        "filter": {"and": [{"emails": {"eq": address}}]},
        "paging": {"offset": 0, "limit": limit.min(MOST)},
    }})
}

impl Tenant {
    /// People with an e-mail address. Where the token may not use that API they are looked through.
    pub(super) async fn by_email(&self, ctx: &Ctx, address: &str, limit: u64) -> Result<Listing> {
        if !self.manners.finds_emails.fails() {
            match self.client.people(ctx, &with_email(address, limit.saturating_add(1))).await {
                Ok(people) => return self.read_each(ctx, &people, address, limit).await,
                Err(error) if is_of_no_use(&error.kind) => self.manners.finds_emails.learn(false),
                Err(error) => return Err(error),
            }
        }
        self.scanned(ctx, Kind::User, EMAIL, address).await
    }

    /// Who was found is read where SCIM shows them, and looked at again.
    async fn read_each(&self, ctx: &Ctx, people: &People, address: &str, limit: u64) -> Result<Listing> {
        let is_deleted = |account: &&Account| account.deleted.as_ref().and_then(Flag::get) == Some(true);
        let accounts = people.data.iter().flat_map(|person| &person.accounts);
        let there = accounts.filter(|account| !is_deleted(account));
        let ids: Vec<&String> = there.filter_map(|account| account.scim_id.as_ref()).collect();
        let most = usize::try_from(limit).unwrap_or(usize::MAX);
        let mut rows: Vec<Native> = Vec::new();
        for id in ids.iter().take(most) {
            let person = self.get(ctx, Kind::User, &NativeRef::new(id.as_str())).await?;
            rows.extend(person.filter(|person| super::list::equals(person, EMAIL, address)));
        }
        let count = rows.len() as u64;
        Ok(Listing {
            rows,
            total: if ids.len() > most { Total::AtLeast(count) } else { Total::Exact(count) },
        })
    }
}

/// Whether an answer says that the API is not for this token, or not there, or not as documented.
pub(super) fn is_of_no_use(kind: &ErrorKind) -> bool {
    matches!(kind, ErrorKind::Denied | ErrorKind::Invalid | ErrorKind::NotFound | ErrorKind::Unusable)
}
