//! What was decided: the audit of a request, and the native writes that come of it.

use super::told::{Decided, NativeWrite};
use crate::backend::dry_run::Planned;
use crate::backend::{ErrorKind, Write};
use crate::kernel::Kind;
use crate::store::{AuditRow, Op};

/// What was journalled before it would have been tried.
const BEGUN: &str = "begun";

/// The decided writes, in order.
pub(super) fn all(written: &[Op]) -> Vec<Decided> {
    let mut all: Vec<Decided> = Vec::new();
    let rows = written.iter().filter_map(|op| match op {
        Op::Audit(row) => Some(row),
        _ => None,
    });
    for row in rows {
        let same = |decided: &&mut Decided| {
            decided.outcome == BEGUN
                && decided.id == row.scim_id.as_str()
                && alike(&decided.action, &row.action)
        };
        match all.iter_mut().rev().find(same) {
            Some(begun) if row.outcome == BEGUN => begun.calls.extend(row.plan.clone()),
            Some(begun) => begun.outcome.clone_from(&row.outcome),
            None => all.push(decided(row)),
        }
    }
    all
}

fn decided(row: &AuditRow) -> Decided {
    Decided {
        action: row.action.clone(),
        kind: row.kind.name(),
        id: row.scim_id.to_string(),
        what: row.what.clone(),
        active: row.active,
        outcome: row.outcome.clone(),
        calls: row.plan.clone(),
    }
}

/// A change of members is journalled once, whichever way its steps go.
fn alike(a: &str, b: &str) -> bool {
    a == b || (a.starts_with("member") && b.starts_with("member"))
}

/// A native write with its fields by name.
pub(super) fn native_write(planned: &Planned) -> NativeWrite {
    let fields = match &planned.write {
        Write::Create(desired) => {
            let links = if desired.kind == Kind::User { "groups" } else { "members" };
            let links = (!desired.links.is_empty()).then(|| format!("{links}: {}", desired.links.len()));
            desired.attrs.keys().map(str::to_owned).chain(links).collect()
        }
        Write::Update(_, _, change) => {
            let emptied = change.clear.iter().map(|field| format!("{field} (emptied)"));
            change.set.keys().map(str::to_owned).chain(emptied).collect()
        }
        Write::ChangeMembers(_, delta) => {
            let counted = [(delta.remove.len(), "members out"), (delta.add.len(), "members in")];
            counted.into_iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{what}: {n}")).collect()
        }
        Write::ChangeGroups(_, delta) => {
            let counted = [(delta.add.len(), "into groups"), (delta.remove.len(), "out of groups")];
            counted.into_iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{what}: {n}")).collect()
        }
        Write::SetActive(..) | Write::EndAdmin(_) | Write::Delete(..) => Vec::new(),
    };
    let calls = planned.calls.iter().map(|call| format!("{} {}", call.method, call.path)).collect();
    let refused = planned.refused.as_ref().map(|kind| match kind {
        ErrorKind::Locked(by) => format!("managed by {}", by.by),
        other => format!("{other:?}"),
    });
    NativeWrite { calls, fields, refused }
}
