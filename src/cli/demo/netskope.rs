//! Netskope's story: the same people, where the product speaks a SCIM of its own.

use ::scim::profile::Profile;
use serde_json::json;

use super::super::failed::Failed;
use super::steps::{
    ENTERPRISE, USER, access, called, delete, expect, form, get, id, members, nobody_there, patch, post,
    status, writes,
};
use super::teller::{ADA, GRACE, Seen, Teller};

/// The extension for attributes that a tenant declares.
const TENANT: &str = "urn:ietf:params:scim:schemas:extension:tenant:2.0:User";
/// What a client writes that Netskope does not keep.
const PHONE: &str = "tel:+47-22-85-50-50";

/// The lines of the demo's configuration that declare the tenant's own attribute.
pub(super) const DECLARED: &str = "custom_attributes.badge = { type = \"string\" }";

pub(super) async fn tell(teller: &mut Teller) -> Result<(), Failed> {
    teller.say(
        "Netskope speaks SCIM, but a SCIM of its own: it finds people by their exact userName and by nothing else, answers a \
         PATCH with nothing, takes paths of its own spelling, and drops what it does not know. What clients see is plain SCIM \
         all the same.",
    );
    let ada = ada_comes(teller).await?;
    let grace = grace_comes(teller).await?;
    let group = group_forms(teller, &ada, &grace).await?;
    ada_changes(teller, &ada).await?;
    grace_is_found(teller, &grace).await?;
    ada_leaves_and_returns(teller, &ada).await?;
    grace_goes(teller, &grace, &group).await
}

async fn ada_comes(teller: &mut Teller) -> Result<String, Failed> {
    let look_up =
        get("Okta looks whether Ada is there", format!("/Users?filter=userName%20eq%20%22{ADA}%22"));
    teller.step(look_up, nobody_there).await?;
    let body = |badge: &str| {
        json!({
            "schemas": [USER, TENANT], "userName": ADA, "externalId": "00u1ada", "displayName": "Ada Lovelace",
            "name": { "givenName": "Ada", "familyName": "Lovelace" },
            "phoneNumbers": [{ "value": PHONE, "type": "work" }], "active": true, TENANT: { "badge": badge },
        })
    };
    let step =
        post("Okta sends a badge of 65 characters; Netskope takes 64", "/Users", body(&"7".repeat(65)));
    teller
        .step(step, |seen| {
            status(seen, 400)?;
            expect(seen.reply.text("/scimType") == "invalidValue", "the error is of another kind")?;
            expect(seen.calls.is_empty(), "Netskope was asked")?;
            Ok("refused by name and limit, before Netskope was asked")
        })
        .await?;
    let step = post("Okta creates Ada, without an e-mail address", "/Users", body("A-1"));
    let reply = teller.step(step, |seen| {
        status(seen, 201)?;
        called(seen, ADA, "Ada Lovelace")?;
        let badge = seen.world.person(ADA).and_then(|ada| ada.tenant.get("badge"));
        expect(badge == Some(&json!("A-1")), "Netskope does not have her badge")?;
        expect(seen.reply.text("/phoneNumbers/0/value") == PHONE, "her phone number did not come back")?;
        Ok("her userName is the address that Netskope requires; her phone number, which it drops, came back")
    });
    id(&reply.await?)
}

async fn grace_comes(teller: &mut Teller) -> Result<String, Failed> {
    let body = json!({
        "schemas": [USER, ENTERPRISE], "userName": GRACE, "externalId": "grace", "displayName": "Grace Hopper",
        "name": { "givenName": "Grace", "familyName": "Hopper" },
        "emails": [{ "primary": true, "value": GRACE, "type": "work" }], "active": true,
        ENTERPRISE: { "department": "Compilers", "employeeNumber": "1906" },
    });
    let step = post("Entra ID creates Grace", "/Users", body);
    let reply = teller.step(step, |seen| {
        status(seen, 201)?;
        called(seen, GRACE, "Grace Hopper")?;
        expect(!seen.reply.text("/meta/location").is_empty(), "the answer has no location")?;
        Ok("the answer is whole: Netskope's has no location, no times, and a stray number")
    });
    id(&reply.await?)
}

