//! Changes of fields: one PATCH with a path for each, in the vendor's spelling.

use serde::Serialize;
use serde_json::{Map, Value};

use super::Tenant;
use super::client::one;
use super::ids;
use super::map;
use super::model::TENANT;
use super::objects::is_vague;
use crate::backend::{Attrs, BackendError, Change, ErrorKind, Native, NativeRef, Result};
use crate::kernel::{Ctx, Kind};
use crate::outbound::{Method, Route};

/// One operation of a PATCH. Vendor: `op` in lower case, and always with a path.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Operation {
    op: &'static str,
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<Value>,
}

impl Operation {
    pub fn replace(path: impl Into<String>, value: Value) -> Self {
        Self { op: "replace", path: path.into(), value: Some(value) }
    }

    pub fn add(path: impl Into<String>, value: Value) -> Self {
        Self { op: "add", path: path.into(), value: Some(value) }
    }

    pub fn remove(path: impl Into<String>, value: Option<Value>) -> Self {
        Self { op: "remove", path: path.into(), value }
    }
}

/// The body of a PATCH (RFC 7644 §3.5.2).
#[derive(Serialize)]
struct Envelope<'o> {
    schemas: [&'static str; 1],
    #[serde(rename = "Operations")]
    operations: &'o [Operation],
}

/// The method of a change, and where it goes.
pub(super) fn call(tenant: &Tenant, kind: Kind, at: &NativeRef, change: &Change) -> Option<(Method, Route)> {
    let id = ids::segment(at)?;
    let method = if tenant.has_to_put(kind, change) { Method::Put } else { Method::Patch };
    Some((method, one(kind, &id)))
}

impl Tenant {
    /// Sends operations. Whoever is not there is [`ErrorKind::NotFound`], whatever the vendor calls it.
    pub(super) async fn patch(
        &self,
        ctx: &Ctx,
        kind: Kind,
        at: &NativeRef,
        operations: &[Operation],
    ) -> Result<()> {
        let id = ids::existing(at)?;
        let schemas = ["urn:ietf:params:scim:api:messages:2.0:PatchOp"];
        let body = Envelope { schemas, operations };
        match self.client.write(ctx, kind, Method::Patch, &id, Some(&body)).await {
            Err(error) if is_vague(&error) => match self.get(ctx, kind, at).await {
                Ok(None) => Err(BackendError { kind: ErrorKind::NotFound, ..error }),
                _ => Err(error),
            },
            done => done,
        }
    }

    /// Changes fields; see [`crate::backend::Backend::update`].
    pub(super) async fn update(
        &self,
        ctx: &Ctx,
        kind: Kind,
        at: &NativeRef,
        change: &Change,
    ) -> Result<Option<Native>> {
        ids::existing(at)?;
        if change.is_empty() {
            return Ok(None);
        }
        self.is_free(ctx, kind, &change.set, Some(at)).await?;
        if self.has_to_put(kind, change) {
            return self.put(ctx, at, change).await.map(Some);
        }
        let own = match concerns(change, TENANT) {
            true => self.own_operations(ctx, at, change).await?,
            false => Vec::new(),
        };
        let operations = |by_empty| [operations(kind, change, by_empty), own.clone()].concat();
        let by_empty = self.manners.removes.fails();
        let error = match self.patch(ctx, kind, at, &operations(by_empty)).await {
            Err(error) if error.kind == ErrorKind::Invalid => error,
            done => return done.map(|()| None),
        };
        let error = self.why_refused(ctx, kind, &change.set, Some(at), false, error).await;
        if error.kind != ErrorKind::Invalid {
            return Err(error);
        }
        // Vendor: whether a value is taken away by removing it or by an empty text is not known.
        if !change.clear.is_empty() {
            match self.patch(ctx, kind, at, &operations(!by_empty)).await {
                Ok(()) => {
                    self.manners.removes.learn(by_empty);
                    return Ok(None);
                }
                Err(error) if error.kind != ErrorKind::Invalid => return Err(error),
                Err(_) => {}
            }
        }
        // Vendor: the PATCH of 2024 knows neither profile nor enterprise attributes; PUT knows all that POST does.
        match kind == Kind::User && !is_core(change) {
            true => {
                let put = self.put(ctx, at, change).await?;
                self.manners.patches_profile.learn(false);
                Ok(Some(put))
            }
            false => Err(error),
        }
    }

