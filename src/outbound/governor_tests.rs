use super::*;
use crate::outbound::testing;

fn governor(limit: usize) -> (Arc<dyn Clock>, Arc<Governor>) {
    paced(limit, None)
}

fn paced(limit: usize, pace: Option<Pace>) -> (Arc<dyn Clock>, Arc<Governor>) {
    let clock = testing::clock();
    (clock.clone(), Arc::new(Governor::new(clock, limit, pace)))
}

fn within(clock: &dyn Clock, seconds: u64) -> Deadline {
    Deadline::after(clock, Duration::from_secs(seconds))
}

/// Queues a task that notes `name` when its turn has come, and holds the permit for a second.
fn queue(
    governor: &Arc<Governor>,
    clock: &Arc<dyn Clock>,
    log: &Arc<Mutex<Vec<&'static str>>>,
    name: &'static str,
    priority: Priority,
) -> tokio::task::JoinHandle<()> {
    let (governor, clock, log) = (governor.clone(), clock.clone(), log.clone());
    tokio::spawn(async move {
        let permit = governor.acquire(priority, within(&*clock, 100)).await.unwrap();
        log.lock().unwrap().push(name);
        clock.sleep(Duration::from_secs(1)).await;
        drop(permit);
    })
}

#[tokio::test(start_paused = true)]
async fn the_urgent_go_first_and_equals_in_order() {
    let (clock, governor) = governor(1);
    let held = governor.acquire(Priority::Interactive, within(&*clock, 9)).await.unwrap();
    let log = Arc::new(Mutex::new(Vec::new()));
    let tasks = [
        queue(&governor, &clock, &log, "background", Priority::Background),
        queue(&governor, &clock, &log, "first", Priority::Interactive),
        queue(&governor, &clock, &log, "second", Priority::Interactive),
        queue(&governor, &clock, &log, "deprovision", Priority::Deprovision),
    ];
    tokio::task::yield_now().await;
    drop(held);
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(*log.lock().unwrap(), ["deprovision", "first", "second", "background"]);
}

#[tokio::test(start_paused = true)]
async fn no_more_run_at_once_than_allowed() {
    let (clock, governor) = governor(2);
    let log = Arc::new(Mutex::new(Vec::new()));
    let start = clock.now();
    let tasks: Vec<_> = (0..6).map(|_| queue(&governor, &clock, &log, "x", Priority::Interactive)).collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(clock.now().since(start), Duration::from_secs(3));
}

#[tokio::test(start_paused = true)]
async fn after_a_pause_one_goes_ahead_and_its_answer_frees_the_others() {
    let (clock, governor) = governor(3);
    let before = governor.acquire(Priority::Interactive, within(&*clock, 9)).await.unwrap();
    let start = clock.now();
    governor
        .acquire(Priority::Interactive, within(&*clock, 9))
        .await
        .unwrap()
        .throttled(Duration::from_secs(5));
    before.answered();
    drop(before);
    let probe = governor.acquire(Priority::Interactive, within(&*clock, 9)).await.unwrap();
    assert_eq!(
        clock.now().since(start),
        Duration::from_secs(5),
        "an answer from before the pause doesn't end it"
    );
    let second = governor.acquire(Priority::Interactive, within(&*clock, 1)).await;
    assert_eq!(second.err(), Some(Busy::Deadline), "one at a time");
    probe.answered();
    let second = governor.acquire(Priority::Interactive, within(&*clock, 1)).await;
    assert!(second.is_ok(), "and the probe need not even have given its permit back");
}

#[tokio::test(start_paused = true)]
async fn who_has_less_time_than_the_pause_is_told_at_once() {
    let (clock, governor) = governor(3);
    governor
        .acquire(Priority::Interactive, within(&*clock, 9))
        .await
        .unwrap()
        .throttled(Duration::from_secs(5));
    let start = clock.now();
    let refused = governor.acquire(Priority::Deprovision, within(&*clock, 4)).await;
    assert_eq!(refused.err(), Some(Busy::Throttled(Duration::from_secs(5))));
    assert_eq!(clock.now(), start);
}

#[tokio::test(start_paused = true)]
async fn who_gives_up_leaves_the_queue() {
    let (clock, governor) = governor(1);
    let held = governor.acquire(Priority::Interactive, within(&*clock, 9)).await.unwrap();
    assert_eq!(governor.acquire(Priority::Deprovision, within(&*clock, 1)).await.err(), Some(Busy::Deadline));
    let waiting = queue(&governor, &clock, &Arc::default(), "x", Priority::Interactive);
    tokio::task::yield_now().await;
    waiting.abort();
    assert!(waiting.await.is_err());
    drop(held);
    assert!(governor.acquire(Priority::Background, within(&*clock, 1)).await.is_ok());
    assert!(governor.lock().queue.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_pace_is_kept_after_a_burst() {
    let (clock, governor) = paced(8, Some(Pace { burst: 4, interval: Duration::from_millis(250) }));
    let start = clock.now();
    let mut begun = Vec::new();
    for _ in 0..7 {
        drop(governor.acquire(Priority::Interactive, within(&*clock, 100)).await.unwrap());
        begun.push(clock.now().since(start).as_millis());
    }
    assert_eq!(begun, [0, 0, 0, 0, 250, 500, 750]);
    clock.sleep(Duration::from_secs(1)).await;
    for _ in 0..4 {
        drop(governor.acquire(Priority::Interactive, within(&*clock, 100)).await.unwrap());
    }
    assert_eq!(clock.now().since(start).as_millis(), 1750, "a pause earns a burst, not more");
    let late = governor.acquire(Priority::Interactive, within(&*clock, 0)).await;
    assert!(matches!(late, Err(Busy::Deadline)));
}
