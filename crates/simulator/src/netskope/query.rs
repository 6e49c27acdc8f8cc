//! Reading the query: filters and pages.

use super::errors::Refusal;
use super::switches::{CountZero, StartIndex, Switches, UnsupportedFilter};
use crate::text::{pairs, same};

/// The parameters as sent.
#[derive(Clone, Debug)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    pub fn new(raw: Option<&str>) -> Self {
        Self(pairs(raw.unwrap_or_default()))
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The names in `attributes`.
    pub fn attributes(&self) -> Vec<&str> {
        let names = self.text("attributes").unwrap_or_default().split(',');
        names.map(str::trim).filter(|name| !name.is_empty()).collect()
    }

    pub fn asks_for_members(&self) -> bool {
        self.attributes().iter().any(|name| name.eq_ignore_ascii_case("members"))
    }

    /// What the filter is, for a list that knows these attributes.
    pub fn filter(&self, known: &[&'static str], rules: &Switches) -> Result<Filter, Refusal> {
        let Some(text) = self.text("filter").map(str::trim).filter(|text| !text.is_empty()) else {
            return Ok(Filter::All);
        };
        if let Some((attribute, value)) = term(text, known, rules)? {
            return Ok(Filter::Equal { attribute, value });
        }
        match rules.unsupported_filter {
            UnsupportedFilter::BadRequest => Err(Refusal::bad("the filter is not supported")),
            UnsupportedFilter::Ignored => Ok(Filter::All),
            UnsupportedFilter::EmptyList => Ok(Filter::Nothing),
            UnsupportedFilter::InternalError => Err(Refusal::new(501, "internal error")),
        }
    }

    /// Which page is asked for.
    pub fn page(&self, rules: &Switches) -> Result<Page, Refusal> {
        let start = self.number("startIndex")?.unwrap_or(1).max(1);
        let count = match self.number("count")?.map(|count| count.max(0)) {
            Some(0) => match rules.count_zero {
                CountZero::TotalsOnly => Some(0),
                CountZero::DefaultPage => rules.default_count,
                CountZero::Rejected => return Err(Refusal::bad("count has to be positive")),
            },
            None => rules.default_count,
            Some(count) => usize::try_from(count).ok(),
        };
        let count = match (count, rules.max_count) {
            (Some(count), Some(most)) => Some(count.min(most)),
            (None, most) => most,
            (count, None) => count,
        };
        let start = match rules.start_index {
            StartIndex::Honoured => usize::try_from(start).unwrap_or(usize::MAX),
            StartIndex::Ignored => 1,
        };
        Ok(Page { start, count })
    }

    fn number(&self, name: &str) -> Result<Option<i64>, Refusal> {
        let parsed = self.text(name).map(|text| text.parse::<i64>().ok());
        match parsed {
            Some(None) => Err(Refusal::bad("a list parameter is not a number")),
            number => Ok(number.flatten()),
        }
    }
}

/// `attribute eq value`, if that is what the text is and the attribute is known.
fn term(
    text: &str,
    known: &[&'static str],
    rules: &Switches,
) -> Result<Option<(&'static str, String)>, Refusal> {
    let mut words = text.splitn(3, ' ');
    let (Some(name), Some(operator), Some(value)) = (words.next(), words.next(), words.next()) else {
        return Ok(None);
    };
    let attribute = known.iter().find(|attribute| attribute.eq_ignore_ascii_case(name));
    let Some(attribute) = attribute.filter(|_| operator.eq_ignore_ascii_case("eq")) else {
        return Ok(None);
    };
    let value = value.trim();
    let quoted = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let value = match quoted {
        Some(inner) if !inner.contains(['"', '\\']) => Some(inner.to_owned()),
        Some(_) if rules.escaped_filter => serde_json::from_str(value).ok(),
        Some(_) => return Err(Refusal::bad("the filter has a quote or a backslash in its value")),
        None if rules.unquoted_filter && !value.is_empty() && !value.contains([' ', '"']) => {
            Some(value.to_owned())
        }
        None => None,
    };
    Ok(value.map(|value| (*attribute, value)))
}

/// A filter that the vendor has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Filter {
    All,
    Nothing,
    Equal { attribute: &'static str, value: String },
}

impl Filter {
    /// Whether a row passes; `field` gives the value of an attribute.
    pub fn passes<'v>(&self, rules: &Switches, field: impl Fn(&str) -> Option<&'v str>) -> bool {
        match self {
            Self::All => true,
            Self::Nothing => false,
            Self::Equal { attribute, value } => {
                let fold = *attribute != "externalId" && rules.filter_case_insensitive;
                field(attribute).is_some_and(|theirs| same(theirs, value, fold))
            }
        }
    }
}

/// A page: the first row, counted from one, and how many rows at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Page {
    pub start: usize,
    pub count: Option<usize>,
}
