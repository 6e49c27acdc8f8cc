//! What an operator decides about how people lose access.

use std::time::Duration;

/// What becomes of a person's admin record when the person is deactivated or deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AdminOffboarding {
    /// It is ended first, whoever made it.
    #[default]
    Remove,
    /// The whole is refused, and an operator is told.
    Refuse,
}

/// What the deletion of a person does natively.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnDelete {
    /// The native object is deleted.
    #[default]
    Delete,
    /// The person loses access as by a deactivation, and the native object stays, if the policy keeps it.
    Deactivate,
    /// First the one, then the other.
    DeactivateThenDelete,
    /// Refused with 403.
    Refuse,
}

impl OnDelete {
    /// Whether access ends by a deactivation first.
    pub fn deactivates(self) -> bool {
        matches!(self, Self::Deactivate | Self::DeactivateThenDelete)
    }
}

/// How people lose access.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// For administrators.
    pub admin_offboarding: AdminOffboarding,
    /// For deletions.
    pub on_delete: OnDelete,
    /// When a quarantined person's native object is deleted; `None`: never.
    pub park_after: Option<Duration>,
}
