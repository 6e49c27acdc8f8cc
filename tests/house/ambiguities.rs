//! Each point on which the RFCs leave room has a decision, and a test in both profiles.

use super::tables::{document, names_tests, rows};

#[test]
fn every_point_is_decided_and_tested_in_both_profiles() {
    let text = document("ambiguities.md");
    let points = rows::<5>(&text);
    let numbers: Vec<usize> = points.iter().map(|[number, ..]| number.parse().unwrap()).collect();
    // 39 is about the brake on mass deprovisioning, which there is not yet.
    assert_eq!(numbers, (1..=45).filter(|number| *number != 39).collect::<Vec<_>>());
    for [number, point, decision, tolerant, strict] in points {
        assert!(!point.is_empty() && !decision.is_empty(), "point {number}");
        names_tests(tolerant);
        names_tests(strict);
    }
}
