//! While a store has to be reconciled: reads work, nothing is written, nothing is sent.

use scim_facade::kernel::{ClientName, Kind, ScimId};
use serde_json::json;

use super::scene::{DAY, Disk, made, native_state, natives, refuse_writes, team};
use crate::support::world::{group, person};

#[tokio::test(start_paused = true)]
async fn reads_work_and_every_write_says_what_the_operator_has_to_do() {
    let mut disk = Disk::new();
    let ada = made(&disk.world, "ada").await;
    let staff = team(&disk.world, "Staff", &[&ada]).await;
    let copy = disk.copy();
    let world = disk.put_back(&copy);
    let (native, stored) = (native_state(&world), world.still().await);
    let (user, staff) = (format!("/Users/{ada}"), format!("/Groups/{staff}"));
    for path in [&user, &staff, "/Users", "/Groups", "/Users?filter=userName eq \"ada@example.com\""] {
        assert_eq!(world.get(path).await.status, 200, "{path}");
    }
    let patch = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
                       "Operations": [{"op": "replace", "value": {"active": false}}]});
    for (method, path, body) in [
        ("POST", "/Users", Some(person("new"))),
        ("POST", "/Groups", Some(group("New", &[]))),
        ("PUT", &*user, Some(person("ada"))),
        ("PUT", &*staff, Some(group("Staff", &[]))),
        ("PATCH", &*user, Some(patch)),
        ("DELETE", &*user, None),
        ("DELETE", &*staff, None),
    ] {
        let reply = world.send(method, path, body).await;
        assert_eq!((reply.status, reply.retry_after), (429, Some(60)), "{method} {path}: {reply:?}");
        let detail = reply.body["detail"].as_str().unwrap();
        assert!(detail.contains("scim-facade reconcile --config FILE --target t --plan"), "{detail}");
    }
    world.settle().await;
    assert_eq!((native_state(&world), world.still().await), (native, stored));
}

#[tokio::test(start_paused = true)]
async fn settlement_sends_nothing_and_an_operator_is_told() {
    let mut disk = Disk::new();
    let ada = made(&disk.world, "ada").await;
    refuse_writes(&disk.world);
    assert_eq!(disk.world.delete(&format!("/Users/{ada}")).await.status, 429);
    disk.world.sim().clear_faults();
    let copy = disk.copy();
    let world = disk.put_back(&copy);
    world.calls();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    world.facade.start(ClientName::parse("facade").unwrap(), async move {
        let _ = stopped.await;
    });
    world.wait(DAY).await;
    drop(stop);
    assert_eq!((natives(&world, "ada"), world.calls()), (1, Vec::new()));
    let metrics = world.telemetry.render();
    assert!(metrics.contains("scim_facade_alarms_total{kind=\"store_restored\"} 1"), "{metrics}");
    let open = world.store.open_intents(&world.target, Kind::User, &ScimId::new(&*ada)).await;
    assert_eq!(open.unwrap().len(), 1);
}
