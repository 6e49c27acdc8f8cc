//! The shadow: what the facade knows of one resource.

use std::collections::BTreeSet;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use scim::resource::{Document, fold};
use serde::{Deserialize, Serialize};

use crate::kernel::{Attrs, ClientName, Kind, NativeRef, ScimId, TargetName, Timestamp};

/// Where a resource is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Reserved; the native create is under way or its outcome unknown.
    Creating,
    /// Linked to a native object.
    Live,
    /// Deactivated; what that means natively (switched off, quarantined, deleted) is not confirmed yet.
    Parking,
    /// Deactivated, with no native object.
    Parked,
    /// Reactivated; the native create is under way or its outcome unknown.
    Unparking,
    /// Deactivated, with its native object in the quarantine group.
    Quarantined,
    /// Being deleted; gone for every reader.
    Deleting,
    /// The native object vanished and nobody was found in its place; gone for every reader, remembered for a while.
    Lost,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 8] = [
        Self::Creating,
        Self::Live,
        Self::Parking,
        Self::Parked,
        Self::Unparking,
        Self::Quarantined,
        Self::Deleting,
        Self::Lost,
    ];

    /// Whether the native object is there and answers for itself.
    pub fn is_native(self) -> bool {
        matches!(self, Self::Live | Self::Quarantined)
    }

    /// The state's name in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Creating => "creating",
            Self::Live => "live",
            Self::Parking => "parking",
            Self::Parked => "parked",
            Self::Unparking => "unparking",
            Self::Quarantined => "quarantined",
            Self::Deleting => "deleting",
            Self::Lost => "lost",
        }
    }

    /// Reads a name from the store.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// What the facade knows of one resource.
///
/// A clone shares the row until one of the two is changed, so that whoever looks it up copies nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct Shadow(Arc<ShadowRow>);

/// A shadow's row. Laid out in this order, for a read looks at no more than what comes first.
#[derive(Clone, Debug, PartialEq)]
#[repr(C)]
pub struct ShadowRow {
    /// The id that clients see.
    pub scim_id: ScimId,
    /// The native object, while there is one.
    pub native: Option<NativeRef>,
    /// Everything that clients wrote, canonical; without `externalId`, which is each client's own (see links).
    pub document: Document,
    /// All native fields as they were after our last write, or when we first saw the object.
    pub projection: Attrs,
    /// When it was first seen.
    pub created: Timestamp,
    /// When it was last changed through us.
    pub modified: Timestamp,
    /// Until when our own record of it wins over a read that does not show it yet.
    pub overlay_until: Option<Timestamp>,
    /// User or group.
    pub kind: Kind,
    /// Where it is in its life.
    pub state: State,
    /// Whether the person is meant to have access; true for groups.
    pub active: bool,
    /// A client removed `active`: answers leave it out until it is written again.
    pub active_unassigned: bool,
    /// Whether the native object has an e-mail address, as far as we know; lists need to know who has none.
    pub has_email: bool,
    /// The folded userName or displayName; unique per target and kind.
    pub key: String,
    /// Of which target.
    pub target: TargetName,
    /// Who made or adopted it.
    pub owner: ClientName,
    /// A group's number of native members: exact if at most 100, else a lower bound; `None` is not known.
    pub member_count: Option<u32>,
    /// Counts changes of membership made through us; part of a group's ETag.
    pub member_version: u64,
    /// Counts wishes about its life. For whoever reads the store; nothing is decided by it.
    pub generation: u64,
    /// Counts writes of this row; guards against lost updates.
    pub version: u64,
    /// Its create was answered with "try again": until then a repeated POST gets this resource.
    pub owed_until: Option<Timestamp>,
}

impl From<ShadowRow> for Shadow {
    fn from(row: ShadowRow) -> Self {
        Self(Arc::new(row))
    }
}

impl Deref for Shadow {
    type Target = ShadowRow;

    fn deref(&self) -> &ShadowRow {
        &self.0
    }
}

impl DerefMut for Shadow {
    fn deref_mut(&mut self) -> &mut ShadowRow {
        Arc::make_mut(&mut self.0)
    }
}

impl Shadow {
    /// The row of a resource whose native object vanished: its key is free, and it is remembered from `now` on.
    #[must_use]
    pub fn lost(mut self, now: Timestamp) -> Self {
        self.state = State::Lost;
        self.native = None;
        // Names are folded to lower case.
        self.key = format!("LOST {}", self.scim_id);
        self.modified = now;
        self.version += 1;
        self
    }

    /// Every e-mail address that clients gave the person, folded.
    pub fn addresses(&self) -> BTreeSet<String> {
        let emails = self.document.get("emails").and_then(|emails| emails.as_array());
        let values = emails.into_iter().flatten().filter_map(|email| email.get("value")?.as_str());
        values.map(fold).collect()
    }
}
