mod clients;
mod problems;
mod products;

use std::collections::HashMap;
use std::io;
use std::path::Path;

use rstest::rstest;
use secrecy::ExposeSecret;

use super::*;
use crate::facade::{
    DeactivatePolicy, GroupScope, OnExisting, PeopleWithoutEmail, Right, Rights, SyncedWrite, Transient,
};

const HASH: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

#[derive(Default)]
struct Fake(HashMap<&'static str, &'static str>);

impl Env for Fake {
    fn var(&self, name: &str) -> Option<String> {
        self.0.get(name).map(|&text| text.to_owned())
    }

    fn file(&self, path: &Path) -> io::Result<String> {
        self.0.get(path.to_str().unwrap()).map(|&text| text.to_owned()).ok_or(io::ErrorKind::NotFound.into())
    }
}

fn env() -> Fake {
    Fake(HashMap::from([("SECRET", "from-env"), ("/secret", "from-file\n"), ("EMPTY", "")]))
}

/// A whole configuration: every line can be replaced by its key, or added to a table.
fn text(changes: &[(&str, &str, &str)]) -> String {
    let mut lines: Vec<(&str, &str, String)> = vec![
        ("store", "memory", "true".into()),
        ("clients.okta", "token_sha256", format!("\"{HASH}\"")),
        ("clients.okta", "targets", "[\"sophos\"]".into()),
        ("targets.sophos", "backend", "\"sophos\"".into()),
        ("targets.sophos", "client_id", "\"id\"".into()),
        ("targets.sophos", "client_secret", "{ env = \"SECRET\" }".into()),
        ("targets.sophos", "deactivate", "\"park\"".into()),
    ];
    for &(table, key, value) in changes {
        lines.retain(|line| (line.0, line.1) != (table, key));
        if !value.is_empty() {
            lines.push((table, key, value.into()));
        }
    }
    let mut text = String::new();
    let mut tables: Vec<&str> = lines.iter().map(|line| line.0).collect();
    tables.dedup();
    tables.sort_unstable();
    tables.dedup();
    for table in tables {
        text += &format!("[{table}]\n");
        for line in lines.iter().filter(|line| line.0 == table) {
            text += &format!("{} = {}\n", line.1, line.2);
        }
    }
    text
}

fn problems(changes: &[(&str, &str, &str)]) -> Vec<String> {
    match parse(&text(changes), &env()) {
        Ok(_) => Vec::new(),
        Err(problems) => problems.iter().map(ToString::to_string).collect(),
    }
}

