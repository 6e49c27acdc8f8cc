use std::sync::atomic::AtomicUsize;

use secrecy::ExposeSecret;

use super::*;
use crate::outbound::testing;

/// Gives `t0`, `t1`, … after a second each, or fails.
struct Vendor {
    clock: Arc<dyn Clock>,
    asked: AtomicUsize,
    expires_in: Duration,
    fails: bool,
}

#[async_trait]
impl Fetch for Vendor {
    async fn fetch(&self, _: Duration) -> Result<Fresh, FetchError> {
        let n = self.asked.fetch_add(1, Ordering::SeqCst);
        self.clock.sleep(Duration::from_secs(1)).await;
        if self.fails {
            return Err(FetchError::Denied("no".to_owned()));
        }
        Ok(Fresh { secret: SecretString::from(format!("t{n}")), expires_in: self.expires_in })
    }
}

fn vendor(expires_in: u64, fails: bool) -> (Arc<dyn Clock>, Arc<Vendor>, Arc<TokenCache>) {
    let clock = testing::clock();
    let expires_in = Duration::from_secs(expires_in);
    let vendor = Arc::new(Vendor { clock: clock.clone(), asked: AtomicUsize::new(0), expires_in, fails });
    (clock, vendor.clone(), Arc::new(TokenCache::new(vendor)))
}

async fn many(
    clock: &Arc<dyn Clock>,
    cache: &Arc<TokenCache>,
    count: usize,
) -> Vec<Result<Token, FetchError>> {
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..count {
        let (clock, cache) = (clock.clone(), cache.clone());
        tasks.spawn(async move { cache.get(&*clock, Duration::from_secs(9)).await });
    }
    tasks.join_all().await
}

#[tokio::test(start_paused = true)]
async fn many_who_need_a_token_ask_once() {
    let (clock, vendor, cache) = vendor(3600, false);
    let tokens = many(&clock, &cache, 50).await;
    assert!(tokens.iter().all(|token| token.as_ref().unwrap().secret.expose_secret() == "t0"));
    assert_eq!(vendor.asked.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn many_who_wait_for_a_refusal_share_it() {
    let (clock, vendor, cache) = vendor(3600, true);
    let tokens = many(&clock, &cache, 50).await;
    assert!(tokens.iter().all(|token| matches!(token, Err(FetchError::Denied(_)))));
    assert_eq!(vendor.asked.load(Ordering::SeqCst), 1);
    assert!(cache.get(&*clock, Duration::from_secs(9)).await.is_err(), "the next one asks again");
    assert_eq!(vendor.asked.load(Ordering::SeqCst), 2);
}

#[tokio::test(start_paused = true)]
async fn a_token_is_renewed_a_minute_before_its_end() {
    let (clock, vendor, cache) = vendor(3600, false);
    cache.get(&*clock, Duration::from_secs(9)).await.unwrap();
    clock.sleep(Duration::from_secs(3600 - 60 - 2)).await;
    cache.get(&*clock, Duration::from_secs(9)).await.unwrap();
    assert_eq!(vendor.asked.load(Ordering::SeqCst), 1);
    clock.sleep(Duration::from_secs(1)).await;
    assert_eq!(cache.get(&*clock, Duration::from_secs(9)).await.unwrap().secret.expose_secret(), "t1");
}

#[tokio::test(start_paused = true)]
async fn many_who_were_refused_with_one_token_renew_it_once() {
    let (clock, vendor, cache) = vendor(3600, false);
    let old = cache.get(&*clock, Duration::from_secs(9)).await.unwrap();
    cache.invalidate(&old);
    let renewed = cache.get(&*clock, Duration::from_secs(9)).await.unwrap();
    cache.invalidate(&old);
    let kept = cache.get(&*clock, Duration::from_secs(9)).await.unwrap();
    assert_eq!(renewed.secret.expose_secret(), kept.secret.expose_secret());
    assert_eq!(vendor.asked.load(Ordering::SeqCst), 2);
}

#[tokio::test(start_paused = true)]
async fn who_stops_waiting_leaves_the_turn_to_the_next() {
    let (clock, vendor, cache) = vendor(3600, false);
    let first = tokio::spawn({
        let (clock, cache) = (clock.clone(), cache.clone());
        async move { cache.get(&*clock, Duration::from_secs(9)).await }
    });
    tokio::task::yield_now().await;
    first.abort();
    assert!(first.await.is_err());
    assert!(cache.get(&*clock, Duration::from_secs(9)).await.is_ok());
    assert_eq!(vendor.asked.load(Ordering::SeqCst), 2);
}

#[tokio::test(start_paused = true)]
async fn nothing_prints_a_token() {
    let (clock, _, cache) = vendor(3600, false);
    let token = cache.get(&*clock, Duration::from_secs(9)).await.unwrap();
    assert!(!format!("{token:?}").contains("t0"));
}
