//! The engine carries every write to its end, whoever waits for it.
//!
//! A write is spawned here and its caller waits for the result until the deadline. A caller that goes away (reset,
//! time-out, shutdown) never takes the write with it, and an identical request joins the one under way.

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio_util::task::TaskTracker;

use super::caller::Caller;
use crate::kernel::{Clock, Deadline, Lookup};

/// A dropped handler leaves.
struct LeaveOnDrop(Caller);

impl Drop for LeaveOnDrop {
    fn drop(&mut self) {
        self.0.leave();
    }
}

struct UnderWay<T> {
    subject: String,
    caller: Caller,
    outcome: watch::Receiver<Option<T>>,
}

/// Runs the requests of one target; `T` is what a write gives.
pub struct Engine<T> {
    runtime: Handle,
    tasks: TaskTracker,
    clock: Arc<dyn Clock>,
    under_way: Arc<Mutex<Writes<T>>>,
}

/// The writes under way.
struct Writes<T> {
    by_fingerprint: Lookup<String, UnderWay<T>>,
    /// For each subject, the fingerprint of the write that was started last.
    last: Lookup<String, String>,
}

/// Why a caller gets no outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoOutcome {
    /// The deadline passed; the write goes on.
    StillRunning,
    /// The work panicked.
    Panicked,
}

impl<T: Clone + Send + Sync + 'static> Engine<T> {
    /// An engine on a runtime. `tasks` is shared by all engines, so that a shutdown can wait for every write.
    pub fn new(runtime: Handle, tasks: TaskTracker, clock: Arc<dyn Clock>) -> Self {
        Self {
            runtime,
            tasks,
            clock,
            under_way: Arc::new(Mutex::new(Writes {
                by_fingerprint: Lookup::default(),
                last: Lookup::default(),
            })),
        }
    }

    /// Runs a task that nobody waits for.
    pub fn background(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn_on(work, &self.runtime);
    }

    /// Runs a write to its end and waits for it until the deadline. `subject` names the resource that it is about.
    ///
    /// # Errors
    /// [`NoOutcome::StillRunning`] when the deadline has passed: the same fingerprint joins the write until it has ended.
    pub async fn write<F>(
        &self,
        subject: &str,
        fingerprint: &str,
        deadline: Deadline,
        work: impl FnOnce(Caller) -> F,
    ) -> Result<T, NoOutcome>
    where
        F: Future<Output = T> + Send + 'static,
    {
        let (caller, outcome) = self.join_or_start(subject, fingerprint, work);
        let leave = LeaveOnDrop(caller);
        let mut waiting = outcome.clone();
        tokio::select! {
            biased;
            done = wait(&mut waiting) => return done.ok_or(NoOutcome::Panicked),
            () = self.clock.sleep(deadline.remaining(&*self.clock)) => {}
        }
        if leave.0.leave() || leave.0.has_left() {
            return Err(NoOutcome::StillRunning);
        }
        wait(&mut waiting).await.ok_or(NoOutcome::Panicked)
    }

    fn join_or_start<F>(
        &self,
        subject: &str,
        fingerprint: &str,
        work: impl FnOnce(Caller) -> F,
    ) -> (Caller, watch::Receiver<Option<T>>)
    where
        F: Future<Output = T> + Send + 'static,
    {
        let mut under_way = self.lock();
        // The same bytes mean the same wish only if nothing else was wished of the resource since.
        let is_last = under_way.last.get(subject).is_some_and(|last| last == fingerprint);
        let same = under_way.by_fingerprint.get(fingerprint);
        if let Some(same) = same.filter(|same| is_last && same.caller.take_place()) {
            return (same.caller.clone(), same.outcome.clone());
        }
        let caller = Caller::default();
        let (sender, outcome) = watch::channel(None);
        let entry =
            UnderWay { subject: subject.to_owned(), caller: caller.clone(), outcome: outcome.clone() };
        // A request whose twin still has its caller is a request of its own: it queues behind the twin.
        under_way.by_fingerprint.insert(fingerprint.to_owned(), entry);
        under_way.last.insert(subject.to_owned(), fingerprint.to_owned());
        // A write is kilobytes, which would be moved each time that what holds it is handed on.
        let work = Box::pin(work(caller.clone()));
        let (map, key) = (self.under_way.clone(), fingerprint.to_owned());
        let mine = outcome.clone();
        let ended = Forget { under_way: map, key, mine };
        self.tasks.spawn_on(
            async move {
                let done = work.await;
                drop(ended);
                sender.send_replace(Some(done));
            },
            &self.runtime,
        );
        (caller, outcome)
    }

    fn lock(&self) -> MutexGuard<'_, Writes<T>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes an ended write off the list, be it that it panicked.
