//! Filters as RFC 7644 §3.4.2.2 reads, by the book: over the JSON of the schemas and of the resource. It shares the syntax tree
//! and the folding of keys with the crate, and nothing else.

use scim::Profile;
use scim::filter::{CompareOp, Filter, Literal, Test};
use scim::path::AttrPath;
use scim::resource::fold;
use serde_json::{Number, Value, json};

/// The schemas of one resource type, as JSON.
pub struct Oracle {
    core: Value,
    extensions: Vec<Value>,
    common: Value,
}

/// Where the names of a filter are looked up, and in what.
#[derive(Clone, Copy)]
enum Scope<'a> {
    Resource(&'a Value),
    /// An element, and the definition of its list.
    Element(&'a Value, &'a Value),
}

/// The definition of what a path names, and its values.
type Found<'a> = (&'a Value, Vec<&'a Value>);

impl Oracle {
    /// Over the texts of a core schema and its extensions.
    ///
    /// # Panics
    /// If one is no JSON.
    #[must_use]
    pub fn new(core: &str, extensions: &[&str]) -> Self {
        let parse = |text: &str| serde_json::from_str(text).unwrap();
        // RFC 7643 §3 and §3.1.
        let common = json!({ "attributes": [
            { "name": "schemas", "multiValued": true },
            { "name": "id", "caseExact": true },
            { "name": "externalId", "caseExact": true },
            { "name": "meta", "type": "complex", "subAttributes": [
                { "name": "resourceType", "caseExact": true }, { "name": "created", "type": "dateTime" },
                { "name": "lastModified", "type": "dateTime" },
                { "name": "location", "type": "reference", "caseExact": true },
                { "name": "version", "caseExact": true },
            ] },
        ] });
        Self { core: parse(core), extensions: extensions.iter().map(|text| parse(text)).collect(), common }
    }

    /// Whether a resource matches; none if the filter can't be asked of the type, for an unknown attribute or a comparison that
    /// its type does not have.
    #[must_use]
    pub fn holds(&self, filter: &Filter<'_>, resource: &Value, profile: Profile) -> Option<bool> {
        self.within(filter, Scope::Resource(resource), profile)
    }

    fn within(&self, filter: &Filter<'_>, scope: Scope<'_>, profile: Profile) -> Option<bool> {
        let look = |filter| self.within(filter, scope, profile);
        match filter {
            // Both sides are looked at, for both have to make sense.
            Filter::And(a, b) => Some([look(a)?, look(b)?] == [true, true]),
            Filter::Or(a, b) => Some([look(a)?, look(b)?] != [false, false]),
            Filter::Not(a) => Some(!look(a)?),
            Filter::Present(path) => Some(!self.find(path, scope, profile)?.1.is_empty()),
            Filter::Compare { path, op, value } => {
                let by_value = path.sub.is_none().then(|| self.by_value(path, scope, profile)).flatten();
                let path = by_value.as_ref().unwrap_or(path);
                compared(&self.find(path, scope, profile)?, *op, value, profile)
            }
            Filter::ValuePath { path, filter, then } => {
                let (list, elements) = self.find(path, scope, profile)?;
                if path.sub.is_some() || kind(list) != "complex" {
                    return None;
                }
                let fits = |element| {
                    let scope = Scope::Element(element, list);
                    let own = self.within(filter, scope, profile)?;
                    Some(own & then.as_ref().map_or(Some(true), |then| self.then(then, scope, profile))?)
                };
                // Of no element, too, the filter has to make sense.
                fits(&Value::Null)?;
                elements.into_iter().map(fits).try_fold(false, |any, fits| Some(any | fits?))
            }
        }
    }

    fn then(&self, (sub, test): &(&str, Test<'_>), scope: Scope<'_>, profile: Profile) -> Option<bool> {
        let found = self.find(&AttrPath { urn: None, name: sub, sub: None }, scope, profile)?;
        match test {
            Test::Present => Some(!found.1.is_empty()),
            Test::Compare(op, value) => compared(&found, *op, value, profile),
        }
    }

    /// A complex attribute with a `value` compares by it.
    fn by_value<'p>(&self, path: &AttrPath<'p>, scope: Scope<'_>, profile: Profile) -> Option<AttrPath<'p>> {
        let path = AttrPath { sub: Some("value"), ..*path };
        self.find(&path, scope, profile).is_some().then_some(path)
    }

    fn find<'a>(&'a self, path: &AttrPath<'_>, scope: Scope<'a>, profile: Profile) -> Option<Found<'a>> {
        let (schema, data) = match scope {
            Scope::Element(element, list) if path.urn.is_none() && path.sub.is_none() => {
                let attribute = named(&list["subAttributes"], path.name)?;
                return shown(attribute, vec![&element[name(attribute)]]);
            }
            Scope::Element(..) => return None,
            Scope::Resource(resource) => self.schema(path, resource, profile)?,
        };
        let attribute = named(&schema["attributes"], path.name)?;
        let values = each(&data[name(attribute)]);
        let Some(sub) = path.sub else { return shown(attribute, values) };
        let sub = named(&attribute["subAttributes"], sub)?;
        shown(sub, values.into_iter().map(|value| &value[name(sub)]).collect())
    }

    /// The schema that has the attribute, and its data.
    fn schema<'a>(
        &'a self,
        path: &AttrPath<'_>,
        resource: &'a Value,
        profile: Profile,
    ) -> Option<(&'a Value, &'a Value)> {
        let has = |schema: &Value| named(&schema["attributes"], path.name).is_some();
        let extension = |schema: &'a Value| (schema, &resource[schema["id"].as_str().unwrap()]);
        let called = |schema: &&Value| path.urn.is_some_and(|urn| same(&schema["id"], urn));
        if let Some(schema) = self.extensions.iter().find(called) {
            return Some(extension(schema));
        }
        if path.urn.is_some_and(|urn| !same(&self.core["id"], urn)) {
            return None;
        }
        if let Some(schema) = [&self.core, &self.common].into_iter().find(|schema| has(schema)) {
            return Some((schema, resource));
        }
        let having: Vec<&Value> = self.extensions.iter().filter(|schema| has(schema)).collect();
        let bare = path.urn.is_none() && profile.is_tolerant() && having.len() == 1;
        bare.then(|| extension(having[0]))
    }
}

