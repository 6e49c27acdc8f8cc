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
    assert_eq!((&*floor.name, floor.r#type), ("floor", scim::schema::AttributeType::Integer));
    assert_eq!((custom.most, custom.name_length, custom.value_length), (Some(20), None, Some(100)));
}

#[test]
fn a_policy_is_chosen_knowing_what_it_destroys() {
    let found = problems(&[("targets.sophos", "deactivate", "")]);
    assert_eq!(found.len(), 1);
    assert!(found[0].contains("DELETED") && found[0].contains("KEEPS ACCESS"), "{found:?}");
}

#[test]
fn the_reference_backend_needs_nothing_and_has_a_disabled_state() {
    let memory = "[store]\nmemory = true\n[targets.m]\nbackend = \"memory\"\n[clients.c]\ntargets = \"m\"\ntoken_sha256 = ";
    assert!(parse(&format!("{memory}\"{HASH}\""), &env()).is_ok());
    let with = format!("{memory}\"{HASH}\"").replace("\"memory\"\n", "\"memory\"\ndeactivate = \"park\"\n");
    assert_eq!(parse(&with, &env()).unwrap_err()[0].key, "targets.m.deactivate");
}
