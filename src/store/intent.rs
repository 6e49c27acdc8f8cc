//! Intents: wishes with consequences, journalled before they are tried, and open until they are known to be done.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::kernel::{ClientName, Kind, ScimId, TargetName, Timestamp};

/// An intent's id.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct IntentId(pub String);

/// What is wished.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// The resource exists natively.
    Create,
    /// The native fields are as the payload says.
    Update,
    /// The person has no access.
    Deactivate,
    /// A quarantined person's native object is gone.
    Park,
    /// The person has access.
    Activate,
    /// The resource is gone.
    Delete,
    /// The person is a member of the group.
    MemberIn,
    /// The person is no member of the group.
    MemberOut,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 8] = [
        Self::Create,
        Self::Update,
        Self::Deactivate,
        Self::Park,
        Self::Activate,
        Self::Delete,
        Self::MemberIn,
        Self::MemberOut,
    ];

    /// Whether somebody loses access. A quarantined person has lost it already.
    pub fn ends_access(self) -> bool {
        matches!(self, Self::Deactivate | Self::Delete | Self::MemberOut)
    }

    /// The action's name in the store and in the audit.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Deactivate => "deactivate",
            Self::Park => "park",
            Self::Activate => "activate",
            Self::Delete => "delete",
            Self::MemberIn => "member_in",
            Self::MemberOut => "member_out",
        }
    }

    /// Reads a name from the store.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.as_str() == text)
    }
}

/// Where an intent is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IntentState {
    /// To be done, or under way.
    Open,
    /// Known to be done, or made moot by a newer one.
    Done,
    /// Permanently refused; an operator was told.
    Dead,
}

impl IntentState {
    /// The state's name in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Done => "done",
            Self::Dead => "dead",
        }
    }

    /// Reads a name from the store.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Open, Self::Done, Self::Dead].into_iter().find(|state| state.as_str() == text)
    }
}

/// The aspects of a resource that an intent can be about. At most one intent is open per aspect.
pub mod aspect {
    /// Whether it exists and has access.
    pub const LIFE: &str = "life";
    /// Its native fields.
    pub const ATTRS: &str = "attrs";

    /// Whether one person is a member of the group; `user` is the SCIM id, which outlives the native one.
    pub fn member(user: &str) -> String {
        format!("member:{user}")
    }
}

/// One wish of one client about one aspect of one resource.
#[derive(Clone, Debug, PartialEq)]
pub struct Intent {
    /// Its id.
    pub id: IntentId,
    /// Of which target.
    pub target: TargetName,
    /// User or group.
    pub kind: Kind,
    /// Whom it is about.
    pub scim_id: ScimId,
    /// Which aspect: see [`aspect`].
    pub aspect: String,
    /// What is wished.
    pub action: Action,
    /// The resource's generation when it was wished. For whoever reads the store.
    pub generation: u64,
    /// Who wished it.
    pub client: ClientName,
    /// The request that wished it, for the audit.
    pub request: String,
    /// What is needed to carry it out.
    pub payload: Value,
    /// A native write may have been sent, when: until it is settled nothing else is sent for this aspect.
    pub sent: Option<Timestamp>,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is due again.
    pub next_at: Timestamp,
    /// When it was wished; the latency clock starts here.
    pub opened: Timestamp,
    /// Where it is.
    pub state: IntentState,
}
