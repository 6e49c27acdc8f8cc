//! Who asks.

use std::collections::BTreeSet;
use std::sync::Arc;

use actix_web::http::header::{AUTHORIZATION, HeaderMap};
use sha2::{Digest, Sha256};
use subtle::{ConditionallySelectable, ConstantTimeEq};

use super::bounds::Pace;
use super::stranger::Strangers;
use crate::facade::Client;
use crate::kernel::TargetName;

/// One client: how it is known and what it may ask.
#[derive(Clone, Debug)]
pub struct Credential {
    /// Its settings.
    pub client: Arc<Client>,
    /// The SHA-256 of each of its tokens.
    pub tokens: Vec<[u8; 32]>,
    /// The targets that it may ask.
    pub targets: BTreeSet<TargetName>,
    /// How fast it may ask; `None`: as fast as it likes.
    pub pace: Option<Pace>,
}

/// Every client, and what who is none may ask.
#[derive(Clone, Debug)]
pub struct Clients {
    known: Arc<[Credential]>,
    strangers: Strangers,
}

impl Clients {
    /// The clients of a configuration.
    pub fn new(credentials: impl IntoIterator<Item = Credential>) -> Self {
        let known = credentials.into_iter().collect();
        Self { known, strangers: Strangers::of(BTreeSet::new()) }
    }

    /// The same, and the discovery endpoints of these targets for whoever asks.
    #[must_use]
    pub fn with_anonymous_discovery(self, targets: impl IntoIterator<Item = TargetName>) -> Self {
        Self { strangers: Strangers::of(targets.into_iter().collect()), ..self }
    }

    /// Who sends a request with these headers, if it is a client.
    pub(super) fn authenticate(&self, headers: &HeaderMap) -> Option<&Credential> {
        self.find(token(headers)?)
    }

    /// What who is no client may ask.
    pub(super) fn strangers(&self) -> &Strangers {
        &self.strangers
    }

    /// Whose token it is. Every hash is compared, whichever matches, so that time tells nothing.
    fn find(&self, token: &[u8]) -> Option<&Credential> {
        let digest: [u8; 32] = Sha256::digest(token).into();
        let mut found = 0_u32;
        for (number, client) in (1_u32..).zip(&*self.known) {
            for hash in &client.tokens {
                found.conditional_assign(&number, hash.ct_eq(&digest));
            }
        }
        let index = usize::try_from(found.checked_sub(1)?).ok()?;
        self.known.get(index)
    }
}

/// The token of a request: `Bearer x` in any case (RFC 6750 §2.1, RFC 9110 §11.1), or a bare `x`, for Okta sends what the
/// administrator typed. More than one header is none.
fn token(headers: &HeaderMap) -> Option<&[u8]> {
    let mut values = headers.get_all(AUTHORIZATION);
    let (value, None) = (values.next()?, values.next()) else { return None };
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    let text = value.as_bytes().trim_ascii();
    let token = match text.iter().position(is_blank).map(|at| text.split_at(at)) {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case(b"bearer") => token.trim_ascii_start(),
        Some(_) => return None,
        None => text,
    };
    (!token.is_empty() && !token.iter().any(is_blank)).then_some(token)
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};
    use rstest::rstest;

    use super::*;

    fn headers(values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(HeaderName::from_static("authorization"), HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    #[rstest]
    #[case(&["Bearer abc"], Some("abc"))]
    #[case(&["bEARER   abc "], Some("abc"))]
    #[case(&["Bearer\tabc"], Some("abc"))]
    #[case(&["abc"], Some("abc"))]
    #[case(&["bearer"], Some("bearer"))]
    #[case(&["Basic abc"], None)]
    #[case(&["Bearer a b"], None)]
    #[case(&["Bearer "], Some("Bearer"))]
    #[case(&[""], None)]
    #[case(&[], None)]
    #[case(&["Bearer abc", "Bearer abc"], None)]
    fn forms(#[case] sent: &[&str], #[case] expected: Option<&str>) {
        assert_eq!(token(&headers(sent)), expected.map(str::as_bytes), "{sent:?}");
    }
}
