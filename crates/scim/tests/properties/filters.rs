//! Filters: what is printed parses back, and evaluation agrees with a naive reading of the RFC.

use proptest::prelude::{BoxedStrategy, Just, Strategy, any, prop_oneof, proptest};
use proptest::{collection, option, prop_assert_eq, sample};
use scim::filter::{CompareOp, Filter, Literal, Test, parse};
use scim::path::AttrPath;
use scim::{Limits, Repairs};
use serde_json::{Value, json};

use crate::support::{ENTERPRISE, T, doc, rendered, user};

const OPS: [CompareOp; 9] = [
    CompareOp::Eq,
    CompareOp::Ne,
    CompareOp::Co,
    CompareOp::Sw,
    CompareOp::Ew,
    CompareOp::Gt,
    CompareOp::Ge,
    CompareOp::Lt,
    CompareOp::Le,
];

fn path() -> impl Strategy<Value = AttrPath<'static>> {
    let urns = option::of(sample::select(vec!["urn:a:b:2.0:User", "urn:x:1"]));
    let names = sample::select(vec!["userName", "a", "not", "and", "x-y_z", "$ref", "pr", "eq"]);
    let subs = option::of(sample::select(vec!["value", "$ref", "or"]));
    (urns, names, subs).prop_map(|(urn, name, sub)| AttrPath { urn, name, sub })
}

fn literal() -> impl Strategy<Value = Literal<'static>> {
    prop_oneof![
        any::<String>().prop_map(|text| Literal::Str(text.into())),
        any::<i64>().prop_map(|n| Literal::Number(n.into())),
        any::<f64>().prop_filter_map("finite", |n| serde_json::Number::from_f64(n).map(Literal::Number)),
        any::<bool>().prop_map(Literal::Bool),
        Just(Literal::Null),
    ]
}

fn test() -> impl Strategy<Value = Test<'static>> {
    prop_oneof![
        Just(Test::Present),
        (sample::select(&OPS[..]), literal()).prop_map(|(op, value)| Test::Compare(op, value))
    ]
}

fn leaf() -> BoxedStrategy<Filter<'static>> {
    (path(), test())
        .prop_map(|(path, test)| match test {
            Test::Present => Filter::Present(path),
            Test::Compare(op, value) => Filter::Compare { path, op, value },
        })
        .boxed()
}

fn logic(leaf: BoxedStrategy<Filter<'static>>) -> BoxedStrategy<Filter<'static>> {
    leaf.prop_recursive(5, 24, 2, |inner| {
        let pair = (inner.clone(), inner.clone());
        prop_oneof![
            pair.clone().prop_map(|(a, b)| Filter::And(Box::new(a), Box::new(b))),
            pair.prop_map(|(a, b)| Filter::Or(Box::new(a), Box::new(b))),
            inner.prop_map(|a| Filter::Not(Box::new(a))),
        ]
    })
    .boxed()
}

fn any_filter() -> impl Strategy<Value = Filter<'static>> {
    let then = option::of((sample::select(vec!["value", "$ref"]), test()));
    let value_path = (path(), logic(leaf()), then).prop_map(|(path, filter, then)| Filter::ValuePath {
        path,
        filter: Box::new(filter),
        then,
    });
    logic(prop_oneof![3 => leaf(), 1 => value_path].boxed())
}

/// A small world, so that filters hit and miss: text with cases, a boolean, a list.
fn small_filter() -> impl Strategy<Value = String> {
    let text = sample::select(vec!["", "a", "A", "ab", "é", "É", "b"]);
    let name = sample::select(vec![
        "userName",
        "externalId",
        "title",
        "emails.value",
        "emails.type",
        "name.givenName",
        "department",
    ]);
    let term = prop_oneof![
        4 => (name.clone(), sample::select(&OPS[..]), text.clone()).prop_map(|(name, op, text)| format!("{name} {} {}", op.as_str(), json!(text))),
        1 => name.prop_map(|name| format!("{name} pr")),
        1 => any::<bool>().prop_map(|b| format!("active eq {b}")),
        1 => any::<bool>().prop_map(|b| format!("active ne {b}")),
        2 => (text.clone(), text).prop_map(|(a, b)| format!("emails[type eq {} and not (value co {})]", json!(a), json!(b))),
    ];
    term.prop_recursive(4, 16, 2, |inner| {
        let pair = (inner.clone(), inner.clone());
        prop_oneof![
            pair.clone().prop_map(|(a, b)| format!("({a}) and ({b})")),
            pair.prop_map(|(a, b)| format!("({a}) or ({b})")),
            inner.prop_map(|a| format!("not ({a})")),
        ]
    })
}

