//! People without an e-mail address: agents make them by themselves.

use scim_facade::kernel::Kind;
use serde_json::json;

use super::bed::{Bed, ids};
use crate::support::world::person;

battery!(
    hidden_unless_linked if HidesWithoutEmail,
    found_by_what_the_backend_knows_them_by if WithoutEmail,
    who_gets_an_email_later_is_listed_once if HidesWithoutEmail,
    who_loses_the_email_stays_listed if HidesWithoutEmail,
);

async fn hidden_unless_linked(bed: &Bed) {
    bed.console_makes_person_without_email("Scanner", "EXAMPLE\\scanner").await;
    let shown = bed.console_makes_person("ada").await;
    let ours = bed.make("/Users", json!({"userName": "EXAMPLE\\ours", "displayName": "Ours"})).await.id();
    for settled in [false, true] {
        if settled {
            bed.settle_down().await;
        }
        let list = bed.get("/Users").await;
        let mut listed = ids(&list);
        listed.sort();
        assert_eq!(listed, super::bed::sorted(&[&shown, &ours]), "{list:?}");
        assert_eq!(list.body["totalResults"], 2);
        assert_eq!(bed.find("/Users", "displayName pr").await, listed);
        assert_eq!(bed.find("/Users", "userName eq \"example\\\\OURS\"").await, [ours.clone()]);
        assert_eq!(bed.find("/Users", "displayName eq \"ours\"").await, [ours.clone()]);
    }
}

async fn found_by_what_the_backend_knows_them_by(bed: &Bed) {
    let id = bed.console_makes_person_without_email("Scanner", "EXAMPLE\\scanner").await;
    assert_eq!(bed.find("/Users", "userName eq \"example\\\\Scanner\"").await, [id.clone()]);
    let user = format!("/Users/{id}");
    let read = bed.get(&user).await;
    assert_eq!((read.status, &read.body["userName"]), (200, &json!("EXAMPLE\\scanner")));
    // Once written they are linked, and never hidden again.
    bed.patch(&user, json!([{"op": "add", "path": "externalId", "value": "s"}])).await;
    bed.settle_down().await;
    assert_eq!(ids(&bed.get("/Users").await), [id]);
}

async fn who_gets_an_email_later_is_listed_once(bed: &Bed) {
    let ours = bed.make("/Users", json!({"userName": "EXAMPLE\\ours", "displayName": "Ours"})).await.id();
    bed.settle_down().await;
    bed.console_changes_email(&bed.native_of(Kind::User, &ours).await, "ours@example.com");
    let list = bed.get("/Users").await;
    assert_eq!((ids(&list), &list.body["totalResults"]), (vec![ours.clone()], &json!(1)), "{list:?}");
    assert_eq!(bed.find("/Users", "displayName pr").await, [ours]);
}

async fn who_loses_the_email_stays_listed(bed: &Bed) {
    let ada = bed.make("/Users", person("ada")).await.id();
    bed.settle_down().await;
    bed.console_changes_email(&bed.native_of(Kind::User, &ada).await, "");
    assert_eq!(bed.get(&format!("/Users/{ada}")).await.body["emails"], serde_json::Value::Null);
    let title = json!([{"op": "replace", "path": "title", "value": "Countess"}]);
    bed.patch(&format!("/Users/{ada}"), title).await;
    bed.settle_down().await;
    assert_eq!(ids(&bed.get("/Users").await), [ada], "as soon as a write has seen it");
}
