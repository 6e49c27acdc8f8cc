//! A crash at every boundary of every kind of write.

use rstest::rstest;
use scim_facade::facade::OnDelete;

use super::crash::{Rig, Settling};
use super::kinds::{Kind, Plan};
use super::retry::{STYLES, Style};
use crate::support::World;
use crate::support::world::QUARANTINE;

/// Longer than the vendor's lists lag.
const LAG: u64 = 6;

/// Settlement as after a start, and once more when the vendor's lists have caught up.
async fn settle(world: &World) {
    world.settle().await;
    world.wait(LAG).await;
    world.settle().await;
}

/// How the world is in which something happens.
#[derive(Clone, Copy, Debug)]
enum House {
    Parks,
    Quarantines,
    /// A deletion is a deactivation first.
    DeletesInTwoSteps,
}

impl House {
    async fn prepare(self, kind: Kind) -> (Rig, Plan) {
        match self {
            Self::Parks => kind.prepare().await,
            Self::Quarantines => kind.prepare_with_quarantine().await,
            Self::DeletesInTwoSteps => {
                let (Rig { world, crash, disk }, plan) = kind.prepare_with_quarantine().await;
                let two = OnDelete::DeactivateThenDelete;
                let world = world.set(|settings| settings.policy.on_delete = two);
                world.backend.prepare(&world.ctx()).await.unwrap();
                (Rig { world, crash, disk }, plan)
            }
        }
    }
}

async fn boundaries_of(kind: Kind, house: House) -> usize {
    let (rig, plan) = house.prepare(kind).await;
    if let Some(wrong) = plan.before.differs(&rig.world).await {
        panic!("{kind:?} begins wrong: {wrong}");
    }
    let reply = rig.run(None, plan.ask.send(&rig.world)).await.expect("nothing stops it");
    assert!(matches!(reply.status, 200 | 201 | 204), "{kind:?}: {reply:?}");
    if let Some(wrong) = plan.after.differs(&rig.world).await {
        panic!("{kind:?} undisturbed: {wrong}\n{:#?}", rig.boundaries());
    }
    rig.boundaries().len()
}

#[rstest]
#[case::create_user(Kind::CreateUser)]
#[case::create_inactive(Kind::CreateInactive)]
#[case::update_user(Kind::UpdateUser)]
#[case::rename_user(Kind::RenameUser)]
#[case::park(Kind::Park)]
#[case::park_and_edit(Kind::ParkAndEdit)]
#[case::reactivate(Kind::Reactivate)]
#[case::adopt(Kind::Adopt)]
#[case::delete_user(Kind::DeleteUser)]
#[case::delete_parked(Kind::DeleteParked)]
#[case::create_group(Kind::CreateGroup)]
#[case::rename_group(Kind::RenameGroup)]
#[case::delete_group(Kind::DeleteGroup)]
#[case::delete_large_group(Kind::DeleteLargeGroup)]
#[case::add_member(Kind::AddMember)]
#[case::remove_member(Kind::RemoveMember)]
#[case::replace_members(Kind::ReplaceMembers)]
#[case::put_group(Kind::PutGroup)]
#[case::update_stranger(Kind::UpdateStranger)]
#[case::park_stranger(Kind::ParkStranger)]
#[case::delete_stranger(Kind::DeleteStranger)]
#[case::add_to_strangers(Kind::AddToStrangers)]
#[case::adopt_stranger(Kind::AdoptStranger)]
#[case::adopt_inactive(Kind::AdoptInactive)]
#[case::adopt_group(Kind::AdoptGroup)]
#[case::return_by_post(Kind::Return)]
#[case::relink(Kind::Relink)]
#[case::revive(Kind::Revive)]
#[tokio::test(start_paused = true)]
async fn a_crash_anywhere_heals(#[case] kind: Kind) {
    stop_everywhere(kind, House::Parks).await;
}

#[rstest]
#[case::park(Kind::Park)]
#[case::park_and_edit(Kind::ParkAndEdit)]
#[case::reactivate(Kind::Reactivate)]
#[case::create_inactive(Kind::CreateInactive)]
#[case::delete_user(Kind::DeleteUser)]
#[case::delete_quarantined(Kind::DeleteParked)]
#[case::remove_member(Kind::RemoveMember)]
#[case::replace_members(Kind::ReplaceMembers)]
#[case::park_stranger(Kind::ParkStranger)]
#[case::delete_stranger(Kind::DeleteStranger)]
#[tokio::test(start_paused = true)]
async fn a_crash_anywhere_heals_with_quarantine_and_an_admin(#[case] kind: Kind) {
    stop_everywhere(kind, House::Quarantines).await;
}

