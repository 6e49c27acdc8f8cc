//! What a target serves, from its capabilities and `scim-schemas/`.

use std::sync::{Arc, LazyLock};

use scim::discovery::{Features, Pagination};
use scim::schema::{Attribute, Extension, ResourceType, Schema, SchemaError};

use super::settings::Settings;
use super::target::Discovery;
use crate::backend::{Capabilities, Requirement};
use crate::kernel::Catalogue;

const CORE_USER: &str = include_str!("../../scim-schemas/core/User.json");
const CORE_GROUP: &str = include_str!("../../scim-schemas/core/Group.json");
const ENTERPRISE_USER: &str = include_str!("../../scim-schemas/enterprise/User.json");
const SOPHOS_USER: &str = include_str!("../../scim-schemas/sophos/User.json");
const ROLE: &str = include_str!("../../scim-schemas/roles-entitlements/Role.json");
const ENTITLEMENT: &str = include_str!("../../scim-schemas/roles-entitlements/Entitlement.json");
const USER_TYPE: &str = include_str!("../../scim-schemas/core/ResourceTypes/User.json");
const GROUP_TYPE: &str = include_str!("../../scim-schemas/core/ResourceTypes/Group.json");
const ROLE_TYPE: &str = include_str!("../../scim-schemas/roles-entitlements/ResourceTypes/Role.json");
const ENTITLEMENT_TYPE: &str =
    include_str!("../../scim-schemas/roles-entitlements/ResourceTypes/Entitlement.json");
const SOPHOS_USER_TYPE: &str = include_str!("../../scim-schemas/sophos/ResourceTypes/User.json");

/// What a target over this backend serves with these settings.
///
/// # Errors
/// [`SchemaError`] if an embedded schema is broken; a test reads them all.
pub fn discovery(caps: &Capabilities, settings: &Settings) -> Result<Discovery, SchemaError> {
    let limits = &settings.limits;
    let schemas = [CORE_USER, CORE_GROUP, ENTERPRISE_USER, SOPHOS_USER];
    let schemas = schemas.into_iter().map(|text| Schema::from_json(text).map(Arc::new));
    let schemas: Vec<Arc<Schema>> = schemas.collect::<Result<_, _>>()?;
    let mut user_type = match caps.user_extension {
        Some(_) => ResourceType::from_json(SOPHOS_USER_TYPE, &schemas)?,
        None => ResourceType::from_json(USER_TYPE, &schemas)?,
    };
    let custom = settings.custom_attributes.schema(caps);
    user_type.extensions.extend(custom.map(|custom| Extension { schema: Arc::new(custom), required: false }));
    require(&mut user_type, caps.requires);
    let group_type = ResourceType::from_json(GROUP_TYPE, &schemas)?;
    let catalogue = |what: &Catalogue| {
        let (schema, kind) = match what {
            Catalogue::Roles => (ROLE, ROLE_TYPE),
            Catalogue::Entitlements => (ENTITLEMENT, ENTITLEMENT_TYPE),
        };
        let schema = Arc::new(Schema::from_json(schema)?);
        Ok((*what, Arc::new(ResourceType::from_json(kind, &[schema])?)))
    };
    let page_max = u32::try_from(limits.page_max).unwrap_or(u32::MAX);
    let features = Features {
        patch: true,
        bulk: Some((limits.bulk_operations, limits.bulk_bytes)),
        etag: true,
        sort: true,
        pagination: Some(Pagination {
            default_page_size: limits.page_default,
            max_page_size: limits.page_max,
            cursor_timeout: limits.cursor_lifetime.as_secs(),
        }),
        filter_max_results: page_max,
        roles: caps.catalogues.contains(&Catalogue::Roles),
        entitlements: caps.catalogues.contains(&Catalogue::Entitlements),
        ..Features::default()
    };
    Ok(Discovery {
        features,
        catalogues: caps.catalogues.iter().map(catalogue).collect::<Result<_, SchemaError>>()?,
        user_type: Arc::new(user_type),
        group_type: Arc::new(group_type),
        base_url: settings.base_url.as_str().into(),
    })
}

/// The schemas of what discovery itself answers with, in every target the same (RFC 7643 §7: for every schema that a resource
/// names there is a `Schema` resource).
pub static DESCRIBING: LazyLock<Vec<Arc<Schema>>> = LazyLock::new(|| {
    let texts = [
        include_str!("../../scim-schemas/core/ServiceProviderConfig.json"),
        include_str!("../../scim-schemas/core/ResourceType.json"),
        include_str!("../../scim-schemas/core/Schema.json"),
    ];
    texts.into_iter().filter_map(|text| Schema::from_json(text).ok()).map(Arc::new).collect()
});

/// Marks what the backend requires, with the sub-attribute where that is one. A body may lack it, for the backend may be able to
/// make it of something else: `Core::has_required` looks to that.
fn require(kind: &mut ResourceType, requires: &[Requirement]) {
    for requirement in requires {
        let (name, sub) = match requirement.scim.split_once('.') {
            Some((name, sub)) => (name, Some(sub)),
            None => (requirement.scim, None),
        };
        let needed = |attribute: &mut Attribute| (attribute.required, attribute.supplied) = (true, true);
        Arc::make_mut(&mut kind.schema).attributes.change(name, |attribute| {
            needed(attribute);
            sub.into_iter().for_each(|sub| attribute.sub_attributes.change(sub, needed));
        });
    }
}
