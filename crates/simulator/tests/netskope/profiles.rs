//! The profiles, and that every knob can be turned alone.

use std::collections::BTreeSet;

use serde_json::json;
use simulator::netskope::switches::{GroupPut, MembersOnGet, StartIndex};
use simulator::netskope::{Profile, Seed, Switches};

use super::support::{USERS, person, rig};

#[test]
fn live2026_is_the_default_and_the_others_differ() {
    assert_eq!(Profile::Live2026.switches(), Switches::default());
    assert_eq!(Profile::named("live2026"), Some(Profile::Live2026));
    assert_eq!(Profile::named("live2027"), None);
    let spec = Profile::named("spec2024").unwrap().switches();
    assert_eq!((spec.members_on_get, spec.group_put), (MembersOnGet::Always, GroupPut::NoRoute));
    assert_eq!(Profile::named("hostile").unwrap().switches().start_index, StartIndex::Ignored);
}

#[test]
fn hostility_is_off_in_the_faithful_profiles() {
    for profile in [Profile::Spec2024, Profile::Live2026] {
        let switches = profile.switches();
        assert_eq!(switches.fault_every, None);
        let hostile = [
            switches.foreign_links,
            switches.stray_keys,
            switches.duplicate_rows,
            switches.junk_rows,
            switches.wrong_id,
        ];
        assert!(hostile.iter().all(|on| !on), "{profile:?}");
        assert_eq!(switches.start_index, StartIndex::Honoured);
    }
}

#[test]
fn people_can_be_made_and_read_in_every_profile() {
    for profile in [Profile::Spec2024, Profile::Live2026, Profile::Hostile] {
        let mut rig = rig(Seed::Empty, profile.switches());
        let path = rig.new_user("ann");
        assert_eq!(rig.get(&path).value()["userName"], "ann@example.com", "{profile:?}");
        assert_eq!(rig.patch(&path, "replace", "active", json!(false)).status, 204);
    }
}

#[test]
fn every_value_of_every_switch_can_be_set_alone() {
    let base = Switches::default();
    let singles = base.singly();
    let fields = serde_json::to_value(&base).unwrap();
    let names: BTreeSet<&str> = singles.iter().map(|single| single.switch).collect();
    assert_eq!(names.len(), fields.as_object().unwrap().len());
    for single in &singles {
        let all = serde_json::to_value(&single.switches).unwrap();
        let changed: Vec<_> = all
            .as_object()
            .unwrap()
            .iter()
            .filter(|(name, value)| fields[name.as_str()] != **value)
            .collect();
        assert_eq!(changed.len(), 1, "{}", single.switch);
        assert_eq!(changed[0].1, &single.value);
        assert_eq!(serde_json::from_value::<Switches>(all.clone()).unwrap(), single.switches);
    }
    let hostile = Profile::Hostile.switches();
    assert!(hostile.singly().iter().all(|single| single.switches != hostile));
}

#[test]
fn no_single_switch_stops_the_simulator() {
    for single in Switches::default().singly() {
        let mut rig = rig(Seed::Sample, single.switches);
        for _ in 0..3 {
            rig.get(USERS);
            rig.post(USERS, person("ann"));
        }
        assert_eq!(rig.netskope.journal().len(), 6, "{} = {}", single.switch, single.value);
    }
}

/// The name and every value of a switch, as the table in the README writes them.
#[test]
fn the_readme_has_every_value_of_every_switch() {
    let readme = include_str!("../../README.md");
    let usual = serde_json::to_value(Switches::default()).unwrap();
    let camel = |name: &str| {
        let mut parts = name.split('_');
        let first = parts.next().unwrap().to_owned();
        parts.fold(first, |name, part| name + &part[..1].to_uppercase() + &part[1..])
    };
    let mut rows: Vec<(String, String)> = Vec::new();
    for single in Switches::default().singly() {
        let name = camel(single.switch);
        if rows.last().is_none_or(|(last, _)| *last != name) {
            rows.push((name.clone(), format!("| `{name}` | `{}`", usual[&name])));
        }
        rows.last_mut().unwrap().1 += &format!(", `{}`", single.value);
    }
    for (name, row) in rows {
        assert!(readme.contains(&format!("{row} | ")), "{name}: {row}");
    }
}
