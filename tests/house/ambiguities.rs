//! Each point on which the RFCs leave room has a decision, and a test in both profiles.

use super::tables::{document, names_tests, rows};

#[test]
fn every_point_is_decided_and_tested_in_both_profiles() {
    let text = document("ambiguities.md");
    let points = rows::<5>(&text);
    let numbers: Vec<usize> = points.iter().map(|[number, ..]| number.parse().unwrap()).collect();
    assert_eq!(numbers, (1..=45).collect::<Vec<_>>());
    for [number, point, decision, tolerant, strict] in points {
        assert!(!point.is_empty() && !decision.is_empty(), "point {number}");
        // What is not there can't be tested, and no test may say that it is.
        if decision.starts_with("not served yet") {
            assert_eq!((tolerant, strict), ("–", "–"), "point {number}");
            continue;
        }
        names_tests(tolerant);
        names_tests(strict);
    }
}
