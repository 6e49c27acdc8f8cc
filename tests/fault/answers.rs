//! Faults without a crash: what the client is told, and what becomes of the world when they are over.

use rstest::rstest;
use simulator::faults::{Fault, Rule, Times};

use super::crash::Settling;
use super::kinds::{ALL, Kind};
use super::retry::Style;
use crate::support::World;
use crate::support::world::Reply;

/// The longest that a client waits for an answer.
const DEADLINE: i64 = 25_000_000;

const WRITES: [&str; 3] = ["POST", "PATCH", "DELETE"];
const READS: [&str; 1] = ["GET"];

fn on(methods: &[&str], fault: &Fault, times: Times, skip: u32) -> Vec<Rule> {
    let rule = |method: &&str| Rule::once(fault.clone()).on(method, "/directory/").times(times).skip(skip);
    methods.iter().map(rule).collect()
}

/// What a client may be told of a write: done, or try again.
fn is_right(reply: &Reply, took: i64, may_be_bad_gateway: bool, whose: &str) -> bool {
    assert!(took <= DEADLINE, "{whose}: answered after {took} µs: {reply:?}");
    match reply.status {
        200 | 201 | 204 => return true,
        429 => assert!(reply.retry_after.is_some_and(|s| (1..=3600).contains(&s)), "{whose}: {reply:?}"),
        502 => assert!(may_be_bad_gateway, "{whose}: {reply:?}"),
        _ => panic!("{whose}: {reply:?}"),
    }
    false
}

async fn send(world: &World, kind: Kind, plan: &super::kinds::Plan, rules: Vec<Rule>) -> (Reply, i64) {
    for rule in rules {
        world.sim().add_fault(rule);
    }
    let begun = world.clock.now();
    let reply = plan.ask.send(world).await;
    let took = world.clock.now().0 - begun.0;
    assert!(reply.status != 500, "{kind:?}: {reply:?}");
    (reply, took)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cure {
    Settlement,
    Retry(Style),
}

async fn disturbed(kind: Kind, rules: Vec<Rule>, may_be_bad_gateway: bool, cure: Cure, what: &str) {
    let (rig, plan) = kind.prepare().await;
    let world = &rig.world;
    let _settling = Settling::of(world);
    let (reply, took) = send(world, kind, &plan, rules).await;
    let whose = format!("{kind:?} with {what}, answered {} after {took} µs, {cure:?}", reply.status);
    if is_right(&reply, took, may_be_bad_gateway, &whose) {
        world.sim().clear_faults();
        // A read may be wrong for a moment after the write: nobody promised that the look-ups work again.
        if let Some(wrong) = plan.after.differs(world).await {
            panic!("{whose}: {wrong}");
        }
        return;
    }
    world.sim().clear_faults();
    match cure {
        Cure::Settlement => world.wait(120).await,
        Cure::Retry(style) => {
            world.wait(u64::from(reply.retry_after.unwrap_or(10))).await;
            plan.ask.again(world, style, &whose).await;
            world.wait(61).await;
        }
    }
    world.settle().await;
    let Some(wrong) = plan.after.differs(world).await else { return };
    if cure != Cure::Settlement
        || plan.ask.ends_access() && !knows_nobody(kind) && carries_more(kind).is_none()
    {
        panic!("{whose}: {wrong}");
    }
    // What is no loss of access may be given up as a whole, never by half.
    if let Some(half) = plan.before.differs(world).await.filter(|_| kind != Kind::PutGroup) {
        if let Some(name) = carries_more(kind) {
            assert!(world.sim().user_by_email(name).is_none(), "{whose}: {name} has access");
            return;
        }
        panic!("{whose}: it is neither as before ({half}) nor done ({wrong})");
    }
}

/// Whoever was never written through us has no row: before the first look there is nothing to journal.
fn knows_nobody(kind: Kind) -> bool {
    matches!(kind, Kind::ParkStranger | Kind::DeleteStranger)
}

/// Whose loss of access is settled; what came along is the client's to repeat.
fn carries_more(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::ParkAndEdit => Some("ada@example.com"),
        Kind::AdoptInactive => Some("sam@example.com"),
        _ => None,
    }
}

