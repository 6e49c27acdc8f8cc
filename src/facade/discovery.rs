//! What a target serves, from its capabilities and `scim-schemas/`.

use std::sync::Arc;
use std::time::Duration;

use scim::discovery::{Features, Pagination};
use scim::limits::Limits;
use scim::schema::{ResourceType, Schema, SchemaError};

use super::target::Discovery;
use crate::backend::Capabilities;

const CORE_USER: &str = include_str!("../../scim-schemas/core/User.json");
const CORE_GROUP: &str = include_str!("../../scim-schemas/core/Group.json");
const ENTERPRISE_USER: &str = include_str!("../../scim-schemas/enterprise/User.json");
const SOPHOS_USER: &str = include_str!("../../scim-schemas/sophos/User.json");
const USER_TYPE: &str = include_str!("../../scim-schemas/core/ResourceTypes/User.json");
const GROUP_TYPE: &str = include_str!("../../scim-schemas/core/ResourceTypes/Group.json");
const SOPHOS_USER_TYPE: &str = include_str!("../../scim-schemas/sophos/ResourceTypes/User.json");

/// What a target over this backend serves.
///
/// # Errors
/// [`SchemaError`] if an embedded schema is broken; a test reads them all.
pub fn discovery(caps: &Capabilities, base_url: &str) -> Result<Discovery, SchemaError> {
    let schemas = [CORE_USER, CORE_GROUP, ENTERPRISE_USER, SOPHOS_USER];
    let schemas = schemas.into_iter().map(|text| Schema::from_json(text).map(Arc::new));
    let schemas: Vec<Arc<Schema>> = schemas.collect::<Result<_, _>>()?;
    let user_type = match caps.user_extension {
        Some(_) => ResourceType::from_json(SOPHOS_USER_TYPE, &schemas)?,
        None => ResourceType::from_json(USER_TYPE, &schemas)?,
    };
    let group_type = ResourceType::from_json(GROUP_TYPE, &schemas)?;
    let page_max = u32::try_from(Limits::default().page_max).unwrap_or(u32::MAX);
    Ok(Discovery {
        features: Features { patch: true, sort: true, filter_max_results: page_max, ..Features::default() },
        user_type: Arc::new(user_type),
        group_type: Arc::new(group_type),
        base_url: base_url.to_owned(),
    })
}

impl Discovery {
    /// The same, with pages by cursor (RFC 9865 §4), each good for so long.
    pub(super) fn paged(mut self, cursor_lifetime: Duration) -> Self {
        let limits = Limits::default();
        self.features.pagination = Some(Pagination {
            default_page_size: limits.page_default,
            max_page_size: limits.page_max,
            cursor_timeout: cursor_lifetime.as_secs(),
        });
        self
    }
}
