//! People: create, read, change, remove, and whose names are whose.

use scim_facade::kernel::Kind;
use serde_json::{Value, json};

use super::bed::{Bed, Need, find, patch, refused};
use crate::support::world::person;

battery!(
    create,
    read if KeepsAll,
    a_name_is_taken_once,
    a_name_is_found_in_any_case,
    user_name_changes,
    a_user_name_of_somebody_else_is_refused if KeepsAll,
    two_clients_two_external_ids if KeepsShadows,
    external_id_is_kept_changed_and_taken_away,
    delete,
    an_unknown_id_is_404,
    a_person_made_in_the_console_is_adopted if KeepsShadows,
    a_person_made_in_the_console_can_be_written if Profile & KeepsAll,
    a_person_without_email_is_made_and_found if WithoutEmail,
    a_refused_create_leaves_nothing if Locks,
    a_refused_change_leaves_nothing if KeepsAll,
);

async fn create(bed: &Bed) {
    let made = bed.make("/Users", person("ada")).await;
    assert_eq!(made.body["userName"], "ada@example.com");
    assert_eq!(made.body["active"], true);
    assert_eq!(made.body["externalId"], "ext-ada");
    assert_eq!(made.body["meta"]["resourceType"], "User");
    let location = made.body["meta"]["location"].as_str().unwrap();
    assert!(location.ends_with(&format!("/t/scim/v2/Users/{}", made.id())), "{location}");
    let has_an_id_of_its_own = bed.native_of(Kind::User, &made.id()).await != made.id();
    assert_eq!(has_an_id_of_its_own, bed.offers(Need::KeepsShadows));
    assert!(bed.has_access(&made.id()).await);
}

async fn read(bed: &Bed) {
    let made = bed.make("/Users", person("ada")).await;
    let read = bed.get(&format!("/Users/{}", made.id())).await;
    assert_eq!((read.status, &read.body), (200, &made.body));
    bed.settle_down().await;
    let later = bed.get(&format!("/Users/{}", made.id())).await;
    assert_eq!(later.body, made.body);
    let some = bed.get(&format!("/Users/{}?attributes=userName", made.id())).await;
    assert_eq!(some.body["userName"], "ada@example.com");
    assert_eq!((&some.body["id"], &some.body["title"]), (&json!(made.id()), &Value::Null));
    let most = bed.get(&format!("/Users/{}?excludedAttributes=title,groups", made.id())).await;
    assert_eq!((&most.body["title"], &most.body["displayName"]), (&Value::Null, &json!("ada Example")));
}

async fn a_name_is_taken_once(bed: &Bed) {
    bed.make("/Users", person("ada")).await;
    let mut again = person("ada");
    again["userName"] = json!("ADA@Example.COM");
    again["externalId"] = json!("other");
    let writes = bed.writes();
    refused(&bed.post("/Users", again).await, 409, "uniqueness");
    assert_eq!(bed.native_count(Kind::User), 1);
    if bed.offers(Need::KeepsShadows) {
        assert_eq!(bed.writes(), writes, "our own record tells");
    }
}

async fn a_name_is_found_in_any_case(bed: &Bed) {
    let id = bed.make("/Users", person("Ünal")).await.id();
    for name in ["ünal@example.com", "ÜNAL@EXAMPLE.COM", "U\u{308}nal@example.com"] {
        assert_eq!(bed.find("/Users", &format!("userName eq \"{name}\"")).await, [id.clone()], "{name}");
    }
    let read = bed.get(&format!("/Users/{id}")).await;
    assert_eq!(read.body["userName"], "Ünal@example.com", "as it was written");
}

async fn user_name_changes(bed: &Bed) {
    let id = bed.make("/Users", person("ada")).await.id();
    let user = format!("/Users/{id}");
    let case = bed.patch(&user, json!([{"op": "replace", "path": "userName", "value": "Ada@example.com"}]));
    assert_eq!(case.await.body["userName"], "Ada@example.com");
    let renamed = json!([{"op": "replace", "path": "userName", "value": "countess@example.com"},
        {"op": "replace", "path": "emails[type eq \"work\"].value", "value": "countess@example.com"}]);
    let renamed = bed.patch(&user, renamed).await;
    assert_eq!((renamed.status, &renamed.body["userName"]), (200, &json!("countess@example.com")));
    assert_eq!(bed.find("/Users", "userName eq \"countess@example.com\"").await, [id.clone()]);
    assert_eq!(bed.find("/Users", "userName eq \"ada@example.com\"").await, Vec::<String>::new());
    let heir = bed.make("/Users", person("ada")).await.id();
    assert_ne!(heir, id, "the old name is free");
}

