//! People and groups that a directory manages: a write is split.

use scim_facade::facade::SyncedWrite;
use scim_facade::kernel::Kind;
use serde_json::{Value, json};

use super::bed::{Bed, patch, refused};
use super::drift::{names_the_directory, native_name, synced};
use super::groups::{change, staffed};
use crate::support::world::group;

battery!(
    what_differs_is_left_out_and_echoed if KeepsShadows & Locks,
    a_client_that_compares_is_content if KeepsShadows & Locks,
    a_new_value_of_the_directory_is_shown if KeepsShadows & Locks,
    a_strict_client_is_refused if Locks,
    the_stricter_of_target_and_client_decides if Locks,
    what_was_left_out_before_refuses_nothing if KeepsShadows & Locks,
    a_person_whom_nobody_wrote if KeepsShadows & Locks,
    a_synced_group_keeps_its_name if KeepsShadows & Locks,
    what_comes_with_a_deactivation_is_not_kept if Locks,
    every_refused_end_of_access_is_told if Locks,
);

fn renamed(name: &str) -> Value {
    json!([{"op": "Replace", "path": "displayName", "value": name}, {"op": "add", "path": "nickName", "value": "A"}])
}

/// How many fields were left out so far.
fn left_out(bed: &Bed) -> u64 {
    let metrics = bed.world.telemetry.render();
    let counters = metrics.lines().filter_map(|line| line.strip_prefix("scim_facade_synced_ignored_total{"));
    counters.filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok()).sum()
}

async fn what_differs_is_left_out_and_echoed(bed: &Bed) {
    let (at, native) = synced(bed).await;
    let writes = bed.writes();
    let told = bed.patch(&at, renamed("Countess")).await;
    assert_eq!((told.status, &told.body["displayName"]), (200, &json!("Countess")), "{told:?}");
    bed.settle_down().await;
    let read = bed.get(&at).await.body;
    assert_eq!((&read["displayName"], &read["nickName"]), (&json!("Countess"), &json!("A")));
    assert_eq!((native_name(bed, &native).await, bed.writes()), (json!("ada Example"), writes));
    assert!(left_out(bed) > 0);
}

/// A client that finds its own value sends nothing more; one that sends it again all the same changes nothing.
async fn a_client_that_compares_is_content(bed: &Bed) {
    let (at, _) = synced(bed).await;
    bed.patch(&at, renamed("Countess")).await;
    bed.settle_down().await;
    let (first, counted, writes) = (bed.get(&at).await.body, left_out(bed), bed.writes());
    for _ in 0..3 {
        assert_eq!(bed.patch(&at, renamed("Countess")).await.body, first);
        assert_eq!(bed.put(&at, first.clone()).await.body, first);
        assert_eq!(bed.get(&at).await.body, first);
    }
    assert_eq!((left_out(bed), bed.writes()), (counted, writes), "nothing is left out twice");
}

async fn a_new_value_of_the_directory_is_shown(bed: &Bed) {
    let (at, native) = synced(bed).await;
    bed.patch(&at, renamed("Countess")).await;
    bed.settle_down().await;
    bed.console_renames(Kind::User, &native, "Queen");
    assert_eq!(bed.get(&at).await.body["displayName"], "Queen", "what is true now");
    let again = bed.patch(&at, renamed("Countess")).await;
    assert_eq!(again.body["displayName"], "Countess");
    bed.settle_down().await;
    assert_eq!(bed.get(&at).await.body["displayName"], "Countess", "and content again");
    assert_eq!(native_name(bed, &native).await, "Queen");
}

async fn a_strict_client_is_refused(bed: &Bed) {
    let (at, native) = synced(bed).await;
    let strict = bed.strict();
    let before = bed.get(&at).await.body;
    let rename = json!([{"op": "replace", "path": "displayName", "value": "Countess"}]);
    names_the_directory(&bed.send(&strict, "PATCH", &at, Some(patch(rename))).await);
    assert_eq!(bed.get(&at).await.body, before);
    let same = json!([{"op": "replace", "path": "displayName", "value": before["displayName"]}]);
    assert_eq!(bed.send(&strict, "PATCH", &at, Some(patch(same))).await.status, 200, "it is so already");
    assert_eq!(native_name(bed, &native).await, "ada Example");
}

