//! RFC 7644 §3.4.2.2: filters.

use rstest::rstest;
use scim::filter::{Bound, Equality, Filter, parse};
use scim::resource::{Reference, Relation, Resource};
use scim::{Limits, Profile, Repair, Repairs};
use serde_json::{Value, json};

use crate::support::{ENTERPRISE, S, SOPHOS, T, ada, doc, group, kind, location, rendered, resource, user};

fn bind(text: &str, profile: Profile) -> scim::Result<(Bound, Repairs)> {
    let mut repairs = Repairs::new();
    let filter = parse(text, profile, &Limits::default(), &mut repairs)?;
    let bound = filter.bind(&user(), profile, &mut repairs)?;
    Ok((bound, repairs))
}

fn matches(text: &str, profile: Profile) -> bool {
    let person = doc(json!({
        "schemas": [ENTERPRISE],
        "userName": "Ada@Example.com",
        "externalId": "Ext-1",
        "displayName": "Ångström",
        "active": true,
        "name": { "givenName": "Ada" },
        "emails": [
            { "value": "ada@example.com", "type": "work", "primary": true },
            { "value": "ada@home.example", "type": "home" },
        ],
        ENTERPRISE: { "department": "Engines", "manager": { "value": "grace" } },
    }));
    bind(text, profile).unwrap().0.matches(&rendered(&person, &user()))
}

#[rstest]
#[case(r#"userName eq "ada@example.COM""#)]
#[case(r#"USERNAME EQ "ada@example.com""#)]
#[case(r#"urn:ietf:params:scim:schemas:core:2.0:User:userName sw "ADA""#)]
#[case(r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "engines""#)]
#[case(r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager eq "grace""#)]
#[case(r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq "grace""#)]
#[case(r#"externalId eq "Ext-1""#)]
#[case(r#"id eq "ada-id""#)]
#[case("displayName eq \"a\u{30a}NGSTRÖM\"")]
#[case(r#"emails eq "ada@home.example""#)]
#[case(r#"emails.type eq "home" and active eq true"#)]
#[case(r#"emails[type eq "home" and value ew ".example"]"#)]
#[case(r#"emails[not (type eq "work")]"#)]
#[case(r#"emails co "home""#)]
#[case("emails pr")]
#[case("name.givenName pr and not (title pr)")]
#[case("title eq null and userName ne null")]
#[case(r#"title ne "x""#)]
#[case(r#"emails.type ne "work""#)]
#[case(r#"userName gt "aaa" and userName lt "b""#)]
#[case(r#"meta.lastModified ge "2026-02-03T05:05:06.789+01:00""#)]
#[case(r#"meta.created lt "2026-01-01T00:00:00.0000001Z""#)]
#[case(r#"(ActiVe eq true) and meta.lastmodified ge "2021-09-23T19:35:41.8420572Z""#)]
#[case(r#"active eq true and (meta.lastModified ge "0001-01-03T00:00:00.0000000Z" and meta.lastModified le "2030-01-01T00:00:00Z")"#)]
#[case(r#"schemas eq "urn:ietf:params:scim:schemas:core:2.0:User""#)]
#[case(r#"meta.resourceType eq "User""#)]
#[case("not(active eq false)")]
#[case("NOT  ( active eq false )")]
#[case(r#"userName eq "ada\u0040example.com""#)]
// Erratum 4670: `and` before `or`.
#[case(r#"userName eq "x" and active eq false or active eq true"#)]
#[case(r#"active eq true or userName eq "x" and active eq false"#)]
fn matching(#[case] text: &str) {
    for profile in [T, S] {
        assert!(matches(text, profile), "{text}");
    }
}

#[rstest]
#[case(r#"externalId eq "ext-1""#)]
#[case(r#"id eq "ADA-ID""#)]
#[case(r#"emails[type eq "home" and value eq "ada@example.com"]"#)]
#[case(r#"title eq "x""#)]
#[case("title pr")]
#[case(r#"title sw """#)]
#[case("active eq false")]
#[case(r#"active eq true and (userName eq "x" or userName eq "y")"#)]
#[case(r#"userName ne "ADA@EXAMPLE.COM""#)]
#[case(r#"not (userName pr)"#)]
#[case("emails eq null")]
fn not_matching(#[case] text: &str) {
    for profile in [T, S] {
        assert!(!matches(text, profile), "{text}");
    }
}

