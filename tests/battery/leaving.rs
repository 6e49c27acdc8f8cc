//! Losing access: administrators, and what a deletion does.

use scim_facade::facade::{AdminOffboarding, OnDelete};
use scim_facade::kernel::Kind;
use serde_json::json;

use super::bed::{Bed, Need, refused};
use super::lifecycle::{made, switch};
use crate::support::world::person;

battery!(
    an_admin_loses_the_record_first if Admins,
    an_admin_who_is_deleted if Admins,
    a_return_gives_no_role_back if Admins,
    the_last_admin_can_not_be_ended if Admins,
    admins_are_refused_if_the_operator_says_so if Admins,
    who_was_promoted_in_the_console_later_is_found if Admins,
    on_delete_refuse,
    deletion_of_the_inactive,
);

async fn an_admin_loses_the_record_first(bed: &Bed) {
    bed.promote_somebody_else().await;
    let (id, user) = made(bed, "ada").await;
    let native = bed.native_of(Kind::User, &id).await;
    bed.promote(&native).await;
    let off = bed.patch(&user, switch(false)).await;
    assert_eq!((off.status, &off.body["active"]), (200, &json!(false)), "{off:?}");
    assert!(!bed.is_admin(&native) && !bed.has_access(&id).await);
}

async fn an_admin_who_is_deleted(bed: &Bed) {
    bed.promote_somebody_else().await;
    let (id, user) = made(bed, "ada").await;
    let native = bed.native_of(Kind::User, &id).await;
    bed.promote(&native).await;
    assert_eq!(bed.delete(&user).await.status, 204);
    assert!(!bed.is_admin(&native));
}

async fn a_return_gives_no_role_back(bed: &Bed) {
    bed.promote_somebody_else().await;
    let (id, user) = made(bed, "ada").await;
    bed.promote(&bed.native_of(Kind::User, &id).await).await;
    bed.patch(&user, switch(false)).await;
    assert_eq!(bed.patch(&user, switch(true)).await.status, 200);
    assert!(!bed.is_admin(&bed.native_of(Kind::User, &id).await));
}

/// A dead letter, and the truth: the person still has access.
async fn the_last_admin_can_not_be_ended(bed: &Bed) {
    let (id, user) = made(bed, "ada").await;
    let native = bed.native_of(Kind::User, &id).await;
    bed.promote_to_the_top(&native).await;
    refused(&bed.world.patch(&user, switch(false)).await, 400, "mutability");
    assert!(bed.is_admin(&native) && bed.has_access(&id).await);
    assert_eq!(bed.get(&user).await.body["active"], true);
    refused(&bed.world.delete(&user).await, 400, "mutability");
    assert!(bed.has_access(&id).await);
    assert_eq!(bed.alarms("deprovision_impossible"), 2);
    bed.forget_plan().await;
}

async fn admins_are_refused_if_the_operator_says_so(bed: &Bed) {
    let bed = &bed.with(|settings| settings.policy.admin_offboarding = AdminOffboarding::Refuse).await;
    bed.promote_somebody_else().await;
    let (id, user) = made(bed, "ada").await;
    let native = bed.native_of(Kind::User, &id).await;
    bed.promote(&native).await;
    refused(&bed.world.patch(&user, switch(false)).await, 400, "mutability");
    assert!(bed.is_admin(&native) && bed.has_access(&id).await);
    bed.forget_plan().await;
}

async fn who_was_promoted_in_the_console_later_is_found(bed: &Bed) {
    bed.promote_somebody_else().await;
    let (id, user) = made(bed, "ada").await;
    bed.patch(&user, switch(false)).await;
    bed.patch(&user, switch(true)).await;
    let native = bed.native_of(Kind::User, &id).await;
    bed.promote(&native).await;
    bed.patch(&user, switch(false)).await;
    assert!(!bed.is_admin(&native) && !bed.has_access(&id).await);
}

async fn on_delete_refuse(bed: &Bed) {
    let bed = &bed.with(|settings| settings.policy.on_delete = OnDelete::Refuse).await;
    let (id, user) = made(bed, "ada").await;
    let no = bed.delete(&user).await;
    assert_eq!((no.status, &no.body["scimType"]), (403, &json!(null)), "{no:?}");
    assert!(bed.has_access(&id).await);
    let team = bed.make("/Groups", crate::support::world::group("Team", &[&id])).await.id();
    assert_eq!(bed.delete(&format!("/Groups/{team}")).await.status, 204, "groups are no people");
}

async fn deletion_of_the_inactive(bed: &Bed) {
    let (_, user) = made(bed, "ada").await;
    bed.patch(&user, switch(false)).await;
    assert_eq!(bed.delete(&user).await.status, 204);
    assert_eq!(bed.get(&user).await.status, 404);
    if bed.offers(Need::InactiveMembers) {
        assert_eq!(bed.native_count(Kind::User), 0);
    }
    bed.settle_down().await;
    bed.make("/Users", person("ada")).await;
}
