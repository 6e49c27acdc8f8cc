//! Each method's calls, exactly; what they mean when they fail; where the token goes.

mod access;
mod answers;
mod calls;

use std::sync::Arc;

use secrecy::SecretString;
use serde_json::{Value, json};

use super::*;
use crate::backend::{ErrorKind, Sent};
use crate::outbound::testing::{self, Reply, Script, Seen, answer};
use crate::outbound::{Base, SendPolicy};

const ADA: &str = "0f9a1c52-7d0e-4c1b-9a55-000000000001";
const CREW: &str = "0f9a1c52-7d0e-4c1b-9a55-0000000000aa";
const TOKEN: &str = "t0ken-of-the-tenant";

/// A tenant whose server answers from a queue.
struct World {
    netskope: Netskope,
    script: Arc<Script>,
    ctx: Ctx,
}

fn config() -> NetskopeConfig {
    let host = Base::known("example.goskope.com");
    let config = NetskopeConfig::new(host, SecretString::from(TOKEN)).unwrap();
    NetskopeConfig { policy: SendPolicy::default(), ..config }
}

fn world(replies: impl IntoIterator<Item = Reply>) -> World {
    world_of(&config(), replies)
}

fn world_of(config: &NetskopeConfig, replies: impl IntoIterator<Item = Reply>) -> World {
    let clock = testing::clock();
    let script = Script::new(Vec::new(), replies);
    let netskope = Netskope::new(config, script.clone(), clock.clone(), Arc::new(|| 1.0));
    World { netskope, script, ctx: testing::ctx(&*clock, 25) }
}

impl World {
    /// The calls: method, path and query, body.
    fn calls(&self) -> Vec<String> {
        assert!(self.script.is_spent(), "replies were left over");
        let line = |seen: &Seen| {
            let path = seen.url.trim_start_matches("https://example.goskope.com/api/v2/scim");
            format!("{} {path} {}", seen.method, seen.body).trim_end().to_owned()
        };
        self.script.seen().iter().map(line).collect()
    }
}

fn at(id: &str) -> NativeRef {
    NativeRef::new(id)
}

fn attrs(value: Value) -> Attrs {
    match value {
        Value::Object(map) => map.into(),
        other => panic!("{other}"),
    }
}
