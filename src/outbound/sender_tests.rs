use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;

use super::*;
use crate::outbound::testing::{self, Reply, Script, answer, answer_with, ctx};
use crate::outbound::{Base, Fetch, Fresh, Method, Route};

struct Tokens {
    asked: AtomicUsize,
    failures: Vec<FetchError>,
}

#[async_trait]
impl Fetch for Tokens {
    async fn fetch(&self, _: Duration) -> Result<Fresh, FetchError> {
        let n = self.asked.fetch_add(1, Ordering::SeqCst);
        match self.failures.get(n) {
            Some(error) => Err(error.clone()),
            None => Ok(Fresh { secret: format!("t{n}").into(), expires_in: Duration::from_secs(3600) }),
        }
    }
}

struct World {
    clock: Arc<dyn Clock>,
    script: Arc<Script>,
    sender: Arc<Sender>,
    vendor: Arc<Tokens>,
    tokens: Arc<TokenCache>,
}

/// Jitter always gives the whole bound, so that waits are 1, 2, 4, … seconds.
fn world_with(replies: impl IntoIterator<Item = Reply>, failures: Vec<FetchError>) -> World {
    let clock = testing::clock();
    let script = Script::new(Vec::new(), replies);
    let sender = Sender::new(script.clone(), clock.clone(), Arc::new(|| 1.0), SendPolicy::default());
    let vendor = Arc::new(Tokens { asked: AtomicUsize::new(0), failures });
    let tokens = Arc::new(TokenCache::new(vendor.clone()));
    World { clock, script, sender: Arc::new(sender), vendor, tokens }
}

fn world(replies: impl IntoIterator<Item = Reply>) -> World {
    world_with(replies, Vec::new())
}

impl World {
    /// The outcome, and how many seconds it took.
    async fn call(&self, class: Class, seconds: u64) -> (Result<Response, CallError>, u64) {
        let start = self.clock.now();
        let ctx = ctx(&*self.clock, seconds);
        let outcome = self.sender.call(&ctx, class, Some(&self.tokens), &get()).await;
        (outcome, self.clock.now().since(start).as_secs())
    }

    fn sent(&self) -> usize {
        self.script.seen().len()
    }
}

fn get() -> Request {
    let url = Base::known("h.test").at(&Route::new("/x"));
    Request { method: Method::Get, url, headers: Vec::new(), body: None }
}

fn reset() -> Reply {
    Reply::Fail(NoAnswer::Reset, Left::Maybe)
}

fn refused() -> Reply {
    Reply::Fail(NoAnswer::Connect, Left::No)
}

#[tokio::test(start_paused = true)]
async fn a_read_is_repeated_with_growing_waits() {
    let world = world([answer(503, ""), reset(), refused(), answer(500, ""), answer(200, "ok")]);
    let (outcome, took) = world.call(Class::Read, 25).await;
    assert_eq!(outcome.unwrap().status, 200);
    assert_eq!((world.sent(), took), (5, 1 + 2 + 4 + 8));
}

#[tokio::test(start_paused = true)]
async fn a_read_ends_where_the_next_wait_would_pass_the_deadline() {
    let world = world((0..9).map(|_| answer(502, "")));
    let (outcome, took) = world.call(Class::Read, 5).await;
    assert_eq!(outcome.unwrap().status, 502);
    assert_eq!((world.sent(), took), (3, 1 + 2), "the next wait would be 4 s, 2 s remain");
}

#[tokio::test(start_paused = true)]
async fn a_write_is_not_repeated_when_it_may_have_happened() {
    for reply in [answer(500, ""), answer(503, ""), reset(), Reply::Fail(NoAnswer::Timeout, Left::Maybe)] {
        let world = world([reply]);
        let (_, took) = world.call(Class::Write, 25).await;
        assert_eq!((world.sent(), took), (1, 0));
    }
}

#[tokio::test(start_paused = true)]
async fn an_idempotent_write_is_repeated_as_a_read_is() {
    for reply in [answer(500, ""), answer(503, ""), reset(), Reply::Fail(NoAnswer::Timeout, Left::Maybe)] {
        let world = world([reply, answer(204, "")]);
        let (outcome, took) = world.call(Class::Idempotent, 25).await;
        assert_eq!((outcome.unwrap().status, world.sent(), took), (204, 2, 1));
    }
}

#[tokio::test(start_paused = true)]
async fn a_write_is_repeated_when_it_never_left_or_was_refused_for_its_rate() {
    let world = world([refused(), answer(429, ""), answer_with(429, "retry-after", "7"), answer(201, "")]);
    let (outcome, took) = world.call(Class::Write, 25).await;
    assert_eq!(outcome.unwrap().status, 201);
    assert_eq!((world.sent(), took), (4, 1 + 2 + 7));
}

