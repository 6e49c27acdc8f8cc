//! Candidates by a native field.

use std::collections::HashSet;

use scim::error::ScimError;
use scim::resource::fold;

use super::super::core::Core;
use super::super::error;
use super::super::target::Request;
use super::candidates::LOOK_UP_LIMIT;
use super::row::Row;
use crate::backend::NativeQuery;
use crate::kernel::{Kind, ScimId};

impl Core {
    /// Objects in which a native field equals a value, people to whom clients gave that e-mail address besides the one that the
    /// backend holds, and what the client itself calls so.
    pub(in crate::facade) async fn by_field(
        &self,
        request: &Request,
        kind: Kind,
        (scim, field): (&'static str, &'static str),
        value: String,
    ) -> Result<Vec<Row>, ScimError> {
        let kept = match scim {
            "emails.value" => {
                let kept = self.store().by_address(self.target(), &fold(&value)).await;
                kept.map_err(|e| error::store(&request.client, &e))?
            }
            "externalId" => self.named(request, kind, &value).await?,
            _ => Vec::new(),
        };
        let query = NativeQuery::Equals { fields: vec![field.to_owned()], value };
        let natives = self.bounded(request, kind, &query, LOOK_UP_LIMIT).await?;
        let rows = self.linked(request, kind, natives).await?;
        let mut rows = self.with_our_own(request, kind, rows, u64::MAX).await?;
        let seen: HashSet<ScimId> = rows.iter().map(Row::id).collect();
        let unseen = kept.into_iter().filter(|id| !seen.contains(id)).collect();
        rows.extend(self.by_ids(request, kind, unseen).await?);
        Ok(rows)
    }
}
