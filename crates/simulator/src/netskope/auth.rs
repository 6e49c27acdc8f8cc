//! Tokens: each has its scopes, and always an end.

use indexmap::IndexMap;

use super::errors::Refusal;
use super::model::Scope;
use super::switches::{AuthSchemes, Switches};
use crate::http::Request;

/// Hours a token lives unless it is said otherwise.
const LIFETIME_HOURS: i64 = 90 * 24;
const HOUR: i64 = 3_600_000_000;

/// An endpoint family: what a scope is for and what has its own rate limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    Users,
    Groups,
    /// The User-Management API.
    Management,
}

impl Family {
    pub fn name(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::Groups => "groups",
            Self::Management => "management",
        }
    }
}

/// One token of the console.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    users: Scope,
    groups: Scope,
    management: Scope,
    /// Hours from when it was issued.
    hours: i64,
    /// When it was issued; the ones that are there from the start: at the first request.
    issued_at: Option<i64>,
    /// Whether an address on its list may use it; ours is on no list.
    anywhere: bool,
}

impl Token {
    fn scope(&self, family: Family) -> Scope {
        match family {
            Family::Users => self.users,
            Family::Groups => self.groups,
            Family::Management => self.management,
        }
    }
}

/// Tokens by their text.
#[derive(Clone, Debug)]
pub(crate) struct Tokens(IndexMap<String, Token>);

impl Default for Tokens {
    fn default() -> Self {
        use Scope::{None, Read, ReadWrite};
        let token = |users, groups, management| Token {
            users,
            groups,
            management,
            hours: LIFETIME_HOURS,
            issued_at: Option::None,
            anywhere: true,
        };
        let all = [
            ("netskope-token", token(ReadWrite, ReadWrite, ReadWrite)),
            ("netskope-scim", token(ReadWrite, ReadWrite, None)),
            ("netskope-readonly", token(Read, Read, None)),
            ("netskope-users-only", token(ReadWrite, None, None)),
            ("netskope-groups-only", token(None, ReadWrite, None)),
            ("netskope-expired", Token { hours: 0, ..token(ReadWrite, ReadWrite, ReadWrite) }),
            ("netskope-elsewhere", Token { anywhere: false, ..token(ReadWrite, ReadWrite, ReadWrite) }),
        ];
        Self(all.into_iter().map(|(text, token)| (text.to_owned(), token)).collect())
    }
}

impl Tokens {
    /// The token of a request, if it may do this on this family.
    pub fn check(
        &mut self,
        now: i64,
        request: &Request,
        family: Family,
        rules: &Switches,
    ) -> Result<String, Refusal> {
        let unknown = Refusal::gateway(rules.auth_failure_status, "Unauthorized: invalid or expired token");
        let Some(text) = sent(request, rules) else {
            return Err(unknown);
        };
        let Some(token) = self.0.get_mut(text) else {
            return Err(unknown);
        };
        let issued_at = *token.issued_at.get_or_insert(now);
        if now >= issued_at.saturating_add(token.hours.saturating_mul(HOUR)) {
            return Err(unknown);
        }
        if !token.anywhere {
            return Err(Refusal::gateway(403, "the address is not on the allow-list of the token"));
        }
        let needed = if request.method == "GET" { Scope::Read } else { Scope::ReadWrite };
        if token.scope(family) < needed {
            let why = "not authorised to execute the specific API";
            return Err(Refusal::gateway(rules.no_scope_status, why));
        }
        Ok(text.to_owned())
    }

    /// The token stops working. False when there is none.
    pub fn revoke(&mut self, text: &str) -> bool {
        self.0.shift_remove(text).is_some()
    }

    /// A token with every scope that works from now on for so many hours.
    pub fn issue(&mut self, now: i64, text: &str, hours: u32) {
        let every = Scope::ReadWrite;
        let token = Token {
            users: every,
            groups: every,
            management: every,
            hours: i64::from(hours),
            issued_at: Some(now),
            anywhere: true,
        };
        self.0.insert(text.to_owned(), token);
    }
}

/// The token in a request, in a header that counts.
pub(crate) fn sent<'r>(request: &'r Request, rules: &Switches) -> Option<&'r str> {
    let native = request.get("netskope-api-token").filter(|_| rules.auth_schemes != AuthSchemes::BearerOnly);
    native.or_else(|| {
        let (scheme, token) = request.get("authorization")?.split_once(' ')?;
        let counts = rules.auth_schemes != AuthSchemes::NativeOnly && scheme.eq_ignore_ascii_case("bearer");
        counts.then(|| token.trim())
    })
}
