//! Losing access and getting it back.

use scim_facade::kernel::Kind;
use serde_json::{Value, json};

use super::bed::{Bed, Need, members, refused};
use crate::support::world::{group, person};

battery!(
    deactivate,
    deactivation_is_shown_at_once,
    twice_is_once,
    only_an_explicit_true_gives_access,
    active_removed_by_patch_is_hidden if KeepsShadows,
    made_inactive if KeepsAll,
    an_inactive_person_is_written if KeepsAll,
    parked_people_cost_no_native_write if Parks,
    an_inactive_person_is_removed,
    what_comes_along_is_no_reason_not_to_deactivate,
    rename_and_deactivate_frees_the_names,
    gone_natively_counts_as_deactivated if KeepsShadows,
);

pub async fn made(bed: &Bed, name: &str) -> (String, String) {
    let id = bed.make("/Users", person(name)).await.id();
    (id.clone(), format!("/Users/{id}"))
}

pub fn switch(active: bool) -> Value {
    json!([{"op": "replace", "value": {"active": active}}])
}

async fn deactivate(bed: &Bed) {
    for (name, operations) in [
        ("a", switch(false)),
        ("b", json!([{"op": "Replace", "path": "active", "value": "False"}])),
        ("c", json!([{"op": "add", "path": "active", "value": false}])),
    ] {
        let (id, user) = made(bed, name).await;
        assert!(bed.has_access(&id).await);
        let off = bed.patch(&user, operations).await;
        assert_eq!((off.status, &off.body["active"]), (200, &json!(false)), "{off:?}");
        assert!(!bed.has_access(&id).await);
    }
    let (id, user) = made(bed, "d").await;
    let mut put = person("d");
    put["active"] = json!(false);
    assert_eq!(bed.put(&user, put).await.body["active"], false);
    assert!(!bed.has_access(&id).await);
}

async fn deactivation_is_shown_at_once(bed: &Bed) {
    let (id, user) = made(bed, "ada").await;
    let staff = bed.make("/Groups", group("Staff", &[&id])).await.id();
    let before = bed.get(&user).await.body;
    bed.settle_down().await;
    bed.patch(&user, switch(false)).await;
    for settled in [false, true] {
        if settled {
            bed.settle_down().await;
        }
        let read = bed.get(&user).await.body;
        assert_eq!(read["active"], false);
        for same in ["userName", "title", "name", "emails", "externalId", "displayName"] {
            assert_eq!(read[same], before[same], "{same}");
        }
        assert_eq!(bed.find("/Users", "active eq false").await, [id.clone()]);
        assert_eq!(bed.find("/Users", "active eq true").await, Vec::<String>::new());
        assert_eq!(bed.find("/Users", "userName eq \"ADA@example.com\"").await, [id.clone()]);
        assert_eq!(bed.find("/Users", "externalId eq \"ext-ada\"").await, [id.clone()]);
        assert_eq!(bed.get("/Users").await.body["totalResults"], 1);
        if bed.offers(Need::InactiveMembers) {
            assert_eq!(members(&bed.get(&format!("/Groups/{staff}")).await), [id.clone()]);
        }
    }
}

async fn twice_is_once(bed: &Bed) {
    let (_, user) = made(bed, "ada").await;
    let first = bed.patch(&user, switch(false)).await;
    let writes = bed.writes();
    let second = bed.patch(&user, switch(false)).await;
    assert_eq!((second.status, &second.body), (200, &first.body));
    let mut put = person("ada");
    put["active"] = json!(false);
    assert_eq!(bed.put(&user, put).await.body, first.body);
    assert_eq!(bed.writes(), writes);
}

