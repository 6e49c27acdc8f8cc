use rstest::rstest;

use super::*;
use crate::backend::Locked;
use crate::outbound::{Left, NoAnswer};

fn desired(kind: Kind, links: Vec<NativeRef>) -> Desired {
    Desired { kind, attrs: Attrs::from_iter([("name".to_owned(), json!("N"))]), links, active: true }
}

fn change(set: &[(&str, &str)], clear: &[&str]) -> Change {
    Change {
        set: set.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect(),
        clear: clear.iter().map(|name| (*name).to_owned()).collect(),
    }
}

#[tokio::test(start_paused = true)]
async fn making_one_is_one_call() {
    for (kind, links, path) in [(Kind::User, "groupIds", "/users"), (Kind::Group, "userIds", "/user-groups")]
    {
        let world = world([answer(201, &person(1).to_string())]);
        let desired = desired(kind, vec![at(7)]);
        assert_eq!(world.sophos.create(&world.ctx, &desired).await.unwrap().at, at(1));
        world.assert_planned(&Write::Create(desired));
        let body = format!(r#"{{"name":"N","{links}":["{}"]}}"#, id(7));
        assert_eq!(world.calls(), [format!("POST {path} {body}")]);
        assert_eq!(world.script.queued()[0].header("content-type"), Some("application/json"));
    }
}

#[rstest]
#[case(error(409), ErrorKind::Conflict, Sent::Rejected)]
#[case(error(404), ErrorKind::NotFound, Sent::Rejected)]
#[case(error(400), ErrorKind::Invalid, Sent::Rejected)]
#[case(error(413), ErrorKind::Invalid, Sent::Rejected)]
#[case(error(403), ErrorKind::Denied, Sent::Rejected)]
#[case(error(500), ErrorKind::Unavailable, Sent::Maybe)]
#[case(answer(502, "<html>"), ErrorKind::Unavailable, Sent::Maybe)]
#[case(answer(201, "<html>"), ErrorKind::Unusable, Sent::Maybe)]
#[case(answer(201, ""), ErrorKind::Unusable, Sent::Maybe)]
#[case(Reply::Fail(NoAnswer::Reset, Left::Maybe), ErrorKind::Unavailable, Sent::Maybe)]
#[case(Reply::Fail(NoAnswer::Timeout, Left::Maybe), ErrorKind::TimedOut, Sent::Maybe)]
#[case(Reply::Fail(NoAnswer::TooLarge, Left::Maybe), ErrorKind::Unusable, Sent::Maybe)]
#[tokio::test(start_paused = true)]
async fn a_failed_create_has_a_meaning(#[case] reply: Reply, #[case] kind: ErrorKind, #[case] sent: Sent) {
    let world = world([reply]);
    let made = world.sophos.create(&world.ctx, &desired(Kind::User, vec![])).await;
    assert_eq!(refusal(made), (kind, sent));
    assert_eq!(world.calls().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_refused_rate_says_when_to_come_back() {
    let world = world([testing::answer_with(429, "retry-after", "60")]);
    let error = world.sophos.create(&world.ctx, &desired(Kind::User, vec![])).await.unwrap_err();
    assert_eq!((error.kind, error.sent), (ErrorKind::RateLimited, Sent::Rejected));
    assert_eq!(error.retry_after.map(|wait| wait.as_secs()), Some(60));
}

#[tokio::test(start_paused = true)]
async fn a_past_deadline_sends_nothing() {
    let world = world([]);
    let late = testing::ctx(&*world.clock, 0);
    let made = world.sophos.create(&late, &desired(Kind::User, vec![])).await;
    assert_eq!(refusal(made), (ErrorKind::TimedOut, Sent::No));
    assert!(world.script.seen().is_empty());
}

#[tokio::test(start_paused = true)]
async fn nobody_is_inactive() {
    let world = world([]);
    let inactive = Desired { active: false, ..desired(Kind::User, vec![]) };
    assert_eq!(refusal(world.sophos.create(&world.ctx, &inactive).await), (ErrorKind::Invalid, Sent::No));
    assert_eq!(
        refusal(world.sophos.set_active(&world.ctx, &at(1), false).await),
        (ErrorKind::Invalid, Sent::No)
    );
    assert!(world.sophos.plan(&Write::SetActive(at(1), false)).is_empty());
}

#[tokio::test(start_paused = true)]
async fn changing_nothing_costs_nothing() {
    let world = world([]);
    let none = Change::default();
    assert!(world.sophos.update(&world.ctx, Kind::User, &at(1), &none).await.unwrap().is_none());
    world.assert_planned(&Write::Update(Kind::User, at(1), none));
}

#[tokio::test(start_paused = true)]
async fn changing_fields_is_one_call() {
    let world = world([ok(&person(1)), answer(200, "")]);
    let change = change(&[("name", "N")], &["lastName"]);
    let native = world.sophos.update(&world.ctx, Kind::User, &at(1), &change).await.unwrap().unwrap();
    assert_eq!(native.attrs.get("name"), Some(&json!("P 1")), "what Sophos answered, not what was sent");
    let write = Write::Update(Kind::User, at(1), change.clone());
    world.script.push(error(409));
    assert_eq!(world.writes()[0], ("PATCH".to_owned(), world.sophos.plan(&write)[0].path.clone()));
    assert!(world.sophos.update(&world.ctx, Kind::Group, &group(), &change).await.unwrap().is_none());
    let refused = world.sophos.update(&world.ctx, Kind::User, &at(1), &change).await;
    assert_eq!(refusal(refused), (ErrorKind::Conflict, Sent::Rejected));
    let body = r#"{"name":"N","lastName":""}"#;
    assert_eq!(
        world.calls()[..2],
        [format!("PATCH /users/{} {body}", id(1)), format!("PATCH /user-groups/{GROUP} {body}"),]
    );
}

/// A person with an e-mail that was to be cleared, and one without.
fn with_and_without_mail() -> (Reply, Reply) {
    (ok(&person(1)), ok(&json!({"id": id(1), "name": "N", "email": ""})))
}

#[rstest]
#[case::empty_text_clears(vec![with_and_without_mail().1], Ok(false), &[r#"{"name":"N","email":""}"#])]
#[case::empty_text_is_ignored(vec![with_and_without_mail().0, with_and_without_mail().1], Ok(false),
    &[r#"{"name":"N","email":""}"#, r#"{"email":null}"#])]
#[case::empty_text_is_refused(vec![error(400), with_and_without_mail().1], Ok(false),
    &[r#"{"name":"N","email":""}"#, r#"{"name":"N","email":null}"#])]
#[case::neither_clears(vec![with_and_without_mail().0, with_and_without_mail().0], Ok(true),
    &[r#"{"name":"N","email":""}"#, r#"{"email":null}"#])]
#[case::null_is_refused_too(vec![with_and_without_mail().0, error(400)], Ok(true),
    &[r#"{"name":"N","email":""}"#, r#"{"email":null}"#])]
#[case::both_are_refused(vec![error(400), error(400)], Err(ErrorKind::Invalid),
    &[r#"{"name":"N","email":""}"#, r#"{"name":"N","email":null}"#])]
#[case::an_admins_mail(vec![error(409)], Err(ErrorKind::Conflict), &[r#"{"name":"N","email":""}"#])]
#[tokio::test(start_paused = true)]
async fn a_field_is_cleared_in_the_way_that_sophos_takes(
    #[case] replies: Vec<Reply>,
    #[case] still_there: std::result::Result<bool, ErrorKind>,
    #[case] bodies: &[&str],
) {
    let world = world(replies);
    let updated =
        world.sophos.update(&world.ctx, Kind::User, &at(1), &change(&[("name", "N")], &["email"])).await;
    let told = updated.map(|native| native.unwrap().attrs.contains_key("email")).map_err(|error| error.kind);
    assert_eq!(told, still_there);
    let sent: Vec<_> = world.script.queued().into_iter().map(|seen| seen.body).collect();
    assert_eq!(sent, bodies);
    world.calls();
}

#[rstest]
#[case(error(409), ErrorKind::Conflict)]
#[case(error(404), ErrorKind::NotFound)]
#[case(error(403), ErrorKind::Denied)]
#[tokio::test(start_paused = true)]
async fn a_refusal_after_half_of_a_change_is_no_refusal_of_the_whole(
    #[case] second: Reply,
    #[case] kind: ErrorKind,
) {
    let world = world([with_and_without_mail().0, second]);
    let updated =
        world.sophos.update(&world.ctx, Kind::User, &at(1), &change(&[("name", "N")], &["email"])).await;
    assert_eq!(refusal(updated), (kind, Sent::Maybe));
}

#[tokio::test(start_paused = true)]
async fn deleting_is_one_call_whatever_it_says() {
    for reply in
        [answer(200, r#"{"deleted":true}"#), answer(200, r#"{"deleted":false}"#), answer(204, ""), error(404)]
    {
        for (kind, at) in [(Kind::User, at(1)), (Kind::Group, group())] {
            let world = world([reply.clone()]);
            world.sophos.delete(&world.ctx, kind, &at).await.unwrap();
            world.assert_planned(&Write::Delete(kind, at));
            assert_eq!(world.calls().len(), 1);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_refused_delete_is_looked_into() {
    let locked = || ErrorKind::Locked(Locked { by: "Active Directory".to_owned() });
    let cases = [
        (Kind::User, ok(&synced(1)), Err((locked(), Sent::Rejected))),
        (Kind::User, ok(&person(1)), Err((ErrorKind::Conflict, Sent::Rejected))),
        (Kind::User, error(404), Ok(())),
        (Kind::Group, ok(&synced(1)), Err((locked(), Sent::Rejected))),
        (Kind::Group, custom_group(), Err((ErrorKind::Conflict, Sent::Rejected))),
    ];
    for (kind, looked, outcome) in cases {
        let world = world([error(409), looked]);
        let deleted = world.sophos.delete(&world.ctx, kind, &at(1)).await;
        assert_eq!(deleted.map_err(|error| (error.kind, error.sent)), outcome);
        world.calls();
    }
}

#[tokio::test(start_paused = true)]
async fn a_delete_without_an_answer_may_have_happened() {
    let world = world([error(500)]);
    let deleted = world.sophos.delete(&world.ctx, Kind::User, &at(1)).await;
    assert_eq!(refusal(deleted), (ErrorKind::Unavailable, Sent::Maybe));
}