async fn a_user_name_of_somebody_else_is_refused(bed: &Bed) {
    bed.make("/Users", person("ada")).await;
    let eve = bed.make("/Users", person("eve")).await;
    let user = format!("/Users/{}", eve.id());
    let taken = json!([{"op": "replace", "path": "userName", "value": "Ada@example.com"}]);
    refused(&bed.patch(&user, taken).await, 409, "uniqueness");
    assert_eq!(bed.get(&user).await.body, eve.body, "nothing changed");
    assert_eq!(bed.find("/Users", "userName eq \"eve@example.com\"").await, [eve.id()]);
}

async fn two_clients_two_external_ids(bed: &Bed) {
    let id = bed.make("/Users", person("ada")).await.id();
    let user = format!("/Users/{id}");
    let entra = bed.other_client("entra");
    assert_eq!(entra.get(&user).await.body["externalId"], Value::Null);
    assert_eq!(find(&entra, "/Users", "externalId eq \"ext-ada\"").await, Vec::<String>::new());
    let named = patch(json!([{"op": "add", "path": "externalId", "value": "aad-7"}]));
    let named = bed.send(&entra, "PATCH", &user, Some(named)).await;
    assert_eq!((named.status, &named.body["externalId"]), (200, &json!("aad-7")));
    assert_eq!(find(&entra, "/Users", "externalId eq \"aad-7\"").await, [id.clone()]);
    assert_eq!(bed.get(&user).await.body["externalId"], "ext-ada");
    assert_eq!(bed.find("/Users", "externalId eq \"ext-ada\"").await, [id.clone()]);
    assert_eq!(bed.find("/Users", "externalId eq \"aad-7\"").await, Vec::<String>::new());
    assert_eq!(bed.find("/Users", "externalId eq \"EXT-ada\"").await, Vec::<String>::new(), "exact");
}

async fn external_id_is_kept_changed_and_taken_away(bed: &Bed) {
    let made = bed.make("/Users", person("ada")).await;
    let user = format!("/Users/{}", made.id());
    let mut without = person("ada");
    without.as_object_mut().unwrap().remove("externalId");
    assert_eq!(bed.put(&user, without).await.body["externalId"], "ext-ada", "kept by a PUT without it");
    let writes = bed.writes();
    let renamed = bed.patch(&user, json!([{"op": "replace", "path": "externalId", "value": "n"}])).await;
    assert_eq!((renamed.status, &renamed.body["externalId"]), (200, &json!("n")), "{renamed:?}");
    assert_eq!(bed.find("/Users", "externalId eq \"n\"").await, [made.id()]);
    assert_eq!(bed.find("/Users", "externalId eq \"ext-ada\"").await, Vec::<String>::new());
    let gone = bed.patch(&user, json!([{"op": "remove", "path": "externalId"}])).await;
    assert_eq!((gone.status, &gone.body["externalId"]), (200, &Value::Null), "{gone:?}");
    assert_eq!(bed.find("/Users", "externalId eq \"n\"").await, Vec::<String>::new());
    if bed.external_id_field(Kind::User).is_none() {
        assert_eq!(bed.writes(), writes, "the backend never hears of it");
    }
    let mut twin = person("eve");
    twin["externalId"] = json!("same");
    bed.make("/Users", twin.clone()).await;
    twin["userName"] = json!("eva@example.com");
    twin["emails"] = json!([{"value": "eva@example.com"}]);
    bed.make("/Users", twin).await;
    assert_eq!(bed.find("/Users", "externalId eq \"same\"").await.len(), 2, "not unique when tolerant");
}

async fn delete(bed: &Bed) {
    let id = bed.make("/Users", person("ada")).await.id();
    let native = bed.native_of(Kind::User, &id).await;
    let user = format!("/Users/{id}");
    assert_eq!(bed.delete(&user).await.status, 204);
    assert!(bed.native(Kind::User, &native).await.is_none());
    assert_eq!(bed.get(&user).await.status, 404);
    assert_eq!(bed.delete(&user).await.status, 404);
    assert_eq!(bed.get(&format!("/Users/{native}")).await.status, 404);
    assert_eq!(bed.find("/Users", "userName eq \"ada@example.com\"").await, Vec::<String>::new());
    assert_eq!(bed.find("/Users", "externalId eq \"ext-ada\"").await, Vec::<String>::new());
    let again = bed.make("/Users", person("ada")).await;
    assert_ne!(again.id(), id, "the names are free, the id is not");
    let gone = bed.native_of(Kind::User, &again.id()).await;
    bed.settle_down().await;
    bed.console_removes(Kind::User, &gone);
    assert_eq!(bed.get(&format!("/Users/{}", again.id())).await.status, 404);
    let known = if bed.offers(Need::KeepsShadows) { 204 } else { 404 };
    assert_eq!(
        bed.delete(&format!("/Users/{}", again.id())).await.status,
        known,
        "gone there counts as done"
    );
}

