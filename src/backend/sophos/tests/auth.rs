use super::*;
use crate::outbound::Base;

#[tokio::test(start_paused = true)]
async fn a_first_call_asks_for_a_token_and_whoami_and_later_ones_do_not() {
    let world = world([ok(&person(1)), ok(&person(1))]);
    for _ in 0..2 {
        world.sophos.get(&world.ctx, Kind::User, &at(1), Want::default()).await.unwrap();
    }
    let seen = world.script.seen();
    let urls: Vec<_> = seen.iter().map(|seen| seen.url.as_str()).collect();
    let user = format!("{REGION}/users/{}", id(1));
    let hosts = ["https://id.sophos.com/api/v2/oauth2/token", "https://api.central.sophos.com/whoami/v1"];
    assert_eq!(urls, [hosts[0], hosts[1], &user, &user]);
    assert_eq!(
        seen[0].body,
        "grant_type=client_credentials&client_id=id&client_secret=se%26cret&scope=token"
    );
    assert_eq!(seen[0].header("content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!((seen[0].header("authorization"), seen[0].header("x-tenant-id")), (None, None));
    assert_eq!((seen[1].header("authorization"), seen[1].header("x-tenant-id")), (Some("Bearer t0"), None));
    assert_eq!(
        (seen[2].header("authorization"), seen[2].header("x-tenant-id")),
        (Some("Bearer t0"), Some("TENANT"))
    );
}

#[tokio::test(start_paused = true)]
async fn many_first_calls_ask_once() {
    let world = world((0..20).map(|_| ok(&person(1))));
    let user = at(1);
    let one = || world.sophos.get(&world.ctx, Kind::User, &user, Want::default());
    let (a, b, c, d) = tokio::join!(one(), one(), one(), one());
    assert!([a, b, c, d].into_iter().all(|read| read.is_ok()));
    assert_eq!((world.script.count("/oauth2/token"), world.script.count("/whoami/v1")), (1, 1));
}

fn partner(kind: &str) -> String {
    json!({"id": "ME", "idType": kind, "apiHosts": {"global": "https://api.central.sophos.com"}}).to_string()
}

#[tokio::test(start_paused = true)]
async fn a_partner_or_an_organization_finds_its_tenant() {
    for (kind, header) in [("partner", "x-partner-id"), ("organization", "x-organization-id")] {
        let standing =
            vec![("/oauth2/token", answer(200, TOKEN)), ("/whoami/v1", answer(200, &partner(kind)))];
        let tenant =
            json!({"id": "T/1", "apiHost": "https://api-us02.central.sophos.com/", "dataRegion": "us02"});
        let config =
            SophosConfig { tenant_id: Some("T/1".to_owned()), ..SophosConfig::new("id", "s".into()) };
        let world = world_of(config, standing, [ok(&tenant), ok(&person(1))]);
        let read = world.sophos.get(&world.ctx, Kind::User, &at(1), Want::default()).await.unwrap().unwrap();
        assert_eq!(read.attrs.get("dataRegion"), Some(&json!("us02")));
        let seen = world.script.queued();
        assert_eq!(seen[0].url, format!("https://api.central.sophos.com/{kind}/v1/tenants/T%2F1"));
        assert_eq!((seen[0].header(header), seen[0].header("x-tenant-id")), (Some("ME"), None));
        assert!(seen[1].url.starts_with("https://api-us02.central.sophos.com/common/"));
        assert_eq!((seen[1].header(header), seen[1].header("x-tenant-id")), (None, Some("T/1")));
    }
}

#[tokio::test(start_paused = true)]
async fn a_credential_that_leads_to_no_tenant_is_denied() {
    let standing =
        |whoami: &str| vec![("/oauth2/token", answer(200, TOKEN)), ("/whoami/v1", answer(200, whoami))];
    let config = |tenant: Option<&str>| SophosConfig {
        tenant_id: tenant.map(str::to_owned),
        ..SophosConfig::new("id", "s".into())
    };
    let worlds = [
        world_of(config(None), standing(&partner("partner")), []),
        world_of(config(Some("T")), standing(&partner("partner")), [error(404)]),
        world_of(config(Some("OTHER")), standing(WHOAMI), []),
    ];
    for world in worlds {
        let read = world.sophos.get(&world.ctx, Kind::User, &at(1), Want::default()).await;
        assert_eq!(refusal(read), (ErrorKind::Denied, Sent::No));
        world.calls();
    }
}

#[tokio::test(start_paused = true)]
async fn no_credential_goes_to_a_strange_host() {
    for host in
        ["https://evil.test", "https://central.sophos.com.evil.test", "file:///x", "https://u@evil.test"]
    {
        let whoami = json!({"id": "T", "idType": "tenant", "apiHosts": {"dataRegion": host}}).to_string();
        let standing = vec![("/oauth2/token", answer(200, TOKEN)), ("/whoami/v1", answer(200, &whoami))];
        let world = world_of(SophosConfig::new("id", "s".into()), standing, []);
        let read = world.sophos.get(&world.ctx, Kind::User, &at(1), Want::default()).await;
        assert_eq!(refusal(read).0, ErrorKind::Unusable, "{host}");
    }
}

#[tokio::test(start_paused = true)]
async fn hosts_can_be_overridden() {
    let base = |text: &str| Base::parse(text).unwrap();
    let whoami = r#"{"id":"T","idType":"tenant","apiHosts":{"dataRegion":"http://127.0.0.1:9/eu01"}}"#;
    let standing = vec![("/oauth2/token", answer(200, TOKEN)), ("/whoami/v1", answer(200, whoami))];
    let simulated = SophosConfig {
        id: base("http://127.0.0.1:9/id"),
        global: base("http://127.0.0.1:9/global"),
        ..SophosConfig::new("id", "s".into())
    };
    let world = world_of(simulated.clone(), standing.clone(), [ok(&person(1))]);
    let read = world.sophos.get(&world.ctx, Kind::User, &at(1), Want::default()).await.unwrap().unwrap();
    assert_eq!(read.attrs.get("dataRegion"), Some(&json!("eu01")));
    assert!(world.script.seen()[2].url.starts_with("http://127.0.0.1:9/eu01/common/v1/"));

    let proxied = SophosConfig { region: Some(base("https://proxy.test/s")), ..simulated };
    let world = world_of(proxied, standing, [ok(&person(1))]);
    world.sophos.get(&world.ctx, Kind::User, &at(1), Want::default()).await.unwrap();
    assert!(world.script.seen()[2].url.starts_with("https://proxy.test/s/common/v1/"));
}

#[tokio::test(start_paused = true)]
async fn the_token_host_has_errors_of_its_own() {
    let cases = [
        (401, r#"{"errorCode":"oauth.invalid_client_secret","message":"hush"}"#, ErrorKind::Denied),
        (200, r#"{"errorCode":"customer.validation","message":"hush"}"#, ErrorKind::Denied),
        (200, r#"{"access_token":""}"#, ErrorKind::Unusable),
        (200, "<html>hush</html>", ErrorKind::Unusable),
        (503, "", ErrorKind::Unavailable),
    ];
    for (status, body, kind) in cases {
        let world = world_of(SophosConfig::new("id", "s".into()), vec![("/token", answer(status, body))], []);
        let desired = Desired { kind: Kind::User, attrs: Attrs::new(), links: vec![], active: true };
        assert_eq!(refusal(world.sophos.create(&world.ctx, &desired).await), (kind, Sent::No), "{body}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_denied_call_asks_whoami_again_next_time() {
    let world = world([error(403), ok(&person(1))]);
    let read = world.sophos.get(&world.ctx, Kind::User, &at(1), Want::default()).await;
    assert_eq!(refusal(read), (ErrorKind::Denied, Sent::Rejected));
    world.sophos.get(&world.ctx, Kind::User, &at(1), Want::default()).await.unwrap();
    assert_eq!(world.script.count("/whoami/v1"), 2);
}

#[tokio::test(start_paused = true)]
async fn a_probe_tells_who_and_how_many() {
    let world = world([page([person(1)], 1, 420), page([], 1, 3), page([person(1)], 1, 400), page([], 1, 3)]);
    let probe = world.sophos.probe(&world.ctx).await.unwrap();
    let region = "region eu01 at api-eu01.central.sophos.com";
    assert_eq!(probe.facts, ["tenant TENANT", region, "420 people", "3 groups"]);
    assert!(probe.warnings[0].starts_with("20 people and 0 groups come from a directory"), "{probe:?}");
    assert_eq!(
        world.calls(),
        [
            "GET /users?sort=id%3Aasc&page=1&pageSize=1&pageTotal=true",
            "GET /user-groups?sort=id%3Aasc&page=1&pageSize=1&pageTotal=true",
            "GET /users?sourceType=custom&sort=id%3Aasc&page=1&pageSize=1&pageTotal=true",
            "GET /user-groups?sourceType=custom&sort=id%3Aasc&page=1&pageSize=1&pageTotal=true",
        ]
    );
}

#[test]
fn nothing_prints_the_secret() {
    assert!(!format!("{:?}", SophosConfig::new("id", "se&cret".into())).contains("cret"));
}