const FAULTS: [Fault; 17] = [
    Fault::TooMany { retry_after: None },
    Fault::TooMany { retry_after: Some(100) },
    Fault::TooMany { retry_after: Some(3) },
    Fault::Status { code: 500, applied: false },
    Fault::Status { code: 500, applied: true },
    Fault::Status { code: 503, applied: false },
    Fault::ResetBefore,
    Fault::ResetAfter,
    Fault::Hang { applied: false },
    Fault::Hang { applied: true },
    Fault::EmptyBody { applied: false },
    Fault::EmptyBody { applied: true },
    Fault::Garbage { applied: false },
    Fault::Garbage { applied: true },
    Fault::DelayMs { ms: 60_000 },
    Fault::DelayMs { ms: 3_000 },
    Fault::TokenExpired,
];

/// An answer without its body can't be used, and a token that is refused twice is a refused credential.
fn may_be_bad_gateway(fault: &Fault) -> bool {
    matches!(fault, Fault::EmptyBody { .. } | Fault::TokenExpired)
}

/// Each kind of write meets each fault at three of seven places, cured in one of four ways, all in turn.
#[rstest]
#[tokio::test(start_paused = true)]
async fn a_fault_is_answered_rightly_and_heals(
    #[values(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16)] number: usize,
) {
    let fault = &FAULTS[number];
    let mut turn = number;
    for kind in ALL {
        for _ in 0..3 {
            let (what, rules) = troubles(fault).swap_remove(turn % 7);
            let cure = CURES[turn % 4];
            disturbed(kind, rules, may_be_bad_gateway(fault), cure, &format!("{fault:?} {what}")).await;
            turn += 1;
        }
    }
}

#[tokio::test(start_paused = true)]
#[ignore = "takes minutes: every fault at every place of every kind of write, cured in every way"]
async fn every_fault_is_answered_rightly_and_heals() {
    for fault in &FAULTS {
        for kind in ALL {
            for (what, rules) in troubles(fault) {
                for cure in CURES {
                    let what = format!("{fault:?} {what}");
                    disturbed(kind, rules.clone(), may_be_bad_gateway(fault), cure, &what).await;
                }
            }
        }
    }
}

const CURES: [Cure; 4] =
    [Cure::Settlement, Cure::Retry(Style::Same), Cure::Retry(Style::Okta), Cure::Retry(Style::Entra)];

/// Where a fault can hit.
fn troubles(fault: &Fault) -> Vec<(&'static str, Vec<Rule>)> {
    let once = Times::Count(1);
    vec![
        ("on the first write", on(&WRITES, fault, once, 0)),
        ("on all writes", on(&WRITES, fault, Times::FOREVER, 0)),
        ("on the second write", on(&WRITES, fault, once, 1)),
        ("on the first look-up", on(&READS, fault, once, 0)),
        ("on all look-ups", on(&READS, fault, Times::FOREVER, 0)),
        ("on later look-ups", on(&READS, fault, Times::FOREVER, 1)),
        ("on the first of each", [on(&WRITES, fault, once, 0), on(&READS, fault, once, 0)].concat()),
    ]
}

#[rstest]
#[case::forbidden(403)]
#[case::unauthorized(401)]
#[tokio::test(start_paused = true)]
async fn a_refused_credential_is_bad_gateway_and_heals(#[case] code: u16) {
    let mut cures = CURES.into_iter().cycle();
    for kind in ALL.into_iter().filter(|kind| !matches!(kind, Kind::DeleteParked)) {
        let refused = Fault::Status { code, applied: false };
        for methods in [WRITES.as_slice(), READS.as_slice()] {
            let rules = on(methods, &refused, Times::FOREVER, 0);
            let cure = cures.next().unwrap_or(Cure::Settlement);
            disturbed(kind, rules, true, cure, &format!("{code} on {methods:?}")).await;
        }
        let (rig, plan) = kind.prepare().await;
        let everything = Rule::once(Fault::Status { code, applied: false }).times(Times::FOREVER);
        let (reply, took) = send(&rig.world, kind, &plan, vec![everything]).await;
        assert!(took <= DEADLINE, "{kind:?}: {took} µs");
        // A write that needs no call is not refused.
        let wanted = if kind == Kind::CreateInactive { &[502, 201][..] } else { &[502] };
        assert!(wanted.contains(&reply.status), "{kind:?}: {reply:?}");
    }
}
