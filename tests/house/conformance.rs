//! The table of what the RFCs ask names tests that exist, or says why there is none.

use super::tables::{document, named, names_tests, rows};

const LEVELS: [&str; 6] = ["MUST", "MUST NOT", "SHALL", "SHALL NOT", "SHOULD", "SHOULD NOT"];
const REASONS: [&str; 3] = ["not offered: ", "does not apply: ", "elsewhere: "];

#[test]
fn every_requirement_has_a_test_or_a_reason() {
    let text = document("conformance.md");
    let requirements = rows::<4>(&text);
    assert!(requirements.len() > 100, "the tables were not understood: {}", requirements.len());
    for [section, level, requirement, held] in requirements {
        assert!(section.starts_with(|c: char| c.is_ascii_digit()), "{requirement}");
        assert!(LEVELS.contains(&level), "{section}: {level}");
        match REASONS.iter().find_map(|reason| held.strip_prefix(reason)) {
            Some(why) => {
                assert!(why.len() > 10, "{section}: {requirement}");
                named(why).into_iter().for_each(super::tables::exists);
            }
            None => names_tests(held),
        }
    }
}
