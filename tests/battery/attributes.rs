//! What clients write comes back; what they leave out of a PUT goes; what does not change is not written.

use scim_facade::kernel::Kind;
use serde_json::{Value, json};

use super::bed::{Bed, ENTERPRISE, refused};
use crate::support::world::person;

battery!(
    every_attribute_comes_back if KeepsAll,
    put_clears_what_it_leaves_out if KeepsAll,
    put_names_its_own_id,
    patch_takes_every_form if KeepsAll,
    nothing_changed_is_nothing_written if KeepsAll,
    password_is_never_kept,
    a_wrong_patch_changes_nothing if KeepsAll,
    the_extension_is_held_natively if Extension,
);

/// A person with a value in every attribute that a client can write.
fn everything() -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", ENTERPRISE],
        "userName": "Ada.Lovelace@Example.com",
        "externalId": "00u1",
        "name": {"formatted": "Ms. Ada King", "familyName": "King", "givenName": "Ada", "middleName": "A",
            "honorificPrefix": "Ms.", "honorificSuffix": "I"},
        "displayName": "Ada King",
        "nickName": "Ada",
        "profileUrl": "https://example.com/ada",
        "emails": [
            {"value": "ada.lovelace@example.com", "type": "work", "primary": true},
            {"value": "ada@home.example.com", "type": "home"}],
        "addresses": [{"type": "work", "streetAddress": "1 St James's Square", "locality": "London",
            "region": "London", "postalCode": "SW1Y", "country": "GB",
            "formatted": "1 St James's Square\nLondon", "primary": true}],
        "phoneNumbers": [{"value": "+44 20 7946 0000", "type": "work"}, {"value": "555", "type": "mobile"}],
        "ims": [{"value": "ada", "type": "xmpp"}],
        "photos": [{"value": "https://example.com/ada.png", "type": "photo"}],
        "title": "Countess", "userType": "Employee", "preferredLanguage": "en-GB", "locale": "en-GB",
        "timezone": "Europe/London",
        "entitlements": [{"value": "e1"}],
        "roles": [{"value": "r1", "display": "Role 1", "type": "t", "primary": true}],
        "x509Certificates": [{"value": "MIIB"}],
        "active": true,
        ENTERPRISE: {"employeeNumber": "1", "costCenter": "4130", "organization": "Universal",
            "division": "Engines", "department": "Analysis", "manager": {"value": "26118915"}},
    })
}

async fn every_attribute_comes_back(bed: &Bed) {
    let sent = everything();
    let made = bed.make("/Users", sent.clone()).await;
    for settled in [false, true] {
        if settled {
            bed.settle_down().await;
        }
        let read = bed.get(&format!("/Users/{}", made.id())).await;
        for (name, value) in sent.as_object().unwrap() {
            match name.as_str() {
                "schemas" => {}
                ENTERPRISE => assert_eq!(read.body[ENTERPRISE]["department"], "Analysis"),
                name => assert_eq!(&read.body[name], value, "{name}"),
            }
        }
        assert_eq!(read.body[ENTERPRISE]["manager"]["value"], "26118915");
        assert_eq!(read.body[ENTERPRISE]["employeeNumber"], "1");
        let schemas = read.body["schemas"].as_array().unwrap();
        assert!(schemas.contains(&json!(ENTERPRISE)), "{schemas:?}");
    }
    // What Okta does: read, send all of it back.
    let read = bed.get(&format!("/Users/{}", made.id())).await.body;
    let writes = bed.writes();
    let put = bed.put(&format!("/Users/{}", made.id()), read.clone()).await;
    assert_eq!((put.status, &put.body), (200, &read));
    assert_eq!(bed.writes(), writes, "nothing changed");
}

