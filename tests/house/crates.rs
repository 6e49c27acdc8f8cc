//! What comes in from outside: licences, and no library twice without a reason.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

/// Licences under which we take libraries in. An expression is fine if one of its alternatives is.
const LICENCES: [&str; 10] = [
    "MIT",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "Zlib",
    "Unicode-3.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "MPL-2.0",
];

/// Libraries that come in two versions, and why we can't help it.
const TWICE: &[(&str, &str)] = &include!("twice.in");

/// Metadata names these because sqlx knows them; no feature of ours builds them.
const NOT_BUILT: [&str; 2] = ["#sqlx-mysql@", "#sqlx-postgres@"];

fn metadata() -> Value {
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--format-version",
            "1",
            "--locked",
            "--filter-platform",
            "x86_64-unknown-linux-gnu",
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The packages that are really built for this platform, but for tools of the tests.
fn packages(metadata: &Value) -> Vec<&Value> {
    let nodes = metadata["resolve"]["nodes"].as_array().unwrap();
    let by_id: BTreeMap<&str, &Value> =
        nodes.iter().map(|node| (node["id"].as_str().unwrap(), node)).collect();
    let mut open: Vec<&str> =
        metadata["workspace_members"].as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect();
    let mut seen = BTreeSet::new();
    while let Some(id) = open.pop() {
        if NOT_BUILT.iter().any(|name| id.contains(name)) || !seen.insert(id) {
            continue;
        }
        for dependency in by_id[id]["deps"].as_array().unwrap() {
            let kinds = dependency["dep_kinds"].as_array().unwrap();
            if kinds.iter().any(|kind| kind["kind"] != "dev") {
                open.push(dependency["pkg"].as_str().unwrap());
            }
        }
    }
    let all = metadata["packages"].as_array().unwrap();
    all.iter().filter(|package| seen.contains(package["id"].as_str().unwrap())).collect()
}

/// Whether an SPDX expression can be met with the licences above.
fn is_fine(expression: &str) -> bool {
    let expression = expression.replace('/', " OR ");
    expression.split(" OR ").any(|alternative| {
        let parts = alternative.split(" AND ");
        let bare = |part: &str| part.trim_matches(['(', ')', ' ']).split(" WITH ").next().unwrap().to_owned();
        parts.map(bare).all(|licence| LICENCES.contains(&licence.as_str()))
    })
}

#[test]
fn every_library_may_be_used() {
    let metadata = metadata();
    for package in packages(&metadata) {
        let licence = package["license"].as_str().unwrap_or("none");
        assert!(is_fine(licence), "{} {}: {licence}", package["name"], package["version"]);
    }
}

#[test]
fn no_library_comes_twice_without_a_reason() {
    let metadata = metadata();
    let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for package in packages(&metadata) {
        let name = package["name"].as_str().unwrap();
        versions.entry(name).or_default().insert(package["version"].as_str().unwrap());
    }
    let twice: BTreeMap<_, _> = versions.into_iter().filter(|(_, versions)| versions.len() > 1).collect();
    let allowed: BTreeSet<&str> = TWICE.iter().map(|(name, _)| *name).collect();
    let new: Vec<_> = twice.iter().filter(|(name, _)| !allowed.contains(*name)).collect();
    assert!(new.is_empty(), "twice without a reason: {new:?}");
    let stale: Vec<_> = allowed.iter().filter(|name| !twice.contains_key(*name)).collect();
    assert!(stale.is_empty(), "no longer twice: {stale:?}");
}
