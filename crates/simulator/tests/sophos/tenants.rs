//! `whoami` and the tenant lists.

use serde_json::{Value, json};
use simulator::http::{Request, Response};
use simulator::sophos::Seed;
use simulator::sophos::switches::HostStyle;

use super::support::{Rig, column, empty, rig_with, text};

fn global(rig: &mut Rig, target: &str, header: Option<(&str, &str)>) -> Response {
    let mut request = Request::new("GET", &format!("/global{target}"))
        .header("authorization", &format!("Bearer {}", rig.token));
    if let Some((name, value)) = header {
        request = request.header(name, value);
    }
    rig.raw(&request)
}

fn whoami(rig: &mut Rig) -> Value {
    let response = global(rig, "/whoami/v1", None);
    assert_eq!(response.status, 200);
    response.value()
}

#[test]
fn whoami_tells_who_and_where() {
    let mut rig = empty();
    let tenant = rig.tenant.clone();
    assert_eq!(
        whoami(&mut rig),
        json!({"id": tenant, "idType": "tenant", "apiHosts": {
            "global": "http://127.0.0.1:9001/global", "dataRegion": "http://127.0.0.1:9001/eu01",
        }})
    );
    for (client, kind) in [("sophos-partner", "partner"), ("sophos-org", "organization")] {
        rig.become_client(client);
        let value = whoami(&mut rig);
        assert_eq!(value["idType"], kind);
        assert!(value["apiHosts"].get("dataRegion").is_none());
    }
    rig.token = "unknown".to_owned();
    assert_eq!(global(&mut rig, "/whoami/v1", None).status, 401);
}

#[test]
fn whoami_can_be_spelled_oddly() {
    let mut rig = rig_with(Seed::Empty, |switches| {
        switches.whoami_hosts = HostStyle::HttpTrailingSlash;
        switches.whoami_id_upper_case = true;
    });
    let value = whoami(&mut rig);
    assert_eq!(value["apiHosts"]["global"], "http://127.0.0.1:9001/global/");
    assert_eq!(text(&value["id"]), rig.tenant.to_uppercase());
    rig.tenant = rig.tenant.to_uppercase();
    assert_eq!(rig.get("/common/v1/roles").status, 200);
    rig.sophos.switches_mut().whoami_hosts = HostStyle::TrailingSlash;
    assert_eq!(whoami(&mut rig)["apiHosts"]["dataRegion"], "http://127.0.0.1:9001/eu01/");
}

#[test]
fn a_partner_lists_its_tenants() {
    let mut rig = empty();
    rig.become_client("sophos-partner");
    let id = text(&whoami(&mut rig)["id"]);
    let header = Some(("X-Partner-ID", id.as_str()));
    let list = global(&mut rig, "/partner/v1/tenants?pageTotal=true", header);
    assert_eq!(column(&list, "dataRegion"), ["eu01", "us01", "eu01", "eu01", "us01"]);
    let value = list.value();
    assert_eq!(value["pages"], json!({"current": 1, "size": 50, "total": 1, "items": 5, "maxSize": 100}));
    assert_eq!(value["items"][0]["apiHost"], "http://127.0.0.1:9001/eu01");
    assert_eq!(value["items"][0]["partner"]["id"], json!(id));
    assert!(value["items"][4].get("apiHost").is_none());
    let page = global(&mut rig, "/partner/v1/tenants?page=2&pageSize=3&fields=name", header);
    assert_eq!(column(&page, "name").len(), 2);
    assert!(page.value()["items"][0].get("apiHost").is_none());

    let one = global(&mut rig, &format!("/partner/v1/tenants/{}", text(&value["items"][1]["id"])), header);
    assert_eq!((one.status, one.value()["name"].clone()), (200, json!("Example Inc")));
    let unknown = format!("/partner/v1/tenants/{}", super::support::NOBODY);
    assert_eq!(global(&mut rig, &unknown, header).status, 404);
    assert_eq!(global(&mut rig, "/partner/v1/tenants?page=0", header).status, 400);
}

#[test]
fn an_organization_lists_its_tenants() {
    let mut rig = empty();
    rig.become_client("sophos-org");
    let id = text(&whoami(&mut rig)["id"]);
    let header = Some(("X-Organization-ID", id.as_str()));
    let list = global(&mut rig, "/organization/v1/tenants", header);
    assert_eq!(column(&list, "name"), ["Example GmbH", "Example Inc"]);
    assert!(list.value()["pages"].get("total").is_none());
    let one = format!("/organization/v1/tenants/{}", column(&list, "id")[0]);
    assert_eq!(global(&mut rig, &one, header).status, 200);
}

#[test]
fn the_id_header_must_be_there_and_be_ones_own() {
    let mut rig = empty();
    rig.become_client("sophos-partner");
    let id = text(&whoami(&mut rig)["id"]);
    assert_eq!(global(&mut rig, "/partner/v1/tenants", None).status, 401);
    assert_eq!(global(&mut rig, "/partner/v1/tenants", Some(("x-partner-id", "other"))).status, 403);
    assert_eq!(global(&mut rig, "/organization/v1/tenants", Some(("x-organization-id", &id))).status, 403);
    rig.become_client("sophos-client");
    assert_eq!(global(&mut rig, "/partner/v1/tenants", Some(("x-partner-id", &id))).status, 403);
}

#[test]
fn a_tenant_header_on_a_global_call_can_be_rejected() {
    let mut rig = empty();
    rig.become_client("sophos-partner");
    let id = text(&whoami(&mut rig)["id"]);
    let request = Request::new("GET", "/global/partner/v1/tenants")
        .header("authorization", &format!("Bearer {}", rig.token))
        .header("x-partner-id", &id)
        .header("x-tenant-id", &rig.tenant);
    assert_eq!(rig.raw(&request).status, 200);
    rig.sophos.switches_mut().extra_tenant_header_status = Some(400);
    assert_eq!(rig.raw(&request).status, 400);
}

#[test]
fn the_directory_is_not_on_the_global_host() {
    let mut rig = empty();
    assert_eq!(global(&mut rig, "/common/v1/directory/users", None).status, 404);
    assert_eq!(rig.get("/whoami/v1").status, 404);
}
