//! One problem each: the table and key it is set by, and what the operator is told.

use super::*;

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