async fn an_unknown_id_is_404(bed: &Bed) {
    let made = bed.make("/Users", person("ada")).await;
    let linked = bed.native_of(Kind::User, &made.id()).await;
    let group = bed.make("/Groups", crate::support::world::group("Staff", &[])).await.id();
    let linked = if linked == made.id() { "linked" } else { linked.as_str() };
    for id in ["4711", "00000000-0000-4000-8000-000000000000", linked, group.as_str(), "%20"] {
        let user = format!("/Users/{id}");
        let title = json!([{"op": "replace", "path": "title", "value": "x"}]);
        let off = json!([{"op": "replace", "path": "active", "value": false}]);
        for reply in [
            bed.get(&user).await,
            bed.put(&user, person("eve")).await,
            bed.patch(&user, title).await,
            bed.patch(&user, off).await,
            bed.delete(&user).await,
        ] {
            assert_eq!((reply.status, reply.body["status"].as_str()), (404, Some("404")), "{id}: {reply:?}");
        }
    }
}

async fn a_person_made_in_the_console_is_adopted(bed: &Bed) {
    let native = bed.console_makes_person("ada").await;
    let met = bed.make("/Users", person("Ada")).await;
    assert_eq!((met.id(), bed.native_count(Kind::User)), (native.clone(), 1), "the id that lists showed");
    for (name, value) in person("Ada").as_object().unwrap().iter().filter(|(name, _)| *name != "name") {
        assert!(name == "schemas" || met.body[name] == *value, "{name}: {met:?}");
    }
    bed.settle_down().await;
    assert_eq!(bed.get(&format!("/Users/{native}")).await.body, met.body);
    assert_eq!(bed.find("/Users", "userName eq \"ADA@example.com\"").await, [native.clone()]);
    assert_eq!(bed.find("/Users", "externalId eq \"ext-Ada\"").await, [native]);
    refused(&bed.post("/Users", person("Ada")).await, 409, "uniqueness");
}

async fn a_person_made_in_the_console_can_be_written(bed: &Bed) {
    let id = bed.console_makes_person("ada").await;
    let user = format!("/Users/{id}");
    let read = bed.get(&user).await;
    assert_eq!((read.status, &read.body["userName"]), (200, &json!("ada@example.com")));
    assert_eq!((&read.body["active"], &read.body["displayName"]), (&json!(true), &json!("ada")));
    let written = json!([{"op": "add", "path": "externalId", "value": "x1"},
        {"op": "add", "path": "nickName", "value": "Ada"}, {"op": "replace", "path": "displayName", "value": "A"}]);
    let written = bed.patch(&user, written).await;
    assert_eq!((written.status, written.id()), (200, id.clone()), "the id stays");
    assert_eq!(bed.native(Kind::User, &id).await.unwrap().at.id, id);
    assert_eq!(bed.find("/Users", "externalId eq \"x1\"").await, [id.clone()]);
    bed.settle_down().await;
    let read = bed.get(&user).await;
    assert_eq!((&read.body["nickName"], &read.body["displayName"]), (&json!("Ada"), &json!("A")));
    assert_eq!(bed.delete(&user).await.status, 204);
    assert_eq!(bed.native_count(Kind::User), 0);
}

async fn a_person_without_email_is_made_and_found(bed: &Bed) {
    let made = bed.make("/Users", json!({"userName": "EXAMPLE\\ada", "displayName": "Ada"})).await;
    assert_eq!(made.body["emails"], Value::Null);
    assert_eq!(bed.find("/Users", "userName eq \"example\\\\ADA\"").await, [made.id()]);
    refused(&bed.post("/Users", json!({"userName": "example\\Ada"})).await, 409, "uniqueness");
    let again = bed.get(&format!("/Users/{}", made.id())).await;
    assert_eq!(again.body, made.body);
}

async fn a_refused_create_leaves_nothing(bed: &Bed) {
    let native = bed.console_makes_person("ada").await;
    bed.directory_takes(Kind::User, &native);
    refused(&bed.post("/Users", person("ada")).await, 409, "uniqueness");
    bed.console_removes(Kind::User, &native);
    let made = bed.make("/Users", person("ada")).await;
    assert_eq!(bed.find("/Users", "externalId eq \"ext-ada\"").await, [made.id()]);
    assert_eq!(bed.native_count(Kind::User), 1);
}

async fn a_refused_change_leaves_nothing(bed: &Bed) {
    bed.console_makes_person("eve").await;
    let made = bed.make("/Users", person("ada")).await;
    let user = format!("/Users/{}", made.id());
    let mut taken = person("eve");
    taken["externalId"] = json!("other");
    refused(&bed.put(&user, taken).await, 409, "uniqueness");
    for settled in [false, true] {
        if settled {
            bed.settle_down().await;
        }
        assert_eq!(bed.get(&user).await.body, made.body);
        assert_eq!(bed.find("/Users", "userName eq \"ada@example.com\"").await, [made.id()]);
        assert_eq!(bed.find("/Users", "externalId eq \"other\"").await, Vec::<String>::new());
    }
}