async fn only_an_explicit_true_gives_access(bed: &Bed) {
    let (id, user) = made(bed, "ada").await;
    bed.patch(&user, switch(false)).await;
    let mut silent = person("ada");
    silent.as_object_mut().unwrap().remove("active");
    silent["title"] = json!("Countess");
    let put = bed.put(&user, silent.clone()).await;
    assert_eq!((&put.body["active"], &put.body["title"]), (&json!(false), &json!("Countess")));
    let patched = bed.patch(&user, json!([{"op": "replace", "path": "title", "value": "Lady"}])).await;
    assert_eq!(patched.body["active"], false);
    assert!(!bed.has_access(&id).await);
    let (id, user) = made(bed, "eve").await;
    silent["userName"] = json!("eve@example.com");
    silent["emails"][0]["value"] = json!("eve@example.com");
    assert_eq!(bed.put(&user, silent).await.body["active"], true, "nor does it end access");
    assert!(bed.has_access(&id).await);
}

async fn active_removed_by_patch_is_hidden(bed: &Bed) {
    let (id, user) = made(bed, "ada").await;
    for active in [true, false] {
        bed.patch(&user, switch(active)).await;
        let gone = bed.patch(&user, json!([{"op": "remove", "path": "active"}])).await;
        assert_eq!((gone.status, &gone.body["active"]), (200, &Value::Null), "{gone:?}");
        assert_eq!(bed.has_access(&id).await, active, "the true state stays");
        assert_eq!(bed.get(&user).await.body["active"], Value::Null);
        let title = bed.patch(&user, json!([{"op": "replace", "path": "title", "value": "x"}])).await;
        assert_eq!((&title.body["active"], bed.has_access(&id).await), (&Value::Null, active));
        let found = bed.find("/Users", &format!("active eq {active}")).await;
        assert_eq!(found, [id.clone()], "filters see the true state");
        assert_eq!(bed.find("/Users", &format!("active eq {}", !active)).await, Vec::<String>::new());
        let written = bed.patch(&user, switch(active)).await;
        assert_eq!(written.body["active"], active, "until it is written again");
        assert_eq!(bed.has_access(&id).await, active);
    }
}

async fn made_inactive(bed: &Bed) {
    let mut ada = person("ada");
    ada["active"] = json!(false);
    let made = bed.make("/Users", ada.clone()).await;
    assert_eq!((&made.body["active"], &made.body["title"]), (&json!(false), &json!("Engineer")));
    assert!(!bed.has_access(&made.id()).await);
    assert_eq!(bed.native_count(Kind::User), usize::from(bed.makes_inactive_people()));
    assert_eq!(bed.get(&format!("/Users/{}", made.id())).await.body, made.body);
    assert_eq!(bed.find("/Users", "externalId eq \"ext-ada\"").await, [made.id()]);
    refused(&bed.post("/Users", ada).await, 409, "uniqueness");
}

async fn an_inactive_person_is_written(bed: &Bed) {
    let (id, user) = made(bed, "ada").await;
    bed.patch(&user, switch(false)).await;
    let operations = json!([{"op": "replace", "path": "title", "value": "Countess"},
        {"op": "add", "path": "nickName", "value": "A"}, {"op": "replace", "path": "externalId", "value": "n"},
        {"op": "replace", "path": "userName", "value": "countess@example.com"}]);
    let written = bed.patch(&user, operations).await;
    assert_eq!((written.status, &written.body["active"]), (200, &json!(false)), "{written:?}");
    let read = bed.get(&user).await.body;
    assert_eq!((&read["title"], &read["nickName"]), (&json!("Countess"), &json!("A")));
    assert_eq!((&read["externalId"], &read["userName"]), (&json!("n"), &json!("countess@example.com")));
    assert_eq!(bed.find("/Users", "userName eq \"countess@example.com\"").await, [id.clone()]);
    let (_, _) = made(bed, "eve").await;
    let taken = json!([{"op": "replace", "path": "userName", "value": "eve@example.com"}]);
    refused(&bed.patch(&user, taken).await, 409, "uniqueness");
    assert!(!bed.has_access(&id).await);
    let on = bed.patch(&user, switch(true)).await;
    assert_eq!((on.status, &on.body["userName"]), (200, &json!("countess@example.com")), "{on:?}");
    assert_eq!(on.body["nickName"], "A");
}

