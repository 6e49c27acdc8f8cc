//! What a client may do, and to whose resources.

use std::collections::BTreeSet;

use scim::error::ScimError;

use super::core::Core;
use super::error;
use super::read::Stored;
use super::target::{Client, Request};
use crate::kernel::{Kind, ScimId};
use crate::store::Shadow;

/// One thing that a client may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Right {
    /// See people and groups.
    Read,
    /// Make them, and adopt those that exist.
    Create,
    /// Change attributes and members.
    Update,
    /// End a person's access.
    Deactivate,
    /// Give it back.
    Reactivate,
    /// Remove people and groups.
    Delete,
    /// Deactivate, delete or adopt what another client owns.
    Takeover,
}

impl Right {
    /// Every right.
    pub const ALL: [Self; 7] = [
        Self::Read,
        Self::Create,
        Self::Update,
        Self::Deactivate,
        Self::Reactivate,
        Self::Delete,
        Self::Takeover,
    ];

    /// The word in the configuration.
    pub fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Create => "create",
            Self::Update => "update",
            Self::Deactivate => "deactivate",
            Self::Reactivate => "reactivate",
            Self::Delete => "delete",
            Self::Takeover => "takeover",
        }
    }
}

/// The rights of one client: by default all but `takeover`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rights(BTreeSet<Right>);

impl Rights {
    /// Exactly these.
    pub fn of(rights: impl IntoIterator<Item = Right>) -> Self {
        Self(rights.into_iter().collect())
    }

    /// Whether this is one of them.
    pub fn has(&self, right: Right) -> bool {
        self.0.contains(&right)
    }
}

impl Default for Rights {
    fn default() -> Self {
        Self::of(Right::ALL.into_iter().filter(|right| *right != Right::Takeover))
    }
}

/// Which groups a client may write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GroupScope {
    /// Those that it made or adopted.
    #[default]
    Own,
    /// Every group.
    All,
}

impl Client {
    /// Refuses what the client has no right to.
    ///
    /// # Errors
    /// 403 without a keyword; the detail names the setting.
    pub(super) fn may(&self, right: Right) -> Result<(), ScimError> {
        if self.rights.has(right) {
            return Ok(());
        }
        Err(ScimError::new(
            403,
            format!("This client may not do that: \"{}\" is not in its `allow` setting.", right.word()),
        ))
    }

    fn may_write(&self, is_own: bool) -> Result<(), ScimError> {
        if self.groups == GroupScope::All || is_own {
            return Ok(());
        }
        Err(ScimError::new(
            403,
            "This client neither made nor adopted the group. The setting `groups = \"all\"` would let it write every group.",
        ))
    }
}

impl Core {
    /// Whether a resource is a client's own. Where nobody's name is remembered, every resource is everybody's.
    pub(super) fn owns(&self, client: &Client, shadow: &Shadow) -> bool {
        shadow.owner == client.name || !self.keeps_shadows()
    }

    /// The same of one that may have no row: such a one is nobody's.
    fn owns_it(&self, client: &Client, shadow: Option<&Shadow>) -> bool {
        shadow.map_or(!self.keeps_shadows(), |shadow| self.owns(client, shadow))
    }

    /// Whether a client may remove a resource or end its access: it owns it, nobody does, or it may take over.
    ///
    /// # Errors
    /// 403 without a keyword.
    pub(super) fn may_end(
        &self,
        request: &Request,
        right: Right,
        kind: Kind,
        shadow: Option<&Shadow>,
    ) -> Result<(), ScimError> {
        request.client.may(right)?;
        if kind == Kind::Group {
            request.client.may_write(self.owns_it(&request.client, shadow))?;
        }
        match shadow {
            Some(shadow)
                if !self.owns(&request.client, shadow) && !request.client.rights.has(Right::Takeover) =>
            {
                Err(ScimError::new(
                    403,
                    "Another client owns this resource. Only a client with \"takeover\" in its `allow` setting may end it.",
                ))
            }
            _ => Ok(()),
        }
    }

    /// The row of a resource that from now on belongs to the client that asks.
    pub(super) async fn taken_over(
        &self,
        request: &Request,
        shadow: Option<Shadow>,
    ) -> Result<Option<Shadow>, ScimError> {
        match shadow {
            Some(shadow) if !self.owns(&request.client, &shadow) => {
                let taken = self.delivery.take_over(&request.ctx, &shadow).await;
                taken.map(Some).map_err(|failure| error::write(&request.client, failure))
            }
            other => Ok(other),
        }
    }

    /// Whether a client may write a group.
    ///
    /// # Errors
    /// 403 without a keyword; 404 for an id that names nothing.
    pub(super) async fn may_write_group(&self, request: &Request, id: &ScimId) -> Result<(), ScimError> {
        request.client.may(Right::Update)?;
        if request.client.groups == GroupScope::All || !self.keeps_shadows() {
            return Ok(());
        }
        match self.stored(request, Kind::Group, id).await? {
            Stored::Shadow(group) => request.client.may_write(self.owns(&request.client, &group)),
            Stored::Nothing | Stored::Gone(_) => Err(error::not_found(Kind::Group, id)),
            // Only of what is there can it be said that it is somebody else's.
            Stored::Native(_) => match self.resolve(request, Kind::Group, id, Default::default()).await? {
                Some(_) => request.client.may_write(false),
                None => Err(error::not_found(Kind::Group, id)),
            },
        }
    }
}
