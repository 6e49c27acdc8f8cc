//! A client that tries again as it is told to, until it has a final answer.

use serde_json::{Value, json};
use simulator::limiter::Limits;

use super::World;
use super::world::Reply;

/// The longest that a client waits for an answer.
const DEADLINE: i64 = 25_000_000;

impl World {
    /// Sends a request, and again after each "try again", when it is told to. Gives the final answer and how often it was
    /// sent.
    ///
    /// # Panics
    /// If an answer is late, or none is ever final.
    pub async fn insist(&self, method: &str, path: &str, body: &Value) -> (Reply, usize) {
        for tries in 1..200 {
            let begun = self.clock.now();
            let reply = self.send(method, path, Some(body.clone())).await;
            let took = self.clock.now().0 - begun.0;
            assert!(took <= DEADLINE, "answered after {took} µs: {reply:?}");
            match reply.status {
                429 => self.wait(u64::from(reply.retry_after.expect("Retry-After"))).await,
                _ => return (reply, tries),
            }
        }
        panic!("{method} {path} never ends");
    }

    /// The vendor's rate limits from now on, with so many calls in hand. Calls so far are forgotten.
    pub async fn limit(&self, in_hand: u32) {
        let limits = Limits { enabled: true, ..Limits::default() };
        let burst = limits.burst;
        self.sim().set_limits(limits);
        for _ in in_hand..burst {
            assert_eq!(self.get("/Users/00000000-0000-4000-8000-00000000ffff").await.status, 404);
        }
        assert_eq!(self.calls().len(), (burst - in_hand) as usize);
    }
}

/// Members as a client names them.
pub fn members(ids: &[String]) -> Value {
    ids.iter().map(|id| json!({"value": id})).collect()
}

/// A PATCH that makes these, and nobody else, the members.
pub fn replace(ids: &[String]) -> Value {
    patch(json!([{"op": "replace", "path": "members", "value": members(ids)}]))
}

/// A PATCH with these operations.
pub fn patch(operations: Value) -> Value {
    json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations})
}
