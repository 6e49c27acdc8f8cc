//! Knowing people and groups that exist already.

use async_trait::async_trait;
use scim::error::ScimError;
use scim::resource::{Document, fold};

use super::core::Core;
use super::read::{Row, text};
use super::relink::Vanished;
use super::target::Request;
use crate::backend::{self, Attrs, Desired, Native, NativeQuery};
use crate::delivery::Recognise;
use crate::kernel::{Ctx, Kind};
use crate::store::{Op, State};

impl Core {
    /// The native fields that a userName or displayName is compared with when somebody is sought.
    pub(super) fn match_on(&self, kind: Kind) -> Vec<String> {
        match (&self.settings.match_on, kind) {
            (Some(fields), Kind::User) => fields.clone(),
            _ => self.caps().of(kind).match_on.iter().map(|field| (*field).to_owned()).collect(),
        }
    }

    /// Whether a POST looks before it makes something: a backend that refuses all duplicates itself is not asked first.
    pub(super) fn is_asked_first(&self, kind: Kind) -> bool {
        let unique = self.caps().of(kind).unique;
        !self.match_on(kind).iter().all(|field| unique.contains(&field.as_str()))
    }

    /// The unlinked native objects that a new resource would be a duplicate of: by name, and by the e-mail address that
    /// it would have.
    pub(super) async fn unlinked_like(
        &self,
        request: &Request,
        kind: Kind,
        name: &str,
        desired: &Attrs,
    ) -> Result<Vec<Native>, ScimError> {
        let held = self.caps().of(kind);
        let fields = self.match_on(kind);
        let mut found = match self.look_up(request, kind, name).await {
            // Past the limit the vendor's own refusal decides.
            Err(error) if error.scim_type == Some(scim::error::ScimType::TooMany) => Vec::new(),
            other => other?,
        };
        let unique =
            held.unique.iter().filter_map(|field| Some(((*field).to_owned(), text(desired.get(field))?)));
        let is_new = |(field, value): &(String, &str)| !fields.contains(field) || fold(value) != fold(name);
        for (field, value) in unique.filter(is_new).collect::<Vec<_>>() {
            let query = NativeQuery::Equals { fields: vec![field], value: value.to_owned() };
            let listing =
                self.backend().search(&request.ctx, kind, &query, 0, super::read::LOOK_UP_LIMIT).await;
            let rows = listing.map_err(|e| super::error::read(&request.client, &e))?.rows;
            let is_new = |native: &Native| !found.iter().any(|other| other.at.id == native.at.id);
            let new: Vec<Native> = rows.into_iter().filter(is_new).collect();
            found.extend(new);
        }
        let rows = self.linked(request, kind, found).await?;
        Ok(rows.into_iter().filter(|row| row.shadow.is_none()).filter_map(|row| row.native).collect())
    }

    /// Whether an object has exactly the fields that were sent, and the name, if one was.
    pub(super) fn is_as_sent(&self, kind: Kind, native: &Native, sent: &Attrs) -> bool {
        let held = self.caps().of(kind);
        let name = held.external_id.filter(|field| sent.contains_key(field));
        let mut fields = held.holds.iter().map(|field| field.name).chain(name);
        fields.all(|field| held.same(field, native.attrs.get(field), sent.get(field)))
    }

    /// The same of a row of a list, as far as it tells.
    pub(super) fn is_listed_as_sent(&self, kind: Kind, native: &Native, sent: &Attrs) -> bool {
        let caps = self.caps();
        let told = |name: &str| caps.is_listed(kind, name) || native.attrs.contains_key(name);
        let held = caps.of(kind);
        let name = held.external_id.filter(|field| sent.contains_key(field));
        let mut fields = held.holds.iter().map(|field| field.name).chain(name).filter(|field| told(field));
        fields.all(|field| held.same(field, native.attrs.get(field), sent.get(field)))
    }

