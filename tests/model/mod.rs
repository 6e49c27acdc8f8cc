//! The facade against a reference machine: random schedules of two identity providers, faults and crashes.
//!
//! A schedule that disagrees is made as small as it goes and printed; paste its steps into a test with [`agrees`].

mod ask;
mod facts;
mod found;
mod look;
mod machine;
mod run;
mod schedule;
mod terms;

use std::ops::Range;
use std::time::Instant;

use rstest::rstest;
use run::{Counts, run};
use schedule::{Dice, Step, smallest};
use terms::{
    NATIVE, PARKING, PARKING_LATER, QUARANTINING, SOPHOS, SOPHOS_PARKING_LATER, SOPHOS_QUARANTINING, Terms,
};

/// Fails with the disagreement, if there is one.
fn agrees(terms: Terms, steps: &[Step]) {
    if let Err(why) = run(terms, steps) {
        panic!("{why}");
    }
}

/// Runs the schedules of these seeds and tells how many there were of what; fails with the smallest part of the first that
/// disagrees.
#[expect(clippy::disallowed_methods, reason = "how long it takes in the world outside")]
fn all_agree(terms: Terms, seeds: Range<u64>) {
    let begun = Instant::now();
    let mut counts = Counts::default();
    for seed in seeds.clone() {
        let steps = Dice(seed).schedule();
        match run(terms, &steps) {
            Ok(more) => counts += more,
            Err(_) => {
                let small = smallest(steps, |steps| run(terms, steps).is_err());
                let why = run(terms, &small).expect_err("it failed a moment ago");
                let list: String = small.iter().map(|step| format!("    {step:?},\n")).collect();
                panic!("seed {seed} on {terms:?}: {why}\n&[\n{list}]");
            }
        }
    }
    eprintln!("{terms:?}, seeds {seeds:?}: {counts:?} in {:.1} s", begun.elapsed().as_secs_f64());
}

#[rstest]
#[case::on_a_backend_that_disables_people(NATIVE)]
#[case::on_a_backend_where_they_are_parked(PARKING)]
#[case::with_a_quarantine(QUARANTINING)]
#[case::with_a_quarantine_before(PARKING_LATER)]
#[case::on_sophos(SOPHOS)]
#[case::on_sophos_with_a_quarantine(SOPHOS_QUARANTINING)]
#[case::on_sophos_with_a_quarantine_before(SOPHOS_PARKING_LATER)]
fn a_hundred_schedules_agree(#[case] terms: Terms) {
    all_agree(terms, 0..100);
}

#[rstest]
#[case::on_a_backend_that_disables_people(NATIVE)]
#[case::on_a_backend_where_they_are_parked(PARKING)]
#[case::with_a_quarantine(QUARANTINING)]
#[case::with_a_quarantine_before(PARKING_LATER)]
#[case::on_sophos(SOPHOS)]
#[case::on_sophos_with_a_quarantine(SOPHOS_QUARANTINING)]
#[case::on_sophos_with_a_quarantine_before(SOPHOS_PARKING_LATER)]
#[ignore = "takes many minutes"]
fn ten_thousand_schedules_agree(#[case] terms: Terms) {
    all_agree(terms, 1_000..2_500);
}

/// One seed is one run: what is printed can be replayed.
#[test]
fn a_seed_is_one_run() {
    for seed in 0..5 {
        let steps = Dice(seed).schedule();
        assert_eq!(run(SOPHOS, &steps), run(SOPHOS, &steps));
    }
}
