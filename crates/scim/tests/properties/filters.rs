//! Filters: what is printed parses back, and evaluation agrees with a naive reading of the RFC.

use fuzz_targets::things::{Kind, MORE, thing, things};
use proptest::prelude::{BoxedStrategy, Just, Strategy, any, prop_oneof, proptest};
use proptest::{collection, option, prop_assert_eq, sample};
use scim::filter::{CompareOp, Filter, Literal, Test, parse};
use scim::path::AttrPath;
use scim::{Limits, Repairs};
use serde_json::{Map, Value, json};

use crate::support::{S, T};

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

const WORDS: [&str; 9] = ["", "a", "A", "ab", "aB", "é", "E\u{301}", "ß", "b"];
const MOMENTS: [&str; 4] = [
    "2026-01-01T00:00:00Z",
    "2026-01-01T01:00:00+01:00",
    "2025-12-31T23:59:59.9999999Z",
    "2026-01-02T00:00:00",
];
const NUMBERS: [&str; 6] = ["0", "-1", "5", "5.0", "1.5", "9223372036854775807"];

/// Every attribute of a thing: alone and many, in a part and in parts, in an extension with and without its URN. What a path
/// below has no values for is there, too, and what nobody has.
fn paths() -> Vec<String> {
    let simple = ["folded", "exact", "flag", "whole", "real", "moment", "link", "bytes", "secret"];
    let many = ["foldeds", "exacts", "flags", "wholes", "moments"];
    let common = ["id", "externalId", "schemas", "meta", "meta.created", "meta.version", "userName"];
    let parts = ["value", "type", "primary", "whole", "real", "moment", "$ref", "bytes"];
    let complex = ["part", "part.folded", "part.whole", "part.moment", "pair", "pair.value", "pair.secret"];
    let bare = ["only", "both", "boss", "boss.value", "parts", "nobody", "part.nobody"];
    let all = [&simple[..], &many, &common, &complex, &bare].concat().into_iter().map(str::to_owned);
    let all = all.chain(parts.map(|sub| format!("parts.{sub}")));
    all.chain(
        ["only", "whole", "boss", "boss.displayName", "parts.flag"].map(|name| format!("{MORE}:{name}")),
    )
    .collect()
}

fn literals() -> Vec<String> {
    let texts = WORDS.iter().chain(&MOMENTS).chain(&["true", "False"]).map(|text| json!(text).to_string());
    texts.chain(NUMBERS.iter().chain(&["true", "false", "null"]).map(|&word| word.to_owned())).collect()
}

/// Filters that make sense and filters that don't: an attribute of any type, any operator, any value.
fn filter_text() -> impl Strategy<Value = String> {
    let pick = |of: Vec<String>| sample::select(of);
    let test = || {
        let compared = (sample::select(&OPS[..]), pick(literals()))
            .prop_map(|(op, with)| format!("{} {with}", op.as_str()));
        prop_oneof![1 => Just("pr".to_owned()), 8 => compared]
    };
    let sub = sample::select(vec!["value", "type", "primary", "whole", "moment", "$ref", "nobody"]);
    let inside = (sub.clone(), test(), sub, test(), sample::select(vec!["and", "or", "and not"]));
    let list = sample::select(vec![
        "parts".to_owned(),
        "part".to_owned(),
        "folded".to_owned(),
        format!("{MORE}:parts"),
    ]);
    let then = option::weighted(0.2, test());
    let term = prop_oneof![
        4 => (pick(paths()), test()).prop_map(|(path, test)| format!("{path} {test}")),
        1 => (list, inside, then).prop_map(|(list, (a, x, b, y, word), then)| {
            let then = then.map(|test| format!(".value {test}")).unwrap_or_default();
            format!("{list}[{a} {x} {word} ({b} {y})]{then}")
        }),
    ];
    term.prop_recursive(3, 8, 2, |inner| {
        let pair = (inner.clone(), inner.clone());
        prop_oneof![
            pair.clone().prop_map(|(a, b)| format!("({a}) and ({b})")),
            pair.prop_map(|(a, b)| format!("({a}) or ({b})")),
            inner.prop_map(|a| format!("not ({a})")),
        ]
    })
}

/// An object with some of these attributes.
fn object(attributes: Vec<(String, BoxedStrategy<Value>)>) -> BoxedStrategy<Value> {
    let each: Vec<_> = attributes
        .into_iter()
        .map(|(name, value)| {
            option::of(value).prop_map(move |value| value.map(|value| (name.clone(), value)))
        })
        .collect();
    each.prop_map(|all| Value::Object(all.into_iter().flatten().collect::<Map<String, Value>>())).boxed()
}

