//! Sophos Central's story: two people come, change, leave and return, where nobody can be disabled.

use ::scim::profile::Profile;
use serde_json::json;

use super::super::failed::Failed;
use super::steps::{
    ENTERPRISE, USER, access, called, delete, expect, form, get, id, members, nobody_there, patch, post,
    status, writes,
};
use super::teller::{ADA, GRACE, Seen, Teller, Verdict};
use crate::config::QUARANTINE_GROUP;

pub(super) async fn tell(teller: &mut Teller) -> Result<(), Failed> {
    teller.say(
        "Identity providers such as Okta and Entra ID provision people through SCIM. Sophos Central has an API of its own. \
         The facade stands between them. Below, each step shows what a client sends, the native calls that the facade makes \
         for it, and what the simulated Sophos Central holds afterwards.",
    );
    let ada = ada_comes(teller).await?;
    let grace = grace_comes(teller).await?;
    let group = group_forms(teller, &ada, &grace).await?;
    ada_changes(teller, &ada).await?;
    ada_leaves(teller, &ada, &group).await?;
    ada_returns(teller, &ada).await?;
    grace_goes(teller, &grace, &group).await
}

async fn ada_comes(teller: &mut Teller) -> Result<String, Failed> {
    let look_up =
        get("Okta looks whether Ada is there", format!("/Users?filter=userName%20eq%20%22{ADA}%22"));
    teller.step(look_up, nobody_there).await?;
    let body = json!({
        "schemas": [USER], "userName": ADA, "externalId": "00u1ada", "displayName": "Ada Lovelace",
        "name": { "givenName": "Ada", "familyName": "Lovelace" },
        "emails": [{ "primary": true, "value": ADA, "type": "work" }], "active": true,
    });
    let reply = teller
        .step(post("Okta creates Ada", "/Users", body), |seen| created(seen, ADA, "Ada Lovelace"))
        .await?;
    id(&reply)
}

async fn grace_comes(teller: &mut Teller) -> Result<String, Failed> {
    let body = json!({
        "schemas": [USER, ENTERPRISE], "userName": GRACE, "externalId": "grace", "displayName": "Grace Hopper",
        "name": { "givenName": "Grace", "familyName": "Hopper" },
        "emails": [{ "primary": true, "value": GRACE, "type": "work" }], "active": true,
        ENTERPRISE: { "department": "Compilers", "employeeNumber": "1906" },
    });
    let step = post("Entra ID creates Grace, with attributes that Sophos has no room for", "/Users", body);
    let reply = teller
        .step(step, |seen| {
            created(seen, GRACE, "Grace Hopper")?;
            expect(
                seen.reply.body[ENTERPRISE]["department"] == "Compilers",
                "the department did not come back",
            )?;
            Ok("Sophos has Grace; her department is kept by the facade and comes back")
        })
        .await?;
    id(&reply)
}

async fn group_forms(teller: &mut Teller, ada: &str, grace: &str) -> Result<String, Failed> {
    let reply = teller
        .step(form("A group with both", &[ada, grace]), |seen| {
            status(seen, 201)?;
            members(seen, &["Ada Lovelace", "Grace Hopper"])?;
            Ok("Sophos has the group, and both are in it")
        })
        .await?;
    id(&reply)
}

async fn ada_changes(teller: &mut Teller, ada: &str) -> Result<(), Failed> {
    let title = [json!({ "op": "replace", "path": "title", "value": "Countess" })];
    teller
        .step(patch("Ada gets a title, which Sophos does not know", ada, &title), |seen| {
            status(seen, 200)?;
            expect(seen.reply.text("/title") == "Countess", "the title did not come back")?;
            expect(writes(seen) == 0, "Sophos was written to")?;
            Ok("kept by the facade; nothing was written to Sophos")
        })
        .await?;
    let (step, replace) = match teller.profile() {
        Profile::Tolerant => ("Ada changes her name, in Entra ID's spelling of \"replace\"", "Replace"),
        Profile::Strict => ("Ada changes her name", "replace"),
    };
    let name = [json!({ "op": replace, "path": "displayName", "value": "Ada King" })];
    teller
        .step(patch(step, ada, &name), |seen| {
            status(seen, 200)?;
            called(seen, ADA, "Ada King")?;
            Ok("Sophos has the new name")
        })
        .await?;
    Ok(())
}

