//! What filters are evaluated on: a resource type with an attribute of every kind, and the Users that are really served.

use std::sync::Arc;

use scim::schema::{ResourceType, Schema};
use serde_json::{Value, json};

use crate::Oracle;

/// The URN of the extension that has attributes which nothing else has.
pub const MORE: &str = "urn:example:params:scim:schemas:extension:2.0:More";

const THING: &str = include_str!("thing.json");
const EXTENSIONS: [&str; 2] = [include_str!("more.json"), include_str!("other.json")];
const USER: &str = include_str!("../../../scim-schemas/core/User.json");
const GROUP: &str = include_str!("../../../scim-schemas/core/Group.json");
const ENTERPRISE: &str = include_str!("../../../scim-schemas/enterprise/User.json");

/// A resource type as the crate has it, and the oracle over the same schemas.
pub struct Kind {
    /// The crate's.
    pub resource_type: ResourceType,
    /// The naive one.
    pub oracle: Oracle,
}

impl Kind {
    fn of(name: &str, core: &str, extensions: &[&str]) -> Self {
        let texts = std::iter::once(&core).chain(extensions);
        let schemas: Vec<Arc<Schema>> =
            texts.map(|text| Arc::new(Schema::from_json(text).unwrap())).collect();
        let wanted = schemas[1..].iter().map(|schema| json!({ "schema": schema.id, "required": false }));
        let wire = json!({
            "name": name, "endpoint": format!("/{name}s"), "schema": schemas[0].id,
            "schemaExtensions": wanted.collect::<Vec<_>>(),
        });
        Self {
            resource_type: ResourceType::from_json(&wire.to_string(), &schemas).unwrap(),
            oracle: Oracle::new(core, extensions),
        }
    }
}

/// One attribute of every type, alone and many times, folded and exact, at the top, in a part and in an extension.
#[must_use]
pub fn thing() -> Kind {
    Kind::of("Thing", THING, &EXTENSIONS)
}

/// The User with the enterprise extension.
#[must_use]
pub fn user() -> Kind {
    Kind::of("User", USER, &[ENTERPRISE])
}

/// The Group.
#[must_use]
pub fn group() -> Kind {
    Kind::of("Group", GROUP, &[])
}

/// Things to try filters on: full, empty, and with values at the edges.
#[must_use]
pub fn things() -> Vec<Value> {
    let meta = json!({
        "resourceType": "Thing", "created": "2026-01-01T00:00:00Z", "lastModified": "2026-02-03T04:05:06.789Z",
        "location": "https://scim.example.com/Things/1", "version": "W/\"1\"",
    });
    vec![
        json!({
            "schemas": ["urn:example:params:scim:schemas:2.0:Thing", MORE], "id": "A1", "externalId": "Ext", "meta": meta,
            "userName": "Ada", "folded": "Straße", "exact": "aB", "flag": true, "whole": 5, "real": 1.5,
            "moment": "2026-01-01T01:00:00+01:00", "link": "https://example.com/a", "bytes": "aGk=",
            "foldeds": ["a", "B"], "exacts": ["a", "B"], "flags": [true, false], "wholes": [-1, 0, 5],
            "moments": ["2025-12-31T23:59:59Z", "2026-01-01T00:00:00Z"],
            "part": { "folded": "a", "whole": 5, "moment": "2026-01-01T00:00:00Z" }, "pair": { "value": "aB" },
            "parts": [
                { "value": "a", "type": "work", "primary": true, "whole": 5, "real": 0.5, "bytes": "aGk=" },
                { "value": "B", "type": "Work", "primary": false, "moment": "2026-01-01T00:00:00Z", "$ref": "x" },
                { "type": "home" },
            ],
            MORE: { "only": "a", "whole": 5, "both": "a", "boss": { "value": "aB" }, "parts": [{ "value": "a", "flag": true }] },
        }),
        json!({ "schemas": ["urn:example:params:scim:schemas:2.0:Thing"], "id": "a1", "userName": "e\u{301}", "flag": false }),
        json!({
            "id": "2", "userName": "É", "whole": i64::MAX, "real": -0.0, "wholes": [i64::MIN],
            "moment": "9999-12-30T00:00:00Z", "part": { "folded": "" }, "parts": [{ "whole": i64::MAX }], "foldeds": ["ab"],
        }),
    ]
}