/// What only the tolerant profile reads, and by which repair.
#[rstest]
#[case("userName eq ada@example.com", Repair::UnquotedWord)]
#[case("userName sw A", Repair::UnquotedWord)]
#[case("meta.Created gt 2015-10-10T14:38:21.8617979-07:00", Repair::UnquotedWord)]
#[case(
    "name.GivenName eq Ada and (emails.Value co example.com or emails.Value co x.org)",
    Repair::UnquotedWord
)]
#[case(r#"active eq "True""#, Repair::QuotedBoolean)]
#[case(r#"emails[primary eq "true"]"#, Repair::QuotedBoolean)]
#[case(r#"emails[type eq "work"].value eq "ada@example.com""#, Repair::ComparedValuePath)]
#[case(r#"emails[type eq "work"].value pr"#, Repair::ComparedValuePath)]
#[case(r#"department eq "Engines""#, Repair::BareExtensionAttribute)]
#[case(r#"manager eq "grace""#, Repair::BareExtensionAttribute)]
#[case(r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:.manager pr"#, Repair::DotAfterUrn)]
fn tolerated(#[case] text: &str, #[case] repair: Repair) {
    assert!(matches(text, T), "{text}");
    assert!(bind(text, T).unwrap().1.count(repair) > 0);
    assert_eq!(kind(bind(text, S)), "invalidFilter", "{text}");
}