fn small_user() -> impl Strategy<Value = Value> {
    let text = || option::of(sample::select(vec!["a", "A", "ab", "aB", "é", "b"]));
    let email = (text(), text()).prop_map(|(value, kind)| json!({ "value": value, "type": kind }));
    (text(), text(), text(), option::of(any::<bool>()), collection::vec(email, 0..3)).prop_map(
        |(external, title, given, active, emails)| {
            json!({
                "userName": "Ab", "externalId": external, "title": title, "active": active, "emails": emails,
                "name": { "givenName": given }, ENTERPRISE: { "department": title },
            })
        },
    )
}

/// The RFC's Table 3, by the book: the values of an attribute, then the operator on each.
fn oracle(filter: &Filter<'_>, resource: &Value) -> bool {
    match filter {
        Filter::And(a, b) => oracle(a, resource) && oracle(b, resource),
        Filter::Or(a, b) => oracle(a, resource) || oracle(b, resource),
        Filter::Not(a) => !oracle(a, resource),
        Filter::Present(path) => !values(path, resource).is_empty(),
        Filter::Compare { path, op, value } => {
            let values = values(path, resource);
            let exact = path.name == "externalId";
            (*op == CompareOp::Ne && values.is_empty())
                || values.iter().any(|v| compare(v, *op, value, exact))
        }
        Filter::ValuePath { path, filter, .. } => {
            let list = resource[path.name].as_array().cloned().unwrap_or_default();
            list.iter().any(|element| oracle(filter, element))
        }
    }
}

fn values(path: &AttrPath<'_>, resource: &Value) -> Vec<Value> {
    let attribute = match path.name {
        "department" => &resource[ENTERPRISE]["department"],
        name => &resource[name],
    };
    let elements = attribute.as_array().cloned().unwrap_or_else(|| vec![attribute.clone()]);
    let sub = |element: &Value| path.sub.map_or(element.clone(), |sub| element[sub].clone());
    elements.iter().map(sub).filter(|value| !value.is_null()).collect()
}

fn compare(value: &Value, op: CompareOp, with: &Literal<'_>, exact: bool) -> bool {
    let (value, with) = match (value, with) {
        (Value::Bool(value), Literal::Bool(with)) => (value.to_string(), with.to_string()),
        (Value::String(value), Literal::Str(with)) if exact => (value.clone(), with.to_string()),
        (Value::String(value), Literal::Str(with)) => (value.to_lowercase(), with.to_lowercase()),
        _ => return false,
    };
    match op {
        CompareOp::Eq => value == with,
        CompareOp::Ne => value != with,
        CompareOp::Co => value.contains(&with),
        CompareOp::Sw => value.starts_with(&with),
        CompareOp::Ew => value.ends_with(&with),
        CompareOp::Gt => value > with,
        CompareOp::Ge => value >= with,
        CompareOp::Lt => value < with,
        CompareOp::Le => value <= with,
    }
}

proptest! {
    #[test]
    fn what_is_printed_parses_back(filter in any_filter()) {
        let text = filter.to_string();
        let limits = Limits { filter_bytes: 1 << 20, ..Limits::default() };
        let mut repairs = Repairs::new();
        prop_assert_eq!(parse(&text, T, &limits, &mut repairs).map_err(|e| format!("{e}: {text}")), Ok(filter.clone()));
        let terms = filter.conjuncts().iter().map(|term| term.size()).sum::<usize>();
        prop_assert_eq!(filter.size(), terms + filter.conjuncts().len() - 1);
    }

    #[test]
    fn evaluation_agrees_with_the_oracle(text in small_filter(), person in small_user()) {
        let mut repairs = Repairs::new();
        let filter = parse(&text, T, &Limits::default(), &mut repairs).unwrap();
        let bound = filter.bind(&user(), T, &mut repairs).unwrap();
        let resource = rendered(&doc(person), &user());
        let matches = bound.matches(&resource);
        prop_assert_eq!(matches, oracle(&filter, &Value::Object(resource.clone())), "{} on {:?}", text, resource);
        // What a planner narrows by is fulfilled by every match.
        if matches {
            for equality in bound.equalities() {
                let alone = format!("{} eq {}", equality.attribute, equality.value);
                let alone = parse(&alone, T, &Limits::default(), &mut repairs).unwrap().bind(&user(), T, &mut repairs).unwrap();
                assert!(alone.matches(&resource), "{text}: {equality:?}");
            }
        }
    }
}
