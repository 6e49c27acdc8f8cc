//! Cursors (RFC 9865): what a page's successor starts from, sealed, so that any replica can go on.

use scim::cursor::{Cursor, Key};
use scim::error::ScimError;
use scim::query::{ListQuery, SortOrder};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::super::core::Core;
use super::super::error;
use super::super::target::{Client, Covered, Request};
use super::found::Place;
use super::list::count;
use super::walk::Spot;
use crate::store::{Op, Secret, StoreError};

/// The name of the key in the store.
const KEY: &str = "cursor";

/// Where a page ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Position {
    /// In a list of everything.
    Listed(Spot),
    /// Among what a query found.
    Found(Place),
}

/// Where a page by cursor starts, and how long it is.
pub(super) struct Bookmark {
    /// After what; `None` for the first page.
    pub position: Option<Position>,
    /// How many resources a page has at most: of every page the same.
    pub count: u64,
    about: Vec<String>,
    client: std::sync::Arc<Client>,
}

impl Core {
    /// Where the page starts, if the client asks for pages by cursor.
    ///
    /// # Errors
    /// `invalidCursor` for a cursor that is none, or another's: another client's, target's, endpoint's, filter's or order's;
    /// `expiredCursor`; `invalidCount` where the first page had another (RFC 9865 §2.1).
    pub(super) async fn bookmark(
        &self,
        request: &Request,
        covered: &[Covered],
        query: &ListQuery,
    ) -> Result<Option<Bookmark>, ScimError> {
        let Some(text) = &query.cursor else { return Ok(None) };
        let about = self.about(request, covered, query);
        let client = request.client.clone();
        if text.is_empty() {
            return Ok(Some(Bookmark {
                position: None,
                count: count(query, &self.settings.limits),
                about,
                client,
            }));
        }
        let key = self.cursor_key(&client).await?;
        let now = self.delivery.clock.now().0 / 1_000_000;
        let lifetime = self.settings.limits.cursor_lifetime.as_secs();
        let cursor = Cursor::open(text, key, &parts(&about), now, lifetime)?;
        if query.count.is_some_and(|count| count != cursor.count) {
            return Err(ScimError::invalid_count("'count' must stay what it was on the first page"));
        }
        // Sealed by another version of the program.
        let position = serde_json::from_slice(&cursor.position)
            .map_err(|_| ScimError::expired_cursor("The cursor is of an earlier version: begin again"))?;
        Ok(Some(Bookmark { position: Some(position), count: cursor.count, about, client }))
    }

    /// The cursor of the page after `last`; none after the last page, and none where only the total was asked for.
    pub(super) async fn next_cursor(
        &self,
        bookmark: &Bookmark,
        last: Option<Position>,
    ) -> Result<Option<String>, ScimError> {
        let Some(last) = last.filter(|_| bookmark.count > 0) else { return Ok(None) };
        let position = serde_json::to_vec(&last);
        let position = position.map_err(|_| ScimError::new(500, "The cursor could not be made"))?;
        let issued = self.delivery.clock.now().0 / 1_000_000;
        let cursor = Cursor { count: bookmark.count, issued, position };
        let key = self.cursor_key(&bookmark.client).await?;
        cursor.seal(key, &parts(&bookmark.about)).map(Some)
    }

    /// What a cursor belongs to. `attributes` are the client's to change from page to page.
    fn about(&self, request: &Request, covered: &[Covered], query: &ListQuery) -> Vec<String> {
        let kinds: Vec<&str> = covered.iter().map(|one| one.kind.name()).collect();
        let order = match (&query.sort_by, query.sort_order) {
            (None, _) => "",
            (Some(_), SortOrder::Ascending) => "ascending",
            (Some(_), SortOrder::Descending) => "descending",
        };
        vec![
            self.target().as_str().to_owned(),
            request.client.name.as_str().to_owned(),
            kinds.join(" "),
            query.filter.clone().unwrap_or_default(),
            query.sort_by.clone().unwrap_or_default(),
            order.to_owned(),
        ]
    }

    /// The key of all cursors: made once, by whoever needs it first, and kept in the store that the replicas share.
    async fn cursor_key(&self, client: &Client) -> Result<&Key, ScimError> {
        let made = self.cursor_key.get_or_try_init(|| async {
            if let Some(known) = self.store().secret(KEY).await? {
                return Ok(Key::new(known.0));
            }
            let mut hash = Sha256::new();
            // Each has 122 random bits.
            for _ in 0..4 {
                hash.update(self.delivery.ids.uuid().as_bytes());
            }
            self.store().commit(vec![Op::Keep(KEY, Secret(hash.finalize().into()))]).await?;
            // Another may have been first.
            let kept = self.store().secret(KEY).await?;
            let kept =
                kept.ok_or_else(|| StoreError::Failed("the key of cursors was not kept".to_owned()))?;
            Ok(Key::new(kept.0))
        });
        made.await.map_err(|e: StoreError| error::store(client, &e))
    }
}

fn parts(about: &[String]) -> Vec<&[u8]> {
    about.iter().map(String::as_bytes).collect()
}