async fn the_stricter_of_target_and_client_decides(bed: &Bed) {
    let (at, _) = synced(bed).await;
    let rename = |name: &str| Some(patch(json!([{"op": "replace", "path": "displayName", "value": name}])));
    for (number, (target, client, strict, accepts)) in [
        (None, None, false, true),
        (None, None, true, false),
        (Some(SyncedWrite::Ignore), None, true, true),
        (Some(SyncedWrite::Reject), None, false, false),
        (Some(SyncedWrite::Ignore), Some(SyncedWrite::Reject), false, false),
        (None, Some(SyncedWrite::Reject), false, false),
    ]
    .into_iter()
    .enumerate()
    {
        let bed = bed.with(|settings| settings.synced_write = target).await;
        let mut asking = if strict { bed.strict() } else { bed.world.as_client(bed.world.client.clone()) };
        asking.client.synced_write = client;
        let told = bed.send(&asking, "PATCH", &at, rename(&format!("Countess {number}"))).await;
        assert_eq!(told.status == 200, accepts, "{target:?} {client:?} strict: {strict} {told:?}");
    }
}

async fn what_was_left_out_before_refuses_nothing(bed: &Bed) {
    let (at, _) = synced(bed).await;
    bed.patch(&at, renamed("Countess")).await;
    bed.settle_down().await;
    let bed = bed.with(|settings| settings.synced_write = Some(SyncedWrite::Reject)).await;
    let named = bed.patch(&at, json!([{"op": "replace", "path": "externalId", "value": "n"}])).await;
    assert_eq!((named.status, &named.body["displayName"]), (200, &json!("Countess")), "{named:?}");
}

async fn a_person_whom_nobody_wrote(bed: &Bed) {
    let native = bed.console_makes_person("ada").await;
    bed.settle_down().await;
    bed.directory_takes(Kind::User, &native);
    let (at, writes) = (format!("/Users/{native}"), bed.writes());
    let told = bed.patch(&at, renamed("Countess")).await;
    assert_eq!((told.status, &told.body["displayName"]), (200, &json!("Countess")), "{told:?}");
    names_the_directory(&bed.patch(&at, json!([{"op": "replace", "path": "active", "value": false}])).await);
    names_the_directory(&bed.delete(&at).await);
    assert_eq!(bed.get(&at).await.body["displayName"], "Countess");
    assert_eq!(bed.writes(), writes);
}

async fn a_synced_group_keeps_its_name(bed: &Bed) {
    let (at, people) = staffed(bed, 1).await;
    bed.settle_down().await;
    bed.directory_takes(Kind::Group, &bed.native_of(Kind::Group, at.trim_start_matches("/Groups/")).await);
    let writes = bed.writes();
    let told = bed.put(&at, group("Crew", &[&people[0]])).await;
    assert_eq!((told.status, &told.body["displayName"]), (200, &json!("Crew")), "{told:?}");
    bed.settle_down().await;
    assert_eq!(bed.get(&at).await.body["displayName"], "Crew");
    assert_eq!(bed.writes(), writes);
    let strict = bed.strict();
    let rename = json!([{"op": "replace", "path": "displayName", "value": "Team"}]);
    names_the_directory(&bed.send(&strict, "PATCH", &at, Some(patch(rename))).await);
}

async fn what_comes_with_a_deactivation_is_not_kept(bed: &Bed) {
    let (at, _) = synced(bed).await;
    let before = bed.get(&at).await.body;
    let both = json!([{"op": "replace", "path": "nickName", "value": "A"}, {"op": "replace", "path": "active", "value": false}]);
    names_the_directory(&bed.patch(&at, both).await);
    assert_eq!(bed.get(&at).await.body, before, "refused as a whole");
}

async fn every_refused_end_of_access_is_told(bed: &Bed) {
    let (at, _) = synced(bed).await;
    let (team, people) = staffed(bed, 2).await;
    bed.settle_down().await;
    bed.directory_takes(Kind::Group, &bed.native_of(Kind::Group, team.trim_start_matches("/Groups/")).await);
    for (number, refusal) in [
        bed.patch(&at, json!([{"op": "replace", "path": "active", "value": false}])).await,
        bed.delete(&at).await,
        bed.patch(&team, change("remove", &[&people[0]])).await,
        bed.put(&team, group("Staff", &[&people[1]])).await,
        bed.delete(&team).await,
    ]
    .into_iter()
    .enumerate()
    {
        refused(&refusal, 400, "mutability");
        let rows = bed.world.audit().await;
        let told = rows.iter().filter(|row| row.outcome.starts_with("refused: Locked")).count();
        assert!(told > number, "{number}: {rows:?}");
    }
    assert_eq!(bed.alarms("deprovision_impossible"), 5);
    let open =
        bed.world.store.due_intents(&bed.world.target, scim_facade::kernel::Timestamp(i64::MAX), 10).await;
    assert_eq!(open.unwrap(), [], "nothing is tried again");
}
