//! Faults: what a network and a troubled vendor do to requests, on demand.
//!
//! A rule is JSON, for example `{"match":{"method":"POST","pathContains":"/users"},"times":2,
//! "fault":{"status":{"code":500,"applied":true}}}`. The first rule that matches a request and is not used up hits it.

mod rule;

use serde::{Deserialize, Serialize};

pub use rule::{Forever, Match, Rule, Times};

/// What happens to a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Fault {
    /// Refused with 429; not applied.
    TooMany {
        /// Seconds for the `Retry-After` header; no header when left out.
        retry_after: Option<u32>,
    },
    /// An error status in the vendor's error format.
    Status {
        /// The status.
        code: u16,
        /// Whether the request takes effect all the same.
        #[serde(default)]
        applied: bool,
    },
    /// The connection is reset; not applied.
    ResetBefore,
    /// The connection is reset after the request took effect.
    ResetAfter,
    /// No answer ever.
    Hang {
        /// Whether the request takes effect.
        #[serde(default)]
        applied: bool,
    },
    /// An answer without a body: the true status when applied, 502 when not.
    EmptyBody {
        /// Whether the request takes effect.
        #[serde(default)]
        applied: bool,
    },
    /// A gateway's 502 page in HTML.
    Garbage {
        /// Whether the request takes effect.
        #[serde(default)]
        applied: bool,
    },
    /// The first half of the true answer's body.
    Truncated,
    /// Status 200 with a body that tells of an error, `{"status":"error",…}`.
    ErrorAsOk {
        /// Whether the request takes effect.
        #[serde(default)]
        applied: bool,
    },
    /// 302 to somewhere else; not applied.
    Redirect {
        /// Where to.
        location: String,
    },
    /// The true answer, filled up with blanks to this size.
    Oversized {
        /// The size of the body.
        bytes: usize,
    },
    /// The true answer, late.
    DelayMs {
        /// Milliseconds.
        ms: u64,
    },
    /// The token of the request is revoked, so this request and all others with that token are refused.
    TokenExpired,
}

impl Fault {
    /// Whether a request hit by this fault gets as far as the vendor's own code.
    #[must_use]
    pub fn reaches_vendor(&self) -> bool {
        match self {
            Self::TooMany { .. } | Self::ResetBefore | Self::Redirect { .. } => false,
            Self::ResetAfter
            | Self::DelayMs { .. }
            | Self::TokenExpired
            | Self::Truncated
            | Self::Oversized { .. } => true,
            Self::Status { applied, .. }
            | Self::ErrorAsOk { applied }
            | Self::Hang { applied }
            | Self::EmptyBody { applied }
            | Self::Garbage { applied } => *applied,
        }
    }
}

/// The rules in force.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    rules: Vec<Active>,
}

#[derive(Clone, Debug)]
struct Active {
    rule: Rule,
    seen: u32,
    hits: u32,
}

/// A rule and how often it has hit so far.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Standing {
    /// The rule as given.
    #[serde(flatten)]
    pub rule: Rule,
    /// How many requests it has hit.
    pub hits: u32,
}

impl Faults {
    /// Adds a rule after those that are there.
    pub fn add(&mut self, rule: Rule) {
        self.rules.push(Active { rule, seen: 0, hits: 0 });
    }

    /// Removes all rules.
    pub fn clear(&mut self) {
        self.rules.clear();
    }

    /// All rules with their hits, also those used up.
    #[must_use]
    pub fn standing(&self) -> Vec<Standing> {
        self.rules.iter().map(|active| Standing { rule: active.rule.clone(), hits: active.hits }).collect()
    }

    /// The fault for this request, counting it as hit.
    pub fn take(&mut self, method: &str, path: &str, query: &str) -> Option<Fault> {
        for active in &mut self.rules {
            let used_up = matches!(active.rule.times, Times::Count(count) if active.hits >= count);
            if used_up || !active.rule.matching.fits(method, path, query) {
                continue;
            }
            active.seen += 1;
            if active.seen > active.rule.matching.skip {
                active.hits += 1;
                return Some(active.rule.fault.clone());
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Fault, Faults, Rule, Times};

    fn hits(faults: &mut Faults, count: usize) -> Vec<bool> {
        (0..count).map(|_| faults.take("GET", "/a/b", "").is_some()).collect()
    }

    #[test]
    fn rules_hit_as_often_as_they_say() {
        let mut faults = Faults::default();
        faults.add(Rule::once(Fault::ResetBefore).skip(1).times(Times::Count(2)));
        assert_eq!(hits(&mut faults, 5), [false, true, true, false, false]);
        assert_eq!(faults.standing()[0].hits, 2);
        faults.clear();
        faults.add(Rule::once(Fault::ResetBefore).times(Times::FOREVER));
        assert!(hits(&mut faults, 9).into_iter().all(|hit| hit));
    }

    #[test]
    fn rules_are_tried_in_order() {
        let mut faults = Faults::default();
        faults.add(Rule::once(Fault::ResetAfter).on("POST", "/a"));
        faults.add(Rule::once(Fault::ResetBefore));
        faults.add(Rule::once(Fault::TokenExpired).on("get", "/b"));
        assert_eq!(faults.take("GET", "/a/b", ""), Some(Fault::ResetBefore));
        assert_eq!(faults.take("GET", "/a/b", ""), Some(Fault::TokenExpired));
        assert_eq!(faults.take("POST", "/a/b", ""), Some(Fault::ResetAfter));
    }

    #[test]
    fn rules_are_read_from_json() {
        let rule: Rule = serde_json::from_value(json!({
            "match": {"method": "POST", "path": "/x/*", "queryContains": "q", "skip": 1},
            "times": "forever",
            "fault": {"tooMany": {"retryAfter": 3}},
        }))
        .unwrap();
        assert_eq!(rule.times, Times::FOREVER);
        assert_eq!(rule.fault, Fault::TooMany { retry_after: Some(3) });
        for fault in [json!("resetBefore"), json!("tokenExpired"), json!({"delayMs": {"ms": 5}})] {
            let rule: Rule = serde_json::from_value(json!({ "fault": fault })).unwrap();
            assert_eq!(rule.times, Times::Count(1));
        }
        assert!(serde_json::from_value::<Rule>(json!({"fault": "unheardOf"})).is_err());
    }
}
