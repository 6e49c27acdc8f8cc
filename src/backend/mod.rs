//! The vendors' products behind one pair of traits. No backend imports another; the vendors' folders have the same file names.
//! `memory` is the reference; `quarantine` and `dry_run` are layers around any backend.

mod attributes;
mod capabilities;
pub mod dry_run;
mod error;
pub mod memory;
mod native;
pub mod netskope;
pub mod quarantine;
pub mod sophos;
mod unanswered;

use async_trait::async_trait;
use scim::resource::Document;

pub use capabilities::{
    Capabilities, Compare, Custom, CustomLimits, Deactivate, Field, KindCaps, ListTells, PerCall, Pushdown,
    Rate, Requirement,
};
pub use error::{BackendError, ErrorKind, Result, Sent};
pub use native::{
    Change, Desired, Listing, Locked, MemberDelta, MemberOutcome, MemberPage, Native, NativeCall,
    NativeQuery, Neighbour, Offered, Probe, Refusal, Total, Want, Write,
};

pub use crate::kernel::{Attrs, NativeRef};
use crate::kernel::{Catalogue, Ctx, Kind};

/// Reading a backend.
#[async_trait]
pub trait Reads: Send + Sync {
    /// Reads one object.
    ///
    /// # Behaviour
    /// * An object that doesn't exist, and an id that can't be one of the backend's, is `None`, not an error.
    /// * `want.groups` brings all groups of a user, with one call more where the object embeds only some; not where
    ///   [`Capabilities::groups_by_members`].
    async fn get(&self, ctx: &Ctx, kind: Kind, at: &NativeRef, want: Want) -> Result<Option<Native>>;

    /// Reads a slice of the objects that match.
    ///
    /// # Behaviour
    /// * `All`: rows `from .. from + limit` in native id order ([`Capabilities::own_order`]: in its own), whatever the
    ///   backend's page size; `total` is exact.
    /// * `Equals`: compares exactly here what the backend can only search for; looks at `limit` hits at most and
    ///   says `AtLeast` when there were more. `from` is 0.
    /// * `Ids`: those that exist, in any order. `from` is 0.
    /// * The rows of `All` and `Equals` may leave out what [`Capabilities::list_tells`] does not name.
    async fn search(
        &self,
        ctx: &Ctx,
        kind: Kind,
        query: &NativeQuery,
        from: u64,
        limit: u64,
    ) -> Result<Listing>;

    /// Reads a slice of a group's members.
    ///
    /// # Behaviour
    /// * A group that doesn't exist is [`ErrorKind::NotFound`].
    async fn members(&self, ctx: &Ctx, group: &NativeRef, from: u64) -> Result<MemberPage>;

    /// The admin records of a person. Needs [`Capabilities::admins`].
    ///
    /// # Behaviour
    /// * Nobody's, and a person who doesn't exist, are none, not an error.
    async fn admins_of(&self, ctx: &Ctx, user: &NativeRef) -> Result<Vec<NativeRef>>;

    /// All roles or entitlements that people can have, in an order that stays. Needs [`Capabilities::catalogues`].
    ///
    /// # Behaviour
    /// * A catalogue that the capabilities don't name is empty, not an error.
    async fn offered(&self, ctx: &Ctx, what: Catalogue) -> Result<Vec<Offered>>;
}

/// Changing a backend. Each method is one native write or idempotent as a whole, never a saga.
#[async_trait]
pub trait Backend: Reads {
    /// What the backend holds and does.
    fn capabilities(&self) -> &Capabilities;

    /// The native fields that a resource wants, by the vendor's rules: pure. `user_name` and the rest come from the
    /// document; what the backend doesn't hold is left out.
    fn desired(&self, kind: Kind, document: &Document) -> Attrs;

    /// A native object as a SCIM document: pure. For an object that nobody wrote through us, and for the values that
    /// drifted. Leaves out `groups` and `members`, which hold ids that only the facade can translate, and `externalId`, which
    /// only the facade knows whose it is.
    fn present(&self, kind: Kind, native: &Native) -> Document;