async fn ada_leaves(teller: &mut Teller, ada: &str, group: &str) -> Result<(), Failed> {
    let off = access(teller.profile(), false);
    teller
        .step(
            patch("Okta deactivates Ada. Sophos has no disabled people: she goes into quarantine", ada, &off),
            |seen| {
                status(seen, 200)?;
                expect(seen.reply.body["active"] == false, "the answer does not say active: false")?;
                expect(
                    seen.world.members(QUARANTINE_GROUP) == Some(vec!["Ada King"]),
                    "the quarantine group does not hold Ada alone",
                )?;
                members(seen, &["Grace Hopper"])?;
                Ok("in the quarantine group and in no other: her access is gone; in 30 days she is parked")
            },
        )
        .await?;
    teller
        .step(get("In SCIM Ada is still there", format!("/Users/{ada}")), |seen| {
            status(seen, 200)?;
            expect(seen.reply.body["active"] == false, "she is not shown as inactive")?;
            expect(seen.reply.text("/title") == "Countess", "her title is lost")?;
            Ok("inactive, with everything that was ever written about her")
        })
        .await?;
    teller
        .step(get("And in her group, too", format!("/Groups/{group}")), |seen| {
            status(seen, 200)?;
            let listed = seen.reply.body["members"]
                .as_array()
                .is_some_and(|all| all.iter().any(|one| one["value"] == ada));
            expect(listed, "the group does not list her")?;
            members(seen, &["Grace Hopper"])?;
            Ok("the client sees both members, Sophos has one")
        })
        .await?;
    Ok(())
}

async fn ada_returns(teller: &mut Teller, ada: &str) -> Result<(), Failed> {
    let on = access(teller.profile(), true);
    teller
        .step(patch("Okta reactivates Ada", ada, &on), |seen| {
            status(seen, 200)?;
            expect(seen.reply.body["active"] == true, "the answer does not say active: true")?;
            expect(seen.reply.id() == ada, "she has another SCIM id")?;
            called(seen, ADA, "Ada King")?;
            members(seen, &["Ada King", "Grace Hopper"])?;
            expect(seen.world.members(QUARANTINE_GROUP) == Some(Vec::new()), "she is still in quarantine")?;
            Ok("out of quarantine and back in her group")
        })
        .await?;
    Ok(())
}

async fn grace_goes(teller: &mut Teller, grace: &str, group: &str) -> Result<(), Failed> {
    let path = format!("/Users/{grace}");
    teller
        .step(delete("Entra ID deletes Grace", grace), |seen| {
            status(seen, 204)?;
            expect(seen.world.person(GRACE).is_none(), "Sophos still has Grace")?;
            members(seen, &["Ada King"])?;
            Ok("gone in Sophos, and from the group")
        })
        .await?;
    teller
        .step(get("Grace is gone in SCIM, too", path), |seen| {
            status(seen, 404)?;
            Ok("not found, as the RFC has it")
        })
        .await?;
    teller
        .step(get("What is left", format!("/Groups/{group}")), |seen| {
            status(seen, 200)?;
            expect(
                seen.reply.body["members"].as_array().is_some_and(|all| all.len() == 1),
                "not exactly one member",
            )?;
            members(seen, &["Ada King"])?;
            Ok("one person, one group, the same on both sides")
        })
        .await?;
    Ok(())
}

fn created(seen: &Seen<'_>, email: &str, name: &str) -> Verdict {
    status(seen, 201)?;
    called(seen, email, name)?;
    Ok("Sophos has the person, with name and e-mail address")
}
