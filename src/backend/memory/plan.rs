//! The calls of the reference backend: one a write, spelled like a SCIM service's.

use crate::backend::{NativeCall, Write};
use crate::kernel::Kind;

/// The calls that a write makes.
pub(super) fn calls(write: &Write) -> Vec<NativeCall> {
    let one = |method, path| vec![NativeCall { method, path }];
    match write {
        Write::Create(desired) => one("create", format!("/{}", desired.kind.endpoint())),
        Write::Update(kind, at, _) => one("update", format!("/{}/{}", kind.endpoint(), at.id)),
        Write::SetActive(at, true) => one("activate", format!("/{}/{}", Kind::User.endpoint(), at.id)),
        Write::SetActive(at, false) => one("deactivate", format!("/{}/{}", Kind::User.endpoint(), at.id)),
        Write::ChangeMembers(_, delta) if delta.is_empty() => Vec::new(),
        Write::ChangeMembers(group, _) => one("members", format!("/{}/{}", Kind::Group.endpoint(), group.id)),
        Write::ChangeGroups(_, delta) if delta.is_empty() => Vec::new(),
        Write::ChangeGroups(user, _) => one("groups", format!("/{}/{}", Kind::User.endpoint(), user.id)),
        Write::EndAdmin(admin) => one("end admin", format!("/Admins/{}", admin.id)),
        Write::Delete(kind, at) => one("delete", format!("/{}/{}", kind.endpoint(), at.id)),
    }
}
