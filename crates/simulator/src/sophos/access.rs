//! Who may call what: the checks before a route sees a request, one by one.

use super::auth::Tokens;
use super::errors::Refusal;
use super::model::{IdType, Principal, Tenant};
use super::switches::Switches;
use crate::http::Request;

/// The vendor's hosts, which are path prefixes here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Host {
    /// `id.sophos.com`
    Id,
    /// `api.central.sophos.com`
    Global,
    /// `api-{region}.central.sophos.com`
    Region(&'static str),
    /// A path without the prefix of a host.
    Unknown,
}

const REGIONS: [&str; 2] = ["eu01", "us01"];

impl Host {
    /// Splits a path into host and the rest.
    pub fn split(path: &str) -> Option<(Self, &str)> {
        let path = path.strip_prefix('/')?;
        let (prefix, rest) = path.split_at(path.find('/').unwrap_or(path.len()));
        let host = match prefix {
            "id" => Self::Id,
            "global" => Self::Global,
            _ => Self::Region(REGIONS.into_iter().find(|region| *region == prefix)?),
        };
        Some((host, rest))
    }

    pub fn name(&self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Global => "global",
            Self::Region(region) => region,
            Self::Unknown => "",
        }
    }
}

/// First check: the token. Gives the number of its principal.
pub(crate) fn authenticate(tokens: &Tokens, now: i64, request: &Request) -> Result<usize, Refusal> {
    let token = bearer(request).ok_or_else(|| Refusal::unauthorized("no bearer token"))?;
    tokens.principal(now, token).ok_or_else(|| Refusal::unauthorized("the token is unknown or expired"))
}

/// The token in the `Authorization` header.
pub(crate) fn bearer(request: &Request) -> Option<&str> {
    let (scheme, token) = request.get("authorization")?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// Second and third check for a regional call: the tenant header, and whether the principal may use that tenant from
/// this region. Gives the number of the tenant.
pub(crate) fn tenant(
    principal: &Principal,
    tenants: &[Tenant],
    region: &str,
    request: &Request,
    rules: &Switches,
) -> Result<usize, Refusal> {
    let id = request.get("x-tenant-id").ok_or_else(|| Refusal::unauthorized("no X-Tenant-ID header"))?;
    let found = tenants.iter().position(|tenant| tenant.id.eq_ignore_ascii_case(id.trim()));
    let index = found.ok_or_else(|| Refusal::forbidden("a foreign tenant"))?;
    let tenant = &tenants[index];
    let allowed = match principal.kind {
        IdType::Tenant => tenant.id == principal.id,
        IdType::Organization => tenant.organization,
        IdType::Partner => tenant.partner,
    };
    if !allowed {
        return Err(Refusal::forbidden("a foreign tenant"));
    }
    if principal.kind == IdType::Partner && tenant.billing == "trial" {
        return Err(Refusal::forbidden("a partner can't manage a trial tenant"));
    }
    if principal.kind == IdType::Partner && tenant.billing == "term" && !tenant.assistance {
        return Err(Refusal::forbidden("partner assistance is off"));
    }
    if tenant.region != region {
        return Err(Refusal::new(rules.wrong_region_status, "the tenant lives in another region"));
    }
    Ok(index)
}

/// Second and third check for a partner or organization call: the id header and whose it is.
pub(crate) fn parent(
    principal: &Principal,
    kind: IdType,
    request: &Request,
    rules: &Switches,
) -> Result<(), Refusal> {
    let header = if kind == IdType::Partner { "x-partner-id" } else { "x-organization-id" };
    let id =
        request.get(header).ok_or_else(|| Refusal::unauthorized("no X-Partner-ID or X-Organization-ID"))?;
    if principal.kind != kind || !principal.id.eq_ignore_ascii_case(id.trim()) {
        return Err(Refusal::forbidden("a foreign partner or organization"));
    }
    match rules.extra_tenant_header_status {
        Some(status) if request.get("x-tenant-id").is_some() => {
            Err(Refusal::new(status, "an unexpected X-Tenant-ID header"))
        }
        _ => Ok(()),
    }
}

/// Fourth check: writes need a role with management permissions.
pub(crate) fn role(principal: &Principal, request: &Request, rules: &Switches) -> Result<(), Refusal> {
    if request.method == "GET" || principal.may_write {
        return Ok(());
    }
    Err(Refusal::new(rules.read_only_status, "the credential may only read"))
}

#[cfg(test)]
mod tests {
    use super::Host;

    #[test]
    fn the_first_segment_is_the_host() {
        assert_eq!(Host::split("/id/api/v2"), Some((Host::Id, "/api/v2")));
        assert_eq!(Host::split("/eu01/common"), Some((Host::Region("eu01"), "/common")));
        assert_eq!(Host::split("/global"), Some((Host::Global, "")));
        assert_eq!(Host::split("/de01/common"), None);
        assert_eq!(Host::split("/eu010/common"), None);
    }
}
