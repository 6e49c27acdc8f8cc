//! Tenants, credentials and directories.

use super::directory::Store;
use super::model::{IdType, Principal, Tenant};
use super::seed::Builder;
use crate::ids::Ids;
use crate::seed::Seed;

/// Number of the tenant that has the seeded directory.
pub(crate) const MAIN: usize = 0;

/// Everything that lives in the vendor's cloud.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub tenants: Vec<Tenant>,
    pub principals: Vec<Principal>,
    /// One directory per tenant.
    pub stores: Vec<Store>,
    /// For new objects.
    pub ids: Ids,
}

impl World {
    pub fn new(id_seed: u64, seed: Seed) -> Self {
        let mut ids = Ids::new(id_seed, "accounts");
        let (partner, organization) = (ids.uuid(), ids.uuid());
        let tenants = tenants(&mut ids);
        let principals = principals(&tenants[MAIN].id, &partner, &organization);
        let mut ids = Ids::new(id_seed, "objects");
        let mut roles = Ids::new(id_seed, "roles");
        let mut stores = Vec::new();
        for number in 0..tenants.len() {
            let mut builder = Builder::new(&mut ids);
            builder.predefined_roles(&mut roles);
            stores.push(builder.fill(if number == MAIN { seed } else { Seed::Empty }));
        }
        Self { tenants, principals, stores, ids }
    }
}

fn tenants(ids: &mut Ids) -> Vec<Tenant> {
    let mut tenant = |name, geography, region, billing| Tenant {
        id: ids.uuid(),
        name,
        geography,
        region,
        billing,
        partner: true,
        organization: false,
        assistance: true,
        host_listed: true,
    };
    vec![
        Tenant { organization: true, ..tenant("Example GmbH", "DE", "eu01", "term") },
        Tenant { organization: true, ..tenant("Example Inc", "US", "us01", "usage") },
        Tenant { assistance: false, ..tenant("Closed Doors Ltd", "IE", "eu01", "term") },
        tenant("Just Looking Ltd", "IE", "eu01", "trial"),
        Tenant { host_listed: false, ..tenant("Half Moved Ltd", "US", "us01", "usage") },
        Tenant { partner: false, ..tenant("Stranger Ltd", "IE", "eu01", "term") },
    ]
}

fn principals(tenant: &str, partner: &str, organization: &str) -> Vec<Principal> {
    let principal = |client_id, kind, id: &str| Principal {
        client_id,
        secret: "sophos-secret",
        kind,
        id: id.to_owned(),
        may_write: true,
        disabled: false,
    };
    vec![
        principal("sophos-client", IdType::Tenant, tenant),
        principal("sophos-management", IdType::Tenant, tenant),
        Principal { may_write: false, ..principal("sophos-readonly", IdType::Tenant, tenant) },
        Principal { may_write: false, ..principal("sophos-forensics", IdType::Tenant, tenant) },
        Principal { disabled: true, ..principal("sophos-disabled", IdType::Tenant, tenant) },
        principal("sophos-partner", IdType::Partner, partner),
        principal("sophos-org", IdType::Organization, organization),
    ]
}
