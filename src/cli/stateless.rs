//! Targets of which nothing is remembered: `shadow = "off"`.

use std::sync::Arc;
use std::time::Duration;

use super::failed::Failed;
use super::wiring::Tools;
use crate::backend::{Capabilities, Deactivate};
use crate::config::Config;
use crate::kernel::{Kind, TargetName, Timestamp};
use crate::store::passing::{Auditor, Passing};
use crate::store::{AuditRow, State, Store, StoreError};
use crate::telemetry::{Audited, Telemetry};

/// Hands the audit of such a target to the log.
struct ToLog(Telemetry);

impl Auditor for ToLog {
    fn audited(&self, row: &AuditRow) {
        self.0.emit(Audited {
            request: &row.request,
            target: &row.target,
            client: &row.client,
            kind: row.kind.name(),
            id: row.scim_id.as_str(),
            action: &row.action,
            outcome: &row.outcome,
            what: &row.what,
            active: row.active,
            plan: &row.plan,
            took: Duration::from_micros(u64::try_from(row.latency).unwrap_or_default()),
        });
    }
}

/// A store for a target of which nothing is remembered. `below` keeps what all targets share.
pub(super) fn passing(name: &TargetName, below: &Arc<dyn Store>, tools: &Tools) -> Arc<dyn Store> {
    let auditor = Arc::new(ToLog(tools.telemetry.clone()));
    Arc::new(Passing::new(name.clone(), Arc::clone(below), Arc::clone(&tools.clock), auditor))
}

/// Looks what a store still holds of a target of which nothing is to be remembered any more.
///
/// # Errors
/// If something is still to be done: nobody would do it.
pub(super) async fn leave_behind(name: &TargetName, store: &dyn Store) -> Result<(), Failed> {
    let failed = |error: StoreError| Failed::new(error.to_string());
    let wished = store.due_intents(name, Timestamp(i64::MAX), 1).await.map_err(failed)?;
    let changes = store.open_operations(name).await.map_err(failed)?;
    if !wished.is_empty() || !changes.is_empty() {
        return Err(Failed::new(format!(
            "targets.{name}.shadow is \"off\", but the store still has wishes of this target that are not fulfilled: serve it \
             with \"on\" until they are"
        )));
    }
    let mut rows = 0;
    for kind in Kind::ALL {
        rows += store.count_in(name, kind, &State::ALL).await.map_err(failed)?;
    }
    if rows > 0 {
        tracing::warn!(scim_target = %name, rows, "the shadow is off: what the store has of this target is not looked at");
    }
    Ok(())
}

/// Whether a target over this backend can do without a shadow.
///
/// # Errors
/// Why not.
pub(super) fn can_be_off(caps: &Capabilities) -> Result<(), &'static str> {
    match caps.deactivate {
        Deactivate::Native if caps.hides_inactive => Err(
            "is \"off\", but this product may not show people whom it has switched off: only a shadow keeps them findable. \
             Set it to \"on\"; or, if you have seen that your tenant shows them, say inactive_visible = true",
        ),
        Deactivate::Native => Ok(()),
        Deactivate::Quarantine | Deactivate::Absent => Err(
            "is \"off\", but this product has no disabled state of its own: only a shadow remembers who is deactivated and \
             what they come back to. Set it to \"on\"",
        ),
    }
}

/// What an operator has to know of a target of which nothing is remembered.
pub(super) fn consequences(config: &Config, name: &TargetName, caps: &Capabilities) -> Vec<String> {
    let mut told = vec![
        "nothing is remembered of this target: ids are the product's own, attributes that the product does not keep are \
         not echoed, and the audit goes to the log. What was answered with \"try again\" is forgotten when the program ends: \
         the identity provider's next try does it"
            .to_owned(),
    ];
    let clients: Vec<&str> = config
        .clients
        .iter()
        .filter(|(_, client)| client.targets.contains(name))
        .map(|(client, _)| client.as_str())
        .collect();
    if clients.len() > 1 {
        told.push(format!(
            "nobody owns anything here: each of {} may change, deactivate and delete what the others made. \"takeover\" and \
             groups = \"own\" have no meaning",
            clients.join(", ")
        ));
    }
    if caps.user.external_id.is_none() {
        told.push("externalId is not kept: a client that looks people up by it finds nobody".to_owned());
    }
    told
}
