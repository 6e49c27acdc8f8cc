//! README's table of what each backend can and can't do: it is made of `Capabilities`, and compared with them here.
//!
//! `UPDATE_README=1 cargo test --features failpoints --test all house::backends` writes it anew.

use scim_facade::backend::memory::MemoryConfig;
use scim_facade::backend::{Capabilities, Deactivate, KindCaps};
use simulator::netskope::Profile;
use simulator::sophos::Seed;

use super::tables::{document, root, rows};
use crate::support::World;

const BEGIN: &str = "<!-- What each backend can do: made by tests/house/backends.rs -->\n";
const END: &str = "<!-- end -->";

/// The registry: one line a backend.
fn backends() -> Vec<(&'static str, Capabilities)> {
    let of = |world: World| *world.backend.capabilities();
    vec![
        ("Sophos Central", of(World::sophos(Seed::Empty))),
        ("Netskope", of(World::netskope_as(Profile::Live2026.switches(), |_| {}))),
        ("`memory`", of(World::memory_with(MemoryConfig::default()))),
    ]
}

/// What is told of a backend: a question, and the answer.
type Row = (&'static str, fn(&Capabilities) -> String);

const ROWS: &[Row] = &[
    ("`active: false`", |caps| match caps.deactivate {
        Deactivate::Native => "a disabled state".to_owned(),
        Deactivate::Quarantine | Deactivate::Absent => {
            "no disabled state: `deactivate` chooses quarantine or parking".to_owned()
        }
    }),
    ("kept there of people", |caps| fields(&caps.user)),
    ("kept there of groups", |caps| fields(&caps.group)),
    ("attributes of its own", |caps| or_none(caps.user_extension.map(|urn| format!("`{urn}`")))),
    ("attributes that you declare (`custom_attributes`)", |caps| {
        or_none(caps.custom.map(|custom| {
            let limits = custom.limits;
            format!(
                "`{}`: at most {}, names of {} characters, texts of {}",
                custom.urn, limits.attributes, limits.name, limits.value
            )
        }))
    }),
    ("required of people besides userName", |caps| {
        or_none(listed(caps.requires.iter().map(|required| required.scim)))
    }),
    ("people looked up there by", |caps| lookups(&caps.user)),
    ("groups looked up there by", |caps| lookups(&caps.group)),
    ("what clients call people and groups (externalId)", |caps| {
        let kept = [("people", caps.user.external_id), ("groups", caps.group.external_id)];
        let kept: Vec<&str> =
            kept.iter().filter(|(_, field)| field.is_some()).map(|(what, _)| *what).collect();
        match kept.is_empty() {
            true => "kept by the facade".to_owned(),
            false => format!("kept there of {}, as the owner calls them", kept.join(" and ")),
        }
    }),
    ("lists tell of people", |caps| {
        let told = caps.list_tells.map(|tells| tells.attributes.iter().copied());
        told.and_then(listed).unwrap_or_else(|| "all that a read does".to_owned())
    }),
    ("people tell their groups", |caps| match caps.groups_by_members {
        true => "no: groups are asked for their members".to_owned(),
        false => "yes".to_owned(),
    }),
    ("lists are in the order of ids", |caps| match caps.own_order {
        true => "no: in an order of its own".to_owned(),
        false => "yes".to_owned(),
    }),
    ("duplicates refused there", |caps| {
        let both = caps.user.unique.iter().chain(caps.group.unique);
        or_none(listed(both.copied().collect::<std::collections::BTreeSet<_>>()))
    }),
    ("people without e-mail address", |caps| match caps.listed_having {
        Some(_) => "listed if `people_without_email = \"show\"`, or linked".to_owned(),
        None if caps.requires.iter().any(|required| required.scim == "emails.value") => "none".to_owned(),
        None => "listed".to_owned(),
    }),
    ("members in one call", |caps| {
        let most = caps.members_per_call;
        match most.add == most.remove {
            true => most.add.to_string(),
            false => format!("{} added, {} removed", most.add, most.remove),
        }
    }),
    ("made together with memberships", |caps| yes_or_no(caps.create_with_links)),
    ("a group with members can be deleted", |caps| match caps.delete_needs_empty {
        true => "after its members were taken out, which is done for you".to_owned(),
        false => "yes".to_owned(),
    }),
    ("administrators lose their role first", |caps| match caps.admins {
        true => "yes".to_owned(),
        false => "there are none".to_owned(),
    }),
    ("roles and entitlements listed", |caps| {
        or_none(listed(caps.catalogues.iter().map(|what| what.endpoint())))
    }),
    ("a write is seen in lists", |caps| match caps.visibility_lag.as_secs() {
        0 => "at once".to_owned(),
        seconds => format!("within {seconds} s; until then our record is shown"),
    }),
    ("calls it takes", |caps| match caps.rate {
        None => "as many as come".to_owned(),
        Some(rate) => format!("{} a minute, after {} at once", rate.per_minute, rate.burst),
    }),
];

fn fields(kind: &KindCaps) -> String {
    // An extension is one field, named by its URN, whose last part but one says which.
    let short = |name: &'static str| match name.rsplit(':').nth(2) {
        Some(extension) => format!("the {extension} extension"),
        None => format!("`{name}`"),
    };
    kind.holds.iter().map(|field| short(field.name)).collect::<Vec<_>>().join(", ")
}