async fn group_forms(teller: &mut Teller, ada: &str, grace: &str) -> Result<String, Failed> {
    let reply = teller.step(form("A group with both", &[ada, grace]), |seen| {
        status(seen, 201)?;
        members(seen, &["Ada Lovelace", "Grace Hopper"])?;
        Ok("Netskope has the group, and both are in it")
    });
    id(&reply.await?)
}

async fn ada_changes(teller: &mut Teller, ada: &str) -> Result<(), Failed> {
    let (step, operations) = match teller.profile() {
        Profile::Tolerant => (
            "Entra ID changes her name, in an operation without a path",
            vec![
                json!({ "op": "Replace", "value": { "displayName": "Ada King", "name.familyName": "King" } }),
            ],
        ),
        Profile::Strict => (
            "Entra ID changes her name",
            vec![
                json!({ "op": "replace", "path": "displayName", "value": "Ada King" }),
                json!({ "op": "replace", "path": "name.familyName", "value": "King" }),
            ],
        ),
    };
    teller
        .step(patch(step, ada, &operations), |seen| {
            status(seen, 200)?;
            called(seen, ADA, "Ada King")?;
            expect(seen.reply.text("/name/familyName") == "King", "the answer does not have the new name")?;
            expect(writes(seen) == 1, "it took more than one write")?;
            Ok("one native PATCH, in the paths that Netskope knows; the client gets the whole person back")
        })
        .await?;
    Ok(())
}

async fn grace_is_found(teller: &mut Teller, grace: &str) -> Result<(), Failed> {
    let filter = "/Users?filter=name.familyName%20sw%20%22hop%22%20and%20active%20eq%20true";
    teller
        .step(get("A search that Netskope has no words for", filter.to_owned()), |seen| {
            status(seen, 200)?;
            expect(seen.reply.body["totalResults"] == 1, "not exactly one person was found")?;
            expect(seen.reply.text("/Resources/0/id") == grace, "somebody else was found")?;
            Ok("Netskope's people were looked through, and the filter was applied here")
        })
        .await?;
    Ok(())
}

async fn ada_leaves_and_returns(teller: &mut Teller, ada: &str) -> Result<(), Failed> {
    let has_access = |seen: &Seen<'_>, expected: bool| {
        status(seen, 200)?;
        expect(seen.reply.body["active"] == expected, "the answer says otherwise")?;
        expect(writes(seen) == 1, "it took more than one write")?;
        let ada = seen.world.person(ADA);
        expect(ada.is_some_and(|ada| ada.has_access() == expected), "Netskope says otherwise")
    };
    let off = access(teller.profile(), false);
    let step = patch("Okta deactivates Ada", ada, &off);
    teller
        .step(step, |seen| {
            has_access(seen, false)?;
            Ok("one native PATCH: her access is gone, and nothing else")
        })
        .await?;
    let on = access(teller.profile(), true);
    teller
        .step(patch("Okta reactivates Ada", ada, &on), |seen| {
            has_access(seen, true)?;
            members(seen, &["Ada King", "Grace Hopper"])?;
            Ok("she has access again, and was in her group all the time")
        })
        .await?;
    Ok(())
}

async fn grace_goes(teller: &mut Teller, grace: &str, group: &str) -> Result<(), Failed> {
    teller
        .step(delete("Entra ID deletes Grace", grace), |seen| {
            status(seen, 204)?;
            expect(seen.world.person(GRACE).is_none(), "Netskope still has Grace")?;
            Ok("gone in Netskope")
        })
        .await?;
    teller
        .step(get("What is left", format!("/Groups/{group}")), |seen| {
            status(seen, 200)?;
            let left = seen.reply.body["members"].as_array().is_some_and(|all| all.len() == 1);
            expect(left, "not exactly one member")?;
            Ok("one person, one group; Netskope shows members only to those who ask for them")
        })
        .await?;
    Ok(())
}
