//! List answers.

use serde_json::{Map, Value, json};

use super::query::{Filter, Page};
use super::switches::{EmptyList, IndexTypes, ItemsPerPage, ResourcesKey, RowOrder, Switches, TotalResults};

const LIST_URN: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

/// One list answer, from the rows that pass the filter, oldest first.
pub(crate) fn answer<T>(
    mut rows: Vec<T>,
    filter: &Filter,
    page: Page,
    turn: u64,
    rules: &Switches,
    row: impl Fn(&T) -> Value,
) -> Value {
    arrange(&mut rows, turn, rules);
    let total = rows.len();
    let mut resources: Vec<Value> = cut(&rows, page, rules).iter().map(row).collect();
    let returned = resources.len();
    if rules.junk_rows && *filter == Filter::All && returned > 0 {
        resources.push(json!({"displayName": "default"}));
    }
    let per_page = match rules.items_per_page {
        ItemsPerPage::Returned => returned,
        ItemsPerPage::Requested => page.count.unwrap_or(total),
    };
    let total = match rules.total_results {
        TotalResults::Exact => total,
        TotalResults::PageLength => returned,
    };
    let mut answer = Map::new();
    answer.insert("schemas".to_owned(), json!([LIST_URN]));
    for (name, number) in [("totalResults", total), ("itemsPerPage", per_page), ("startIndex", page.start)] {
        answer.insert(name.to_owned(), counter(number, rules));
    }
    put_rows(&mut answer, resources, rules);
    Value::Object(answer)
}

fn arrange<T>(rows: &mut [T], turn: u64, rules: &Switches) {
    match rules.row_order {
        RowOrder::Created => {}
        RowOrder::Newest => rows.reverse(),
        RowOrder::Unstable if rows.is_empty() => {}
        RowOrder::Unstable => {
            let by = usize::try_from(turn).unwrap_or_default() % rows.len();
            rows.rotate_left(by);
        }
    }
}

/// The rows of the page. With duplicates the whole page lies one row too early.
fn cut<'r, T>(rows: &'r [T], page: Page, rules: &Switches) -> &'r [T] {
    let shift = usize::from(rules.duplicate_rows && page.start > 1);
    let start = (page.start - 1 - shift).min(rows.len());
    let end = start.saturating_add(page.count.unwrap_or(rows.len())).min(rows.len());
    rows.get(start..end).unwrap_or_default()
}

fn counter(number: usize, rules: &Switches) -> Value {
    match rules.index_types {
        IndexTypes::Int => number.into(),
        IndexTypes::Text => number.to_string().into(),
    }
}

fn put_rows(answer: &mut Map<String, Value>, rows: Vec<Value>, rules: &Switches) {
    let key = match rules.resources_key {
        ResourcesKey::Resources => "Resources",
        ResourcesKey::LowerCase => "resources",
        ResourcesKey::Data => "data",
    };
    let rows = match rules.empty_list {
        EmptyList::OmitResources if rows.is_empty() => return,
        EmptyList::Null if rows.is_empty() => Value::Null,
        _ => Value::Array(rows),
    };
    answer.insert(key.to_owned(), rows);
}
