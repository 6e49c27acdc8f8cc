//! What an operator decides about one target.

/// What `active: false` means on a backend without a disabled state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeactivatePolicy {
    /// The native person is deleted; the facade keeps the person and makes it again on reactivation.
    Park,
    /// 400: the target can't deactivate.
    Reject,
}

/// Whether unlinked people without an e-mail address are seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PeopleWithoutEmail {
    /// They are not: agents make such entries by themselves.
    #[default]
    Hide,
    /// They are.
    Show,
}

/// One target's settings.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What `active: false` means where the backend has no disabled state.
    pub deactivate: DeactivatePolicy,
    /// Whether unlinked people without an e-mail address are seen.
    pub people_without_email: PeopleWithoutEmail,
    /// The most objects that one query may look at natively; past it the answer is 400 `tooMany`.
    pub scan_limit: u64,
    /// The base URL of every `location` and `$ref`, without a trailing slash: `{public_url}/{target}/scim/v2`.
    pub base_url: String,
}
