//! Discovery for who has no token yet, on the targets whose operator wants it.
//!
//! RFC 7643 §5: `authenticationSchemes` SHOULD be readable without authentication; RFC 7644 §7.6: whatever is, has to be bounded.

use std::collections::BTreeSet;

use actix_web::HttpRequest;
use actix_web::http::Method;
use actix_web::http::header::AUTHORIZATION;

use super::bounds::Pace;
use super::place::Place;
use crate::kernel::TargetName;

/// How many requests a second strangers send, all of them together.
const PER_SECOND: u32 = 25;

/// What strangers may ask.
#[derive(Clone, Debug)]
pub(super) struct Strangers {
    targets: BTreeSet<TargetName>,
    pub(super) pace: Pace,
}

impl Strangers {
    /// Who may discover these targets.
    pub(super) fn of(targets: BTreeSet<TargetName>) -> Self {
        Self { targets, pace: Pace::new(PER_SECOND) }
    }

    /// Whether a request may be a stranger's: if it is one for discovery of an open target. Whoever shows a credential is a
    /// client or nobody.
    pub(super) fn may_ask(&self, request: &HttpRequest, target: &TargetName, place: &Place<'_>) -> bool {
        let is_read = [Method::GET, Method::HEAD].contains(request.method());
        let shows_nothing = !request.headers().contains_key(AUTHORIZATION);
        is_read && shows_nothing && matches!(place, Place::Discovery(_)) && self.targets.contains(target)
    }
}