fn any_thing() -> impl Strategy<Value = Value> {
    let word = || sample::select(&WORDS[1..]).prop_map(Value::from).boxed();
    let moment = || sample::select(&MOMENTS[..]).prop_map(Value::from).boxed();
    let whole = || sample::select(vec![0, -1, 5, i64::MAX]).prop_map(Value::from).boxed();
    let real = || sample::select(vec![1.5, 5.0, -0.0]).prop_map(Value::from).boxed();
    let flag = || any::<bool>().prop_map(Value::from).boxed();
    let many = |of: BoxedStrategy<Value>| collection::vec(of, 0..3).prop_map(Value::Array).boxed();
    let named = |list: Vec<(&str, BoxedStrategy<Value>)>| {
        list.into_iter().map(|(name, of)| (name.to_owned(), of)).collect()
    };
    let part = || {
        object(named(vec![
            ("value", word()),
            ("type", word()),
            ("primary", flag()),
            ("whole", whole()),
            ("real", real()),
            ("moment", moment()),
            ("$ref", word()),
            ("bytes", word()),
            ("flag", flag()),
        ]))
    };
    let small = || object(named(vec![("folded", word()), ("whole", whole()), ("moment", moment())]));
    let more = || {
        object(named(vec![("only", word()), ("whole", whole()), ("boss", part()), ("parts", many(part()))]))
    };
    object(named(vec![
        ("id", word()),
        ("folded", word()),
        ("exact", word()),
        ("flag", flag()),
        ("whole", whole()),
        ("real", real()),
        ("moment", moment()),
        ("bytes", word()),
        ("foldeds", many(word())),
        ("exacts", many(word())),
        ("flags", many(flag())),
        ("wholes", many(whole())),
        ("moments", many(moment())),
        ("part", small()),
        ("pair", part()),
        ("parts", many(part())),
        (MORE, more()),
    ]))
}

/// What the crate says of a filter and a thing, and what the oracle says: nothing, if the filter makes no sense.
fn said(kind: &Kind, text: &str, thing: &Value) -> [(Option<bool>, Option<bool>); 2] {
    let filter = parse(text, T, &Limits::default(), &mut Repairs::new()).unwrap();
    [T, S].map(|profile| {
        let bound = filter.bind(&kind.resource_type, profile, &mut Repairs::new()).ok();
        let matches = bound.map(|bound| bound.matches(thing.as_object().unwrap()));
        (matches, kind.oracle.holds(&filter, thing, profile))
    })
}

/// Table 3 of RFC 7644 §3.4.2.2 as a whole.
#[test]
fn every_operator_on_every_type_with_every_value() {
    let (kind, things) = (thing(), things());
    let tests =
        OPS.iter().flat_map(|op| literals().into_iter().map(|with| format!("{} {with}", op.as_str())));
    let tests: Vec<String> = tests.chain(["pr".to_owned()]).collect();
    let mut made_sense = 0;
    for text in paths().iter().flat_map(|path| tests.iter().map(move |test| format!("{path} {test}"))) {
        for thing in &things {
            for (said, expected) in said(&kind, &text, thing) {
                assert_eq!(said, expected, "{text} on {thing}");
                made_sense += usize::from(said.is_some());
            }
        }
    }
    assert!(made_sense > 10_000, "{made_sense}");
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
    fn evaluation_agrees_with_the_oracle(text in filter_text(), thing in any_thing()) {
        for (said, expected) in said(thing_type(), &text, &thing) {
            prop_assert_eq!(said, expected, "{} on {}", text, thing);
        }
        narrows(&text, &thing);
    }
}

/// What a planner narrows by is fulfilled by every match.
fn narrows(text: &str, thing: &Value) {
    let (rt, mut repairs) = (&thing_type().resource_type, Repairs::new());
    let mut bind = |text: &str| parse(text, T, &Limits::default(), &mut repairs)?.bind(rt, T, &mut repairs);
    let thing = thing.as_object().unwrap();
    let Ok(bound) = bind(text) else { return };
    for equality in bound.equalities().into_iter().filter(|_| bound.matches(thing)) {
        let alone = bind(&format!("{} eq {}", equality.attribute, equality.value)).unwrap();
        assert!(alone.matches(thing), "{text}: {equality:?}");
    }
}

fn thing_type() -> &'static Kind {
    static KIND: std::sync::LazyLock<Kind> = std::sync::LazyLock::new(thing);
    &KIND
}
