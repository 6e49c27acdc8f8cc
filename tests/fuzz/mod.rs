//! Whole requests, whatever they are. The target is libFuzzer's, too (`scripts/fuzz request`).

mod request;

/// A little of what `scripts/fuzz request` does for longer.
#[test]
fn whatever_is_asked_the_answer_is_scim() {
    fuzz_targets::short::short_run("request", request::request, 150);
}
