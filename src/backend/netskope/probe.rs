//! What `check` tells the operator of a tenant: what is there, and what one trips over.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::Tenant;
use super::change::Operation;
use super::management::{is_of_no_use, with_email};
use crate::backend::{BackendError, ErrorKind, NativeRef, Probe, Result, Total};
use crate::kernel::{Ctx, Kind, Timestamp};

/// So many days before its end a token is a reason to act.
const SOON: i32 = 30;

/// An id that was never given (RFC 9562 §5.9).
const NOBODY: &str = "00000000-0000-0000-0000-000000000000";

const LOCKED: &str = "people and groups that SCIM makes are locked in Netskope's console: nobody can change or delete \
                      them there, and who came by another importer is not seen here";
const MAIL: &str = "making a person can send them an invitation to enrol: look at the tenant's settings before a first \
                    synchronisation";

/// What a token may do on one route (vendor: each has a scope of its own).
#[derive(Debug, PartialEq, Eq)]
enum Scope {
    Nothing,
    Read(Total),
    Write(Total),
}

impl Tenant {
    /// Looks at people and groups apart. Changes nothing: whether the token may write is asked by a change of nobody.
    pub(super) async fn probe(&self, ctx: &Ctx) -> Result<Probe> {
        let people = self.scope(ctx, Kind::User).await?;
        let groups = self.scope(ctx, Kind::Group).await?;
        let mut probe = Probe::default();
        match (&people, &groups) {
            (Scope::Nothing, Scope::Nothing) => probe.failures.push(
                "Netskope refuses the token: it has ended, it is wrong, this machine's address is not on its list, or it \
                 has the scope of neither /api/v2/scim/Users nor /api/v2/scim/Groups"
                    .to_owned(),
            ),
            _ => {
                told(&people, "people", "/api/v2/scim/Users", &mut probe);
                told(&groups, "groups", "/api/v2/scim/Groups", &mut probe);
            }
        }
        if self.config.user_management {
            self.told_of_management(ctx, &mut probe).await?;
        }
        end_of_token(self.config.token_expires, today(ctx.received), &mut probe);
        probe.warnings.extend([LOCKED.to_owned(), MAIL.to_owned()]);
        Ok(probe)
    }

    /// The scope for the look-up by e-mail address, where the operator wants it.
    async fn told_of_management(&self, ctx: &Ctx, probe: &mut Probe) -> Result<()> {
        match self.client.people(ctx, &with_email("nobody@example.com", 1)).await {
            Err(error) if !is_of_no_use(&error.kind) => Err(error),
            Err(_) => {
                probe.failures.push(
                    "the token may not use the User-Management API: give it read for /api/v2/users/getusers, or take \
                     user_management out"
                        .to_owned(),
                );
                Ok(())
            }
            Ok(_) => Ok(()),
        }
    }

    async fn scope(&self, ctx: &Ctx, kind: Kind) -> Result<Scope> {
        let denied = |error: &BackendError| error.kind == ErrorKind::Denied;
        let total = match self.all(ctx, kind, 0, 1).await {
            Ok(everything) => everything.total,
            Err(error) if denied(&error) => return Ok(Scope::Nothing),
            Err(error) => return Err(error),
        };
        // Vendor: Read, or Read and Write. Nobody is there to be changed, so that every answer but a refusal says "write".
        let nothing = [Operation::replace("externalid", NOBODY.into())];
        let asked = self.patch(ctx, kind, &NativeRef::new(NOBODY), &nothing).await;
        Ok(if asked.is_err_and(|error| denied(&error)) { Scope::Read(total) } else { Scope::Write(total) })
    }
}

fn told(scope: &Scope, what: &str, route: &str, probe: &mut Probe) {
    let needs =
        format!("give it read and write for {route} in Netskope's console, Settings > Tools > REST API v2");
    let lacks = match scope {
        Scope::Nothing => Some(format!("the token may not ask for {what}: {needs}")),
        Scope::Read(_) => Some(format!("the token may read {what} and not change them: {needs}")),
        Scope::Write(_) => None,
    };
    probe.failures.extend(lacks);
    match scope {
        Scope::Nothing => {}
        Scope::Read(Total::Exact(count)) | Scope::Write(Total::Exact(count)) => {
            probe.facts.push(format!("{count} {what} that SCIM manages"));
        }
        Scope::Read(Total::AtLeast(count)) | Scope::Write(Total::AtLeast(count)) => {
            probe.facts.push(format!("at least {count} {what} that SCIM manages"));
        }
    }
}

/// Vendor: every token ends, and nothing tells when.
fn end_of_token(expires: Option<Date>, today: Date, probe: &mut Probe) {
    let Some(end) = expires else {
        probe.warnings.push(
            "when the token ends is not known: every token of Netskope does, and then nobody is deactivated any more. \
             Write token_expires = \"YYYY-MM-DD\", and check says when it is time"
                .to_owned(),
        );
        return;
    };
    match (end - today).get_days() {
        days if days < 0 => probe.warnings.push(format!(
            "the token should have ended on {end}: write the right day as token_expires, or make a new token"
        )),
        days if days <= SOON => probe.warnings.push(format!(
            "the token ends on {end}, in {days} days: make a new one before, or nobody is deactivated any more"
        )),
        _ => probe.facts.push(format!("the token ends on {end}")),
    }
}

fn today(now: Timestamp) -> Date {
    let now = jiff::Timestamp::from_microsecond(now.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    now.to_zoned(TimeZone::UTC).date()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(None, None, "when the token ends is not known")]
    #[case(Some("2027-01-31"), Some("the token ends on 2027-01-31"), "")]
    #[case(Some("2026-12-23"), Some("the token ends on 2026-12-23"), "")]
    #[case(Some("2026-12-22"), None, "the token ends on 2026-12-22, in 30 days")]
    #[case(Some("2026-11-22"), None, "the token ends on 2026-11-22, in 0 days")]
    #[case(Some("2026-11-21"), None, "the token should have ended on 2026-11-21")]
    fn the_end_of_a_token_is_seen_coming(
        #[case] end: Option<&str>,
        #[case] fact: Option<&str>,
        #[case] warning: &str,
    ) {
        let mut probe = Probe::default();
        let today = today(Timestamp(1_795_305_600_000_000));
        end_of_token(end.map(|end| end.parse().unwrap()), today, &mut probe);
        assert_eq!(probe.facts.first().map(String::as_str), fact);
        let told = probe.warnings.first().map(String::as_str).unwrap_or_default();
        assert!(told.starts_with(warning) && told.is_empty() == warning.is_empty(), "{told}");
    }
}
