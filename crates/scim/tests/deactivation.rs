//! The end of access in a body that can't be read as a whole.

use rstest::rstest;
use scim::patch::Patch;
use scim::{Limits, Profile};
use serde_json::{Value, json};

use crate::support::{PATCH_OP, S, T, user};

fn asks(body: &Value, profile: Profile) -> bool {
    Patch::deactivation(body, &user(), profile, &Limits::default()).is_some()
}

fn patch(operations: Value) -> Value {
    json!({ "schemas": [PATCH_OP], "Operations": operations })
}

#[rstest]
#[case(patch(json!([{"op": "replace", "path": "active", "value": false}, {"op": "replace", "path": "emails", "value": 5}])), true)]
#[case(patch(json!([{"op": "replace", "value": {"active": false, "emails": 5}}])), true)]
#[case(patch(json!([{"op": "replace", "path": "emails[", "value": 5}, {"op": "replace", "path": "active", "value": false}])), true)]
#[case(patch(json!([{"op": "replace", "path": "active", "value": false}, {"op": "replace", "path": "active", "value": true}])), false)]
#[case(patch(json!([{"op": "replace", "path": "active", "value": true}, {"op": "replace", "path": "emails", "value": 5}])), false)]
#[case(patch(json!([{"op": "remove", "path": "active"}])), false)]
#[case(patch(json!([{"op": "replace", "path": "nickName", "value": "active"}])), false)]
#[case(patch(json!({"op": "replace", "path": "active", "value": false})), false)]
#[case(json!({"userName": 5, "active": false}), true)]
#[case(json!({"userName": 5, "active": true}), false)]
#[case(json!({"userName": 5}), false)]
#[case(json!([]), false)]
fn is_found_wherever_it_stands(#[case] body: Value, #[case] expected: bool) {
    for profile in [T, S] {
        assert_eq!(asks(&body, profile), expected, "{profile:?} {body}");
    }
}

#[test]
fn tolerates_what_the_profile_does() {
    let entra = patch(json!([{"op": "Replace", "path": "active", "value": "False"}, {"op": "Bogus"}]));
    assert!(asks(&entra, T) && !asks(&entra, S));
    let put = json!({"userName": "ada", "Active": "False", "emails": 5});
    assert!(asks(&put, T) && !asks(&put, S));
}
