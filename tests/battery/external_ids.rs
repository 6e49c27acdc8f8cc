//! externalId where the backend keeps one, too: the owner's is sent, and comes back for those whom nobody linked.

use scim_facade::kernel::Kind;
use serde_json::{Value, json};

use super::bed::{Bed, find, patch, refused};
use crate::support::world::{group, person};

battery!(
    the_owners_name_is_sent if HoldsExternalId,
    another_clients_name_is_not_sent if KeepsShadows,
    a_name_from_before_is_seen_found_and_taken_over if HoldsExternalId,
    what_the_product_says_is_no_name_once_a_client_wrote_one if KeepsShadows,
    a_group_is_named_natively if HoldsExternalId,
    whoever_returns_has_the_name if HoldsExternalId,
    strict_clients_see_a_name_as_taken if HoldsExternalId,
);

impl Bed {
    /// What an object is called natively.
    async fn native_name(&self, kind: Kind, native: &str) -> Value {
        let field = self.external_id_field(kind).expect("a backend that keeps externalId");
        let native = self.native(kind, native).await.expect("an object");
        native.attrs.get(field).cloned().unwrap_or_default()
    }

    /// The same of a resource.
    async fn name_of(&self, kind: Kind, id: &str) -> Value {
        self.native_name(kind, &self.native_of(kind, id).await).await
    }
}

async fn the_owners_name_is_sent(bed: &Bed) {
    let id = bed.make("/Users", person("ada")).await.id();
    assert_eq!(bed.name_of(Kind::User, &id).await, "ext-ada");
    let user = format!("/Users/{id}");
    let named = bed.patch(&user, json!([{"op": "replace", "path": "externalId", "value": "n"}])).await;
    assert_eq!((named.status, &named.body["externalId"]), (200, &json!("n")), "{named:?}");
    assert_eq!(bed.name_of(Kind::User, &id).await, "n");
    bed.settle_down().await;
    assert_eq!(bed.get(&user).await.body["externalId"], "n");
    assert_eq!(bed.find("/Users", "externalId eq \"n\"").await, [id.clone()]);
    assert_eq!(bed.find("/Users", "externalId eq \"N\"").await, Vec::<String>::new(), "exact");
    assert_eq!(bed.find("/Users", "externalId eq \"ext-ada\"").await, Vec::<String>::new());
    let mut without = person("ada");
    without.as_object_mut().unwrap().remove("externalId");
    assert_eq!(bed.put(&user, without).await.body["externalId"], "n", "kept by a PUT without it");
    assert_eq!(bed.name_of(Kind::User, &id).await, "n");
    let gone = bed.patch(&user, json!([{"op": "remove", "path": "externalId"}])).await;
    assert_eq!((gone.status, &gone.body["externalId"]), (200, &Value::Null), "{gone:?}");
    assert_eq!(bed.name_of(Kind::User, &id).await, Value::Null);
}

async fn another_clients_name_is_not_sent(bed: &Bed) {
    if bed.external_id_field(Kind::User).is_none() {
        return;
    }
    let id = bed.make("/Users", person("ada")).await.id();
    let (user, entra) = (format!("/Users/{id}"), bed.other_client("entra"));
    assert_eq!(entra.get(&user).await.body["externalId"], Value::Null, "it is the owner's");
    assert_eq!(find(&entra, "/Users", "externalId eq \"ext-ada\"").await, Vec::<String>::new());
    let writes = bed.writes();
    let named = patch(json!([{"op": "add", "path": "externalId", "value": "aad-7"}]));
    let named = bed.send(&entra, "PATCH", &user, Some(named)).await;
    assert_eq!((named.status, &named.body["externalId"]), (200, &json!("aad-7")));
    assert_eq!((bed.writes(), bed.name_of(Kind::User, &id).await), (writes, json!("ext-ada")));
    assert_eq!(find(&entra, "/Users", "externalId eq \"aad-7\"").await, [id.clone()]);
    assert_eq!(bed.get(&user).await.body["externalId"], "ext-ada");
}

