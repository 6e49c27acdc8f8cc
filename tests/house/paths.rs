//! The files that the documents name are there: whoever follows a tour has to arrive.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::tables::root;

#[test]
fn every_file_that_a_document_names_is_there() {
    let mut documents = vec![root().join("README.md"), root().join("crates/simulator/README.md")];
    let docs = std::fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().path());
    documents.extend(docs.filter(|path| path.extension().is_some_and(|extension| extension == "md")));
    let files: BTreeSet<PathBuf> =
        ["src", "tests"].iter().flat_map(|top| sources(&root().join(top))).collect();
    assert!(documents.len() > 10 && files.len() > 200);
    let mut named = 0;
    for document in documents {
        let text = std::fs::read_to_string(&document).unwrap();
        for path in paths(&text) {
            named += 1;
            // From the root, from a room, or the bare name of a file whose folder was just told.
            let is_there = root().join(path).exists() || files.iter().any(|file| file.ends_with(path));
            assert!(is_there, "{} names {path}", document.display());
        }
    }
    assert!(named > 50, "{named}");
}

/// The Rust files that a text names; `<vendor>` stands for any.
fn paths(text: &str) -> impl Iterator<Item = &str> {
    let quoted = text.split('`').skip(1).step_by(2);
    quoted.filter(|text| text.ends_with(".rs") && !text.contains(['<', ' ', '\n', '{']))
}

/// All Rust files below a folder.
fn sources(folder: &Path) -> BTreeSet<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    let files = files.into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    files.chain(folders.iter().flat_map(|folder| sources(folder))).collect()
}
