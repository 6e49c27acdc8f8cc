//! What a request destroys.

use crate::backend::dry_run::Planned;
use crate::backend::{Backend, Deactivate, Write};
use crate::facade::Settings;
use crate::kernel::{Kind, ScimId};
use crate::store::{Action, AuditRow, Op};

/// What does not come back of a person who is deleted.
const PERSON: &str = "a person is DELETED in the product. What does not come back: the mailbox, device links, policies \
                      assigned to the person, an admin role. A device log-in may recreate the person";

/// What is needed to tell.
pub(super) struct Lost<'s> {
    pub written: &'s [Op],
    pub backend: &'s dyn Backend,
    pub settings: &'s Settings,
}

/// One line for each thing that is lost.
pub(super) fn all(lost: &Lost<'_>, planned: &[Planned]) -> Vec<String> {
    let mut told: Vec<String> = Vec::new();
    let mut say = |line: String| {
        if !told.contains(&line) {
            told.push(line);
        }
    };
    let deactivates = lost.deactivates();
    if deactivates {
        say(lost.settings.deactivate.consequences().to_owned());
    }
    for planned in planned.iter().filter(|planned| planned.refused.is_none()) {
        match &planned.write {
            // What the policy says of a deactivation is told already.
            Write::Delete(Kind::User, _) | Write::ChangeGroups(..) | Write::EndAdmin(_) if deactivates => {}
            Write::Delete(Kind::User, _) => say(PERSON.to_owned()),
            Write::Delete(Kind::Group, _) => {
                say("a group is DELETED in the product; its members stay".to_owned());
            }
            Write::ChangeMembers(_, delta) if !delta.remove.is_empty() => {
                say(format!("memberships of a group: {}", delta.remove.len()));
            }
            Write::ChangeGroups(_, delta) if !delta.remove.is_empty() => {
                say(format!("memberships of a person: {}", delta.remove.len()));
            }
            Write::Update(_, _, change) if !change.clear.is_empty() => {
                say(format!("the values of {}", change.clear.join(", ")));
            }
            Write::SetActive(_, false) => say("a person's access, until it is given back".to_owned()),
            Write::EndAdmin(_) => say("an admin role".to_owned()),
            Write::Create(_)
            | Write::Update(..)
            | Write::SetActive(..)
            | Write::ChangeMembers(..)
            | Write::ChangeGroups(..) => {}
        }
    }
    if lost.forgets() {
        say("the SCIM id, every attribute that only the facade keeps, and what clients call the resource"
            .to_owned());
    }
    told
}

impl Lost<'_> {
    /// Whether somebody is deactivated by a policy of the operator's.
    fn deactivates(&self) -> bool {
        let word = Action::Deactivate.as_str();
        let refused = |row: &AuditRow| row.outcome.starts_with("refused");
        let deactivates = |op: &Op| matches!(op, Op::Audit(row) if row.action == word && !refused(row));
        self.backend.capabilities().deactivate != Deactivate::Native && self.written.iter().any(deactivates)
    }

    /// Whether a resource is forgotten that was there before.
    fn forgets(&self) -> bool {
        let is_new =
            |id: &ScimId| self.written.iter().any(|op| matches!(op, Op::Insert(row) if row.scim_id == *id));
        self.written.iter().any(|op| matches!(op, Op::Remove(_, _, id) if !is_new(id)))
    }
}
