//! Who may ask, and how.

use super::*;

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
