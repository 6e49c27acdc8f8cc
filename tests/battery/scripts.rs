//! What happens in Netskope behind the facade's back: another script on the same interface.

use scim_facade::kernel::Kind;
use serde_json::json;
use simulator::Simulator;
use simulator::http::Request;
use simulator::netskope::Event;

use super::bed::Bed;

impl Bed {
    /// Somebody else does something by the same interface.
    pub fn script(&self, event: Event) -> String {
        let now = self.world.clock.now().0;
        self.world.netskope_sim().event(now, event).expect("an event that can happen")
    }

    /// The same, of an attribute for which there is no event.
    pub fn script_writes(&self, kind: Kind, native: &str, attribute: &str, value: &str) {
        let operation = json!({"op": "replace", "path": attribute, "value": value});
        let body = json!({"Operations": [operation]});
        let path = format!("/api/v2/scim/{}/{native}", kind.endpoint());
        let mut request = Request::new("PATCH", &path).header("netskope-api-token", "netskope-token");
        request.body = body.to_string().into_bytes();
        let answer = self.world.netskope_sim().handle(self.world.clock.now().0, &request).0;
        assert_eq!(answer.status, 204);
        self.forget_writes();
    }

    pub fn netskope_count(&self, kind: Kind) -> usize {
        let sim = self.world.netskope_sim();
        match kind {
            Kind::User => sim.users().iter().filter(|user| !user.deleted).count(),
            Kind::Group => sim.groups().iter().filter(|group| !group.deleted).count(),
        }
    }
}
