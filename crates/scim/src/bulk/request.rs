//! The body of a bulk request (RFC 7644 §3.7).

use std::collections::HashSet;

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

use super::{BULK_REQUEST_URN, REFERENCE};
use crate::error::{Result, ScimError};
use crate::etag::Conditions;
use crate::limits::Limits;
use crate::message::{check_schemas, members};
use crate::patch::PATCH_OP_URN;
use crate::path::excerpt;
use crate::profile::Profile;
use crate::repairs::{Repair, Repairs};
use crate::resource::Reader;

/// A bulk request, understood as far as it can be before anything is carried out.
#[derive(Clone, Debug, PartialEq)]
pub struct BulkRequest {
    /// After so many errors nothing more is carried out; none: whatever fails, the rest goes on.
    pub fail_on_errors: Option<u64>,
    /// The operations as they were sent.
    pub operations: Vec<Operation>,
}

/// One operation.
#[derive(Clone, Debug, PartialEq)]
pub struct Operation {
    /// The method as it was sent, for the answer.
    pub method: String,
    /// What the client calls the operation.
    pub bulk_id: Option<String>,
    /// What it asks for, or why that can't be understood.
    pub wish: Result<Wish>,
}

/// What an operation asks for. `S` names a resource: a [`Subject`] as it was sent, an id once references are resolved.
#[derive(Clone, Debug, PartialEq)]
pub struct Wish<S = Subject> {
    /// The endpoint of the resource type, without a slash: `Users`.
    pub endpoint: String,
    /// What happens, and to which resource.
    pub action: Action<S>,
    /// The version that the resource must have (RFC 7644 §3.7 `version`, §3.14).
    pub conditions: Conditions,
    /// The body that a request of its own would have; null for a DELETE.
    pub data: Value,
}

/// What happens to a resource.
#[derive(Clone, Debug, PartialEq)]
pub enum Action<S> {
    /// POST: it is made.
    Create,
    /// PUT: it is replaced.
    Replace(S),
    /// PATCH: it is changed.
    Patch(S),
    /// DELETE: it is removed.
    Delete(S),
}

impl<S> Action<S> {
    /// The method's name in HTTP.
    #[must_use]
    pub fn method(&self) -> &'static str {
        match self {
            Self::Create => POST,
            Self::Replace(_) => "PUT",
            Self::Patch(_) => "PATCH",
            Self::Delete(_) => "DELETE",
        }
    }

    /// The resource, unless it is made.
    #[must_use]
    pub fn subject(&self) -> Option<&S> {
        match self {
            Self::Create => None,
            Self::Replace(subject) | Self::Patch(subject) | Self::Delete(subject) => Some(subject),
        }
    }

    /// The same action on what `name` makes of the resource's name.
    pub(super) fn named<T>(self, name: impl FnOnce(S) -> Result<T>) -> Result<Action<T>> {
        Ok(match self {
            Self::Create => Action::Create,
            Self::Replace(subject) => Action::Replace(name(subject)?),
            Self::Patch(subject) => Action::Patch(name(subject)?),
            Self::Delete(subject) => Action::Delete(name(subject)?),
        })
    }
}

const POST: &str = "POST";

/// The resource that an operation is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// One that exists, by its id. Percent-encoding was taken off once.
    Id(String),
    /// The one that the POST with this `bulkId` makes (RFC 7644 §3.7.2).
    Made(String),
}

impl BulkRequest {
    /// Reads a bulk request.
    ///
    /// # Errors
    /// For the request as a whole: `invalidSyntax` for a message that is none, `invalidValue` for a `failOnErrors` below one, 413 for
    /// more operations than are accepted. What is wrong with one operation is kept with it.
    pub fn parse(body: Value, profile: Profile, limits: &Limits, repairs: &mut Repairs) -> Result<Self> {
        let mut reader = Reader { profile, limits, repairs };
        let Value::Object(body) = body else {
            return Err(ScimError::invalid_syntax("The body must be a JSON object"));
        };
        let names = ["schemas", "failOnErrors", "Operations"];
        let [schemas, fail_on_errors, operations] = members(body, names, &mut reader)?;
        check_schemas(schemas, BULK_REQUEST_URN, &mut reader)?;
        let fail_on_errors = self::fail_on_errors(fail_on_errors.as_ref())?;
        let Some(Value::Array(operations)) = operations else {
            return Err(ScimError::invalid_syntax("'Operations' must be an array"));
        };
        // RFC 7644 §3.7.4.
        if operations.len() > limits.bulk_operations {
            return Err(ScimError::payload_too_large(format!(
                "{} operations; {} are accepted at once (maxOperations)",
                operations.len(),
                limits.bulk_operations
            )));
        }
        let operations = operations.into_iter().map(|operation| Operation::read(operation, &mut reader));
        let mut operations = operations.collect::<Result<Vec<Operation>>>()?;
        refuse_doubles(&mut operations);
        Ok(Self { fail_on_errors, operations })
    }
}

fn fail_on_errors(value: Option<&Value>) -> Result<Option<u64>> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(value) => match value.as_u64() {
            Some(most) if most > 0 => Ok(Some(most)),
            _ => Err(ScimError::invalid_value("'failOnErrors' must be a whole number of at least 1")),
        },
    }
}

