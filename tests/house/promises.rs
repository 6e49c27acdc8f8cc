//! The table of promises names tests that exist.

use std::path::Path;

#[test]
fn every_test_that_the_table_names_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let table = std::fs::read_to_string(root.join("docs/promises.md")).unwrap();
    let names: Vec<&str> = table.split('`').filter(|text| text.contains("::")).collect();
    assert!(names.len() > 80, "the table was not understood");
    for name in names {
        let (module, test) = name.rsplit_once("::").unwrap();
        let path = root.join("tests").join(module.replace("::", "/"));
        let file = if path.is_dir() { path.join("mod.rs") } else { path.with_extension("rs") };
        let text = std::fs::read_to_string(&file).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert!(text.contains(&format!("fn {test}(")), "{name} is not in {}", file.display());
    }
}