struct Forget<T> {
    under_way: Arc<Mutex<Writes<T>>>,
    key: String,
    mine: watch::Receiver<Option<T>>,
}

impl<T> Drop for Forget<T> {
    fn drop(&mut self) {
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        let mine = |entry: &UnderWay<T>| entry.outcome.same_channel(&self.mine);
        if !under_way.by_fingerprint.get(&self.key).is_some_and(mine) {
            return;
        }
        if let Some(ended) = under_way.by_fingerprint.remove(&self.key)
            && under_way.last.get(&ended.subject) == Some(&self.key)
        {
            under_way.last.remove(&ended.subject);
        }
    }
}

/// Waits for an outcome; `None` if the write's task died.
async fn wait<T: Clone>(outcome: &mut watch::Receiver<Option<T>>) -> Option<T> {
    outcome.wait_for(Option::is_some).await.ok()?.clone()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::kernel::{Timestamp, TokioClock};

    fn engine() -> (Engine<u32>, Arc<dyn Clock>) {
        let clock: Arc<dyn Clock> = Arc::new(TokioClock::starting_at(Timestamp(0)));
        (Engine::new(Handle::current(), TaskTracker::new(), clock.clone()), clock)
    }

    #[tokio::test(start_paused = true)]
    async fn a_write_outlives_its_caller_and_the_same_request_joins_it() {
        let (engine, clock) = engine();
        let slow = clock.clone();
        let first = engine
            .write("u", "same", Deadline::after(&*clock, Duration::from_secs(25)), |_| async move {
                slow.sleep(Duration::from_secs(60)).await;
                7
            })
            .await;
        assert_eq!(first, Err(NoOutcome::StillRunning));
        let second = engine
            .write("u", "same", Deadline::after(&*clock, Duration::from_secs(60)), |_| async {
                unreachable!("it joins")
            })
            .await;
        assert_eq!(second, Ok(7));
    }

    #[tokio::test(start_paused = true)]
    async fn a_write_knows_whether_its_caller_is_owed_the_outcome() {
        let (engine, clock) = engine();
        let (tell, told) = tokio::sync::oneshot::channel();
        let slow = clock.clone();
        let _ = engine
            .write("u", "x", Deadline::after(&*clock, Duration::from_secs(1)), |caller| async move {
                slow.sleep(Duration::from_secs(2)).await;
                let _ = tell.send(caller.claim_answer());
                0
            })
            .await;
        assert_eq!(told.await, Ok(false));
        let here = engine
            .write("u", "y", Deadline::after(&*clock, Duration::from_secs(1)), |caller| async move {
                u32::from(caller.claim_answer())
            })
            .await;
        assert_eq!(here, Ok(1));
    }

    #[tokio::test(start_paused = true)]
    async fn a_write_knows_of_whoever_joins_it() {
        let (engine, clock) = engine();
        let soon = || Deadline::after(&*clock, Duration::from_secs(25));
        let slow = clock.clone();
        let work = |caller: Caller| async move {
            slow.sleep(Duration::from_secs(40)).await;
            assert!(!caller.claim_answer(), "whoever was told to come back is owed the outcome");
            u32::from(!caller.has_left())
        };
        assert_eq!(engine.write("u", "x", soon(), work).await, Err(NoOutcome::StillRunning));
        let joined = engine.write("u", "x", soon(), |_| async { unreachable!("it joins") }).await;
        assert_eq!(joined, Ok(1));
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_does_not_join_across_a_contradictory_one() {
        let (engine, clock) = engine();
        let soon = || Deadline::after(&*clock, Duration::from_secs(1));
        for what in ["off", "on"] {
            let slow = clock.clone();
            let left = engine.write("u", what, soon(), |_| async move {
                slow.sleep(Duration::from_secs(60)).await;
                1
            });
            assert_eq!(left.await, Err(NoOutcome::StillRunning));
        }
        let later = Deadline::after(&*clock, Duration::from_secs(90));
        assert_eq!(engine.write("u", "off", later, |_| async { 2 }).await, Ok(2), "wished anew");
        assert_eq!(engine.write("v", "on", later, |_| async { 3 }).await, Ok(3), "another resource");
    }

    #[tokio::test(start_paused = true)]
    async fn twins_whose_callers_both_wait_are_two_requests() {
        let (engine, clock) = engine();
        let deadline = Deadline::after(&*clock, Duration::from_secs(9));
        let (a, b) = tokio::join!(
            engine.write("u", "t", deadline, |_| async { 1 }),
            engine.write("u", "t", deadline, |_| async { 2 })
        );
        assert_eq!((a, b), (Ok(1), Ok(2)));
    }
}