async fn a_name_from_before_is_seen_found_and_taken_over(bed: &Bed) {
    let id = bed.console_makes_person("eve").await;
    bed.console_calls(Kind::User, &id, "old-7");
    let user = format!("/Users/{id}");
    assert_eq!(bed.get(&user).await.body["externalId"], "old-7");
    assert_eq!(bed.find("/Users", "externalId eq \"old-7\"").await, [id.clone()]);
    let titled = bed.patch(&user, json!([{"op": "add", "path": "title", "value": "Boss"}])).await;
    assert_eq!((titled.status, &titled.body["externalId"]), (200, &json!("old-7")), "{titled:?}");
    assert_eq!(bed.name_of(Kind::User, &id).await, "old-7", "nobody wished for another");
    bed.settle_down().await;
    assert_eq!(bed.find("/Users", "externalId eq \"old-7\"").await, [id.clone()]);
    let mut said = bed.get(&user).await.body;
    said["title"] = json!("Chief");
    assert_eq!(bed.put(&user, said).await.body["externalId"], "old-7");
    assert_eq!(bed.get(&user).await.body["externalId"], "old-7");
}

async fn what_the_product_says_is_no_name_once_a_client_wrote_one(bed: &Bed) {
    if bed.external_id_field(Kind::User).is_none() {
        return;
    }
    let id = bed.make("/Users", person("ada")).await.id();
    bed.settle_down().await;
    let user = format!("/Users/{id}");
    bed.console_calls(Kind::User, &bed.native_of(Kind::User, &id).await, "other");
    assert_eq!(bed.get(&user).await.body["externalId"], "ext-ada");
    assert_eq!(bed.find("/Users", "externalId eq \"ext-ada\"").await, [id.clone()]);
    assert_eq!(bed.find("/Users", "externalId eq \"other\"").await, Vec::<String>::new());
    bed.patch(&user, json!([{"op": "replace", "path": "title", "value": "Chief"}])).await;
    assert_eq!(bed.name_of(Kind::User, &id).await, "ext-ada", "the next write mends it");
}

async fn a_group_is_named_natively(bed: &Bed) {
    let made = bed.make("/Groups", json!({"displayName": "Team", "externalId": "g-1"})).await.id();
    assert_eq!(bed.name_of(Kind::Group, &made).await, "g-1");
    let at = format!("/Groups/{made}");
    let renamed = json!([{"op": "replace", "path": "externalId", "value": "g-2"}]);
    assert!(bed.patch(&at, renamed).await.status < 300);
    assert_eq!(bed.name_of(Kind::Group, &made).await, "g-2");
    assert_eq!(bed.find("/Groups", "externalId eq \"g-2\"").await, [made]);
    let old = bed.console_makes_group("Old").await;
    bed.console_calls(Kind::Group, &old, "g-old");
    let bed = bed.writing_all_groups();
    let ada = bed.make("/Users", person("ada")).await.id();
    let add = json!([{"op": "add", "path": "members", "value": [{"value": ada}]}]);
    assert!(bed.patch(&format!("/Groups/{old}"), add).await.status < 300);
    assert_eq!(
        bed.get(&format!("/Groups/{old}")).await.body["externalId"],
        "g-old",
        "still seen by who wrote it"
    );
    assert_eq!(bed.find("/Groups", "externalId eq \"g-old\"").await, [old]);
}

async fn whoever_returns_has_the_name(bed: &Bed) {
    let id = bed.make("/Users", person("ada")).await.id();
    let user = format!("/Users/{id}");
    let switch = |to: bool| json!([{"op": "replace", "path": "active", "value": to}]);
    assert_eq!(bed.patch(&user, switch(false)).await.body["active"], false);
    bed.settle_down().await;
    let back = bed.patch(&user, switch(true)).await;
    assert_eq!(
        (&back.body["active"], &back.body["externalId"]),
        (&json!(true), &json!("ext-ada")),
        "{back:?}"
    );
    assert_eq!(bed.name_of(Kind::User, &id).await, "ext-ada");
}

async fn strict_clients_see_a_name_as_taken(bed: &Bed) {
    let strict = bed.strict();
    let eve = bed.console_makes_person("eve").await;
    bed.console_calls(Kind::User, &eve, "ext-ada");
    let mut ada = person("ada");
    refused(&bed.send(&strict, "POST", "/Users", Some(ada.clone())).await, 409, "uniqueness");
    ada["externalId"] = json!("ext-other");
    let made = bed.send(&strict, "POST", "/Users", Some(ada)).await;
    assert_eq!(made.status, 201, "{made:?}");
    let taken = patch(json!([{"op": "replace", "path": "externalId", "value": "ext-ada"}]));
    let taken = bed.send(&strict, "PATCH", &format!("/Users/{}", made.id()), Some(taken)).await;
    refused(&taken, 409, "uniqueness");
    let team = bed.make("/Groups", group("Team", &[])).await;
    assert_eq!(team.body["externalId"], Value::Null, "names of people and of groups are apart");
}
