//! A short run: a target on its seeds as they are, and on what becomes of them. The same cases in every run.

use proptest::prelude::{Strategy, any, prop_oneof};
use proptest::test_runner::{Config, RngSeed, TestRunner};
use proptest::{collection, sample};

use crate::Target;
use crate::seeds::{seeds, words};

/// One change of an input. Places and lengths are taken modulo what is there.
#[derive(Clone, Debug)]
enum Edit {
    Insert(usize, Vec<u8>),
    Remove(usize, usize),
    Flip(usize, u8),
    Repeat(usize, usize),
}

impl Edit {
    fn apply(&self, data: &mut Vec<u8>) {
        let length = data.len();
        let place = |at: &usize| at % (length + 1);
        match self {
            Self::Insert(at, word) => drop(data.splice(place(at)..place(at), word.iter().copied())),
            Self::Remove(at, long) => drop(data.drain(place(at)..(place(at) + long).min(length))),
            Self::Flip(at, byte) => data.iter_mut().skip(place(at)).take(1).for_each(|old| *old ^= byte),
            Self::Repeat(at, long) => {
                let part = data[place(at)..(place(at) + long).min(length)].to_vec();
                data.splice(place(at)..place(at), part);
            }
        }
    }
}

fn edit(words: Vec<Vec<u8>>) -> impl Strategy<Value = Edit> {
    let (at, length) = (any::<usize>(), 1..24_usize);
    prop_oneof![
        4 => (at, sample::select(words)).prop_map(|(at, word)| Edit::Insert(at, word)),
        2 => (at, length.clone()).prop_map(|(at, length)| Edit::Remove(at, length)),
        1 => (at, any::<u8>()).prop_map(|(at, byte)| Edit::Flip(at, byte)),
        1 => (at, length).prop_map(|(at, length)| Edit::Repeat(at, length)),
    ]
}

/// Runs a target, by the name of its seeds and its dictionary, on all seeds and on `cases` inputs made of them, or on as many as
/// `PROPTEST_CASES` says if those are more.
///
/// # Panics
/// If a promise is broken; then with the smallest input that breaks it.
pub fn short_run(name: &str, target: Target, cases: u32) {
    let seeds = seeds(name);
    seeds.iter().for_each(|seed| target(seed));
    let config = Config { rng_seed: RngSeed::Fixed(7), failure_persistence: None, ..Config::default() };
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(0);
    let config = Config { cases: cases.max(asked), ..config };
    let inputs = (sample::select(seeds), collection::vec(edit(words(name)), 1..6));
    let outcome = TestRunner::new(config).run(&inputs, |(mut data, edits)| {
        edits.iter().for_each(|edit| edit.apply(&mut data));
        target(&data);
        Ok(())
    });
    outcome.unwrap_or_else(|broken| panic!("{name}: {broken}"));
}
