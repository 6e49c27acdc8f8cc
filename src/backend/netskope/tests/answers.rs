//! What answers mean, by what was asked.

use rstest::rstest;

use super::*;

const SERVICE: &str = r#"{"status":"404","description":"x","schemas":[]}"#;
const GATEWAY: &str = r#"{"message":"no Route matched with those values"}"#;

#[rstest]
#[case::there(answer(200, r#"{"id":"0f9a1c52-7d0e-4c1b-9a55-000000000001"}"#), Ok(true))]
#[case::unknown(answer(404, SERVICE), Ok(false))]
#[case::no_route(answer(404, GATEWAY), Err(ErrorKind::Unusable))]
#[case::nothing(answer(404, ""), Err(ErrorKind::Unusable))]
#[case::token(answer(401, GATEWAY), Err(ErrorKind::Denied))]
#[case::scope(answer(403, GATEWAY), Err(ErrorKind::Denied))]
#[case::elsewhere(answer(302, ""), Err(ErrorKind::Unusable))]
#[case::another(answer(200, r#"{"id":"0f9a1c52-7d0e-4c1b-9a55-000000000002"}"#), Err(ErrorKind::Unusable))]
#[case::no_id(answer(200, r#"{"userName":"ada"}"#), Err(ErrorKind::Unusable))]
#[case::error_as_ok(answer(200, r#"{"status":"error","message":"x"}"#), Err(ErrorKind::Unusable))]
#[case::html(answer(200, "<html>"), Err(ErrorKind::Unusable))]
#[tokio::test(start_paused = true)]
async fn of_a_read(#[case] reply: Reply, #[case] means: std::result::Result<bool, ErrorKind>) {
    let world = world([reply.clone(), reply]);
    let read = world.netskope.get(&world.ctx, Kind::User, &at(ADA), Want::default()).await;
    assert_eq!(read.map(|native| native.is_some()).map_err(|error| error.kind), means);
}

#[tokio::test(start_paused = true)]
async fn an_internal_error_is_asked_about_once_more() {
    let world = world([answer(501, "{}"), answer(200, &format!(r#"{{"id":"{ADA}"}}"#))]);
    assert!(world.netskope.get(&world.ctx, Kind::User, &at(ADA), Want::default()).await.unwrap().is_some());
    assert_eq!(world.calls().len(), 2);
}

#[rstest]
#[case::refused(400, "", ErrorKind::Invalid, Sent::Rejected)]
#[case::duplicate(409, "", ErrorKind::Conflict, Sent::Rejected)]
#[case::internal(501, "", ErrorKind::Unavailable, Sent::Maybe)]
#[case::elsewhere(302, "", ErrorKind::Unusable, Sent::Rejected)]
#[case::no_id(201, "{}", ErrorKind::Unusable, Sent::Maybe)]
#[case::half(201, r#"{"id":"#, ErrorKind::Unusable, Sent::Maybe)]
#[tokio::test(start_paused = true)]
async fn of_a_create(#[case] status: u16, #[case] body: &str, #[case] kind: ErrorKind, #[case] sent: Sent) {
    let nobody = answer(200, r#"{"totalResults":0}"#);
    let look_up = vec![nobody.clone(); if status == 400 { 2 } else { 0 }];
    let world = world([vec![nobody, answer(status, body)], look_up].concat());
    let error = world.netskope.create(&world.ctx, &ada()).await.unwrap_err();
    assert_eq!((error.kind, error.sent), (kind, sent), "{:?}", world.script.seen().len());
    let posts = world.script.seen().iter().filter(|seen| seen.method == "POST").count();
    assert_eq!(posts, 1, "what may have happened is not sent again");
}

fn ada() -> Desired {
    let attrs = attrs(json!({"userName": "ada@example.com", "email": "ada@example.com"}));
    Desired { kind: Kind::User, attrs, links: Vec::new(), active: true }
}

#[tokio::test(start_paused = true)]
async fn a_write_that_may_be_sent_twice_is() {
    for first in [answer(503, ""), answer(501, ""), answer(200, r#"{"status":"error","message":"x"}"#)] {
        let world = world([first, answer(204, "")]);
        world.netskope.delete(&world.ctx, Kind::Group, &at(CREW)).await.unwrap();
        assert_eq!(world.calls().len(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn who_is_gone_is_removed() {
    let world = world([answer(404, SERVICE)]);
    world.netskope.delete(&world.ctx, Kind::User, &at(ADA)).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn an_unknown_id_may_be_any_refusal() {
    let short = answer(200, r#"{"totalResults":"1","resources":[{"id":"other"},{"displayName":"junk"}]}"#);
    let long = answer(200, r#"{"totalResults":900,"Resources":[{"id":"a"}]}"#);
    for status in [400, 501] {
        let refused = vec![answer(status, ""); if status == 501 { 2 } else { 1 }];
        let gone = world([refused.clone(), vec![short.clone()]].concat());
        assert_eq!(gone.netskope.get(&gone.ctx, Kind::User, &at(ADA), Want::default()).await.unwrap(), None);
        let unknown = world([refused, vec![long.clone(); 12]].concat());
        let read = unknown.netskope.get(&unknown.ctx, Kind::User, &at(ADA), Want::default()).await;
        assert!(read.is_err(), "a long list tells nothing");
    }
}