impl Operation {
    /// Reads one operation. One that is no object is an error of the message.
    fn read(operation: Value, reader: &mut Reader<'_>) -> Result<Self> {
        let Value::Object(operation) = operation else {
            return Err(ScimError::invalid_syntax("An operation must be a JSON object"));
        };
        let text = |name: &str| named(&operation, name).and_then(Value::as_str).map(str::to_owned);
        let (method, bulk_id) = (text("method").unwrap_or_default(), text("bulkId"));
        let method = excerpt(&method);
        Ok(Self { method, bulk_id, wish: Wish::read(operation, reader) })
    }

    /// The `bulkId` by which others can refer to what this operation makes.
    pub(super) fn makes(&self) -> Option<&str> {
        self.bulk_id.as_deref().filter(|_| self.method == POST)
    }
}

fn named<'v>(object: &'v Map<String, Value>, name: &str) -> Option<&'v Value> {
    object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

impl Wish {
    fn read(operation: Map<String, Value>, reader: &mut Reader<'_>) -> Result<Self> {
        let names = ["method", "path", "bulkId", "version", "data"];
        let [method, path, bulk_id, version, data] = members(operation, names, reader)?;
        let path = text("path", path)?.unwrap_or_default();
        let (endpoint, action) = action(method.as_ref().and_then(Value::as_str).unwrap_or_default(), &path)?;
        let bulk_id = text("bulkId", bulk_id)?.filter(|bulk_id| !bulk_id.is_empty());
        // RFC 7644 §3.7: it is required when the method is POST.
        if action == Action::Create && bulk_id.is_none() && !reader.forgives(Repair::MissingBulkId) {
            return Err(ScimError::invalid_syntax("A POST needs a 'bulkId'"));
        }
        let version = text("version", version)?.filter(|_| action != Action::Create);
        let conditions = version.map(|version| Conditions::of_version(&version)).transpose()?;
        let data = self::data(&action, data, reader)?;
        Ok(Self { endpoint, action, conditions: conditions.unwrap_or_default(), data })
    }
}

fn text(name: &str, value: Option<Value>) -> Result<Option<String>> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(ScimError::invalid_syntax(format!("'{name}' must be text"))),
    }
}

/// RFC 7644 §3.7: a POST names the endpoint of a resource type, all else a resource. Slashes too many are none.
fn action(method: &str, path: &str) -> Result<(String, Action<Subject>)> {
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    let (endpoint, id) = match segments.as_slice() {
        [endpoint] => (*endpoint, None),
        [endpoint, id] => (*endpoint, Some(*id)),
        _ => return Err(ScimError::invalid_syntax("'path' must be like /Users or /Users/ID")),
    };
    if endpoint.eq_ignore_ascii_case("Bulk") {
        return Err(ScimError::invalid_syntax("A bulk request can't hold another"));
    }
    if path.contains(['?', '#']) {
        return Err(ScimError::invalid_syntax("'path' must not have parameters"));
    }
    let subject = id.map(|id| match id.strip_prefix(REFERENCE) {
        Some(bulk_id) => Subject::Made(bulk_id.to_owned()),
        None => Subject::Id(percent_decode_str(id).decode_utf8_lossy().into_owned()),
    });
    let action = match (method, subject) {
        (POST, None) => Action::Create,
        ("PUT", Some(subject)) => Action::Replace(subject),
        ("PATCH", Some(subject)) => Action::Patch(subject),
        ("DELETE", Some(subject)) => Action::Delete(subject),
        (POST, Some(_)) => return Err(ScimError::invalid_syntax("The 'path' of a POST must be like /Users")),
        ("PUT" | "PATCH" | "DELETE", None) => {
            return Err(ScimError::invalid_syntax("'path' must be like /Users/ID"));
        }
        (other, _) => {
            let other = excerpt(other);
            let detail = format!("'method' must be POST, PUT, PATCH or DELETE, not '{other}'");
            return Err(ScimError::invalid_syntax(detail));
        }
    };
    Ok((endpoint.to_owned(), action))
}

/// The body that a request of its own would have.
fn data(action: &Action<Subject>, data: Option<Value>, reader: &mut Reader<'_>) -> Result<Value> {
    match (action, data) {
        (Action::Delete(_), _) => Ok(Value::Null),
        (_, Some(Value::Object(map))) => Ok(Value::Object(map)),
        // Erratum 5050: the RFC's own examples have the list of operations alone.
        (Action::Patch(_), Some(Value::Array(operations))) if reader.forgives(Repair::BareOperations) => {
            Ok(json!({ "schemas": [PATCH_OP_URN], "Operations": operations }))
        }
        _ => Err(ScimError::invalid_syntax("'data' must be an object")),
    }
}

/// RFC 7644 §3.7: a `bulkId` is unique within the request. Of two resources nobody can say which one is meant.
fn refuse_doubles(operations: &mut [Operation]) {
    let mut seen = HashSet::new();
    let doubles = operations.iter().filter_map(Operation::makes).filter(|bulk_id| !seen.insert(*bulk_id));
    let doubles: HashSet<String> = doubles.map(str::to_owned).collect();
    for operation in operations {
        if operation.makes().is_some_and(|bulk_id| doubles.contains(bulk_id)) {
            operation.wish = Err(ScimError::invalid_value("Another operation has the same 'bulkId'"));
        }
    }
}