async fn put_clears_what_it_leaves_out(bed: &Bed) {
    let id = bed.make("/Users", everything()).await.id();
    let user = format!("/Users/{id}");
    let sparse = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": "ada.lovelace@example.com", "displayName": "Ada King"});
    let put = bed.put(&user, sparse).await;
    assert_eq!(put.status, 200, "{put:?}");
    for gone in ["title", "nickName", "profileUrl", "addresses", "phoneNumbers", "emails", "name"] {
        assert_eq!(put.body[gone], Value::Null, "{gone}");
    }
    assert_eq!(put.body[ENTERPRISE], Value::Null);
    assert_eq!(put.body["externalId"], "00u1", "kept");
    assert_eq!(put.body["active"], true, "never changed by leaving it out");
    bed.settle_down().await;
    assert_eq!(bed.get(&user).await.body, put.body);
}

async fn put_names_its_own_id(bed: &Bed) {
    let made = bed.make("/Users", person("ada")).await;
    let mut other = person("ada");
    other["id"] = json!("4711");
    refused(&bed.put(&format!("/Users/{}", made.id()), other).await, 400, "mutability");
    let mut noise = made.body.clone();
    noise["groups"] = json!([{"value": "g1"}]);
    noise["meta"] = json!({"version": "W/\"1\""});
    noise["title"] = json!("Countess");
    let put = bed.put(&format!("/Users/{}", made.id()), noise).await;
    assert_eq!((put.status, &put.body["title"]), (200, &json!("Countess")));
}

async fn patch_takes_every_form(bed: &Bed) {
    let id = bed.make("/Users", everything()).await.id();
    let user = format!("/Users/{id}");
    let manager = format!("{ENTERPRISE}:manager");
    let department = format!("{ENTERPRISE}:department");
    for (operation, pointer, expected) in [
        (json!({"op": "Replace", "path": "title", "value": "Lady"}), "/title", json!("Lady")),
        (json!({"op": "add", "value": {"nickName": "A"}}), "/nickName", json!("A")),
        (
            json!({"op": "replace", "path": "name.familyName", "value": "Byron"}),
            "/name/familyName",
            json!("Byron"),
        ),
        (
            json!({"op": "replace", "value": {"name.givenName": "Augusta"}}),
            "/name/givenName",
            json!("Augusta"),
        ),
        (
            json!({"op": "replace", "path": "emails[type eq \"home\"].value", "value": "a@b.example"}),
            "/emails/1/value",
            json!("a@b.example"),
        ),
        (
            json!({"op": "add", "path": "phoneNumbers[type eq \"fax\"].value", "value": "9"}),
            "/phoneNumbers/2/value",
            json!("9"),
        ),
        (
            json!({"op": "add", "path": "addresses[type eq \"work\"].country", "value": "DE"}),
            "/addresses/0/country",
            json!("DE"),
        ),
        (
            json!({"op": "replace", "path": department, "value": "Poetry"}),
            &format!("/{ENTERPRISE}/department"),
            json!("Poetry"),
        ),
        (
            json!({"op": "add", "path": manager, "value": "99"}),
            &format!("/{ENTERPRISE}/manager/value"),
            json!("99"),
        ),
        (json!({"op": "remove", "path": "addresses"}), "/addresses", Value::Null),
        (
            json!({"op": "remove", "path": "phoneNumbers[type eq \"mobile\"]"}),
            "/phoneNumbers/1/type",
            json!("fax"),
        ),
        (json!({"op": "remove", "path": "displayName"}), "/displayName", Value::Null),
    ] {
        let done = bed.patch(&user, json!([operation])).await;
        assert_eq!(done.status, 200, "{operation}: {done:?}");
        assert_eq!(done.body.pointer(pointer).unwrap_or(&Value::Null), &expected, "{operation}: {done:?}");
        bed.settle_down().await;
        assert_eq!(bed.get(&user).await.body, done.body, "{operation}");
    }
}

async fn nothing_changed_is_nothing_written(bed: &Bed) {
    let made = bed.make("/Users", person("ada")).await;
    let user = format!("/Users/{}", made.id());
    let writes = bed.writes();
    for operations in [
        json!([{"op": "replace", "path": "title", "value": "Engineer"}]),
        json!([{"op": "replace", "value": {"active": true, "displayName": "ada Example"}}]),
        json!([{"op": "remove", "path": "nickName"}]),
        json!([]),
    ] {
        let same = bed.patch(&user, operations.clone()).await;
        assert_eq!((same.status, &same.body), (200, &made.body), "{operations}");
    }
    assert_eq!(bed.put(&user, person("ada")).await.body, made.body);
    assert_eq!(bed.writes(), writes);
}

