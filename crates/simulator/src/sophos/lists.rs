//! Lists: filter, search, sort and cut into pages.

use std::cmp::Ordering;
use std::collections::HashSet;

use serde_json::{Value, json};

use super::call::{Outcome, ok};
use super::errors::Refusal;
use super::model::{Admin, Group, Identified, User};
use super::query::{Fields, Page, Query};
use super::switches::{Direction, Filters, Order, SearchWords, Switches};

/// What can be asked of one kind of list.
pub(crate) struct Kind {
    pub sort: &'static [&'static str],
    pub search: &'static [&'static str],
    /// Where a search looks when `searchFields` is left out.
    pub default_search: &'static str,
    /// The filters, out of `ids`, `sourceType` and `domain`.
    pub filters: &'static [&'static str],
    /// The parameter that names a thing the items must belong to.
    pub owner: Option<&'static str>,
}

const USER_SORT: &[&str] =
    &["id", "name", "firstName", "lastName", "email", "exchangeLogin", "createdAt", "updatedAt"];
const USER_SEARCH: &[&str] = &["name", "firstName", "lastName", "email", "exchangeLogin"];
const GROUP_SORT: &[&str] = &["id", "name", "createdAt", "updatedAt"];
const GROUP_SEARCH: &[&str] = &["name", "description"];

pub(crate) const USERS: Kind = Kind {
    sort: USER_SORT,
    search: USER_SEARCH,
    default_search: "name",
    filters: &["ids", "sourceType", "domain"],
    owner: Some("groupId"),
};
pub(crate) const MEMBERS: Kind = Kind { filters: &["sourceType", "domain"], owner: None, ..USERS };
pub(crate) const GROUPS: Kind = Kind {
    sort: GROUP_SORT,
    search: GROUP_SEARCH,
    default_search: "name",
    filters: &["ids", "sourceType", "domain"],
    owner: Some("userId"),
};
pub(crate) const GROUPS_OF_USER: Kind = Kind { filters: &["sourceType", "domain"], owner: None, ..GROUPS };
/// The sort fields of admins are not published; guessed.
pub(crate) const ADMINS: Kind = Kind {
    sort: &["id", "name", "username", "createdAt", "updatedAt"],
    search: &["username"],
    default_search: "username",
    filters: &[],
    owner: Some("roleId"),
};

const COMMON: [&str; 7] = ["sort", "fields", "page", "pageSize", "pageTotal", "search", "searchFields"];
const SOURCE_TYPES: [&str; 3] = [super::model::CUSTOM, super::model::ACTIVE_DIRECTORY, super::model::ENTRA];

/// Something that lists can filter and sort by.
pub(crate) trait Listed: Identified {
    fn text(&self, field: &str) -> &str;
    fn time(&self, field: &str) -> Option<i64>;
    fn source(&self) -> &str {
        ""
    }
    fn domain(&self) -> &str {
        ""
    }
}

impl Listed for User {
    fn text(&self, field: &str) -> &str {
        match field {
            "name" => &self.name,
            "firstName" => self.first_name.as_deref().unwrap_or_default(),
            "lastName" => self.last_name.as_deref().unwrap_or_default(),
            "email" => self.email.as_deref().unwrap_or_default(),
            "exchangeLogin" => self.exchange_login.as_deref().unwrap_or_default(),
            _ => &self.id,
        }
    }

    fn time(&self, field: &str) -> Option<i64> {
        match field {
            "createdAt" => Some(self.created_at),
            "updatedAt" => self.updated_at,
            _ => None,
        }
    }

    fn source(&self) -> &str {
        &self.source
    }

    fn domain(&self) -> &str {
        self.domain.as_deref().unwrap_or_default()
    }
}

impl Listed for Group {
    fn text(&self, field: &str) -> &str {
        match field {
            "name" => &self.name,
            "description" => self.description.as_deref().unwrap_or_default(),
            _ => &self.id,
        }
    }

    fn time(&self, field: &str) -> Option<i64> {
        match field {
            "createdAt" => Some(self.created_at),
            "updatedAt" => Some(self.updated_at),
            _ => None,
        }
    }

    fn source(&self) -> &str {
        &self.source
    }

    fn domain(&self) -> &str {
        self.domain.as_deref().unwrap_or_default()
    }
}

impl Listed for Admin {
    fn text(&self, field: &str) -> &str {
        match field {
            "name" => &self.name,
            "username" => self.email.as_deref().unwrap_or_default(),
            _ => &self.id,
        }
    }

    fn time(&self, field: &str) -> Option<i64> {
        match field {
            "createdAt" => Some(self.created_at),
            "updatedAt" => Some(self.updated_at),
            _ => None,
        }
    }
}

/// A list request, read and checked.
pub(crate) struct ListQuery<'a> {
    rules: &'a Switches,
    page: Page,
    fields: Fields,
    sort: Vec<(String, Direction)>,
    ids: Option<HashSet<String>>,
    search: Option<Search>,
    source: Option<String>,
    domain: Option<String>,
    owner: Option<String>,
}

struct Search {
    fields: Vec<String>,
    needles: Vec<String>,
    one_is_enough: bool,
}

