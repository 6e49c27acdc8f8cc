//! The User-Management API: `POST /api/v2/users/getusers` and `/getgroups`.
//!
//! It only reads, but shows everybody: whoever brought them, inactive and deleted ones too.

use serde_json::{Map, Value, json};

use super::call::{Call, Outcome, answer};
use super::directory::Directory;
use super::errors::Refusal;
use super::model::{Group, Provisioner, User};
use super::switches::{EmailStyle, Switches};

const MOST: u64 = 1000;
const DEFAULT_LIMIT: u64 = 100;

pub(crate) fn users(call: &Call<'_>) -> Outcome {
    let query = Query::read(call)?;
    let directory = call.store.listed();
    let known = [
        "userName",
        "emails",
        "accounts.userName",
        "accounts.deleted",
        "accounts.active",
        "accounts.parentGroups",
        "accounts.ou",
    ];
    query.only(&known)?;
    let rows = directory.users.values().enumerate().filter(|(_, user)| {
        query.holds(|field| match field {
            "emails" => vec![json!(user.email)],
            "accounts.deleted" => vec![json!(user.deleted)],
            "accounts.active" => vec![json!(user.active)],
            "accounts.parentGroups" => parent_groups(directory, user).map(|name| json!(name)).collect(),
            "accounts.ou" => Vec::new(),
            _ => vec![json!(user.user_name)],
        })
    });
    let row = |(number, user): (usize, &User)| user_row(directory, number, user, call.rules);
    query.answer(rows.map(row).collect())
}

pub(crate) fn groups(call: &Call<'_>) -> Outcome {
    let query = Query::read(call)?;
    query.only(&["displayName", "deleted"])?;
    let directory = call.store.listed();
    let rows = directory.groups.values().enumerate().filter(|(_, group)| {
        query.holds(|field| match field {
            "deleted" => vec![json!(group.deleted)],
            _ => vec![json!(group.display_name)],
        })
    });
    query.answer(rows.map(|(number, group)| group_row(directory, number, group)).collect())
}

fn parent_groups<'d>(directory: &'d Directory, user: &User) -> impl Iterator<Item = &'d str> {
    let groups = directory.memberships.groups_of(&user.id);
    groups.filter_map(|id| directory.groups.get(id)).map(|group| group.display_name.as_str())
}

fn user_row(directory: &Directory, number: usize, user: &User, rules: &Switches) -> Value {
    let email = match rules.management_emails {
        EmailStyle::Objects => json!({"value": user.email, "primary": true}),
        EmailStyle::Strings => json!(user.email),
    };
    json!({
        "id": format!("u{:08}", number + 1),
        "givenName": user.given_name,
        "familyName": user.family_name,
        "emails": [email],
        "accounts": [{
            "scimId": scim_id(&user.id, user.provisioner),
            "userName": user.user_name,
            "active": user.active,
            "deleted": user.deleted,
            "parentGroups": parent_groups(directory, user).collect::<Vec<_>>(),
            "ou": "",
            "provisioner": provisioner(user.provisioner),
        }],
    })
}

fn group_row(directory: &Directory, number: usize, group: &Group) -> Value {
    json!({
        "id": format!("g{:08}", number + 1),
        "scimId": scim_id(&group.id, group.provisioner),
        "displayName": group.display_name,
        "userCount": directory.memberships.count(&group.id),
        "provisioner": provisioner(group.provisioner),
        "deleted": group.deleted,
    })
}

fn scim_id(id: &str, provisioner: Provisioner) -> Option<&str> {
    (provisioner == Provisioner::Scim).then_some(id)
}

fn provisioner(provisioner: Provisioner) -> &'static str {
    match provisioner {
        Provisioner::Scim => "SCIM",
        Provisioner::AdImporter => "AD Importer",
        Provisioner::Csv => "CSV",
        Provisioner::Console => "UI",
    }
}

/// `{"query":{"filter":…,"paging":{"offset":…,"limit":…}}}`
struct Query {
    /// All must hold.
    terms: Vec<Term>,
    offset: usize,
    limit: usize,
}

struct Term {
    field: String,
    operator: String,
    value: Value,
}

impl Query {
    fn read(call: &Call<'_>) -> Result<Self, Refusal> {
        let body = call.object()?;
        let query = body.get("query").and_then(Value::as_object).ok_or(Refusal::bad("query is required"))?;
        let paging = |name: &str, default: u64, most: u64| match query.get("paging").and_then(|p| p.get(name))
        {
            None => Ok(default),
            Some(value) => value
                .as_u64()
                .filter(|number| *number <= most)
                .ok_or(Refusal::bad("a paging parameter is out of range")),
        };
        let limit = paging("limit", DEFAULT_LIMIT, MOST)?;
        let offset = paging("offset", 0, u64::MAX)?;
        Ok(Self {
            terms: query.get("filter").map_or(Ok(Vec::new()), terms)?,
            offset: usize::try_from(offset).unwrap_or(usize::MAX),
            limit: usize::try_from(limit).unwrap_or(usize::MAX),
        })
    }

    fn only(&self, known: &[&str]) -> Result<(), Refusal> {
        let known = |term: &Term| {
            known.contains(&term.field.as_str()) && ["eq", "in", "sw", "co"].contains(&term.operator.as_str())
        };
        if self.terms.iter().all(known) { Ok(()) } else { Err(Refusal::bad("the filter is not supported")) }
    }

    /// Whether a row passes; `values` gives those of a field, of which one is enough.
    fn holds(&self, values: impl Fn(&str) -> Vec<Value>) -> bool {
        self.terms.iter().all(|term| values(&term.field).iter().any(|value| term.holds(value)))
    }

    fn answer(&self, rows: Vec<Value>) -> Outcome {
        let total = rows.len();
        let page: Vec<Value> = rows.into_iter().skip(self.offset).take(self.limit).collect();
        answer(200, json!({"counts": {"totalResults": total, "offset": self.offset}, "data": page}))
    }
}

/// `{"and":[…]}`, or fields with their operators.
fn terms(filter: &Value) -> Result<Vec<Term>, Refusal> {
    let fields = filter.as_object().ok_or(Refusal::bad("the filter is not an object"))?;
    let mut all = Vec::new();
    for (field, tests) in fields {
        match tests {
            Value::Array(parts) if field == "and" => {
                for part in parts {
                    all.extend(terms(part)?);
                }
            }
            Value::Object(tests) => all.extend(tests_of(field, tests)),
            _ => return Err(Refusal::bad("the filter is not supported")),
        }
    }
    Ok(all)
}

fn tests_of<'t>(field: &'t str, tests: &'t Map<String, Value>) -> impl Iterator<Item = Term> + 't {
    tests.iter().map(|(operator, value)| Term {
        field: field.to_owned(),
        operator: operator.clone(),
        value: value.clone(),
    })
}

impl Term {
    fn holds(&self, theirs: &Value) -> bool {
        let texts = || Some((folded(theirs)?, folded(&self.value)?));
        match self.operator.as_str() {
            "eq" => equal(theirs, &self.value),
            "in" => self.value.as_array().is_some_and(|list| list.iter().any(|value| equal(theirs, value))),
            "sw" => texts().is_some_and(|(theirs, wanted)| theirs.starts_with(&wanted)),
            _ => texts().is_some_and(|(theirs, wanted)| theirs.contains(&wanted)),
        }
    }
}

fn equal(one: &Value, two: &Value) -> bool {
    match (folded(one), folded(two)) {
        (Some(one), Some(two)) => one == two,
        _ => one == two,
    }
}

fn folded(value: &Value) -> Option<String> {
    value.as_str().map(str::to_lowercase)
}