    /// Whether a PATCH is known to be of no use for a change.
    fn has_to_put(&self, kind: Kind, change: &Change) -> bool {
        kind == Kind::User && self.manners.patches_profile.fails() && !is_core(change)
    }

    /// Replaces a person by what is there, with the change in it.
    async fn put(&self, ctx: &Ctx, at: &NativeRef, change: &Change) -> Result<Native> {
        let gone = || {
            BackendError::new(
                ErrorKind::NotFound,
                crate::backend::Sent::Rejected,
                "gone before it was changed",
            )
        };
        let mut person = self.get(ctx, Kind::User, at).await?.ok_or_else(gone)?;
        let mut kept = own(&person.attrs);
        kept.retain(|name, _| !self.declares(name));
        person.attrs.extend(change.set.clone());
        change.clear.iter().for_each(|field| drop(person.attrs.remove(field)));
        // What of the tenant's own nobody has declared stays.
        if concerns(change, TENANT) && !kept.is_empty() {
            kept.extend(own(&change.set));
            person.attrs.insert(TENANT, Value::Object(kept));
        }
        let body = map::body(Kind::User, &person.attrs);
        let id = ids::existing(at)?;
        let sent = self.client.write(ctx, Kind::User, Method::Put, &id, Some(&body)).await;
        if let Err(error) = sent {
            return Err(self.why_refused(ctx, Kind::User, &change.set, Some(at), false, error).await);
        }
        self.get(ctx, Kind::User, at).await?.ok_or_else(gone)
    }

    /// The operations for the tenant's own attributes: each by itself, those that are gone removed.
    async fn own_operations(&self, ctx: &Ctx, at: &NativeRef, change: &Change) -> Result<Vec<Operation>> {
        let person = self.get(ctx, Kind::User, at).await?;
        let (has, wants) = (person.map(|person| own(&person.attrs)).unwrap_or_default(), own(&change.set));
        let path = |key: &String| format!("{TENANT}:{key}");
        let set = wants.iter().filter(|(key, value)| has.get(*key) != Some(value));
        let set = set.map(|(key, value)| Operation::replace(path(key), value.clone()));
        let gone = has.keys().filter(|key| self.declares(key) && !wants.contains_key(*key));
        Ok(set.chain(gone.map(|key| Operation::remove(path(key), None))).collect())
    }
}

/// The tenant's own attributes.
fn own(attrs: &Attrs) -> Map<String, Value> {
    attrs.get(TENANT).and_then(Value::as_object).cloned().unwrap_or_default()
}

fn concerns(change: &Change, field: &str) -> bool {
    change.set.contains_key(field) || change.clear.iter().any(|cleared| cleared == field)
}

fn is_core(change: &Change) -> bool {
    change.fields().all(map::is_core)
}

/// The operations of a change but for the tenant's own attributes; `by_empty`: an empty text takes a value away.
fn operations(kind: Kind, change: &Change, by_empty: bool) -> Vec<Operation> {
    let path = |field: &str| map::patch_path(kind, field);
    let set = change.set.iter().filter(|(field, _)| *field != TENANT);
    let set = set.map(|(field, value)| Operation::replace(path(field), value.clone()));
    let clear = change.clear.iter().filter(|field| *field != TENANT).map(|field| match by_empty {
        true => Operation::replace(path(field), Value::from("")),
        false => Operation::remove(path(field), None),
    });
    set.chain(clear).collect()
}
