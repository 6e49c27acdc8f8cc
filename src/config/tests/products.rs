//! What the products and a missing shadow ask of a target.

use super::*;

#[test]
fn without_a_shadow_nobody_is_adopted_unasked_and_nothing_is_kept() {
    let target = |lines: &str| {
        let memory =
            "[store]\nmemory = true\n[clients.c]\ntargets = \"m\"\n[targets.m]\nbackend = \"memory\"\n";
        let text = format!("{memory}{lines}")
            .replace("\n[targets", &format!("\ntoken_sha256 = \"{HASH}\"\n[targets"));
        parse(&text, &env()).map(|config| config.targets.into_values().next().unwrap())
    };
    let usual = target("").unwrap();
    assert!(usual.keeps_shadows && usual.on_existing == OnExisting::Adopt);
    let off = target("shadow = \"off\"\n").unwrap();
    assert!(!off.keeps_shadows && off.on_existing == OnExisting::Conflict);
    let adopts = target("shadow = \"off\"\non_existing = \"adopt\"\n").unwrap();
    assert_eq!(adopts.on_existing, OnExisting::Adopt);
    for (line, key) in [
        ("parked_retention = \"30d\"", "targets.m.parked_retention"),
        ("lost_retention = \"30d\"", "targets.m.lost_retention"),
        ("on_delete = \"deactivate\"", "targets.m.on_delete"),
    ] {
        assert!(target(&format!("{line}\n")).is_ok(), "{line}");
        assert_eq!(target(&format!("shadow = \"off\"\n{line}\n")).unwrap_err()[0].key, key);
    }
    assert_eq!(target("shadow = \"no\"\n").unwrap_err()[0].key, "targets.m.shadow");
}

/// A Netskope target instead of the Sophos one.
fn netskope<'c>(changes: &[(&'c str, &'c str)]) -> Vec<(&'static str, &'c str, &'c str)> {
    let gone = ["client_id", "client_secret", "deactivate"].map(|key| ("targets.sophos", key, ""));
    let usual = [
        ("backend", "\"netskope\""),
        ("url", "\"https://example.goskope.com/\""),
        ("token", "{ env = \"SECRET\" }"),
    ];
    let all = usual.into_iter().filter(|(key, _)| changes.iter().all(|(changed, _)| changed != key));
    let all = all.chain(changes.iter().copied()).map(|(key, value)| ("targets.sophos", key, value));
    gone.into_iter().chain(all).collect()
}

#[test]
fn a_netskope_target() {
    let read = |changes: &[(&str, &str)]| {
        let config = parse(&text(&netskope(changes)), &env()).unwrap();
        match config.targets.into_values().next().unwrap().backend {
            BackendConfig::Netskope(netskope) => netskope,
            other => panic!("{other:?}"),
        }
    };
    let usual = read(&[]);
    assert_eq!(
        (usual.url.as_str(), usual.native_header, usual.rate),
        ("https://example.goskope.com", false, 4)
    );
    assert_eq!(usual.token.expose_secret(), "from-env");
    assert!(!format!("{usual:?}").contains("from-env"));
    let other = read(&[("token_header", "\"native\""), ("rate", "0")]);
    assert_eq!((other.native_header, other.rate), (true, 0));
    for (key, value, told) in [
        ("url", "", "url: is missing"),
        ("url", "\"http://example.goskope.com\"", "url: plain http"),
        ("token", "", "token: is missing"),
        ("token_header", "\"both\"", "token_header: "),
        ("rate", "\"4\"", "rate: "),
        ("deactivate", "\"park\"", "deactivate: has no meaning here"),
        ("client_id", "\"x\"", "client_id: "),
    ] {
        let found = problems(&netskope(&[(key, value)]));
        assert!(found.len() == 1 && found[0].contains(told), "{key} = {value}: {found:?}");
    }
}