fn lookups(kind: &KindCaps) -> String {
    listed(
        kind.pushdown
            .iter()
            .map(|pushdown| pushdown.scim.rsplit_once(":User:").map_or(pushdown.scim, |it| it.1)),
    )
    .unwrap_or_else(|| "nothing: they are looked through".to_owned())
}

fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

fn or_none(text: Option<String>) -> String {
    text.unwrap_or_else(|| "none".to_owned())
}

fn yes_or_no(is_so: bool) -> String {
    if is_so { "yes" } else { "no" }.to_owned()
}

fn table(backends: &[(&str, Capabilities)]) -> String {
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let names = backends.iter().map(|(name, _)| (*name).to_owned());
    let mut table = line(std::iter::once(String::new()).chain(names).collect());
    table += &format!("|{}\n", "---|".repeat(backends.len() + 1));
    for (what, answer) in ROWS {
        let answers = backends.iter().map(|(_, caps)| answer(caps));
        table += &line(std::iter::once((*what).to_owned()).chain(answers).collect());
    }
    table
}

/// `docs/add-a-backend.md` names the registries: each is a file that knows every vendor.
#[test]
fn every_registry_knows_every_vendor() {
    let text = document("add-a-backend.md");
    let registries = text.split("## The registries").nth(1).expect("the registries");
    let registries = registries.split("\n## ").next().unwrap();
    let rows = rows::<2>(registries);
    assert!(rows.len() > 10, "{registries}");
    for [file, what] in rows {
        let first = file.split('`').nth(1).unwrap_or_else(|| panic!("no file in {file}"));
        let known = std::fs::read_to_string(root().join(first)).unwrap_or_else(|e| panic!("{first}: {e}"));
        for vendor in ["sophos", "netskope"] {
            assert!(known.to_ascii_lowercase().contains(vendor), "{first} does not know {vendor}: {what}");
        }
    }
}

#[tokio::test]
async fn the_readme_says_what_each_backend_can_do() {
    let file = root().join("README.md");
    let readme = std::fs::read_to_string(&file).unwrap();
    let (before, rest) = readme.split_once(BEGIN).expect("the table's begin");
    let (shown, after) = rest.split_once(END).expect("the table's end");
    let table = table(&backends());
    if std::env::var_os("UPDATE_README").is_some() {
        std::fs::write(&file, format!("{before}{BEGIN}{table}{END}{after}")).unwrap();
        return;
    }
    assert_eq!(shown, table, "README.md is behind: UPDATE_README=1 writes the table anew");
}
