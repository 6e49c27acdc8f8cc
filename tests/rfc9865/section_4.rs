//! §4, what the service provider configuration tells.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::json;

use crate::support::Over;

#[tokio::test(start_paused = true)]
async fn pagination_is_told() {
    let world =
        Over::Sophos.world().set(|settings| settings.limits.cursor_lifetime = Duration::from_secs(90));
    let config = world.http("GET", "/ServiceProviderConfig", &BTreeMap::new(), None).await.json();
    let told = json!({
        "cursor": true, "index": true, "defaultPaginationMethod": "index",
        "defaultPageSize": 100, "maxPageSize": 1000, "cursorTimeout": 90,
    });
    assert_eq!(config["pagination"], told);
    assert_eq!(config["sort"], json!({ "supported": true }));
}