/// Nobody looks around without a token unless the operator of the target says so.
#[test]
fn discovery_without_authentication() {
    let open = |changes: &[(&str, &str, &str)]| {
        let config = parse(&text(changes), &env()).unwrap();
        config.discovered_by_all().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(open(&[]), Vec::<String>::new());
    assert_eq!(open(&[("targets.sophos", "anonymous_discovery", "false")]), Vec::<String>::new());
    assert_eq!(open(&[("targets.sophos", "anonymous_discovery", "true")]), ["sophos"]);
    let wrong = problems(&[("targets.sophos", "anonymous_discovery", "\"yes\"")]);
    assert_eq!(wrong, ["targets.sophos.anonymous_discovery: must be true or false, not a string"]);
}

#[test]
fn the_least_that_works() {
    let config = parse(&text(&[]), &env()).unwrap();
    assert_eq!(config.server.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.server.admin_listen.to_string(), "127.0.0.1:9464");
    assert_eq!(config.server.deadline.as_secs(), 25);
    assert_eq!(config.server.base(config.server.listen), "http://127.0.0.1:8080");
    assert_eq!(config.store, StoreConfig::Memory);
    let target = &config.targets[&TargetName::parse("sophos").unwrap()];
    assert_eq!((target.scan_limit, target.people_without_email), (2000, PeopleWithoutEmail::Hide));
    assert_eq!((target.keep.parked, target.keep.lost.as_secs()), (None, 30 * 24 * 3600));
    assert_eq!(config.journal.max_age.as_secs(), 7 * 24 * 3600);
    let BackendConfig::Sophos(sophos) = &target.backend else { panic!("another backend") };
    assert_eq!(sophos.client_secret.expose_secret(), "from-env");
    assert_eq!(sophos.id_url, "https://id.sophos.com");
    assert_eq!(sophos.deactivate.policy, DeactivatePolicy::Park);
    assert!(config.literal_secrets.is_empty());
}

/// Every limit can be set, and each has bounds.
#[rstest]
#[case("body_bytes", "4095", "4096", |limits: &Limits| limits.body_bytes == 4096)]
#[case("body_depth", "7", "8", |limits: &Limits| limits.body_depth == 8)]
#[case("bulk_bytes", "1048575", "1048576", |limits: &Limits| limits.bulk_bytes == 1_048_576)]
#[case("bulk_operations", "0", "1", |limits: &Limits| limits.bulk_operations == 1)]
#[case("filter_bytes", "65537", "65536", |limits: &Limits| limits.filter_bytes == 65_536)]
#[case("filter_depth", "101", "100", |limits: &Limits| limits.filter_depth == 100)]
#[case("filter_nodes", "1001", "1000", |limits: &Limits| limits.filter_nodes == 1000)]
#[case("patch_operations", "49", "50", |limits: &Limits| limits.patch_operations == 50)]
#[case("values_per_operation", "-1", "100", |limits: &Limits| limits.values_per_operation == 100)]
#[case("page_max", "99", "100", |limits: &Limits| (limits.page_max, limits.page_default) == (100, 100))]
#[case("page_default", "1001", "1000", |limits: &Limits| limits.page_default == 1000)]
#[case("cursor_lifetime", "\"59s\"", "\"1m\"", |limits: &Limits| limits.cursor_lifetime.as_secs() == 60)]
#[case("uri_bytes", "\"1k\"", "1024", |limits: &Limits| limits.uri_bytes == 1024)]
#[case("header_bytes", "65537", "65536", |limits: &Limits| limits.header_bytes == 65_536)]
fn limits_can_be_set_within_reason(
    #[case] key: &str,
    #[case] senseless: &str,
    #[case] sensible: &str,
    #[case] is_set: fn(&Limits) -> bool,
) {
    let found = problems(&[("limits", key, senseless)]);
    assert!(found.len() == 1 && found[0].starts_with(&format!("limits.{key}: must ")), "{found:?}");
    let limits = parse(&text(&[("limits", key, sensible)]), &env()).unwrap().limits;
    assert!(is_set(&limits), "{limits:?}");
    assert_eq!(parse(&text(&[]), &env()).unwrap().limits, Limits::default());
}

#[test]
fn the_documented_sample_is_valid() {
    let sample = include_str!("../../docs/scim-facade.example.toml");
    let env = Fake(HashMap::from([("SOPHOS_CLIENT_SECRET", "s"), ("NETSKOPE_TOKEN", "t")]));
    let config = parse(sample, &env).unwrap_or_else(|problems| panic!("{problems:?}"));
    assert_eq!(config.server.public_url.as_deref(), Some("https://scim.example.com"));
}

/// What the sample shows in comments is known and is the default.
#[test]
fn the_samples_commented_lines_are_the_defaults() {
    let sample = include_str!("../../docs/scim-facade.example.toml");
    let other = [
        "# tenant_id",
        "# memory",
        "# client_secret",
        "# parked_retention",
        "# match_on",
        "# requests",
        "# token_expires",
        "# custom_attribute",
    ];
    let is_setting = |line: &str| {
        line.starts_with("# ") && line.split_once(" = ").is_some_and(|(key, _)| !key[2..].contains(' '))
    };
    let shown = sample.lines().map(|line| {
        let on = is_setting(line) && !other.iter().any(|key| line.starts_with(key));
        if on { &line[2..] } else { line }
    });
    let shown: Vec<&str> = shown.collect();
    let env = Fake(HashMap::from([("SOPHOS_CLIENT_SECRET", "s"), ("NETSKOPE_TOKEN", "t")]));
    let mut with = parse(&shown.join("\n"), &env).unwrap_or_else(|problems| panic!("{problems:?}"));
    let without = parse(sample, &env).unwrap();
    with.server.workers = without.server.workers;
    assert_eq!(format!("{with:?}"), format!("{without:?}"));
    assert_ne!(shown.join("\n"), sample.trim_end());
}

#[test]
fn all_problems_are_found_at_once() {
    let changes = [
        ("server", "listen", "\"0.0.0.0:80\""),
        ("server", "workers", "-1"),
        ("store", "memory", "false"),
        ("clients.okta", "profile", "1"),
        ("targets.sophos", "backend", "\"x\""),
    ];
    let found = problems(&changes);
    let keys: Vec<&str> = found.iter().map(|problem| problem.split(": ").next().unwrap()).collect();
    let expected = [
        "server.workers",
        "server.listen",
        "server.public_url",
        "store",
        "targets.sophos.backend",
        "clients.okta.profile",
    ];
    assert_eq!(keys, expected);
}

#[test]
fn a_secret_is_never_printed() {
    let config = parse(&text(&[("targets.sophos", "client_secret", "\"hunter2\"")]), &env()).unwrap();
    assert_eq!(config.literal_secrets, ["targets.sophos.client_secret"]);
    assert!(!format!("{config:?}").contains("hunter2"));
    let broken = "[targets.sophos]\nclient_secret = \"hunter2\" x\n";
    let problems = parse(broken, &env()).unwrap_err();
    assert!(!problems[0].to_string().contains("hunter2"), "{problems:?}");
}

#[test]
fn a_secret_from_a_file_loses_its_line_end() {
    let config =
        parse(&text(&[("targets.sophos", "client_secret", "{ file = \"/secret\" }")]), &env()).unwrap();
    let BackendConfig::Sophos(sophos) = &config.targets.values().next().unwrap().backend else {
        panic!("another backend")
    };
    assert_eq!(sophos.client_secret.expose_secret(), "from-file");
}

#[test]
fn beyond_this_machine_with_a_proxy_and_an_address() {
    let found = problems(&[
        ("server", "listen", "\"[::]:8080\""),
        ("server", "behind_tls_proxy", "true"),
        ("server", "public_url", "\"https://scim.example.com/\""),
    ]);
    assert!(found.is_empty(), "{found:?}");
}
