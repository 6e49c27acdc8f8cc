//! Arrows run one way (see `src/lib.rs`): a room imports only what stands below it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const ROOMS: [&str; 10] =
    ["backend", "cli", "config", "delivery", "facade", "kernel", "outbound", "store", "telemetry", "web"];

/// What a room may import, besides itself, `kernel` and `telemetry`, which are open to every room but one another.
fn may_import(room: &str) -> &'static [&'static str] {
    match room {
        "cli" => &["backend", "config", "delivery", "facade", "outbound", "store", "web"],
        "web" => &["facade"],
        "facade" => &["delivery", "backend", "store"],
        "delivery" => &["backend", "store"],
        "backend" => &["outbound"],
        // Configuration ends in plain values of the rooms that it is handed down to.
        "config" => &["facade"],
        _ => &[],
    }
}

fn open_to_all(room: &str, imported: &str) -> bool {
    match imported {
        "kernel" => true,
        "telemetry" => !matches!(room, "kernel" | "store"),
        _ => false,
    }
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
    found
}

/// Every `crate::name` in a source text, comments left out.
fn imports(text: &str) -> BTreeSet<String> {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    let mut found = BTreeSet::new();
    for line in code {
        for (at, _) in line.match_indices("crate::") {
            let rest = &line[at + "crate::".len()..];
            let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            found.insert(name);
        }
    }
    found
}

#[test]
fn no_room_imports_what_stands_above_it() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    for path in sources(&src) {
        let inside = path.strip_prefix(&src).unwrap();
        let room = inside.iter().next().unwrap().to_str().unwrap();
        if !ROOMS.contains(&room) {
            continue;
        }
        for imported in imports(&fs::read_to_string(&path).unwrap()) {
            let known = ROOMS.contains(&imported.as_str()) && imported != room;
            if known && !may_import(room).contains(&imported.as_str()) && !open_to_all(room, &imported) {
                wrong.push(format!("{}: {room} → {imported}", inside.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "wrong arrows:\n{}", wrong.join("\n"));
}

#[test]
fn no_backend_imports_another() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/backend");
    let vendors: Vec<String> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    for vendor in &vendors {
        for path in sources(&folder.join(vendor)) {
            let text = fs::read_to_string(&path).unwrap();
            for other in vendors.iter().filter(|other| *other != vendor) {
                assert!(!text.contains(&format!("backend::{other}")), "{} imports {other}", path.display());
            }
        }
    }
}

#[test]
fn the_simulator_and_the_protocol_know_nothing_of_ours() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates");
    for (name, forbidden) in [
        ("scim", &["tokio", "actix", "sqlx", "scim-facade", "simulator"][..]),
        ("simulator", &["scim-facade", "scim."][..]),
    ] {
        let manifest = fs::read_to_string(crates.join(name).join("Cargo.toml")).unwrap();
        let dependencies = manifest.split("[dependencies]").nth(1).unwrap();
        for line in dependencies.lines() {
            assert!(!forbidden.iter().any(|word| line.starts_with(word)), "{name} depends on {line}");
        }
    }
}
