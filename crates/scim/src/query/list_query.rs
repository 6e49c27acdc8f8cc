//! The parameters of a list, from a URL or from the body of a search.

use serde_json::Value;

use super::params;
use crate::error::{Result, ScimError};
use crate::limits::Limits;
use crate::message::check_schemas;
use crate::path::excerpt;
use crate::profile::Profile;
use crate::repairs::Repairs;
use crate::resource::Reader;

/// The URN of a search (RFC 7644 §8.2).
pub const SEARCH_REQUEST_URN: &str = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

/// The order of a sorted list (RFC 7644 §3.4.2.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SortOrder {
    /// Smallest first, the default.
    #[default]
    Ascending,
    /// Largest first.
    Descending,
}

/// What a client asks of a list (RFC 7644 §3.4.2; `cursor`: RFC 9865). The texts are not parsed yet: how depends on the resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListQuery {
    /// `filter`; see [`filter::parse`](crate::filter::parse).
    pub filter: Option<String>,
    /// `startIndex`, 1-based: what is smaller counts as 1 (RFC 7644 §3.4.2.4).
    pub start_index: u64,
    /// `count`: none if not given, at most the largest page, 0 for a negative number (RFC 7644 §3.4.2.4).
    pub count: Option<u64>,
    /// `attributes`; see [`Projection::parse`](super::Projection::parse).
    pub attributes: Option<String>,
    /// `excludedAttributes`.
    pub excluded_attributes: Option<String>,
    /// `sortBy`, an attribute path.
    pub sort_by: Option<String>,
    /// `sortOrder`.
    pub sort_order: SortOrder,
    /// `cursor`; an empty one asks for the first page (RFC 9865 §2.1).
    pub cursor: Option<String>,
}

impl Default for ListQuery {
    fn default() -> Self {
        Self {
            filter: None,
            start_index: 1,
            count: None,
            attributes: None,
            excluded_attributes: None,
            sort_by: None,
            sort_order: SortOrder::default(),
            cursor: None,
        }
    }
}

impl ListQuery {
    /// Reads the query string of a URL, as it came, without the `?`. Unknown parameters are ignored (Entra ID's
    /// `aadOptscim062020`); of a repeated one the last counts.
    ///
    /// # Errors
    /// `invalidValue` for a number or order that is none, and for `startIndex` together with `cursor`; `invalidCount` for a
    /// `count` above the largest page together with `cursor`; `invalidSyntax` for what is not UTF-8.
    pub fn parse(raw: &str, limits: &Limits) -> Result<Self> {
        let mut reading = Reading::default();
        for param in params::parse(raw) {
            let (name, value) = param?;
            // In any case: clients write `startindex` (Microsoft's samples).
            reading.take(&name.to_ascii_lowercase(), value.into_owned())?;
        }
        reading.finish(limits)
    }

    /// Reads the body of a `/.search` (RFC 7644 §3.4.3), which says the same in JSON.
    ///
    /// # Errors
    /// As [`ListQuery::parse`], and `invalidSyntax` for a body that is no object or whose `schemas` lacks
    /// [`SEARCH_REQUEST_URN`], which the tolerant profile forgives.
    pub fn from_search(
        body: Value,
        profile: Profile,
        limits: &Limits,
        repairs: &mut Repairs,
    ) -> Result<Self> {
        let Value::Object(body) = body else {
            return Err(ScimError::invalid_syntax("The body must be a JSON object"));
        };
        let mut reading = Reading::default();
        let mut schemas = None;
        for (name, value) in body {
            let name = name.to_ascii_lowercase();
            if name == "schemas" {
                schemas = Some(value);
            } else if let Some(value) = as_parameter(&name, value)? {
                reading.take(&name, value)?;
            }
        }
        check_schemas(schemas, SEARCH_REQUEST_URN, &mut Reader { profile, limits, repairs })?;
        reading.finish(limits)
    }
}

/// A member of a search as the parameter it is in a URL; none for what is unassigned.
fn as_parameter(name: &str, value: Value) -> Result<Option<String>> {
    let unexpected =
        || ScimError::invalid_value(format!("'{}' is not of the type that a search has", excerpt(name)));
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
        Value::Number(number) => Ok(Some(number.to_string())),
        Value::Array(names) => {
            let names: Option<Vec<&str>> = names.iter().map(Value::as_str).collect();
            Ok(Some(names.ok_or_else(unexpected)?.join(",")))
        }
        Value::Bool(_) | Value::Object(_) => Err(unexpected()),
    }
}

#[derive(Default)]
struct Reading {
    query: ListQuery,
    start_given: bool,
}

impl Reading {
    fn take(&mut self, name: &str, value: String) -> Result<()> {
        let query = &mut self.query;
        let text = |value: String| Some(value).filter(|value| !value.is_empty());
        match name {
            "filter" => query.filter = text(value),
            "attributes" => query.attributes = text(value),
            "excludedattributes" => query.excluded_attributes = text(value),
            "sortby" => query.sort_by = text(value),
            "sortorder" => query.sort_order = sort_order(&value)?,
            "cursor" => query.cursor = Some(value),
            "startindex" if !value.is_empty() => {
                query.start_index = number("startIndex", &value)?.max(1);
                self.start_given = true;
            }
            "count" if !value.is_empty() => query.count = Some(number("count", &value)?),
            _ => {}
        }
        Ok(())
    }

    /// RFC 9865 leaves `startIndex` with `cursor` open; refusing is the only reading that hides no mistake.
    fn finish(self, limits: &Limits) -> Result<ListQuery> {
        let (mut query, most) = (self.query, limits.page_max);
        if self.start_given && query.cursor.is_some() {
            return Err(ScimError::invalid_value("'startIndex' and 'cursor' exclude each other"));
        }
        // RFC 9865 §2.1; of pages by index RFC 7644 §3.4.2.4 lets us give fewer than were asked for.
        if query.cursor.is_some() && query.count.is_some_and(|count| count > most) {
            return Err(ScimError::invalid_count(format!("'count' must be from 0 to {most}")));
        }
        query.count = query.count.map(|count| count.min(most));
        Ok(query)
    }
}

/// A whole number; negative ones count as 0 (RFC 7644 §3.4.2.4), ones past 64 bits as the largest.
fn number(name: &str, text: &str) -> Result<u64> {
    let text = text.trim();
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|c| c.is_ascii_digit()) {
        return Err(ScimError::invalid_value(format!("'{name}' must be a whole number")));
    }
    Ok(if text.starts_with('-') { 0 } else { digits.parse().unwrap_or(u64::MAX) })
}

fn sort_order(text: &str) -> Result<SortOrder> {
    match text.to_ascii_lowercase().as_str() {
        "" | "ascending" => Ok(SortOrder::Ascending),
        "descending" => Ok(SortOrder::Descending),
        _ => Err(ScimError::invalid_value("'sortOrder' must be ascending or descending")),
    }
}
