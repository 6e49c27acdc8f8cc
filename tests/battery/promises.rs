//! Promises that take more than one step to see.

use scim_facade::kernel::Kind;
use serde_json::{Value, json};

use super::bed::{Bed, Need, members, refused};
use super::lifecycle::{made, switch};
use crate::support::world::{client, group, person};

battery!(
    deactivated_while_down_then_put_as_it_was_read if KeepsShadows,
    active_false_with_a_taken_name_still_deactivates,
    unassigned_and_reassigned_within_a_minute,
    each_client_sees_its_own_external_id if KeepsShadows,
    soft_deleted_and_restored_over_a_successor,
    soft_deleted_and_restored,
    transient_answers_say_when_to_come_back,
);

/// Okta GETs, edits and PUTs: what it read while the product was down must not give access back.
async fn deactivated_while_down_then_put_as_it_was_read(bed: &Bed) {
    let (id, user) = made(bed, "ada").await;
    let team = bed.make("/Groups", group("Team", &[&id])).await.id();
    bed.settle_down().await;
    bed.goes_down();
    assert_eq!(bed.world.patch(&user, switch(false)).await.status, 429);
    let mut read = bed.get(&user).await;
    assert_eq!((read.status, &read.body["active"]), (200, &json!(false)), "{read:?}");
    read.body["title"] = json!("Countess");
    let body = read.body.as_object_mut().unwrap();
    for read_only in ["meta", "groups"] {
        body.shift_remove(read_only);
    }
    let put = bed.world.put(&user, read.body).await;
    assert!(matches!(put.status, 200 | 429), "{put:?}");
    bed.comes_up();
    bed.world.wait(20 * 60).await;
    bed.world.settle().await;
    assert!(!bed.has_access(&id).await);
    let shown = bed.get(&user).await;
    assert_eq!(
        (&shown.body["active"], &shown.body["title"]),
        (&json!(false), &json!("Countess")),
        "{shown:?}"
    );
    let listed = members(&bed.get(&format!("/Groups/{team}")).await);
    if bed.offers(Need::InactiveMembers) {
        assert_eq!(listed, [id], "inactive members are members");
    }
    bed.forget_plan().await;
}

async fn active_false_with_a_taken_name_still_deactivates(bed: &Bed) {
    made(bed, "ada").await;
    let (id, user) = made(bed, "eve").await;
    bed.settle_down().await;
    let emails = json!([{"value": "ada@example.com", "type": "work", "primary": true}]);
    let both = json!({"active": false, "userName": "ada@example.com", "emails": emails});
    let refusal = bed.world.patch(&user, json!([{"op": "replace", "value": both}])).await;
    refused(&refusal, 409, "uniqueness");
    let detail = refusal.body["detail"].as_str().unwrap();
    assert!(detail.starts_with("The user was deactivated, but"), "{detail}");
    assert!(!bed.has_access(&id).await);
    let shown = bed.get(&user).await;
    assert_eq!((&shown.body["active"], &shown.body["userName"]), (&json!(false), &json!("eve@example.com")));
    bed.forget_plan().await;
}

async fn unassigned_and_reassigned_within_a_minute(bed: &Bed) {
    let (id, user) = made(bed, "ada").await;
    let team = bed.make("/Groups", group("Team", &[&id])).await.id();
    for _ in 0..3 {
        assert_eq!(bed.patch(&user, switch(false)).await.body["active"], false);
        bed.world.wait(10).await;
        assert_eq!(bed.patch(&user, switch(true)).await.body["active"], true);
        bed.world.wait(10).await;
        assert!(bed.has_access(&id).await);
    }
    bed.world.settle().await;
    assert!(bed.has_access(&id).await, "nothing that was superseded comes after");
    assert_eq!(bed.native_count(Kind::User), 1);
    assert_eq!(bed.native_members(&team).await, [bed.native_of(Kind::User, &id).await]);
}

async fn each_client_sees_its_own_external_id(bed: &Bed) {
    let (_, user) = made(bed, "ada").await;
    let entra = bed.other_client("entra");
    assert_eq!(entra.get(&user).await.body["externalId"], Value::Null);
    let name = json!([{"op": "add", "path": "externalId", "value": "entra-ada"}]);
    assert_eq!(entra.patch(&user, name).await.body["externalId"], "entra-ada");
    assert_eq!(bed.get(&user).await.body["externalId"], "ext-ada");
    let found = entra.get("/Users?filter=externalId%20eq%20%22ext-ada%22").await;
    assert_eq!(found.body["totalResults"], 0, "{found:?}");
    bed.patch(&user, switch(false)).await;
    bed.patch(&user, switch(true)).await;
    assert_eq!(bed.get(&user).await.body["externalId"], "ext-ada");
    assert_eq!(bed.world.as_client(client("entra")).get(&user).await.body["externalId"], "entra-ada");
}

fn soft_delete(user_name: &str, active: bool) -> Value {
    let emails = json!([{"value": user_name, "type": "work", "primary": true}]);
    json!([{"op": "Replace", "value": {"active": active, "userName": user_name, "emails": emails}}])
}

async fn soft_deleted_and_restored_over_a_successor(bed: &Bed) {
    let (_, user) = made(bed, "ada").await;
    assert_eq!(bed.patch(&user, soft_delete("d3c0ada@example.com", false)).await.status, 200);
    bed.settle_down().await;
    let (successor, _) = made(bed, "ada").await;
    bed.settle_down().await;
    refused(&bed.world.patch(&user, soft_delete("ada@example.com", true)).await, 409, "uniqueness");
    let shown = bed.get(&user).await;
    assert_eq!(
        (&shown.body["active"], &shown.body["userName"]),
        (&json!(false), &json!("d3c0ada@example.com"))
    );
    bed.world.settle().await;
    assert!(bed.has_access(&successor).await);
    bed.forget_plan().await;
}

async fn soft_deleted_and_restored(bed: &Bed) {
    let (id, user) = made(bed, "ada").await;
    assert_eq!(bed.patch(&user, soft_delete("d3c0ada@example.com", false)).await.status, 200);
    assert!(!bed.has_access(&id).await);
    bed.settle_down().await;
    let back = bed.patch(&user, soft_delete("ada@example.com", true)).await;
    assert_eq!(
        (back.status, back.id(), &back.body["userName"]),
        (200, id.clone(), &json!("ada@example.com"))
    );
    assert!(bed.has_access(&id).await);
    refused(&bed.post("/Users", person("ada")).await, 409, "uniqueness");
}

async fn transient_answers_say_when_to_come_back(bed: &Bed) {
    let (_, user) = made(bed, "ada").await;
    bed.settle_down().await;
    bed.goes_down();
    for reply in [
        bed.world.patch(&user, switch(false)).await,
        bed.world.post("/Users", person("eve")).await,
        bed.world.get("/Users").await,
        bed.world.delete(&user).await,
    ] {
        let after = reply.retry_after.unwrap_or_else(|| panic!("no Retry-After: {reply:?}"));
        assert!(reply.status == 429 && (1..=3600).contains(&after), "{reply:?}");
    }
    bed.comes_up();
    bed.forget_plan().await;
}