/// `emails[…].value` speaks of one element.
#[test]
fn a_compared_value_path_is_about_one_element() {
    assert!(!matches(r#"emails[type eq "work"].value eq "ada@home.example""#, T));
}

#[rstest]
#[case("")]
#[case(" ")]
#[case("userName")]
#[case("userName eq")]
#[case(r#"userName "x""#)]
#[case(r#"userName equals "x""#)]
#[case(r#"userName eq "x"#)]
#[case(r#"userName eq "\x""#)]
#[case("userName eq \"a\nb\"")]
#[case(r#"userName eq "x" and"#)]
#[case(r#"userName eq "x" xor active eq true"#)]
#[case(r#"(userName eq "x""#)]
#[case(r#"userName eq "x")"#)]
#[case("()")]
#[case("not active eq true")]
#[case("not ()")]
#[case(r#"emails[type eq "work""#)]
#[case("emails[]")]
// Errata 4690, 7322: value paths do not nest.
#[case(r#"emails[value[type eq "x"]]"#)]
// Nothing to select from.
#[case(r#"userName[value eq "x"]"#)]
#[case(r#"emails.value[value eq "x"]"#)]
#[case(r#"emails[emails.type eq "work"]"#)]
// Unknown attributes, in both profiles.
#[case(r#"nonsense eq "x""#)]
#[case(r#"name.surname eq "x""#)]
#[case(r#"emails[surname eq "x"]"#)]
#[case(r#"urn:example:unknown:attr eq "x""#)]
#[case(r#"1abc eq "x""#)]
// Table 3: no order on booleans, no `co` on what is not text, no order with null.
#[case("active gt false")]
#[case(r#"active co "t""#)]
#[case(r#"meta.created co "2026""#)]
#[case("userName gt null")]
#[case(r#"x509Certificates.value gt "a""#)]
#[case(r#"active eq "perhaps""#)]
#[case("active eq 1")]
#[case(r#"meta.created eq "yesterday""#)]
#[case(r#"name eq "x""#)]
// What is never returned is not found out either.
#[case(r#"password eq "x""#)]
#[case("password pr")]
fn refused(#[case] text: &str) {
    for profile in [T, S] {
        assert_eq!(kind(bind(text, profile)), "invalidFilter", "{text}");
    }
}

#[rstest]
#[case(r#"a eq "x" and b eq "y" and c pr"#)]
#[case(r#"a eq "x" and (b eq "y" and c pr)"#)]
#[case(r#"(a eq "x" or b eq "y") and not (c pr or d pr)"#)]
#[case(r#"urn:a:b:2.0:User:m.value ne null or e[t eq "w" and v gt 1.5]"#)]
#[case(r#"e[t eq "w"].v co "\"\\\u0000é""#)]
#[case("a ge -5 and b lt 1e30 and c eq 18446744073709551615")]
fn printing_and_parsing(#[case] text: &str) {
    let parse = |text: &str| parse(text, T, &Limits::default(), &mut Repairs::new()).map(|f| f.to_string());
    let printed = parse(text).unwrap();
    assert_eq!(parse(&printed).unwrap(), printed);
    assert_eq!(printed.split(['(', ')']).count(), text.split(['(', ')']).count(), "{printed}");
}

/// Hostile filters cost neither stack nor time.
#[rstest]
#[case("(".repeat(4000))]
#[case("not(".repeat(1000))]
#[case(format!("{}a pr{}", "(".repeat(33), ")".repeat(33)))]
#[case("e[".repeat(2000))]
#[case(format!("a pr{}", " and a pr".repeat(300)))]
#[case(format!("a eq \"{}\"", "x".repeat(5000)))]
#[case(format!("a eq \"{}", "\\".repeat(4000)))]
fn limits(#[case] text: String) {
    assert_eq!(kind(bind(&text, T)), "invalidFilter");
}

#[test]
fn within_the_limits() {
    assert!(bind(&format!("{}active pr{}", "(".repeat(32), ")".repeat(32)), S).is_ok());
    assert!(bind(&format!("active pr{}", " or title pr".repeat(99)), S).is_ok());
}

/// Brackets one after the other are not nested, and need no space.
#[test]
fn many_brackets() {
    let text = vec!["(active pr)"; 40].join("and");
    assert!(matches(&text, S));
}

/// Table 3: empty text and complex values without any value are not present.
#[test]
fn present_means_a_value() {
    let (bound, _) = bind("title pr or name pr or emails pr", S).unwrap();
    let is_present = |resource: Value| bound.matches(resource.as_object().unwrap());
    assert!(!is_present(json!({ "title": "", "name": { "givenName": null }, "emails": [] })));
    assert!(is_present(json!({ "name": { "givenName": "Ada" } })));
}

/// An error never repeats what the client compares with.
#[test]
fn errors_hold_no_values() {
    let error = bind(r#"active eq "secret-person""#, S).unwrap_err();
    assert!(!error.detail.contains("secret-person"));
    let error = bind(r#"userName eq "secret-person" ?"#, S).unwrap_err();
    assert!(!error.detail.contains("secret-person"));
}

fn equality(attribute: &str, value: Value) -> Equality<'_> {
    Equality { attribute: attribute.into(), value }
}

#[test]
fn what_a_planner_sees() {
    let text = format!(
        r#"(USERNAME eq "A" and emails[type eq "work" and value eq "e"]) and {SOPHOS}:exchangelogin eq "x" and manager eq "m" and active eq "true" and (title eq "t" or title pr) and nickName sw "n""#
    );
    let (bound, _) = bind(&text, T).unwrap();
    let manager = format!("{ENTERPRISE}:manager.value");
    assert_eq!(
        bound.equalities(),
        [
            equality("userName", json!("A")),
            equality("emails.type", json!("work")),
            equality("emails.value", json!("e")),
            equality(&format!("{SOPHOS}:exchangeLogin"), json!("x")),
            equality(&manager, json!("m")),
            equality("active", json!(true)),
        ]
    );
    assert_eq!(bound.attributes(), ["userName", "emails", SOPHOS, ENTERPRISE, "active", "title", "nickName"]);
    let (compared, _) = bind(r#"emails[type eq "work"].value eq "x""#, T).unwrap();
    assert_eq!(
        compared.equalities(),
        [equality("emails.type", json!("work")), equality("emails.value", json!("x"))]
    );
}

/// What an `or` leaves to look up: nothing where one of its alternatives has no equality.
#[test]
fn what_a_planner_sees_of_alternatives() {
    let alternatives = |text: &str| {
        let (bound, _) = bind(text, T).unwrap();
        let values =
            |terms: &Vec<Equality>| -> Vec<Value> { terms.iter().map(|term| term.value.clone()).collect() };
        let either = |or: &Vec<Vec<Equality>>| -> Value { or.iter().map(values).collect::<Vec<_>>().into() };
        bound.alternatives().iter().map(either).collect::<Vec<Value>>()
    };
    assert_eq!(alternatives(r#"id eq "a" or id eq "b" or id eq "c""#), [json!([["a"], ["b"], ["c"]])]);
    assert_eq!(alternatives(r#"id eq "a" and title eq "t" or id eq "b""#), [json!([["a", "t"], ["b"]])]);
    assert_eq!(alternatives(r#"title pr and (id eq "a" or id eq "b")"#), [json!([["a"], ["b"]])]);
    assert_eq!(alternatives(r#"id eq "a" or title pr"#), [json!([["a"], []])]);
    assert!(alternatives(r#"id eq "a" and title pr"#).is_empty());
    assert!(alternatives(r#"not (id eq "a" or id eq "b")"#).is_empty());
}

#[test]
fn conjuncts_of_the_text() {
    let mut repairs = Repairs::new();
    let filter =
        parse("a pr and (b pr or c pr) and (d pr and e pr)", S, &Limits::default(), &mut repairs).unwrap();
    let printed: Vec<String> = filter.conjuncts().into_iter().map(Filter::to_string).collect();
    assert_eq!(printed, ["a pr", "b pr or c pr", "d pr", "e pr"]);
    assert_eq!(filter.size(), 9);
}

#[test]
fn members_of_a_group() {
    let mut repairs = Repairs::new();
    let filter = parse(r#"id eq "g" and members eq "u""#, S, &Limits::default(), &mut repairs).unwrap();
    let bound = filter.bind(&group(), S, &mut repairs).unwrap();
    assert_eq!(bound.equalities(), [equality("id", json!("g")), equality("members.value", json!("u"))]);
    assert_eq!(bound.attributes(), ["id", "members"]);
    let resource = json!({ "id": "g", "members": [{ "value": "t" }, { "value": "u" }] });
    assert!(bound.matches(resource.as_object().unwrap()));
}

/// A resource is looked at as it is answered, but for an `active` that the answer leaves out.
#[rstest]
#[case(r#"userName eq "ada@example.com""#, true)]
#[case(r#"id eq "ada-id""#, true)]
#[case(r#"id eq "other""#, false)]
#[case(r#"externalId eq "named""#, true)]
#[case(r#"externalId eq "ext-ada""#, false)]
#[case(&format!(r#"schemas eq "{ENTERPRISE}""#), true)]
#[case(&format!(r#"schemas eq "{SOPHOS}""#), false)]
#[case(r#"meta.lastModified gt "2026-02-03T04:05:06Z""#, true)]
#[case(r#"meta.resourceType eq "Group""#, false)]
#[case(r#"groups.value eq "g2" or groups.display eq "none""#, true)]
#[case(r#"groups.value eq "g3""#, false)]
#[case(&format!(r#"{ENTERPRISE}:department eq "Engines""#), true)]
#[case(r#"title pr"#, false)]
#[case(r#"active eq false"#, true)]
fn what_is_seen_of_a_resource(#[case] text: &str, #[case] expected: bool) {
    let group = |id: &str| Reference {
        value: id.into(),
        location: location("Groups", id),
        r#type: "direct",
        display: None,
    };
    let relation = Some(Relation { attribute: "groups", references: vec![group("g1"), group("g2")] });
    let mut document = ada();
    document.remove("externalId");
    document.remove("active");
    let ada = Resource { external_id: Some("named".into()), relation, ..resource(&document, &user()) };
    let (bound, _) = bind(text, T).unwrap();
    assert_eq!(bound.matches(&ada.seen(Some(false))), expected);
    assert_eq!(bound.matches(&ada.to_map()), expected && !text.starts_with("active"));
}
