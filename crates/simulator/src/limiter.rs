//! Token buckets with a daily quota, one per credential, or per credential and kind of endpoint.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60_000_000;
const DAY: i64 = 86_400_000_000;

/// How much one credential may ask.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Limits {
    /// Whether anything is refused at all.
    pub enabled: bool,
    /// Requests gained per minute.
    pub per_minute: u32,
    /// The most that can be saved up.
    pub burst: u32,
    /// Requests per UTC day.
    pub per_day: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { enabled: false, per_minute: 100, burst: 300, per_day: 200_000 }
    }
}

/// What is left in a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    /// Requests that would be let through now.
    pub requests: u32,
    /// Seconds until the bucket is full, rounded up.
    pub reset_secs: u32,
}

/// The buckets of all credentials.
#[derive(Clone, Debug, Default)]
pub struct Limiter {
    limits: Limits,
    buckets: HashMap<String, Bucket>,
}

/// The level is kept in micro-seconds of refill, so that no fraction of a request is lost.
#[derive(Clone, Debug)]
struct Bucket {
    level: i64,
    filled_at: i64,
    day: i64,
    used_today: u32,
}

impl Limiter {
    /// A limiter with full buckets.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self { limits, buckets: HashMap::new() }
    }

    /// The limits in force.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Changes the limits and fills every bucket.
    pub fn set(&mut self, limits: Limits) {
        *self = Self::new(limits);
    }

    /// Takes one request from the credential's bucket; false means: refuse it. A refused request costs nothing.
    pub fn take(&mut self, now: i64, credential: &str) -> bool {
        if !self.limits.enabled {
            return true;
        }
        let cost = self.cost();
        let full = cost * i64::from(self.limits.burst);
        let day = now.div_euclid(DAY);
        let bucket = self.buckets.entry(credential.to_owned()).or_insert(Bucket {
            level: full,
            filled_at: now,
            day,
            used_today: 0,
        });
        bucket.level = full.min(bucket.level + (now - bucket.filled_at).max(0));
        bucket.filled_at = now;
        if bucket.day != day {
            bucket.day = day;
            bucket.used_today = 0;
        }
        if bucket.level < cost || bucket.used_today >= self.limits.per_day {
            return false;
        }
        bucket.level -= cost;
        bucket.used_today += 1;
        true
    }

    /// What is left for this credential as of its last request; nothing before its first one.
    #[must_use]
    pub fn left(&self, credential: &str) -> Option<Left> {
        let bucket = self.buckets.get(credential)?;
        let cost = self.cost();
        let missing = cost * i64::from(self.limits.burst) - bucket.level;
        Some(Left {
            requests: u32::try_from(bucket.level / cost).unwrap_or_default(),
            reset_secs: u32::try_from((missing + SECOND - 1) / SECOND).unwrap_or_default(),
        })
    }

    /// What one request takes from the level.
    fn cost(&self) -> i64 {
        MINUTE / i64::from(self.limits.per_minute.max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::{DAY, Left, Limiter, Limits, MINUTE};

    fn limiter() -> Limiter {
        Limiter::new(Limits { enabled: true, ..Limits::default() })
    }

    #[test]
    fn allows_the_burst_and_then_the_refill() {
        let mut limiter = limiter();
        assert_eq!((0..400).filter(|_| limiter.take(0, "a")).count(), 300);
        assert_eq!((0..400).filter(|_| limiter.take(MINUTE, "a")).count(), 100);
        assert_eq!((0..400).filter(|_| limiter.take(10 * MINUTE, "a")).count(), 300);
    }

    #[test]
    fn credentials_do_not_share_a_bucket() {
        let mut limiter = limiter();
        while limiter.take(0, "a") {}
        assert!(limiter.take(0, "b"));
    }

    #[test]
    fn the_day_has_its_own_quota() {
        let mut limiter = Limiter::new(Limits { enabled: true, per_day: 5, ..Limits::default() });
        assert_eq!((0..9).filter(|_| limiter.take(0, "a")).count(), 5);
        assert!(!limiter.take(MINUTE, "a"));
        assert!(limiter.take(DAY, "a"));
    }

    #[test]
    fn what_is_left_can_be_told() {
        let mut limiter =
            Limiter::new(Limits { enabled: true, per_minute: 240, burst: 4, ..Limits::default() });
        assert_eq!(limiter.left("a"), None);
        limiter.take(0, "a");
        assert_eq!(limiter.left("a"), Some(Left { requests: 3, reset_secs: 1 }));
        while limiter.take(0, "a") {}
        assert_eq!(limiter.left("a"), Some(Left { requests: 0, reset_secs: 1 }));
    }

    #[test]
    fn off_means_off() {
        let mut limiter = Limiter::default();
        assert!((0..1000).all(|_| limiter.take(0, "a")));
    }
}
