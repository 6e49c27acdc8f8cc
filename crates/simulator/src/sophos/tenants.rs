//! `whoami`, and the tenants of a partner or an organization. All on the global host.

use serde_json::{Value, json};

use super::call::{Outcome, ok};
use super::errors::Refusal;
use super::model::{IdType, Principal, Tenant};
use super::query::Query;
use super::switches::{HostStyle, Switches};

/// What the global host knows.
pub(crate) struct Global<'a> {
    pub principal: &'a Principal,
    pub tenants: &'a [Tenant],
    pub base: &'a str,
    pub rules: &'a Switches,
}

impl Global<'_> {
    /// `GET /whoami/v1`
    pub fn whoami(&self) -> Outcome {
        let mut hosts = json!({"global": self.host("global")});
        let home = self.tenants.iter().find(|tenant| tenant.id == self.principal.id);
        if let Some(tenant) = home.filter(|_| self.principal.kind == IdType::Tenant) {
            hosts["dataRegion"] = self.host(tenant.region).into();
        }
        let upper = self.rules.whoami_id_upper_case;
        let id = if upper { self.principal.id.to_uppercase() } else { self.principal.id.clone() };
        ok(json!({"id": id, "idType": self.principal.kind.name(), "apiHosts": hosts}))
    }

    fn host(&self, prefix: &str) -> String {
        let plain = format!("{}/{prefix}", self.base);
        let http = plain.replacen("https://", "http://", 1);
        match self.rules.whoami_hosts {
            HostStyle::Plain => plain,
            HostStyle::TrailingSlash => plain + "/",
            HostStyle::Http => http,
            HostStyle::HttpTrailingSlash => http + "/",
        }
    }

    /// `GET /partner/v1/tenants` and `GET /organization/v1/tenants`
    pub fn list(&self, query: &Query<'_>) -> Outcome {
        query.known(&["page", "pageSize", "pageTotal", "fields"])?;
        let (page, fields) = (query.page()?, query.fields());
        let mine: Vec<&Tenant> = self.mine().collect();
        let items = page.cut(&mine).iter().map(|tenant| fields.of(self.tenant(tenant)));
        ok(json!({"items": items.collect::<Vec<_>>(), "pages": page.describe(mine.len())}))
    }

    /// `GET /partner/v1/tenants/{tenantId}` and `GET /organization/v1/tenants/{tenantId}`
    pub fn get(&self, query: &Query<'_>, id: &str) -> Outcome {
        query.known(&["fields"])?;
        let found = self.mine().find(|tenant| tenant.id.eq_ignore_ascii_case(id));
        let tenant = found.ok_or_else(|| Refusal::not_found("no such tenant"))?;
        ok(query.fields().of(self.tenant(tenant)))
    }

    fn mine(&self) -> impl Iterator<Item = &Tenant> {
        self.tenants.iter().filter(|tenant| match self.principal.kind {
            IdType::Partner => tenant.partner,
            IdType::Organization => tenant.organization,
            IdType::Tenant => false,
        })
    }

    fn tenant(&self, tenant: &Tenant) -> Value {
        let mut object = json!({
            "id": tenant.id,
            "name": tenant.name,
            "showAs": tenant.name,
            "dataGeography": tenant.geography,
            "dataRegion": tenant.region,
            "billingType": tenant.billing,
        });
        object[self.principal.kind.name()] = json!({"id": self.principal.id});
        if tenant.host_listed {
            object["apiHost"] = format!("{}/{}", self.base, tenant.region).into();
        }
        object["status"] = "active".into();
        object
    }
}