/// RFC 7644 Table 3.
fn compared(
    (attribute, values): &Found<'_>,
    op: CompareOp,
    with: &Literal<'_>,
    profile: Profile,
) -> Option<bool> {
    use CompareOp::{Co, Eq, Ew, Ne, Sw};
    if *with == Literal::Null {
        return [(Eq, values.is_empty()), (Ne, !values.is_empty())]
            .into_iter()
            .find(|(o, _)| *o == op)
            .map(|(_, b)| b);
    }
    let (equality, inside) = (matches!(op, Eq | Ne), matches!(op, Co | Sw | Ew));
    let test: Box<dyn Fn(&Value) -> bool> = match kind(attribute) {
        "boolean" if equality => {
            let with = truth(with, profile)?;
            Box::new(move |value| in_order(op, value.as_bool().unwrap().cmp(&with)))
        }
        "integer" | "decimal" if !inside => {
            let Literal::Number(with) = with.clone() else { return None };
            Box::new(move |value| numbers(value.as_number().unwrap(), &with).is_some_and(|o| in_order(op, o)))
        }
        "dateTime" if !inside => {
            let Literal::Str(text) = with else { return None };
            let with = moment(text)?;
            Box::new(move |value| in_order(op, moment(value.as_str().unwrap()).unwrap().cmp(&with)))
        }
        kind @ ("string" | "reference" | "binary") if kind != "binary" || equality => {
            let exact = attribute["caseExact"] == true;
            let folded = move |text: &str| if exact { text.to_owned() } else { fold(text) };
            let with = folded(&text(with, profile)?);
            Box::new(move |value| texts(&folded(value.as_str().unwrap()), op, &with))
        }
        _ => return None,
    };
    Some((op == Ne && values.is_empty()) || values.iter().any(|value| test(value)))
}

fn truth(literal: &Literal<'_>, profile: Profile) -> Option<bool> {
    match literal {
        Literal::Bool(b) => Some(*b),
        Literal::Str(text) if profile.is_tolerant() => text.trim().to_ascii_lowercase().parse().ok(),
        _ => None,
    }
}

fn text(literal: &Literal<'_>, profile: Profile) -> Option<String> {
    match literal {
        Literal::Str(text) => Some(text.to_string()),
        Literal::Number(number) if profile.is_tolerant() => Some(number.to_string()),
        Literal::Bool(b) if profile.is_tolerant() => Some(b.to_string()),
        _ => None,
    }
}

/// RFC 7643 §2.3.5; a time without a zone is UTC.
fn moment(text: &str) -> Option<jiff::Timestamp> {
    let local = || text.parse::<jiff::civil::DateTime>().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok();
    text.parse().ok().or_else(|| Some(local()?.timestamp()))
}

/// Whole numbers exactly, others as near as JSON's readers agree (RFC 8259 §6).
fn numbers(a: &Number, b: &Number) -> Option<std::cmp::Ordering> {
    match (a.as_i128(), b.as_i128()) {
        (Some(a), Some(b)) => Some(a.cmp(&b)),
        _ => a.as_f64()?.partial_cmp(&b.as_f64()?),
    }
}

fn texts(value: &str, op: CompareOp, with: &str) -> bool {
    match op {
        CompareOp::Co => value.contains(with),
        CompareOp::Sw => value.starts_with(with),
        CompareOp::Ew => value.ends_with(with),
        op => in_order(op, value.cmp(with)),
    }
}

fn in_order(op: CompareOp, order: std::cmp::Ordering) -> bool {
    match op {
        CompareOp::Eq => order.is_eq(),
        CompareOp::Ne => order.is_ne(),
        CompareOp::Gt => order.is_gt(),
        CompareOp::Ge => order.is_ge(),
        CompareOp::Lt => order.is_lt(),
        _ => order.is_le(),
    }
}

/// Names are the same in any case (RFC 7643 §2.1).
fn same(value: &Value, text: &str) -> bool {
    value.as_str().is_some_and(|value| value.eq_ignore_ascii_case(text))
}

fn named<'a>(attributes: &'a Value, name: &str) -> Option<&'a Value> {
    attributes.as_array()?.iter().find(|attribute| same(&attribute["name"], name))
}

fn name(attribute: &Value) -> &str {
    attribute["name"].as_str().unwrap()
}

fn kind(attribute: &Value) -> &str {
    attribute["type"].as_str().unwrap_or("string")
}

/// What is found, unless it is never shown (RFC 7643 §7): that is not found out by comparing either.
fn shown<'a>(attribute: &'a Value, values: Vec<&'a Value>) -> Option<Found<'a>> {
    let secret = attribute["mutability"] == "writeOnly" || attribute["returned"] == "never";
    let values = values.into_iter().flat_map(each).filter(|value| is_there(value)).collect();
    (!secret).then_some((attribute, values))
}

fn each(value: &Value) -> Vec<&Value> {
    value.as_array().map_or_else(|| vec![value], |list| list.iter().collect())
}

/// RFC 7643 §2.5: null, an empty list and an empty text are unassigned.
fn is_there(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(list) => !list.is_empty(),
        Value::Object(map) => map.values().any(|value| !value.is_null()),
        _ => true,
    }
}
