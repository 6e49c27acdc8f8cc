//! What must not be possible: an id that leads elsewhere, a redirect that is followed, an answer about somebody else, a secret
//! that shows.

use rstest::rstest;
use scim_facade::backend::{Change, ErrorKind, MemberDelta, NativeRef};
use scim_facade::kernel::Kind;
use serde_json::json;
use simulator::faults::{Fault, Rule, Times};
use simulator::netskope::switches::MembersOnGet;
use simulator::netskope::{Profile, Switches};

use super::scenario::is_scim;
use crate::support::World;
use crate::support::world::{group, person};

fn world() -> World {
    World::netskope(Profile::Live2026.switches())
}

/// RFC 3986's dot segments, what URL libraries drop silently, and what ends a segment.
const TRAPS: [&str; 22] = [
    "",
    ".",
    "..",
    "..\t",
    "\t..",
    ".\r.",
    ".\n",
    "a\tb",
    "a/b",
    "a\\b",
    "/",
    "../Groups",
    "%2e%2e",
    "%2e%2e%2f",
    "..%09",
    "..%252f",
    "a?b",
    "a#b",
    "a;b",
    "a b",
    "ä",
    "\u{0}",
];

#[rstest]
#[tokio::test(start_paused = true)]
async fn an_id_that_is_none_reaches_nobody(#[values(Kind::User, Kind::Group)] kind: Kind) {
    let world = world();
    let long = "a".repeat(129);
    for trap in TRAPS.into_iter().chain([long.as_str()]) {
        let (ctx, at) = (world.ctx(), NativeRef::new(trap));
        let backend = &world.backend;
        assert_eq!(backend.get(&ctx, kind, &at, Default::default()).await.unwrap(), None, "{trap:?}");
        backend.delete(&ctx, kind, &at).await.unwrap();
        let change = Change {
            set: json!({"displayName": "x"}).as_object().unwrap().clone().into(),
            clear: Vec::new(),
        };
        let delta = MemberDelta { add: vec![NativeRef::new("b")], remove: Vec::new() };
        let refused = [
            backend.update(&ctx, kind, &at, &change).await.map(drop),
            backend.set_active(&ctx, &at, false).await,
            backend.members(&ctx, &at, 0).await.map(drop),
            backend.change_members(&ctx, &at, &delta).await.map(drop),
        ];
        for refused in refused {
            assert_eq!(refused.unwrap_err().kind, ErrorKind::NotFound, "{trap:?}");
        }
        assert!(world.netskope_sim().journal().is_empty(), "{trap:?} cost a call");
    }
}

/// What the web hands on after it has decoded a path.
#[tokio::test(start_paused = true)]
async fn a_trap_in_a_path_is_404_and_no_call() {
    let world = world();
    for trap in
        TRAPS.into_iter().filter(|trap| !trap.is_empty() && !trap.contains('?') && !trap.starts_with('/'))
    {
        for (method, body) in [("GET", None), ("DELETE", None), ("PUT", Some(person("ada")))] {
            let reply = world.send(method, &format!("/Users/{trap}"), body).await;
            assert_eq!(reply.status, 404, "{method} {trap:?}: {reply:?}");
        }
    }
    assert!(world.netskope_sim().journal().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_member_that_can_be_none_is_not_sent() {
    let world = world();
    let ada = world.post("/Users", person("ada")).await.id();
    let crew = format!("/Groups/{}", world.post("/Groups", group("Crew", &[])).await.id());
    let members = json!([{"value": ada}, {"value": "../../x"}, {"value": "a\tb"}]);
    let added = world.patch(&crew, json!([{"op": "add", "path": "members", "value": members}])).await;
    assert!(added.status < 300, "{added:?}");
    let group = world.netskope_sim().group_by_name("Crew").unwrap().id;
    assert_eq!(world.netskope_sim().members_of(&group).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_answer_about_somebody_else_is_refused() {
    let world = World::netskope(Switches { wrong_id: true, ..Profile::Live2026.switches() });
    let people =
        [world.post("/Users", person("ada")).await.id(), world.post("/Users", person("eve")).await.id()];
    world.wait(6).await;
    for id in people {
        let reply = world.get(&format!("/Users/{id}")).await;
        assert_eq!(reply.status, 502, "{reply:?}");
        is_scim(&reply);
    }
}

#[tokio::test(start_paused = true)]
async fn members_that_are_not_told_are_not_taken_for_none() {
    let switches = Switches { members_on_get: MembersOnGet::Never, ..Profile::Live2026.switches() };
    let world = World::netskope(switches);
    let ada = world.post("/Users", person("ada")).await.id();
    let crew = format!("/Groups/{}", world.post("/Groups", group("Crew", &[&ada])).await.id());
    let reply = world.get(&crew).await;
    assert_eq!(reply.status, 502, "{reply:?}");
    is_scim(&reply);
    assert_eq!(world.get(&format!("{crew}?excludedAttributes=members")).await.status, 200);
}

#[rstest]
#[case::redirect(Fault::Redirect { location: "https://elsewhere.example.com/api/v2/scim/Users".to_owned() }, 502)]
#[case::html(Fault::Garbage { applied: false }, 429)]
#[case::half(Fault::Truncated, 502)]
#[case::success_of_an_error(Fault::ErrorAsOk { applied: false }, 502)]
#[case::nothing(Fault::EmptyBody { applied: false }, 429)]
#[case::internal(Fault::Status { code: 501, applied: false }, 429)]
#[case::no_route(Fault::Status { code: 404, applied: false }, 502)]
#[case::refused(Fault::Status { code: 401, applied: false }, 502)]
#[case::forbidden(Fault::Status { code: 403, applied: false }, 502)]
#[case::method(Fault::Status { code: 405, applied: false }, 502)]
#[tokio::test(start_paused = true)]
async fn whatever_the_server_says_the_client_hears_scim(#[case] fault: Fault, #[case] status: u16) {
    let world = world();
    let id = world.post("/Users", person("ada")).await.id();
    world.wait(6).await;
    world.netskope_sim().add_fault(Rule::once(fault).times(Times::FOREVER));
    for path in
        [format!("/Users/{id}"), "/Users".to_owned(), "/Users?filter=userName%20eq%20%22x%22".to_owned()]
    {
        let reply = world.get(&path).await;
        assert_eq!(reply.status, status, "{path}: {reply:?}");
        is_scim(&reply);
    }
    for reply in [
        world.post("/Users", person("eve")).await,
        world.patch(&format!("/Users/{id}"), json!([{"op": "replace", "path": "title", "value": "x"}])).await,
    ] {
        assert!(matches!(reply.status, 429 | 502), "{reply:?}");
        is_scim(&reply);
    }
}
