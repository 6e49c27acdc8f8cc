//! What the memory backend starts with in a demo, so that it is as full as the simulators next to it.

use std::time::Duration;

use scim::resource::Document;
use serde_json::{Value, json};
use simulator::sophos::Seed;

use super::failed::Failed;
use super::wiring::{self, Tools};
use crate::backend::{Backend, Desired, NativeRef};
use crate::kernel::{Ctx, Kind, TargetName};

/// Puts people and groups into an empty backend, natively: nobody has written them through SCIM yet.
pub(super) async fn fill(
    name: &TargetName,
    backend: &dyn Backend,
    seed: Seed,
    tools: &Tools,
) -> Result<(), Failed> {
    let people = match seed {
        Seed::Empty => return Ok(()),
        Seed::Sample => {
            SAMPLE.iter().map(|(given, family)| person(given, family, &given.to_lowercase())).collect()
        }
        Seed::Many { users } => {
            (1..=users).map(|n| person("User", &n.to_string(), &format!("user{n}"))).collect()
        }
    };
    let people: Vec<Value> = people;
    let ctx = Ctx::begun("seed", name, &wiring::ourselves()?, &*tools.clock, Duration::from_secs(600));
    let mut made = Vec::new();
    for document in people {
        made.push(make(&ctx, backend, Kind::User, document, Vec::new()).await?);
    }
    // Ten to a group, as the simulators have it.
    for (number, members) in (1..).zip(made.chunks(10)) {
        let group = json!({ "displayName": format!("Group {number}") });
        make(&ctx, backend, Kind::Group, group, members.to_vec()).await?;
    }
    Ok(())
}

const SAMPLE: &[(&str, &str)] = &[("Alan", "Turing"), ("Dorothy", "Vaughan"), ("Katherine", "Johnson")];

fn person(given: &str, family: &str, account: &str) -> Value {
    let address = format!("{account}@example.com");
    json!({
        "userName": address, "displayName": format!("{given} {family}"),
        "name": { "givenName": given, "familyName": family },
        "emails": [{ "value": address, "type": "work", "primary": true }],
    })
}

async fn make(
    ctx: &Ctx,
    backend: &dyn Backend,
    kind: Kind,
    document: Value,
    links: Vec<NativeRef>,
) -> Result<NativeRef, Failed> {
    let Value::Object(document) = document else { return Err(Failed::new("the seed is no object")) };
    let attrs = backend.desired(kind, &Document::from_canonical(document));
    let made = backend.create(ctx, &Desired { kind, attrs, links, active: true }).await;
    Ok(made.map_err(|error| Failed::new(format!("the seed: {error}")))?.at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::memory::{Memory, MemoryConfig};

    #[tokio::test]
    async fn so_many_people_and_a_tenth_as_many_groups() {
        let tools = Tools::default();
        let name = TargetName::parse("memory").unwrap();
        for (seed, people, groups) in
            [(Seed::Empty, 0, 0), (Seed::Sample, 3, 1), (Seed::Many { users: 30 }, 30, 3)]
        {
            let memory = Memory::new(MemoryConfig::default(), tools.clock.clone());
            fill(&name, &memory, seed, &tools).await.unwrap();
            assert_eq!(memory.everything(Kind::User).len(), people);
            assert_eq!(memory.everything(Kind::Group).len(), groups);
        }
    }
}
