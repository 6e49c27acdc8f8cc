use rstest::rstest;
use serde_json::json;

use super::*;

fn document(value: Value) -> Document {
    let Value::Object(map) = value else { panic!("no object") };
    Document::from_canonical(map)
}

fn place() -> Place {
    let region = crate::outbound::Base::known("api-eu01.central.sophos.com");
    Place { tenant: "T".to_owned(), region, data_region: Some("eu01".to_owned()) }
}

fn read(kind: Kind, value: Value) -> Native {
    native(kind, serde_json::from_value(value).unwrap(), &place())
}

#[rstest]
#[case::all_given(
    json!({"userName": "al", "displayName": "Ann Lee", "name": {"givenName": "Ann", "familyName": "Lee", "formatted": "x"},
        "emails": [{"value": "b@x.test"}, {"value": "a@x.test", "primary": true}]}),
    json!({"name": "Ann Lee", "firstName": "Ann", "lastName": "Lee", "email": "a@x.test", "exchangeLogin": "al"})
)]
#[case::first_mail_without_a_primary_one(
    json!({"userName": "A@x.test", "emails": [{"type": "home"}, {"value": "a@X.test"}, {"value": "b@x.test"}]}),
    json!({"name": "A@x.test", "email": "a@X.test"})
)]
#[case::user_name_as_mail(json!({"userName": "a@x.test"}), json!({"name": "a@x.test", "email": "a@x.test"}))]
#[case::user_name_that_is_no_mail(json!({"userName": "a b@x"}), json!({"name": "a b@x", "exchangeLogin": "a b@x"}))]
#[case::name_from_formatted(
    json!({"userName": "u@x", "name": {"formatted": "F", "givenName": "G"}}),
    json!({"name": "F", "firstName": "G", "email": "u@x"})
)]
#[case::name_from_parts(
    json!({"userName": "u@x", "displayName": " ", "name": {"familyName": "L", "givenName": "G"}}),
    json!({"name": "G L", "firstName": "G", "lastName": "L", "email": "u@x"})
)]
#[case::name_from_one_part(
    json!({"userName": "u@x", "name": {"familyName": "L"}}),
    json!({"name": "L", "lastName": "L", "email": "u@x"})
)]
#[case::own_exchange_login(
    json!({"userName": "u", "emails": [{"value": "m@x"}], USER_EXTENSION: {"exchangeLogin": "e"}}),
    json!({"name": "u", "email": "m@x", "exchangeLogin": "e"})
)]
#[case::what_sophos_lacks(
    json!({"userName": "u@x", "title": "T", "active": false, "externalId": "E"}),
    json!({"name": "u@x", "email": "u@x"})
)]
fn a_person_becomes_fields(#[case] scim: Value, #[case] fields: Value) {
    assert_eq!(json!(desired(Kind::User, &document(scim))), fields);
}

#[test]
fn a_group_becomes_a_name() {
    let scim = document(
        json!({"displayName": "G", "description": "no SCIM attribute", "members": [{"value": "1"}]}),
    );
    assert_eq!(json!(desired(Kind::Group, &scim)), json!({"name": "G"}));
}

#[test]
fn a_person_is_shown() {
    let native = read(
        Kind::User,
        json!({"id": "i", "name": "N", "firstName": "F", "lastName": "", "email": "e@x", "exchangeLogin": "l",
            "domain": "D", "source": {"type": "azureActiveDirectory"}, "createdAt": "2026-01-02T03:04:05.678Z",
            "updatedAt": "2026-01-02T03:04:06.1", "new": {"field": [1]}}),
    );
    assert_eq!(native.locked, Some(Locked { by: "Microsoft Entra ID".to_owned() }));
    assert_eq!(native.modified.map(|at| at.to_string()).as_deref(), Some("2026-01-02T03:04:06.100Z"));
    assert_eq!(
        Value::Object(present(Kind::User, &native).as_map().to_map()),
        json!({"userName": "e@x", "active": true, "name": {"formatted": "N", "givenName": "F"}, "displayName": "N",
            "emails": [{"value": "e@x", "type": "work", "primary": true}],
            USER_EXTENSION: {"exchangeLogin": "l", "nativeId": "i", "domain": "D", "tenantId": "T", "dataRegion": "eu01",
                "sourceType": "azureActiveDirectory", "syncedAt": "2026-01-02T03:04:06.100Z"}})
    );
}

#[test]
fn a_person_has_a_user_name_whatever_is_missing() {
    let name = |value| present(Kind::User, &read(Kind::User, value)).user_name().unwrap().to_owned();
    assert_eq!(name(json!({"id": "i", "exchangeLogin": "l"})), "l");
    assert_eq!(name(json!({"id": "i", "email": "", "name": null})), "i");
}