#[rstest]
#[case::delete_user(Kind::DeleteUser)]
#[case::delete_quarantined(Kind::DeleteParked)]
#[case::delete_stranger(Kind::DeleteStranger)]
#[tokio::test(start_paused = true)]
async fn a_crash_anywhere_in_a_deletion_of_two_steps_heals(#[case] kind: Kind) {
    stop_everywhere(kind, House::DeletesInTwoSteps).await;
}

async fn stop_everywhere(kind: Kind, house: House) {
    for stop_at in 0..boundaries_of(kind, house).await {
        for (number, style) in STYLES.into_iter().enumerate() {
            // Now before settlement, now after it.
            crash_and_retry((kind, house), stop_at, style, (number + stop_at) % 2 == 0).await;
        }
        crash_and_settle((kind, house), stop_at).await;
    }
}

/// The identity provider tries again, when all is settled or while the new process is still at it.
async fn crash_and_retry((kind, house): (Kind, House), stop_at: usize, style: Style, settled: bool) {
    let (mut rig, plan) = house.prepare(kind).await;
    let died = rig.run(Some(stop_at), plan.ask.send(&rig.world)).await.is_none();
    let at = rig.boundaries().pop().unwrap_or_default();
    let whose = format!("{kind:?} stopped {at} (#{stop_at}), {style:?}, settled first: {settled}");
    assert!(died, "{whose}: it did not stop");
    let world = rig.reborn();
    if settled {
        settle(&world).await;
        plan.ask.again(&world, style, &whose).await;
    } else {
        let _settling = Settling::of(&world);
        plan.ask.again(&world, style, &whose).await;
        world.wait(61).await;
    }
    settle(&world).await;
    if let Some(wrong) = plan.after.differs(&world).await {
        panic!("{whose}: {wrong}");
    }
}

/// Nobody tries again: what was journalled as an end of access happens; all else is as before, or done.
async fn crash_and_settle((kind, house): (Kind, House), stop_at: usize) {
    let (mut rig, plan) = house.prepare(kind).await;
    rig.run(Some(stop_at), plan.ask.send(&rig.world)).await;
    let at = rig.boundaries().pop().unwrap_or_default();
    let whose = format!("{kind:?} stopped {at} (#{stop_at}), nobody tries again");
    let journalled = rig.boundaries().iter().any(|passed| passed.starts_with("after a commit"));
    let world = rig.reborn();
    settle(&world).await;
    let Some(undone) = plan.after.differs(&world).await else { return };
    let has_steps = matches!(kind, Kind::PutGroup | Kind::ParkAndEdit | Kind::AdoptInactive);
    if journalled && plan.ask.ends_access() && !has_steps {
        panic!("{whose}: {undone}");
    }
    match plan.before.differs(&world).await {
        Some(_) if has_steps && journalled => is_between(&plan, &world, &whose).await,
        Some(done) => panic!("{whose}: it is neither as before ({done}) nor done ({undone})"),
        None => {}
    }
}

/// A write of several steps may stop between them, but access is lost first.
async fn is_between(plan: &Plan, world: &World, whose: &str) {
    let (before, after) = (&plan.before, &plan.after);
    for person in after.people.iter().filter(|person| !person.active) {
        let name = person.body["userName"].as_str().unwrap();
        if let Some(id) = &person.id {
            let shown = world.get(&format!("/Users/{id}")).await;
            assert_eq!(shown.body["active"], false, "{whose}: {name} is not shown as inactive");
        }
        let native = world.sim().user_by_email(name).map(|user| user.id);
        let held = after.held.as_ref().map(|_| world.sim_members(QUARANTINE));
        let is_held = native.as_ref().is_none_or(|id| held.is_some_and(|held| held.contains(id)));
        assert!(is_held, "{whose}: {name} has access");
    }
    let path = format!("/Groups/{}", after.groups[0].id.clone().unwrap());
    let members = world.get(&path).await.body["members"].to_string();
    let still =
        before.groups[0].members.difference(&after.groups[0].members).find(|id| members.contains(*id));
    assert_eq!(still, None, "{whose}: still a member");
}