async fn parked_people_cost_no_native_write(bed: &Bed) {
    let (id, user) = made(bed, "ada").await;
    let staff = bed.make("/Groups", group("Staff", &[])).await.id();
    bed.patch(&user, switch(false)).await;
    let writes = bed.writes();
    bed.patch(&user, json!([{"op": "replace", "path": "displayName", "value": "Countess"}])).await;
    let mut put = person("ada");
    put["active"] = json!(false);
    bed.put(&user, put).await;
    let group = format!("/Groups/{staff}");
    let joined = json!([{"op": "add", "path": "members", "value": [{"value": id}]}]);
    assert_eq!(bed.patch(&group, joined).await.status, 200);
    assert_eq!(members(&bed.get(&group).await), [id.clone()]);
    assert_eq!(bed.delete(&user).await.status, 204);
    assert_eq!(bed.writes(), writes);
    assert_eq!(members(&bed.get(&group).await), Vec::<String>::new());
}

async fn an_inactive_person_is_removed(bed: &Bed) {
    let (id, user) = made(bed, "ada").await;
    bed.patch(&user, switch(false)).await;
    assert_eq!(bed.delete(&user).await.status, 204);
    assert_eq!((bed.get(&user).await.status, bed.delete(&user).await.status), (404, 404));
    // Whoever is out of sight can't be removed either.
    if bed.offers(Need::InactiveMembers) {
        assert_eq!(bed.native_count(Kind::User), 0);
    }
    assert_eq!(bed.get("/Users").await.body["totalResults"], 0);
    assert_ne!(bed.make("/Users", person("ada")).await.id(), id);
}

async fn what_comes_along_is_no_reason_not_to_deactivate(bed: &Bed) {
    let (_, _) = made(bed, "eve").await;
    let (id, user) = made(bed, "ada").await;
    let clash = json!([{"op": "replace", "value": {"active": false, "userName": "EVE@example.com"}}]);
    let told = bed.patch(&user, clash).await;
    refused(&told, 409, "uniqueness");
    let detail = told.body["detail"].as_str().unwrap();
    assert!(detail.contains("deactivated"), "{detail}");
    assert!(!bed.has_access(&id).await);
    let read = bed.get(&user).await.body;
    assert_eq!((&read["active"], &read["userName"]), (&json!(false), &json!("ada@example.com")));
}

/// What Entra ID does when a person is soft-deleted.
async fn rename_and_deactivate_frees_the_names(bed: &Bed) {
    let (id, user) = made(bed, "ada").await;
    let soft = json!([{"op": "Replace", "path": "active", "value": "False"},
        {"op": "Replace", "path": "userName", "value": "0f3c-ada@example.com"},
        {"op": "Replace", "path": "emails[type eq \"work\"].value", "value": "0f3c-ada@example.com"}]);
    let soft = bed.patch(&user, soft).await;
    assert_eq!((soft.status, &soft.body["active"]), (200, &json!(false)), "{soft:?}");
    assert_eq!(soft.body["userName"], "0f3c-ada@example.com");
    let heir = bed.make("/Users", person("ada")).await.id();
    assert_ne!(heir, id);
    let back = json!([{"op": "Replace", "path": "active", "value": "True"},
        {"op": "Replace", "path": "userName", "value": "ada@example.com"},
        {"op": "Replace", "path": "emails[type eq \"work\"].value", "value": "ada@example.com"}]);
    refused(&bed.patch(&user, back.clone()).await, 409, "uniqueness");
    assert!(!bed.has_access(&id).await);
    bed.delete(&format!("/Users/{heir}")).await;
    bed.settle_down().await;
    let restored = bed.patch(&user, back).await;
    assert_eq!(
        (restored.status, &restored.body["userName"]),
        (200, &json!("ada@example.com")),
        "{restored:?}"
    );
    assert!(bed.has_access(&id).await);
}

async fn gone_natively_counts_as_deactivated(bed: &Bed) {
    let (id, user) = made(bed, "ada").await;
    bed.settle_down().await;
    bed.console_removes(Kind::User, &bed.native_of(Kind::User, &id).await);
    let off = bed.patch(&user, switch(false)).await;
    assert_eq!((off.status, &off.body["active"]), (200, &json!(false)), "{off:?}");
    assert!(!bed.has_access(&id).await);
}