impl<'a> ListQuery<'a> {
    pub fn read(query: &Query<'_>, rules: &'a Switches, kind: &Kind) -> Result<Self, Refusal> {
        let known: Vec<&str> = COMMON.iter().chain(kind.filters).copied().chain(kind.owner).collect();
        query.known(&known)?;
        let filter = |name: &'static str| kind.filters.contains(&name).then_some(name);
        let ids = match filter("ids").map(|name| query.ids(name, rules.max_ids_filter)).transpose()? {
            Some(ids) if !ids.is_empty() => Some(ids.into_iter().collect()),
            _ => None,
        };
        let source =
            filter("sourceType").map(|name| query.choice(name, &SOURCE_TYPES)).transpose()?.flatten();
        Ok(Self {
            rules,
            page: query.page()?,
            fields: query.fields(),
            sort: sort(query, rules, kind)?,
            ids,
            search: Search::read(query, rules, kind)?,
            source: source.map(str::to_owned),
            domain: filter("domain").and_then(|name| query.text(name)).map(str::to_owned),
            owner: kind.owner.map(|name| query.id(name)).transpose()?.flatten(),
        })
    }

    /// The page of these items (given in order of creation). `belongs` tells whether an item has the asked owner.
    pub fn answer<T: Listed>(
        &self,
        items: Vec<&T>,
        belongs: impl Fn(&T, &str) -> bool,
        render: impl Fn(&T) -> Value,
    ) -> Outcome {
        let mut items: Vec<&T> = items.into_iter().filter(|item| self.keeps(*item, &belongs)).collect();
        self.order(&mut items);
        let page = self.page.cut(&items).iter().map(|item| self.fields.of(render(item)));
        ok(json!({"items": page.collect::<Vec<_>>(), "pages": self.page.describe(items.len())}))
    }

    fn keeps<T: Listed>(&self, item: &T, belongs: impl Fn(&T, &str) -> bool) -> bool {
        let filters = [
            self.ids.as_ref().map(|ids| ids.contains(item.id())),
            self.search.as_ref().map(|search| search.finds(item)),
            self.source.as_ref().map(|source| source == item.source()),
            self.domain.as_ref().map(|domain| domain.eq_ignore_ascii_case(item.domain())),
            self.owner.as_ref().map(|owner| belongs(item, owner)),
        ];
        let mut asked = filters.into_iter().flatten().peekable();
        match self.rules.filters {
            Filters::All => asked.all(|holds| holds),
            Filters::Any => asked.peek().is_none() || asked.any(|holds| holds),
        }
    }

    fn order<T: Listed>(&self, items: &mut [&T]) {
        if !self.sort.is_empty() {
            items.sort_by(|one, two| {
                self.sort.iter().fold(Ordering::Equal, |so_far, (field, direction)| {
                    let order = one.time(field).cmp(&two.time(field)).then_with(|| {
                        if field.ends_with("At") {
                            Ordering::Equal
                        } else {
                            one.text(field).cmp(two.text(field))
                        }
                    });
                    so_far.then(if *direction == Direction::Desc { order.reverse() } else { order })
                })
            });
            return;
        }
        match self.rules.default_order {
            Order::Created => {}
            Order::NewestFirst => items.reverse(),
            Order::Id => items.sort_by(|one, two| one.id().cmp(two.id())),
        }
    }
}

impl Search {
    fn read(query: &Query<'_>, rules: &Switches, kind: &Kind) -> Result<Option<Self>, Refusal> {
        let mut fields = query.list("searchFields");
        if fields.iter().any(|field| !kind.search.contains(field)) {
            return Err(Refusal::new(rules.bad_request_status, "an unknown search field"));
        }
        if fields.is_empty() {
            fields.push(kind.default_search);
        }
        let Some(text) = query.text("search") else {
            return Ok(None);
        };
        let text = text.to_lowercase();
        let needles = match rules.search_words {
            SearchWords::Phrase => vec![text],
            SearchWords::All | SearchWords::Any => text.split_whitespace().map(str::to_owned).collect(),
        };
        Ok(Some(Self {
            fields: fields.into_iter().map(str::to_owned).collect(),
            needles,
            one_is_enough: rules.search_words == SearchWords::Any,
        }))
    }

    fn finds<T: Listed>(&self, item: &T) -> bool {
        let texts: Vec<String> = self.fields.iter().map(|field| item.text(field).to_lowercase()).collect();
        let mut found = self.needles.iter().map(|needle| texts.iter().any(|text| text.contains(needle)));
        if self.one_is_enough { found.any(|found| found) } else { found.all(|found| found) }
    }
}

fn sort(query: &Query<'_>, rules: &Switches, kind: &Kind) -> Result<Vec<(String, Direction)>, Refusal> {
    let mut keys = Vec::new();
    for item in query.list("sort") {
        let (field, direction) = match item.split_once(':') {
            None => (item, rules.sort_default),
            Some((field, "asc")) => (field, Direction::Asc),
            Some((field, "desc")) => (field, Direction::Desc),
            Some(_) => return Err(Refusal::new(rules.bad_request_status, "an unknown sort direction")),
        };
        if !kind.sort.contains(&field) {
            return Err(Refusal::new(rules.bad_request_status, "an unknown sort field"));
        }
        keys.push((field.to_owned(), direction));
    }
    Ok(keys)
}
