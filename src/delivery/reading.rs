//! Reads: run where they are asked, to their end.
//!
//! Another thread costs more than most reads do (docs/decisions/0013). A write is never run here: it has to outlive its caller.

use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::Poll;

/// Runs a read, which ends with whoever waits for it; `None` if it panicked.
pub(super) async fn read<R>(work: impl Future<Output = R>) -> Option<R> {
    let mut work = Box::pin(work);
    poll_fn(|cx| match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(cx))) {
        Ok(polled) => polled.map(Some),
        Err(_) => Poll::Ready(None),
    })
    .await
}

#[cfg(test)]
mod tests {
    use tokio::task::yield_now;

    use super::*;

    #[tokio::test]
    async fn a_panic_is_told_whether_at_once_or_later() {
        assert_eq!(read(async { panic!("at once") }).await, None::<()>);
        let later = async {
            yield_now().await;
            panic!("later")
        };
        assert_eq!(read(later).await, None::<()>);
    }

    #[tokio::test]
    async fn a_reader_who_goes_ends_the_read() {
        let (alive, gone) = tokio::sync::oneshot::channel::<()>();
        let mut endless = Box::pin(read(async move {
            let _alive = alive;
            std::future::pending::<()>().await;
        }));
        poll_fn(|cx| Poll::Ready(endless.as_mut().poll(cx).is_pending())).await;
        drop(endless);
        assert!(gone.await.is_err(), "it is dropped");
    }
}
