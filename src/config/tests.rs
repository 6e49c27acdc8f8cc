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

/// A target may choose; a client may only be stricter.
#[test]
fn writes_to_synced_objects() {
    let target = |changes: &[(&str, &str, &str)]| {
        let config = parse(&text(changes), &env()).unwrap();
        config.targets[&TargetName::parse("sophos").unwrap()].synced_write
    };
    assert_eq!(target(&[]), None);
    assert_eq!(target(&[("targets.sophos", "synced_write", "\"ignore\"")]), Some(SyncedWrite::Ignore));
    assert_eq!(target(&[("targets.sophos", "synced_write", "\"reject\"")]), Some(SyncedWrite::Reject));
    assert_eq!(problems(&[("clients.okta", "synced_write", "\"reject\"")]), Vec::<String>::new());
    let loosened = problems(&[("clients.okta", "synced_write", "\"ignore\"")]);
    assert!(loosened.iter().any(|problem| problem.contains("clients.okta.synced_write")), "{loosened:?}");
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

/// What a retry can cure: 429 for whom Okta stands for, 503 for a strict client, unless it chooses.
#[rstest]
#[case(&[], Transient::TooManyRequests)]
#[case(&[("clients.okta", "profile", "\"strict\"")], Transient::Unavailable)]
#[case(&[("clients.okta", "profile", "\"strict\""), ("clients.okta", "transient", "429")], Transient::TooManyRequests)]
#[case(&[("clients.okta", "transient", "503")], Transient::Unavailable)]
fn the_transient_answer(#[case] changes: &[(&str, &str, &str)], #[case] expected: Transient) {
    let config = parse(&text(changes), &env()).unwrap();
    assert_eq!(config.clients.values().next().unwrap().transient, expected);
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

/// What a target's own attributes are like; whether the product takes them is its backend's to say.
#[test]
fn attributes_are_declared() {
    let declared = "{ badge = { type = \"string\", max_length = 5, description = \"Its number.\" }, floor = { type = \"integer\" } }";
    let limits = "{ attributes = 20, value = 100 }";
    let changes = [
        ("targets.sophos", "custom_attributes", declared),
        ("targets.sophos", "custom_attribute_limits", limits),
    ];
    let config = parse(&text(&changes), &env()).unwrap();
    let custom = &config.targets[&TargetName::parse("sophos").unwrap()].custom_attributes;
    let [badge, floor] = custom.declared.as_slice() else { panic!("{custom:?}") };
    assert_eq!((badge.max_length, badge.description.as_str()), (Some(5), "Its number."));
    assert_eq!((floor.name.as_str(), floor.r#type), ("floor", scim::schema::AttributeType::Integer));
    assert_eq!((custom.most, custom.name_length, custom.value_length), (Some(20), None, Some(100)));
}

#[test]
fn a_clients_pace_is_its_own() {
    let pace = |changes: &[(&str, &str, &str)]| {
        let config = parse(&text(changes), &env()).unwrap();
        config.clients[&ClientName::parse("okta").unwrap()].requests_per_second
    };
    assert_eq!(pace(&[]), None);
    assert_eq!(pace(&[("clients.okta", "requests_per_second", "25")]), Some(25));
    let slow = problems(&[("clients.okta", "requests_per_second", "24")]);
    assert!(
        slow[0].starts_with("clients.okta.requests_per_second: must be a whole number from 25"),
        "{slow:?}"
    );
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

#[rstest]
#[case::not_toml("server", "listen", "\"", ": not TOML: ")]
#[case::unknown_key(
    "server",
    "lisen",
    "\"127.0.0.1:1\"",
    "server.lisen: is not known here; known are listen,"
)]
#[case::unknown_table("serverr", "listen", "1", "serverr: is not known here")]
#[case::address("server", "listen", "\"localhost:80\"", "server.listen: must be an IP address and a port")]
#[case::same_address("server", "admin_listen", "\"127.0.0.1:8080\"", "server.admin_listen: must differ")]
#[case::type_of_value("server", "listen", "8080", "server.listen: must be a string in quotes, not a number")]
#[case::boolean("server", "behind_tls_proxy", "\"yes\"", "server.behind_tls_proxy: must be true or false")]
#[case::duration("server", "deadline", "\"25\"", "server.deadline: must be a duration from \"1s\" to \"5m\"")]
#[case::long("server", "deadline", "\"1h\"", "server.deadline: must be a duration")]
#[case::workers("server", "workers", "0", "server.workers: must be a whole number from 1 to 64")]
#[case::beyond(
    "server",
    "listen",
    "\"0.0.0.0:80\"",
    "server.listen: listens beyond this machine without TLS"
)]
#[case::url(
    "server",
    "public_url",
    "\"http://scim.example.com\"",
    "server.public_url: plain http is only for this machine"
)]
#[case::access("log", "access", "\"no\"", "log.access: must be true or false")]
#[case::log("log", "format", "\"xml\"", "log.format: must be one of \"text\", \"json\"")]
#[case::no_store("store", "memory", "", "store: needs either path")]
#[case::two_stores("store", "path", "\"/x\"", "store: needs either path")]
#[case::no_token("clients.okta", "token_sha256", "", "clients.okta.token_sha256: is missing")]
#[case::token(
    "clients.okta",
    "token_sha256",
    "\"demo-token\"",
    "clients.okta.token_sha256: must be 64 hexadecimal"
)]
#[case::no_targets("clients.okta", "targets", "[]", "clients.okta.targets: is missing")]
#[case::unknown_target(
    "clients.okta",
    "targets",
    "[\"x\"]",
    "clients.okta.targets: names \"x\", but there is no [targets.x]"
)]
#[case::profile(
    "clients.okta",
    "profile",
    "\"lax\"",
    "clients.okta.profile: must be one of \"tolerant\", \"strict\""
)]
#[case::transient("clients.okta", "transient", "500", "clients.okta.transient: must be 429")]
#[case::client_name("clients.Okta", "targets", "[\"sophos\"]", "clients.Okta: \"Okta\" is no usable name")]
#[case::no_backend("targets.sophos", "backend", "", "targets.sophos.backend: is missing")]
#[case::backend(
    "targets.sophos",
    "backend",
    "\"x\"",
    "targets.sophos.backend: must be one of \"memory\", \"sophos\", \"netskope\""
)]
#[case::no_id("targets.sophos", "client_id", "", "targets.sophos.client_id: is missing")]
#[case::no_secret("targets.sophos", "client_secret", "", "targets.sophos.client_secret: is missing")]
#[case::no_such_variable(
    "targets.sophos",
    "client_secret",
    "{ env = \"X\" }",
    "client_secret: the environment variable X is not set"
)]
#[case::no_such_file(
    "targets.sophos",
    "client_secret",
    "{ file = \"/x\" }",
    "client_secret: the file /x can't be read"
)]
#[case::empty_secret("targets.sophos", "client_secret", "{ env = \"EMPTY\" }", "client_secret: is empty")]
#[case::two_sources(
    "targets.sophos",
    "client_secret",
    "{ env = \"X\", file = \"/x\" }",
    "client_secret: must be \"…\", {"
)]
#[case::host("targets.sophos", "id_url", "\"http://id.sophos.com\"", "targets.sophos.id_url: plain http")]
#[case::age("journal", "max_age", "\"1s\"", "journal.max_age: must be a duration from \"1m\" to \"365d\"")]
#[case::journal("journal", "colour", "1", "journal.colour: is not known here; known are max_age")]
#[case::parked(
    "targets.sophos",
    "parked_retention",
    "\"never\"",
    "targets.sophos.parked_retention: must be a duration"
)]
#[case::lost(
    "targets.sophos",
    "lost_retention",
    "\"1h\"",
    "targets.sophos.lost_retention: must be a duration from \"1d\""
)]
#[case::scan("targets.sophos", "scan_limit", "0", "targets.sophos.scan_limit: must be a whole number")]
#[case::no_policy(
    "targets.sophos",
    "deactivate",
    "",
    "targets.sophos.deactivate: is missing and has no default"
)]
#[case::policy("targets.sophos", "deactivate", "\"off\"", "targets.sophos.deactivate: is none of its words")]
#[case::no_quarantine(
    "targets.sophos",
    "quarantine_group",
    "\"Q\"",
    "quarantine_group: has no meaning without quarantine"
)]
#[case::no_time("targets.sophos", "park_after", "\"3d\"", "park_after: has a meaning with")]
#[case::on_delete("targets.sophos", "on_delete", "\"keep\"", "on_delete: ")]
#[case::admins("targets.sophos", "admin_offboarding", "\"keep\"", "admin_offboarding: ")]
#[case::our_own_name("clients.facade", "targets", "\"sophos\"", "clients.facade: is the facade's own name")]
#[case::custom_type(
    "targets.sophos",
    "custom_attributes",
    "{ badge = { type = \"text\" } }",
    "targets.sophos.custom_attributes.badge.type: must be one of \"string\""
)]
#[case::custom_name(
    "targets.sophos",
    "custom_attributes",
    "{ \"a b\" = {} }",
    "custom_attributes.a b: is no name"
)]
#[case::custom_length(
    "targets.sophos",
    "custom_attributes",
    "{ floor = { type = \"integer\", max_length = 3 } }",
    "floor.max_length: has a meaning for a string alone"
)]
#[case::custom_limit(
    "targets.sophos",
    "custom_attribute_limits",
    "{ name = 0 }",
    "limits.name: must be a whole"
)]
#[case::target_name("targets.a b", "backend", "\"memory\"", "")]
fn every_problem_names_the_key_and_what_to_do(
    #[case] table: &str,
    #[case] key: &str,
    #[case] value: &str,
    #[case] expected: &str,
) {
    let found = problems(&[(table, key, value)]);
    assert!(found.iter().any(|problem| problem.contains(expected)), "{found:#?}");
}

