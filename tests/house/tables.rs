//! Tables in `docs/` that say which test holds what. They name tests that exist.

use std::path::{Path, PathBuf};

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A document of `docs/`.
pub fn document(name: &str) -> String {
    std::fs::read_to_string(root().join("docs").join(name)).unwrap()
}

/// The rows of the tables of a document that have so many columns, without those that head them.
pub fn rows<const COLUMNS: usize>(text: &str) -> Vec<[&str; COLUMNS]> {
    let lines: Vec<&str> = text.lines().collect();
    let heads =
        lines.windows(2).filter(|two| two[1].starts_with("|--")).map(|two| two[0]).collect::<Vec<_>>();
    lines.into_iter().filter(|line| !heads.contains(line)).filter_map(cells).collect()
}

fn cells<const COLUMNS: usize>(line: &str) -> Option<[&str; COLUMNS]> {
    let cells = line.strip_prefix("| ")?.trim_end().strip_suffix(" |")?.split(" | ");
    cells.map(str::trim).collect::<Vec<_>>().try_into().ok()
}

/// Looks that a cell names tests, and that they exist.
pub fn names_tests(cell: &str) {
    let names = named(cell);
    assert!(!names.is_empty(), "no test in: {cell}");
    names.into_iter().for_each(exists);
}

/// The tests that a text names.
pub fn named(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).filter(|text| text.contains("::")).collect()
}

/// Looks for a test by its path: `module::test` below `tests/`, `scim::module::test` below `crates/scim/tests/`,
/// `fuzz_targets::module::test` below `fuzz/targets/src/`, and a room's own tests below `src/`.
pub fn exists(name: &str) {
    let (module, test) = name.rsplit_once("::").unwrap();
    let (first, rest) = module.split_once("::").unwrap_or((module, ""));
    let file = match first {
        "scim" => file_of("crates/scim/tests", rest),
        "fuzz_targets" => file_of("fuzz/targets/src", rest),
        _ => file_of("tests", module).or_else(|| file_of("src", module)),
    };
    let file = file.unwrap_or_else(|| panic!("{name}: there is no such module"));
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains(&format!("fn {test}(")), "{name} is not in {}", file.display());
}

fn file_of(folder: &str, module: &str) -> Option<PathBuf> {
    let path = root().join(folder).join(module.replace("::", "/"));
    // A module `tests` may be within the file that it tests.
    let within = path.parent().filter(|_| path.ends_with("tests")).map(|file| file.with_extension("rs"));
    let files = [path.with_extension("rs"), path.join("mod.rs")].into_iter().chain(within);
    files.into_iter().find(|file| file.is_file())
}