    /// Puts one native field's value into a document, for a field that drifted: pure.
    fn overlay(&self, kind: Kind, field: &str, native: &Native, document: &mut Document);

    /// Puts what only the backend knows (read-only attributes) into a document: pure.
    fn annotate(&self, kind: Kind, native: &Native, document: &mut Document);

    /// The calls that a write needs, in order: pure, made after the reads. The battery asserts that they are the writes
    /// that the backend saw.
    fn plan(&self, write: &Write) -> Vec<NativeCall>;

    /// Makes an object.
    ///
    /// # Behaviour
    /// * A duplicate of a unique field is [`ErrorKind::Conflict`], [`Sent::Rejected`]; so is a locked link.
    /// * A link that doesn't exist is [`ErrorKind::NotFound`], [`Sent::Rejected`], and nothing is made.
    async fn create(&self, ctx: &Ctx, desired: &Desired) -> Result<Native>;

    /// Changes fields of an object.
    ///
    /// # Behaviour
    /// * Gives the object after the change where the backend sends it, else `None`; no read is made.
    /// * A missing object is [`ErrorKind::NotFound`]; a duplicate or a locked object is [`ErrorKind::Conflict`].
    async fn update(&self, ctx: &Ctx, kind: Kind, at: &NativeRef, change: &Change) -> Result<Option<Native>>;

    /// Makes natively what the settings need and is not there. Called at the start, and before a person is switched off.
    ///
    /// # Behaviour
    /// * Idempotent; costs no call once it is there.
    async fn prepare(&self, _ctx: &Ctx) -> Result<()> {
        Ok(())
    }

    /// Switches a person on or off. Not for [`Deactivate::Absent`].
    ///
    /// # Behaviour
    /// * Idempotent.
    /// * Whoever is out of sight afterwards, or was before, is [`ErrorKind::NotFound`].
    async fn set_active(&self, ctx: &Ctx, at: &NativeRef, active: bool) -> Result<()>;

    /// Puts a person into groups, and then takes them out of others. Needed where there is no [`Deactivate::Native`].
    ///
    /// # Behaviour
    /// * Idempotent, as [`Backend::change_members`] is.
    /// * A group that doesn't exist or is locked is [`ErrorKind::NotFound`] or [`ErrorKind::Conflict`]; a locked person is
    ///   [`ErrorKind::Locked`].
    async fn change_groups(&self, ctx: &Ctx, user: &NativeRef, delta: &MemberDelta) -> Result<()>;

    /// Ends an admin record; the person stays. Needs [`Capabilities::admins`].
    ///
    /// # Behaviour
    /// * A record that doesn't exist is a success.
    /// * The last of the highest rank is refused: [`ErrorKind::Administrator`], [`Sent::Rejected`].
    async fn end_admin(&self, ctx: &Ctx, admin: &NativeRef) -> Result<()>;

    /// Adds and removes members of a group; costs the delta, whatever the group's size.
    ///
    /// # Behaviour
    /// * Adding a member that is there and removing one that is not are successes.
    /// * Members that the backend refuses are told in the outcome, the others are changed or told as left.
    /// * A missing group is [`ErrorKind::NotFound`]; a locked group is [`ErrorKind::Locked`].
    async fn change_members(
        &self,
        ctx: &Ctx,
        group: &NativeRef,
        delta: &MemberDelta,
    ) -> Result<MemberOutcome>;

    /// Removes an object.
    ///
    /// # Behaviour
    /// * A missing object is a success.
    /// * A group that still has members, where `delete_needs_empty`, is [`ErrorKind::Conflict`], [`Sent::Rejected`].
    async fn delete(&self, ctx: &Ctx, kind: Kind, at: &NativeRef) -> Result<()>;

    /// Looks whether the backend can be reached with our credential, and what it says of itself.
    async fn probe(&self, ctx: &Ctx) -> Result<Probe>;
}
