//! What an operator decides about one target.

/// What `active: false` means on a backend without a disabled state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeactivatePolicy {
    /// The person is deleted natively and kept here, to be made again when reactivated.
    Park,
    /// Refused with 400 `mutability`.
    Reject,
}

impl DeactivatePolicy {
    /// The word in the configuration.
    pub fn word(self) -> &'static str {
        match self {
            Self::Park => "park",
            Self::Reject => "reject",
        }
    }

    /// What the policy does and destroys, for the operator who chooses it.
    pub fn consequences(self) -> &'static str {
        match self {
            Self::Park => {
                "a deactivated person is DELETED in the product and kept here, alive in SCIM with active: false. \
                 Reactivation makes the person again, with the same SCIM id, attributes and groups. What does not come back: \
                 the mailbox, device links, policies assigned to the person, an admin role. A device log-in may recreate \
                 the person in the meantime"
            }
            Self::Reject => {
                "a deactivation is refused with 400 and destroys nothing: the person KEEPS ACCESS until deleted"
            }
        }
    }
}

/// Whether people whom nobody linked and who have no e-mail address are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PeopleWithoutEmail {
    /// They are left out.
    #[default]
    Hide,
    /// They are listed.
    Show,
}

/// What happens when a client makes somebody who exists natively and whom nobody has linked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnExisting {
    /// Exactly one, managed by nobody else, is linked and brought to what the client says.
    #[default]
    Adopt,
    /// 409 `uniqueness`.
    Conflict,
}

/// One target's settings.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What `active: false` means where the backend has no disabled state.
    pub deactivate: DeactivatePolicy,
    /// Whether unlinked people without an e-mail address are seen.
    pub people_without_email: PeopleWithoutEmail,
    /// What a POST does that meets somebody whom nobody linked.
    pub on_existing: OnExisting,
    /// The native fields that a userName is compared with; `None` for the backend's own choice.
    pub match_on: Option<Vec<String>>,
    /// The most objects that one query may look at natively; past it the answer is 400 `tooMany`.
    pub scan_limit: u64,
    /// The base URL of every `location` and `$ref`, without a trailing slash: `{public_url}/{target}/scim/v2`.
    pub base_url: String,
}

impl Settings {
    /// The defaults, for a target at this base URL.
    pub fn new(base_url: String, deactivate: DeactivatePolicy) -> Self {
        Self {
            deactivate,
            people_without_email: PeopleWithoutEmail::default(),
            on_existing: OnExisting::default(),
            match_on: None,
            scan_limit: 2000,
            base_url,
        }
    }
}
