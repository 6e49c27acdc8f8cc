//! Reads: begun where they are asked, carried on by the engine if they have to wait.
//!
//! Another thread costs more than most reads do (docs/decisions/0013). A write is never run here: it has to outlive its caller.

use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::runtime::Handle;
use tokio::task::JoinHandle;

/// Runs a read, which ends with whoever waits for it; `None` if it panicked.
pub(super) async fn read<R: Send + 'static>(
    runtime: &Handle,
    work: impl Future<Output = R> + Send + 'static,
) -> Option<R> {
    let mut work = Box::pin(work);
    let begun = poll_fn(|cx| {
        // Timers, connections and tasks belong to the engine, whoever makes them.
        let _engine = runtime.enter();
        Poll::Ready(catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(cx))))
    });
    match begun.await.ok()? {
        Poll::Ready(done) => Some(done),
        Poll::Pending => AbortOnDrop(runtime.spawn(work)).await,
    }
}

/// A spawned read that ends with whoever waits for it.
struct AbortOnDrop<R>(JoinHandle<R>);

impl<R> Future for AbortOnDrop<R> {
    type Output = Option<R>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(cx).map(Result::ok)
    }
}

impl<R> Drop for AbortOnDrop<R> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[cfg(test)]
mod tests {
    use std::thread;
    use std::time::Duration;

    use tokio::runtime::{Builder, Runtime};

    use super::*;
    use crate::kernel::{Clock, SystemClock};

    fn engine() -> Runtime {
        Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
    }

    /// A web worker: a runtime that has neither timers nor connections of its own.
    fn asked<R>(work: impl Future<Output = R>) -> R {
        Builder::new_current_thread().build().unwrap().block_on(work)
    }

    #[test]
    fn what_is_ready_is_read_where_it_is_asked() {
        let engine = engine();
        let reader = asked(read(engine.handle(), async { thread::current().id() }));
        assert_eq!(reader, Some(thread::current().id()));
    }

    #[test]
    fn what_has_to_wait_is_carried_on_by_the_engine() {
        let engine = engine();
        let reader = asked(read(engine.handle(), async {
            SystemClock.sleep(Duration::from_millis(1)).await;
            tokio::spawn(async {}).await.unwrap();
            thread::current().id()
        }));
        assert!(reader.is_some_and(|reader| reader != thread::current().id()), "{reader:?}");
    }

    #[test]
    fn a_panic_is_told_whether_at_once_or_later() {
        let engine = engine();
        assert_eq!(asked(read(engine.handle(), async { panic!("at once") })), None::<()>);
        let later = async {
            tokio::task::yield_now().await;
            panic!("later")
        };
        assert_eq!(asked(read(engine.handle(), later)), None::<()>);
    }

    #[test]
    fn a_reader_who_goes_ends_the_read() {
        let engine = engine();
        let (alive, gone) = tokio::sync::oneshot::channel::<()>();
        let endless = read(engine.handle(), async move {
            let _alive = alive;
            std::future::pending::<()>().await;
        });
        asked(async {
            let mut endless = Box::pin(endless);
            poll_fn(|cx| Poll::Ready(endless.as_mut().poll(cx).is_pending())).await;
            drop(endless);
            assert!(gone.await.is_err(), "it is dropped");
        });
    }
}