#[test]
fn a_group_is_shown_by_its_name() {
    let native =
        read(Kind::Group, json!({"id": "i", "name": "G", "description": "d", "source": {"type": "custom"}}));
    assert_eq!(Value::Object(present(Kind::Group, &native).as_map().to_map()), json!({"displayName": "G"}));
    assert_eq!(native.locked, None);
}

#[rstest]
#[case("custom", None)]
#[case("activeDirectory", Some("Active Directory"))]
#[case("googleDirectory", Some("googleDirectory"))]
fn a_source_locks(#[case] source: &str, #[case] by: Option<&str>) {
    assert_eq!(locked(source).map(|locked| locked.by).as_deref(), by);
}

#[rstest]
#[case("2026-01-02T03:04:05Z", Some("2026-01-02T03:04:05.000Z"))]
#[case("2021-01-02T15:32:59.789", Some("2021-01-02T15:32:59.789Z"))]
#[case("2021-01-02T15:32:59+02:00", Some("2021-01-02T13:32:59.000Z"))]
#[case("yesterday", None)]
fn a_timestamp_is_told_in_utc(#[case] text: &str, #[case] told: Option<&str>) {
    assert_eq!(utc(text).map(|at| at.to_string()).as_deref(), told);
}

#[test]
fn embedded_lists_count_only_when_complete() {
    let groups =
        |list: Value| read(Kind::User, json!({"id": "i", "groups": list})).groups.map(|list| list.len());
    assert_eq!(
        groups(json!({"total": 1, "itemsCount": 1, "items": [{"id": "g", "displayName": "G"}]})),
        Some(1)
    );
    assert_eq!(groups(json!({"total": 0})), Some(0));
    assert_eq!(groups(json!({"total": 2, "itemsCount": 1, "items": [{"id": "g"}]})), None);
    assert_eq!(groups(json!({"items": []})), None);
    assert_eq!(read(Kind::User, json!({"id": "i"})).groups, None);
    let group =
        read(Kind::Group, json!({"id": "i", "users": {"total": 1, "items": [{"id": "u", "name": "U"}]}}));
    assert_eq!(group.members.unwrap()[0].name.as_deref(), Some("U"));
    assert_eq!(group.groups, None);
}

/// What a drifted field leaves of a document.
fn drifted(field: &str, native_value: &Value, scim: Value) -> Value {
    let native = read(Kind::User, json!({"id": "i", field: native_value}));
    let mut document = document(scim);
    overlay(Kind::User, field, &native, &mut document);
    Value::Object(document.as_map().to_map())
}

#[rstest]
#[case("name", json!("N"), json!({"displayName": "O"}), json!({"displayName": "N"}))]
#[case("name", json!("N"), json!({"name": {"formatted": "O"}}), json!({"name": {"formatted": "N"}, "displayName": "N"}))]
#[case("firstName", json!("N"), json!({}), json!({"name": {"givenName": "N"}}))]
#[case("lastName", Value::Null, json!({"name": {"familyName": "O"}}), json!({}))]
#[case("email", json!("n@x"), json!({"emails": [{"value": "o@x"}, {"value": "p@x", "primary": true}]}),
    json!({"emails": [{"value": "o@x"}, {"value": "n@x", "primary": true}]}))]
#[case("email", json!("n@x"), json!({"emails": [{"value": "o@x", "type": "home"}, {"value": "p@x"}]}),
    json!({"emails": [{"value": "n@x", "type": "home"}, {"value": "p@x"}]}))]
#[case("email", json!("n@x"), json!({"userName": "o@x"}),
    json!({"userName": "o@x", "emails": [{"value": "n@x", "type": "work", "primary": true}]}))]
#[case("email", Value::Null, json!({"emails": [{"value": "o@x"}]}), json!({}))]
#[case("email", Value::Null, json!({"userName": "o@x"}), json!({"userName": "o@x"}))]
#[case("exchangeLogin", json!("n"), json!({"userName": "o"}),
    json!({"userName": "o", USER_EXTENSION: {"exchangeLogin": "n"}}))]
#[case("exchangeLogin", Value::Null, json!({USER_EXTENSION: {"exchangeLogin": "o"}}), json!({}))]
fn a_drifted_value_goes_where_it_came_from(
    #[case] field: &str,
    #[case] native_value: Value,
    #[case] before: Value,
    #[case] after: Value,
) {
    assert_eq!(drifted(field, &native_value, before), after);
}

#[test]
fn what_is_shown_is_what_would_be_sent() {
    let fields = json!({"id": "i", "name": "N", "firstName": "F", "lastName": "L", "email": "e@x", "exchangeLogin": "l"});
    let native = read(Kind::User, fields.clone());
    let mut sent = desired(Kind::User, &present(Kind::User, &native));
    sent.insert("id".to_owned(), json!("i"));
    assert_eq!(json!(sent), fields);
}