    /// A shadow that bears a name which it no longer has natively stands in the way of nobody: its key is freed. Gives
    /// whoever really has the name.
    pub(super) async fn holder_of_key(
        &self,
        request: &Request,
        kind: Kind,
        key: &str,
    ) -> Result<Option<Row>, ScimError> {
        let failed = |e| super::error::store(&request.client, &e);
        let Some(mut shadow) = self.store().by_key(self.target(), kind, key).await.map_err(failed)? else {
            return Ok(None);
        };
        if shadow.state == State::Creating {
            // Left open by an earlier request: this one is in its lane and finds out what became of it.
            let settled = self.delivery.settle(&request.ctx, kind, &shadow.scim_id, self).await;
            settled.map_err(|failure| super::error::write(&request.client, failure))?;
            let settled = self.store().by_key(self.target(), kind, key).await.map_err(failed)?;
            return Ok(settled.map(Row::from_record));
        }
        let (State::Live, Some(at)) = (shadow.state, shadow.native.clone()) else {
            return Ok(Some(Row::new(Some(shadow), None)));
        };
        let native = self.backend().get(&request.ctx, kind, &at, Default::default()).await;
        match native.map_err(|e| super::error::read(&request.client, &e))? {
            None if self.is_fresh(&shadow) => Ok(Some(Row::from_record(shadow))),
            None => match self.vanished(request, shadow).await? {
                Vanished::Relinked(row) => Ok(Some(*row)),
                Vanished::Lost | Vanished::Several => Ok(None),
                Vanished::Busy => Err(super::error::transient(
                    &request.client,
                    None,
                    "A resource of this name is being changed.",
                )),
            },
            Some(native) => {
                let row = Row::new(Some(shadow.clone()), Some(native));
                let name = || self.document(kind, &row).display_name().map(fold).unwrap_or_default();
                if kind == Kind::User || name() == key {
                    return Ok(Some(row));
                }
                shadow.key = name();
                shadow.version += 1;
                self.store().commit(vec![Op::Update(shadow)]).await.map_err(failed)?;
                Ok(None)
            }
        }
    }
}

#[async_trait]
impl Recognise for Core {
    async fn find(&self, ctx: &Ctx, sent: &Desired) -> backend::Result<Option<Native>> {
        let held = self.caps().of(sent.kind);
        // Whoever has neither address nor login is sought by whatever else the backend can look up.
        let sought = held.match_on.iter().chain(held.pushdown.iter().map(|pushdown| &pushdown.field));
        let Some((field, value)) =
            sought.into_iter().find_map(|field| Some((*field, text(sent.attrs.get(field))?)))
        else {
            return Ok(None);
        };
        let query = NativeQuery::Equals { fields: vec![field.to_owned()], value: value.to_owned() };
        let hits = self.backend().search(ctx, sent.kind, &query, 0, super::read::LOOK_UP_LIMIT).await?;
        let failed = |e: crate::store::StoreError| {
            backend::BackendError::new(backend::ErrorKind::Unavailable, backend::Sent::No, e.to_string())
        };
        let buried = self.buried(sent.kind).await.map_err(failed)?;
        let may_be = |native: &Native| {
            native.locked.is_none()
                && !buried.contains(&native.at.id)
                && self.is_listed_as_sent(sent.kind, native, &sent.attrs)
        };
        for native in hits.rows.into_iter().filter(may_be) {
            let native = match self.caps().list_tells {
                Some(_) => self.backend().get(ctx, sent.kind, &native.at, Default::default()).await?,
                None => Some(native),
            };
            let is_ours = |native: &Native| self.is_as_sent(sent.kind, native, &sent.attrs);
            let Some(native) = native.filter(is_ours) else { continue };
            let linked =
                self.store().by_natives(self.target(), sent.kind, std::slice::from_ref(&native.at.id)).await;
            let linked = linked.map_err(failed)?;
            if linked.is_empty() {
                return Ok(Some(native));
            }
        }
        Ok(None)
    }
}

/// The folded userName or displayName of a document.
pub(super) fn key_of(kind: Kind, document: &Document) -> String {
    let name = if kind == Kind::User { document.user_name() } else { document.display_name() };
    name.map(fold).unwrap_or_default()
}