async fn password_is_never_kept(bed: &Bed) {
    let mut ada = person("ada");
    ada["password"] = json!("s3cret");
    let made = bed.make("/Users", ada).await;
    let user = format!("/Users/{}", made.id());
    let changed = bed.patch(&user, json!([{"op": "replace", "path": "password", "value": "n3w"}])).await;
    assert_eq!(changed.status, 200, "{changed:?}");
    for body in [made.body, changed.body, bed.get(&user).await.body] {
        assert!(!body.to_string().contains("s3cret") && body["password"].is_null());
    }
}

async fn a_wrong_patch_changes_nothing(bed: &Bed) {
    let made = bed.make("/Users", person("ada")).await;
    let user = format!("/Users/{}", made.id());
    let writes = bed.writes();
    let good = json!({"op": "replace", "path": "title", "value": "Countess"});
    for (bad, scim_type) in [
        (json!({"op": "replace", "path": "title..x", "value": 1}), "invalidPath"),
        (json!({"op": "replace", "path": "meta.created", "value": "2020-01-01T00:00:00Z"}), "mutability"),
        (json!({"op": "replace", "path": "id", "value": "4711"}), "mutability"),
        (json!({"op": "replace", "path": "active", "value": "perhaps"}), "invalidValue"),
        (json!({"op": "remove", "path": "userName"}), "mutability"),
        (json!({"op": "paint", "path": "title"}), "invalidSyntax"),
    ] {
        let told = bed.patch(&user, json!([good, bad])).await;
        assert_eq!((told.status, &told.body["scimType"]), (400, &json!(scim_type)), "{bad}: {told:?}");
    }
    assert_eq!((bed.get(&user).await.body, bed.writes()), (made.body, writes));
}

async fn the_extension_is_held_natively(bed: &Bed) {
    const URN: &str = "urn:scim-facade:params:scim:schemas:extension:sophos:2.0:User";
    let mut ada = person("ada");
    ada["schemas"] = json!(["urn:ietf:params:scim:schemas:core:2.0:User", URN]);
    ada[URN] = json!({"exchangeLogin": "EXAMPLE\\ada", "domain": "ignored"});
    let made = bed.make("/Users", ada).await;
    // What only the vendor knows comes on request.
    assert_eq!(made.body[URN], json!({"exchangeLogin": "EXAMPLE\\ada"}));
    let native = bed.native_of(Kind::User, &made.id()).await;
    let asked = format!("/Users/{}?attributes={URN}:sourceType,{URN}:domain,{URN}:nativeId", made.id());
    assert_eq!(bed.world.get(&asked).await.body[URN], json!({"sourceType": "custom", "nativeId": native}));
    let kept = bed.native(Kind::User, &native).await.unwrap();
    assert_eq!(kept.attrs.get("exchangeLogin"), Some(&json!("EXAMPLE\\ada")));
    let user = format!("/Users/{}", made.id());
    let login = format!("{URN}:exchangeLogin");
    let found = format!("{login} eq \"example\\\\ADA\"");
    assert_eq!(bed.find("/Users", &found).await, [made.id()]);
    let changed = bed.patch(&user, json!([{"op": "replace", "path": login, "value": "ada@ex"}])).await;
    assert_eq!(changed.body[URN]["exchangeLogin"], "ada@ex", "{changed:?}");
    let gone = bed.patch(&user, json!([{"op": "remove", "path": login}])).await;
    assert_eq!((gone.status, &gone.body[URN]["exchangeLogin"]), (200, &Value::Null), "{gone:?}");
    assert!(!bed.native(Kind::User, &native).await.unwrap().attrs.contains_key("exchangeLogin"));
    let path = format!("{URN}:nativeId");
    let fixed = bed.patch(&user, json!([{"op": "replace", "path": path, "value": "x"}])).await;
    refused(&fixed, 400, "mutability");
}
