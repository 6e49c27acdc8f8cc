//! Schedules that did not agree once, each as small as it went.

use simulator::sophos::Seed;

use super::agrees;
use super::schedule::{Edit, Fault, How, On, People, Step, Take, Wish, Wrong};
use super::terms::{NATIVE, PARKING, QUARANTINING, SOPHOS, SOPHOS_QUARANTINING};
use crate::fault::crash::Rig;
use crate::support::world::{group, person};

use How::{Patch, Paths, Put};
use Step::{Ask, Both, Console, Crash, Wait};
use Take::{Exactly, In};
use Wish::{Change, Make, MakeGroup, Members, PutGroup, Remove, RemoveGroup};

const NOTHING: Edit = Edit { active: None, title: None, shown: None, name: None, called: None };
const ON: Edit = Edit { active: Some(true), ..NOTHING };
const OFF: Edit = Edit { active: Some(false), ..NOTHING };

fn ask(by: usize, wish: Wish, again: u8) -> Step {
    Ask { by, wish, again }
}

/// Nothing that is sent natively has an effect.
fn refused(on: On, skip: u8, times: u8) -> Step {
    Step::Fault(Fault { on, how: Wrong::TooMany, skip, times })
}

#[test]
fn whoever_is_being_made_is_no_stranger_meanwhile() {
    let edit = Edit { shown: Some(3), called: Some(1), ..ON };
    agrees(NATIVE, &[Crash { by: 1, wish: Make(5, ON), at: 2 }, ask(0, Change(5, edit, Paths), 3)]);
    agrees(NATIVE, &[ask(0, Make(2, ON), 0), Crash { by: 0, wish: MakeGroup(1, People(37)), at: 2 }]);
}

#[test]
fn whoever_is_being_parked_can_join_a_new_group() {
    let edit = Edit { shown: Some(3), called: Some(0), ..OFF };
    let parks = Crash { by: 1, wish: Change(1, edit, Put), at: 6 };
    agrees(SOPHOS, &[ask(0, Make(1, ON), 0), parks, ask(0, MakeGroup(2, People(23)), 2)]);
}

#[test]
fn a_parked_person_is_in_no_group_that_is_being_deleted() {
    let deletes = Crash { by: 0, wish: RemoveGroup(0), at: 1 };
    let parks = ask(0, Change(0, Edit { title: Some(0), called: Some(0), ..OFF }, Put), 1);
    agrees(PARKING, &[ask(0, Make(0, ON), 0), ask(0, MakeGroup(0, People(53)), 0), deletes, parks]);
}

#[test]
fn a_group_has_nobody_who_is_being_deleted() {
    let parks = ask(0, Change(1, OFF, Patch), 3);
    let (person, group) = (ask(0, Make(1, ON), 0), ask(0, MakeGroup(0, People(34)), 0));
    agrees(PARKING, &[person, group, refused(On::All, 0, 200), parks, ask(1, Remove(1), 2)]);
}

#[test]
fn what_comes_along_with_a_deactivation_that_is_repeated_is_done_natively() {
    let steps = [
        ask(0, Make(1, ON), 0),
        ask(0, MakeGroup(0, People(3)), 0),
        refused(On::All, 0, 4),
        ask(1, Change(1, Edit { name: Some(6), ..OFF }, Paths), 3),
    ];
    agrees(NATIVE, &steps);
}

#[test]
fn a_refused_return_leaves_the_deactivation() {
    let steps = [
        ask(0, Make(1, ON), 0),
        ask(0, Make(3, ON), 2),
        refused(On::Deletes, 0, 200),
        ask(0, Change(3, OFF, Paths), 0),
        ask(1, Change(3, Edit { title: Some(2), name: Some(1), ..ON }, Put), 0),
    ];
    agrees(NATIVE, &steps);
    agrees(SOPHOS, &steps);
}

