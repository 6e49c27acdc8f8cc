//! The table of promises names tests that exist.

use super::tables::{document, exists, named};

#[test]
fn every_test_that_the_table_names_is_there() {
    let table = document("promises.md");
    let names = named(&table);
    assert!(names.len() > 80, "the table was not understood");
    names.into_iter().for_each(exists);
}
