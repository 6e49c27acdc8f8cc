use crate::{TARGETS, short};

#[test]
fn every_target_keeps_its_promises_on_mutated_seeds() {
    for (name, target) in TARGETS {
        short::short_run(name, target, 1500);
    }
}