#[test]
fn whoever_is_being_switched_on_can_join_a_group() {
    let steps = [
        Crash { by: 1, wish: Make(5, OFF), at: 4 },
        Crash { by: 1, wish: Change(5, ON, Put), at: 1 },
        Both(MakeGroup(0, People(63)), Make(3, ON)),
    ];
    agrees(NATIVE, &steps);
}

#[test]
fn a_replacement_of_members_supersedes_what_is_open() {
    let steps = [
        ask(0, Make(2, ON), 0),
        ask(0, MakeGroup(0, People(43)), 0),
        refused(On::All, 2, 1),
        Both(Members(0, In, People(62)), Members(0, Exactly, People(42))),
        ask(0, PutGroup(0, 2, People(57)), 2),
    ];
    agrees(NATIVE, &steps);
}

#[test]
fn a_list_shows_whoever_is_being_parked_as_a_look_by_id_does() {
    let parks = Crash { by: 0, wish: Change(1, Edit { title: Some(2), ..OFF }, Put), at: 4 };
    agrees(SOPHOS, &[ask(0, Make(1, ON), 0), Console(super::schedule::Console::Shows(1, 2)), parks, Wait(1)]);
}

#[test]
fn what_drifted_is_shown_again_once_the_quarantine_is_certain() {
    let drifts = Console(super::schedule::Console::Shows(4, 3));
    let steps = [ask(0, Make(4, ON), 0), drifts, Crash { by: 0, wish: Change(4, OFF, Paths), at: 6 }];
    agrees(QUARANTINING, &steps);
    agrees(SOPHOS_QUARANTINING, &steps);
}

/// The machine leaves out of account how late the vendor's lists are; this is about ours.
#[tokio::test(start_paused = true)]
async fn a_new_group_has_its_members_although_the_lists_lag() {
    let rig = Rig::new(Seed::Empty);
    let world = &rig.world;
    world.sim().switches_mut().list_lag_ms = 4_000;
    let ada = world.post("/Users", person("ada")).await.id();
    world.post("/Groups", group("Team", &[&ada])).await.id();
    let listed = world.get("/Groups?attributes=members").await;
    assert_eq!(listed.body["Resources"][0]["members"][0]["value"], ada, "{listed:?}");
}

#[test]
fn a_refused_return_leaves_no_external_id() {
    let steps = [
        ask(0, Make(0, ON), 0),
        ask(1, Make(4, ON), 0),
        ask(0, Change(0, OFF, Paths), 2),
        ask(1, Change(0, Edit { name: Some(4), called: Some(1), ..ON }, Patch), 2),
    ];
    agrees(SOPHOS, &steps);
}

#[test]
fn a_removal_holds_although_a_return_from_quarantine_is_under_way() {
    let steps = [
        ask(0, Make(2, ON), 0),
        ask(0, Change(2, Edit { name: Some(4), ..OFF }, Patch), 0),
        Step::Fault(Fault { on: On::Deletes, how: Wrong::Token, skip: 0, times: 4 }),
        Step::Fault(Fault { on: On::Posts, how: Wrong::Error { applied: false }, skip: 2, times: 4 }),
        ask(0, MakeGroup(2, People(36)), 3),
        ask(0, Make(2, ON), 2),
        ask(1, PutGroup(2, 1, People(43)), 3),
    ];
    agrees(SOPHOS_QUARANTINING, &steps);
}

#[test]
fn a_refused_name_lets_nobody_in() {
    let steps = [
        ask(0, Make(2, ON), 0),
        ask(0, MakeGroup(0, People(18)), 0),
        ask(1, Make(0, ON), 0),
        ask(0, MakeGroup(2, People(27)), 1),
        Crash { by: 0, wish: Members(0, In, People(19)), at: 2 },
        Both(Make(0, ON), PutGroup(0, 2, People(36))),
    ];
    agrees(QUARANTINING, &steps);
    agrees(SOPHOS, &steps);
}