#[test]
fn a_policy_is_chosen_knowing_what_it_destroys() {
    let found = problems(&[("targets.sophos", "deactivate", "")]);
    assert_eq!(found.len(), 1);
    assert!(found[0].contains("DELETED") && found[0].contains("KEEPS ACCESS"), "{found:?}");
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
fn two_clients_never_share_a_token() {
    let other = format!("\"{}\"", HASH.to_uppercase());
    let found =
        problems(&[("clients.entra", "token_sha256", &other), ("clients.entra", "targets", "\"sophos\"")]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("clients.entra has too"), "{found:?}");
}

#[test]
fn two_tokens_while_one_is_being_replaced() {
    let both = format!("[\"{HASH}\", \"{}\"]", "0".repeat(64));
    let config = parse(&text(&[("clients.okta", "token_sha256", &both)]), &env()).unwrap();
    assert_eq!(config.clients.values().next().unwrap().tokens.len(), 2);
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

#[test]
fn the_reference_backend_needs_nothing_and_has_a_disabled_state() {
    let memory = "[store]\nmemory = true\n[targets.m]\nbackend = \"memory\"\n[clients.c]\ntargets = \"m\"\ntoken_sha256 = ";
    assert!(parse(&format!("{memory}\"{HASH}\""), &env()).is_ok());
    let with = format!("{memory}\"{HASH}\"").replace("\"memory\"\n", "\"memory\"\ndeactivate = \"park\"\n");
    assert_eq!(parse(&with, &env()).unwrap_err()[0].key, "targets.m.deactivate");
}

#[test]
fn a_client_has_all_rights_but_takeover_and_its_own_groups() {
    let client = |changes: &[(&str, &str, &str)]| {
        let config = parse(&text(changes), &env()).unwrap();
        config.clients.into_values().next().unwrap()
    };
    let usual = client(&[]);
    let has = |right: &Right| usual.rights.has(*right);
    assert_eq!(Right::ALL.iter().filter(|right| !has(right)).collect::<Vec<_>>(), [&Right::Takeover]);
    assert_eq!(usual.groups, GroupScope::Own);
    let limited = client(&[
        ("clients.okta", "allow", "[\"read\", \"takeover\"]"),
        ("clients.okta", "groups", "\"all\""),
    ]);
    assert_eq!(limited.rights, Rights::of([Right::Read, Right::Takeover]));
    assert_eq!(limited.groups, GroupScope::All);
    let told = problems(&[("clients.okta", "allow", "[\"write\"]")]);
    assert!(told[0].contains("clients.okta.allow: names \"write\"; its words are read, create"), "{told:?}");
    let told = problems(&[("targets.sophos", "match_on", "[]")]);
    assert!(told[0].contains("targets.sophos.match_on: names no field"), "{told:?}");
}
