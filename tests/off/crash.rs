//! A crash at every boundary of every kind of write. Nothing is remembered of it: whoever got no answer asks again.

use rstest::rstest;
use serde_json::Value;

use super::kinds::{Cloud, Write};
use crate::fault::retry::{Ask, STYLES, Style};

/// The truth before and after, and how many boundaries lie between.
async fn undisturbed(kind: Write) -> (Value, Value, usize) {
    let (cloud, ask) = kind.prepare().await;
    let before = cloud.truth();
    let rig = cloud.process();
    let reply = rig.run(None, ask.send(&rig.world)).await.expect("nothing stops it");
    assert!(matches!(reply.status, 200 | 201 | 204), "{kind:?}: {reply:?}");
    // What was answered is so natively: nothing else would remember it.
    let after = cloud.truth();
    assert_ne!(before, after, "{kind:?} changes something");
    (before, after, rig.boundaries().len())
}

#[rstest]
#[case::create_user(Write::CreateUser)]
#[case::update_user(Write::UpdateUser)]
#[case::rename_user(Write::RenameUser)]
#[case::deactivate(Write::Deactivate)]
#[case::deactivate_and_edit(Write::DeactivateAndEdit)]
#[case::reactivate(Write::Reactivate)]
#[case::delete_user(Write::DeleteUser)]
#[case::create_group(Write::CreateGroup)]
#[case::rename_group(Write::RenameGroup)]
#[case::delete_group(Write::DeleteGroup)]
#[case::add_member(Write::AddMember)]
#[case::remove_member(Write::RemoveMember)]
#[case::replace_members(Write::ReplaceMembers)]
#[case::add_many(Write::AddMany)]
#[tokio::test(start_paused = true)]
async fn the_next_try_converges(#[case] kind: Write) {
    let (before, after, boundaries) = undisturbed(kind).await;
    assert!(boundaries > 2, "{kind:?}");
    for stop_at in 0..boundaries {
        for style in STYLES {
            crash_and_retry(kind, stop_at, style, (&before, &after)).await;
        }
    }
}

async fn crash_and_retry(kind: Write, stop_at: usize, style: Style, (before, after): (&Value, &Value)) {
    let (cloud, ask) = kind.prepare().await;
    let rig = cloud.process();
    assert!(rig.run(Some(stop_at), ask.send(&rig.world)).await.is_none(), "{kind:?}: it did not stop");
    let at = rig.boundaries().pop().unwrap_or_default();
    let whose = format!("{kind:?} stopped {at} (#{stop_at}), {style:?}");
    drop(rig);
    let world = cloud.process().world;
    world.settle().await;
    nothing_but_the_truth(&cloud, (before, after), kind, &whose);
    ask.again(&world, style, &whose).await;
    assert_eq!(cloud.truth(), *after, "{whose}");
    world.wait(10).await;
    found_once(&world, &ask, &whose).await;
}

/// A crash leaves the product as it was, or as it was wished, or between the steps of a wish that has several.
fn nothing_but_the_truth(cloud: &Cloud, (before, after): (&Value, &Value), kind: Write, whose: &str) {
    let has_steps = matches!(kind, Write::DeactivateAndEdit | Write::AddMany | Write::ReplaceMembers);
    let now = cloud.truth();
    assert!(has_steps || now == *before || now == *after, "{whose}: {now}");
}

/// Whoever is made is there once, under the id that the product has.
async fn found_once(world: &crate::support::World, ask: &Ask, whose: &str) {
    let Ask::Create(endpoint, body) = ask else { return };
    let key = if *endpoint == "Users" { "userName" } else { "displayName" };
    let found = world.get(&format!("/{endpoint}?filter={key} eq {}", body[key])).await;
    assert_eq!(found.body["totalResults"], 1, "{whose}: {found:?}");
}