#[tokio::test(start_paused = true)]
async fn other_refusals_are_answers() {
    for status in [301, 400, 403, 404, 409, 501] {
        let world = world([answer(status, "")]);
        assert_eq!(world.call(Class::Read, 25).await.0.unwrap().status, status);
    }
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_outlasts_the_deadline_is_told_at_once() {
    let world = world([answer_with(429, "retry-after", "60")]);
    let (outcome, took) = world.call(Class::Write, 25).await;
    let Err(CallError::RateLimited { wait, answer: Some(_) }) = outcome else { panic!("{outcome:?}") };
    assert_eq!((wait.as_secs(), took), (60, 0));
    let (outcome, took) = world.call(Class::Read, 25).await;
    let Err(CallError::RateLimited { answer: None, .. }) = outcome else { panic!("{outcome:?}") };
    assert_eq!((world.sent(), took), (1, 0), "the next call is not even sent");
}

#[tokio::test(start_paused = true)]
async fn retry_after_may_be_a_date_and_is_never_nothing() {
    let world = world([answer_with(429, "retry-after", "0"), answer(200, "")]);
    let start = world.clock.now();
    world.call(Class::Write, 25).await.0.unwrap();
    assert_eq!(world.clock.now().since(start), Duration::from_millis(100));

    let date = answer_with(429, "retry-after", "Mon, 21 Sep 2026 14:13:30 GMT");
    let Reply::Answer(date) = date else { unreachable!() };
    assert_eq!(date.retry_after(testing::clock().now()).map(|wait| wait.as_secs()), Some(10));
}

#[test]
fn without_retry_after_the_end_of_the_window_is_told() {
    let waits = |status, name: &str| {
        let Reply::Answer(answer) = answer_with(status, name, "7") else { unreachable!() };
        answer.retry_after(crate::kernel::Timestamp(0)).map(|wait| wait.as_secs())
    };
    assert_eq!(waits(429, "RateLimit-Reset"), Some(7));
    assert_eq!(waits(503, "ratelimit-reset"), None, "it is on answers of every kind");
}

#[tokio::test(start_paused = true)]
async fn a_hanging_attempt_ends_and_a_read_tries_again() {
    let slow =
        || Reply::Late(Duration::from_secs(60), Response { status: 200, headers: vec![], body: vec![] });
    let read = world([slow(), answer(200, "")]);
    assert_eq!((read.call(Class::Read, 25).await.1, read.sent()), (10 + 1, 2));

    let write = world([slow()]);
    let (outcome, took) = write.call(Class::Write, 25).await;
    let Err(CallError::Transport(error)) = outcome else { panic!("{outcome:?}") };
    assert_eq!((error.kind, error.left, took), (NoAnswer::Timeout, Left::Maybe, 10));

    let late = world([slow()]);
    assert_eq!(late.call(Class::Read, 3).await.1, 3, "no attempt outlasts the deadline");
}

#[tokio::test(start_paused = true)]
async fn nothing_is_sent_after_the_deadline() {
    let world = world([]);
    assert!(matches!(world.call(Class::Read, 0).await.0, Err(CallError::Deadline)));
    assert_eq!((world.sent(), world.vendor.asked.load(Ordering::SeqCst)), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_refused_token_is_renewed_once() {
    let world = world([answer(401, ""), answer(201, ""), answer(401, ""), answer(401, "")]);
    assert_eq!(world.call(Class::Write, 25).await.0.unwrap().status, 201);
    assert_eq!(world.call(Class::Write, 25).await.0.unwrap().status, 401);
    let sent: Vec<_> =
        world.script.seen().iter().map(|seen| seen.header("authorization").unwrap().to_owned()).collect();
    assert_eq!(sent, ["Bearer t0", "Bearer t1", "Bearer t1", "Bearer t2"]);
}

#[tokio::test(start_paused = true)]
async fn many_refused_at_once_renew_once() {
    let refusal = Response { status: 401, headers: Vec::new(), body: Vec::new() };
    let refusals = (0..8).map(|_| Reply::Late(Duration::from_secs(1), refusal.clone()));
    let world = world(refusals.chain((0..8).map(|_| answer(200, ""))));
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (sender, tokens, clock) = (world.sender.clone(), world.tokens.clone(), world.clock.clone());
        tasks.spawn(async move { sender.call(&ctx(&*clock, 25), Class::Write, Some(&tokens), &get()).await });
    }
    assert!(tasks.join_all().await.into_iter().all(|outcome| outcome.unwrap().status == 200));
    assert_eq!(world.vendor.asked.load(Ordering::SeqCst), 2);
}

#[tokio::test(start_paused = true)]
async fn a_token_host_that_is_down_is_waited_for_and_a_refusal_is_not() {
    let down = FetchError::Unavailable { wait: Some(Duration::from_secs(3)), log: String::new() };
    let world = world_with([answer(201, "")], vec![down]);
    let (outcome, took) = world.call(Class::Write, 25).await;
    assert_eq!((outcome.unwrap().status, took), (201, 3));

    let world = world_with([], vec![FetchError::Denied(String::new())]);
    let (outcome, took) = world.call(Class::Write, 25).await;
    assert!(matches!(outcome, Err(CallError::Token(FetchError::Denied(_)))));
    assert_eq!((world.sent(), took), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn chosen_waits_have_a_floor_and_a_ceiling() {
    let mut world = world([]);
    assert_eq!(world.sender.chosen_wait(31), LONGEST_CHOSEN);
    assert_eq!(world.sender.chosen_wait(1000), LONGEST_CHOSEN);
    let none =
        Sender::new(world.script.clone(), world.clock.clone(), Arc::new(|| 0.0), SendPolicy::default());
    world.sender = Arc::new(none);
    world.script.push(answer(503, ""));
    world.script.push(answer(200, ""));
    let start = world.clock.now();
    world.call(Class::Read, 25).await.0.unwrap();
    assert_eq!(world.clock.now().since(start), SHORTEST_WAIT);
}

#[tokio::test(start_paused = true)]
async fn what_nobody_waits_for_is_refused_at_once_and_stands_back_itself() {
    let world = world([answer(429, "{}"), answer(200, "{}")]);
    let background = ctx(&*world.clock, 600).at(Priority::Background);
    let refused = world.sender.call(&background, Class::Write, None, &get()).await;
    assert!(matches!(refused, Err(CallError::RateLimited { .. })), "{refused:?}");
    assert_eq!(world.sent(), 1);
    world.clock.sleep(Duration::from_secs(15)).await;
    assert_eq!(world.sender.call(&background, Class::Write, None, &get()).await.unwrap().status, 200);
}
