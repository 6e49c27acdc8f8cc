//! Discovery for who has no token yet, on the targets whose operator wants it.
//!
//! RFC 7643 §5: `authenticationSchemes` SHOULD be readable without authentication; RFC 7644 §7.6: whatever is, has to be bounded.

use std::collections::BTreeSet;

use actix_web::dev::ServiceRequest;
use actix_web::http::Method;
use actix_web::http::header::AUTHORIZATION;

use super::bounds::Pace;
use crate::kernel::TargetName;

/// How many requests a second strangers send, all of them together.
const PER_SECOND: u32 = 25;

/// What strangers may ask.
#[derive(Clone, Debug)]
pub(super) struct Strangers {
    targets: BTreeSet<TargetName>,
    pub(super) pace: Pace,
}

/// Attached to a request of a stranger: the target that it may discover. It has no client, so nothing else can answer it.
pub(super) struct Stranger(pub(super) TargetName);

impl Strangers {
    /// Who may discover these targets.
    pub(super) fn of(targets: BTreeSet<TargetName>) -> Self {
        Self { targets, pace: Pace::new(PER_SECOND) }
    }

    /// The stranger who sends a request, if it is one for discovery. Whoever shows a credential is a client or nobody.
    pub(super) fn who_asks(&self, request: &ServiceRequest) -> Option<Stranger> {
        if self.targets.is_empty() || request.headers().contains_key(AUTHORIZATION) {
            return None;
        }
        let is_read = [Method::GET, Method::HEAD].contains(request.method());
        discovered(request.path()).filter(|name| is_read && self.targets.contains(name)).map(Stranger)
    }
}

/// The target whose discovery endpoint a path names.
fn discovered(path: &str) -> Option<TargetName> {
    let mut parts = path.split('/').filter(|part| !part.is_empty());
    let name = parts.next()?;
    let is_base = (parts.next()?, parts.next()?) == ("scim", "v2");
    let is_discovery = matches!(parts.next()?, "ServiceProviderConfig" | "ResourceTypes" | "Schemas");
    TargetName::parse(name).ok().filter(|_| is_base && is_discovery)
}
