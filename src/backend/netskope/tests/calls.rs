//! What is sent, byte for byte.

use super::*;
use crate::backend::{BackendError, Total};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

#[tokio::test(start_paused = true)]
async fn a_person_is_made_in_one_call() {
    let fields = json!({"userName": "0815", "email": "ada@example.com", "givenName": "Ada", "title": "Countess",
        "department": "Mathematics", "manager": "m1"});
    let desired = Desired { kind: Kind::User, attrs: attrs(fields), links: Vec::new(), active: true };
    let made = json!({"id": ADA, "userName": "0815", "title": "Countess", "status": 201,
        "active": "True", "emails": [{"value": "ada@example.com", "primary": "true"}], "externalId": null});
    let world = world([answer(201, &made.to_string())]);
    let native = world.netskope.create(&world.ctx, &desired).await.unwrap();
    assert_eq!(
        (json!(native.attrs), native.active),
        (json!({"userName": "0815", "email": "ada@example.com", "title": "Countess"}), Some(true))
    );
    let calls = world.calls();
    let (call, body) = calls[0].split_once(" {").unwrap();
    assert_eq!((calls.len(), call), (1, "POST /Users"));
    let body: Value = serde_json::from_str(&format!("{{{body}")).unwrap();
    assert_eq!(
        body,
        json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", ENTERPRISE], "userName": "0815",
            "meta": {"resourceType": "User"}, "name": {"givenName": "Ada"}, "title": "Countess", "active": true,
            "emails": [{"value": "ada@example.com", "type": "work", "primary": true}],
            ENTERPRISE: {"department": "Mathematics", "manager": {"value": "m1"}}})
    );
}

#[tokio::test(start_paused = true)]
async fn a_change_is_one_patch_in_the_vendors_spelling() {
    let set = json!({"userName": "0815", "givenName": "Ada", "email": "a@example.com", "department": "M"});
    let change = Change { set: attrs(set), clear: vec!["familyName".to_owned(), "title".to_owned()] };
    let world = world([answer(204, "")]);
    assert_eq!(world.netskope.update(&world.ctx, Kind::User, &at(ADA), &change).await.unwrap(), None);
    let operations = json!([
        {"op": "replace", "path": "userName", "value": "0815"},
        {"op": "replace", "path": "name.givenname", "value": "Ada"},
        {"op": "replace", "path": "emails[type eq work].value", "value": "a@example.com"},
        {"op": "replace", "path": format!("{ENTERPRISE}:department"), "value": "M"},
        {"op": "remove", "path": "name.familyname"},
        {"op": "remove", "path": "title"},
    ]);
    let body =
        json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations});
    assert_eq!(world.calls(), [format!("PATCH /Users/{ADA} {body}")]);
}

#[tokio::test(start_paused = true)]
async fn the_tenants_own_attributes_are_changed_one_by_one() {
    let own = "urn:ietf:params:scim:schemas:extension:tenant:2.0:User";
    let config =
        NetskopeConfig { own_attributes: ["floor", "badge", "desk"].map(str::to_owned).to_vec(), ..config() };
    let has = json!({"id": ADA, own: {"floor": "1", "badge": "7", "desk": "a"}}).to_string();
    let world = world_of(&config, [answer(200, &has), answer(204, "")]);
    let change = Change { set: attrs(json!({own: {"floor": "2", "desk": "a"}})), clear: Vec::new() };
    world.netskope.update(&world.ctx, Kind::User, &at(ADA), &change).await.unwrap();
    let body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [
        {"op": "replace", "path": format!("{own}:floor"), "value": "2"},
        {"op": "remove", "path": format!("{own}:badge")},
    ]});
    assert_eq!(world.calls()[1], format!("PATCH /Users/{ADA} {body}"));
}

#[tokio::test(start_paused = true)]
async fn members_come_and_go_in_one_patch_until_they_are_many() {
    let world = world([answer(204, ""), answer(204, ""), answer(204, ""), answer(204, "")]);
    let delta = MemberDelta { add: vec![at("a"), at("../b")], remove: vec![at("c")] };
    let outcome = world.netskope.change_members(&world.ctx, &at(CREW), &delta).await.unwrap();
    assert_eq!(outcome.refused.len(), 1, "what can be no id is not sent");
    let many = MemberDelta { add: (0..1500).map(|n| at(&format!("m{n}"))).collect(), remove: vec![at("c")] };
    assert_eq!(world.netskope.plan(&Write::ChangeMembers(at(CREW), many.clone())).len(), 3);
    world.netskope.change_members(&world.ctx, &at(CREW), &many).await.unwrap();
    let calls = world.calls();
    let body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [
        {"op": "remove", "path": "members", "value": [{"value": "c"}]},
        {"op": "add", "path": "members", "value": [{"value": "a"}]},
    ]});
    assert_eq!(calls[0], format!("PATCH /Groups/{CREW} {body}"));
    assert!(calls[1].contains("remove") && calls[2].contains("add") && calls[3].contains("add"));
}

#[tokio::test(start_paused = true)]
async fn an_end_of_access_is_seen_before_it_is_told() {
    let person = |active: bool| answer(200, &json!({"id": ADA, "active": active}).to_string());
    for (read, means) in [
        (person(false), None),
        (answer(404, r#"{"status":"404"}"#), Some(ErrorKind::NotFound)),
        (person(true), Some(ErrorKind::Unavailable)),
    ] {
        let world = world([answer(204, ""), read]);
        let ended = world.netskope.set_active(&world.ctx, &at(ADA), false).await;
        assert_eq!(ended.err().map(|error: BackendError| error.kind), means);
        assert_eq!(world.calls().len(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn a_look_up_is_a_filter_and_its_rows_are_looked_at_again() {
    let row = |name: &str| json!({"id": ADA, "userName": name}).to_string();
    let page = |rows: &str| answer(200, &format!(r#"{{"totalResults":"1","Resources":[{rows}]}}"#));
    let world = world([page(&row("Ada@example.com"))]);
    let query =
        NativeQuery::Equals { fields: vec!["userName".to_owned()], value: "ada@example.com".to_owned() };
    let found = world.netskope.search(&world.ctx, Kind::User, &query, 0, 300).await.unwrap();
    assert_eq!((found.rows.len(), found.total), (1, Total::Exact(1)));
    let filter = "filter=userName%20eq%20%22ada%40example.com%22&startIndex=1&count=100";
    assert_eq!(world.calls(), [format!("GET /Users?{filter}")]);
}

#[tokio::test(start_paused = true)]
async fn pages_are_joined_and_a_list_that_repeats_itself_is_refused() {
    let rows = |from: usize, to: usize| {
        let rows: Vec<Value> = (from..to).map(|n| json!({"id": format!("u{n:03}")})).collect();
        answer(200, &json!({"totalResults": 130, "Resources": rows}).to_string())
    };
    let all = NativeQuery::All { having: None };
    let sound = world([rows(0, 100), rows(1, 2), rows(100, 130)]);
    let found = sound.netskope.search(&sound.ctx, Kind::User, &all, 0, 200).await.unwrap();
    assert_eq!((found.rows.len(), found.total), (130, Total::Exact(130)));
    assert_eq!(sound.calls().len(), 3, "one of them to learn whether pages can be relied upon");
    let ignores = world(std::iter::repeat_n(rows(0, 100), 12));
    let error = ignores.netskope.search(&ignores.ctx, Kind::User, &all, 0, 200).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unusable);
}
