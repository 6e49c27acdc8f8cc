//! Each method's calls, exactly; what they mean when they fail.

mod auth;
mod members;
mod reads;
mod writes;

use std::sync::Arc;

use serde_json::{Value, json};

use super::*;
use crate::backend::{BackendError, ErrorKind, Sent};
use crate::kernel::Clock;
use crate::outbound::testing::{self, Reply, Script, Seen, answer};

/// A group's id in most tests.
const GROUP: &str = "00000000-0000-0000-0000-0000000000aa";
const TOKEN: &str = r#"{"access_token":"t0","token_type":"bearer","expires_in":3600,"errorCode":"success"}"#;
const WHOAMI: &str = r#"{"id":"TENANT","idType":"tenant","apiHosts":{"global":"http://api.central.sophos.com/",
    "dataRegion":"http://api-eu01.central.sophos.com/"}}"#;
/// What stands before every route.
const REGION: &str = "https://api-eu01.central.sophos.com/common/v1/directory";

/// A tenant whose directory answers from a queue; token and whoami always answer.
struct World {
    sophos: Sophos,
    script: Arc<Script>,
    ctx: Ctx,
    clock: Arc<dyn Clock>,
}

fn world(replies: impl IntoIterator<Item = Reply>) -> World {
    let standing = vec![("/oauth2/token", answer(200, TOKEN)), ("/whoami/v1", answer(200, WHOAMI))];
    world_of(SophosConfig::new("id", "se&cret".into()), standing, replies)
}

fn world_of(
    config: SophosConfig,
    standing: Vec<(&'static str, Reply)>,
    replies: impl IntoIterator<Item = Reply>,
) -> World {
    let clock = testing::clock();
    let script = Script::new(standing, replies);
    let sophos = Sophos::new(config, script.clone(), clock.clone(), Arc::new(|| 1.0));
    World { sophos, script, ctx: testing::ctx(&*clock, 25), clock }
}

impl World {
    /// The directory's calls: method, route without the base, body.
    fn calls(&self) -> Vec<String> {
        assert!(self.script.is_spent(), "replies were left over");
        self.script.queued().iter().map(line).collect()
    }

    /// The writes among them, as `plan` spells them.
    fn writes(&self) -> Vec<(String, String)> {
        let writes = self.script.queued().into_iter().filter(|seen| seen.method != "GET");
        let path =
            |seen: &Seen| seen.url.trim_start_matches("https://api-eu01.central.sophos.com").to_owned();
        writes.map(|seen| (seen.method.to_owned(), path(&seen))).collect()
    }

    fn assert_planned(&self, write: &Write) {
        let planned = self.sophos.plan(write).into_iter().map(|call| (call.method.to_owned(), call.path));
        assert_eq!(planned.collect::<Vec<_>>(), self.writes());
    }
}

fn line(seen: &Seen) -> String {
    format!("{} {} {}", seen.method, seen.url.trim_start_matches(REGION), seen.body).trim_end().to_owned()
}

fn id(n: usize) -> String {
    format!("00000000-0000-0000-0000-{n:012}")
}

fn at(n: usize) -> NativeRef {
    NativeRef::new(id(n))
}

fn group() -> NativeRef {
    NativeRef::new(GROUP)
}

fn ok(body: &Value) -> Reply {
    answer(200, &body.to_string())
}

/// A person as Sophos shows them.
fn person(n: usize) -> Value {
    json!({"id": id(n), "name": format!("P {n}"), "email": format!("p{n}@x.test"), "source": {"type": "custom"},
        "groups": {"total": 0, "itemsCount": 0, "items": []}})
}

fn synced(n: usize) -> Value {
    json!({"id": id(n), "name": "S", "source": {"type": "activeDirectory"}})
}

fn custom_group() -> Reply {
    ok(&json!({"id": GROUP, "name": "G", "source": {"type": "custom"}}))
}

/// One page of a list of `total`.
fn page(items: impl IntoIterator<Item = Value>, size: u64, total: u64) -> Reply {
    let items: Vec<Value> = items.into_iter().collect();
    ok(&json!({"items": items, "pages": {"current": 1, "size": size, "items": total, "maxSize": 100}}))
}

fn error(status: u16) -> Reply {
    answer(status, r#"{"error":"resourceConflict","message":"hush","correlationId":"c-1","requestId":"r-1"}"#)
}

fn refusal<T: std::fmt::Debug>(result: Result<T>) -> (ErrorKind, Sent) {
    let BackendError { kind, sent, log, .. } = result.unwrap_err();
    assert!(!log.contains("hush"), "{log}");
    (kind, sent)
}
