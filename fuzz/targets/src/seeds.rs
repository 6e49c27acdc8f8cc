//! Seeds and dictionaries, as libFuzzer reads them.

use std::fs;
use std::path::PathBuf;

fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").join(name)
}

/// The seeds of a target, in the order of their file names.
///
/// # Panics
/// If there are none.
#[must_use]
pub fn seeds(target: &str) -> Vec<Vec<u8>> {
    let files = fs::read_dir(folder("corpus-seeds").join(target)).unwrap();
    let mut paths: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    paths.sort();
    paths.into_iter().map(|path| fs::read(path).unwrap()).collect()
}

/// The words of a target's dictionary: what stands between the quotes of each line, unescaped.
/// Of libFuzzer's escapes those that ours have.
///
/// # Panics
/// If there is none.
#[must_use]
pub fn words(target: &str) -> Vec<Vec<u8>> {
    let text = fs::read_to_string(folder("dictionaries").join(format!("{target}.dict"))).unwrap();
    let lines = text.lines().filter(|line| line.starts_with('"'));
    let word = |line: &str| {
        line[1..line.len() - 1].replace("\\x0a", "\n").replace("\\\"", "\"").replace("\\\\", "\\")
    };
    lines.map(|line| word(line).into_bytes()).collect()
}
