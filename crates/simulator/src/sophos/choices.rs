//! The values that switches choose from.

use crate::choice::choice;

choice!(
    /// Spelling of the hosts in `whoami`.
    HostStyle {
        /// `https://host`
        Plain,
        /// `https://host/`
        TrailingSlash,
        /// `http://host`
        Http,
        /// `http://host/`
        HttpTrailingSlash,
    }
);
choice!(
    /// Spelling of error codes.
    ErrorStyle {
        /// As captured: `Unauthorized` without a message, the others in camel case.
        Mixed,
        /// All in camel case: `notAuthorized`, `forbidden`.
        Camel,
        /// All with a capital: `Unauthorized`, `Forbidden`, `NotFound`.
        Pascal,
    }
);
choice!(
    /// A number out of range.
    OutOfRange {
        /// Answered with the bad-request status.
        Reject,
        /// Moved to the nearest allowed value; text that is no number counts as left out.
        Clamp,
    }
);
choice!(
    /// Values that clear an optional field.
    Clearing {
        /// `""` and `null`.
        Both,
        /// Only `""`.
        Empty,
        /// Only `null`.
        Null,
        /// None.
        Neither,
    }
);
choice!(
    /// A value that could clear but does not.
    NotClearing {
        /// The field stays as it is.
        Ignore,
        /// Answered with the bad-request status.
        Reject,
    }
);
choice!(
    /// A PATCH without fields.
    EmptyPatch {
        /// 200 and nothing changes.
        NoOp,
        /// Answered with the bad-request status.
        Reject,
    }
);
choice!(
    /// A sort direction.
    Direction {
        /// Ascending.
        Asc,
        /// Descending.
        Desc,
    }
);
choice!(
    /// The order of an unsorted list.
    Order {
        /// Oldest first.
        Created,
        /// Newest first, so that every new object shifts all pages.
        NewestFirst,
        /// By id, so that a new object lands anywhere.
        Id,
    }
);
choice!(
    /// Several words in a search.
    SearchWords {
        /// One text with blanks in it.
        Phrase,
        /// Every word must be found.
        All,
        /// One word is enough.
        Any,
    }
);
choice!(
    /// Several filters.
    Filters {
        /// All must hold.
        All,
        /// One is enough.
        Any,
    }
);
choice!(
    /// A dotted name in `fields`.
    DottedFields {
        /// Keeps the whole top-level field.
        TopLevel,
        /// Keeps only the named part.
        Nested,
    }
);
choice!(
    /// Asking for something that is not there.
    Missing {
        /// 200.
        Ok,
        /// 404.
        NotFound,
    }
);
choice!(
    /// Deleting a user who is an admin.
    AdminUserDelete {
        /// The admin goes too; 409 for the last Super Admin.
        AdminGoesToo,
        /// The user goes, the admin stays.
        AdminStays,
        /// 409.
        Conflict,
    }
);
choice!(
    /// Adding a member again.
    AlreadyMember {
        /// 201, listed as added.
        Echoed,
        /// 201, not listed.
        Omitted,
        /// 409.
        Conflict,
    }
);
choice!(
    /// Removing a non-member in bulk.
    RemoveNonMember {
        /// Neither removed nor an error.
        Silent,
        /// Listed as removed.
        Removed,
        /// Listed in `errors`.
        NotFound,
    }
);
choice!(
    /// Whether something undocumented is refused.
    Undocumented {
        /// 409.
        Conflict,
        /// It works.
        Allow,
    }
);
choice!(
    /// Whose `updatedAt` moves.
    Touches {
        /// Nobody's.
        Neither,
        /// The user's.
        User,
        /// The group's.
        Group,
        /// Both.
        Both,
    }
);
choice!(
    /// Deleting an admin that is not there.
    AdminDeleteMissing {
        /// 200 if it was there once, else 404.
        RemovedBefore,
        /// 404.
        NotFound,
        /// 200.
        Ok,
    }
);
