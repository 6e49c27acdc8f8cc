//! The values that switches choose from.

use crate::choice::choice;

choice!(
    /// The content type of answers with a body, other than errors.
    ContentType {
        /// `application/scim+json;charset=utf-8`
        ScimJson,
        /// `application/json`
        Json,
    }
);
choice!(
    /// Which header may carry the token.
    AuthSchemes {
        /// Both.
        Both,
        /// Only `Netskope-Api-Token`.
        NativeOnly,
        /// Only `Authorization: Bearer`.
        BearerOnly,
    }
);
choice!(
    /// `GET /ServiceProviderConfig`.
    Discovery {
        /// The gateway knows no such route.
        NoRoute,
        /// 403: no token has the scope.
        Forbidden,
        /// It is there, and says `filter.maxResults` 200.
        Present,
    }
);
choice!(
    /// A known path with a method that it does not have.
    WrongMethod {
        /// 404 of the gateway.
        NoRoute,
        /// 405.
        NotAllowed,
    }
);
choice!(
    /// E-mails in answers of the User-Management API.
    EmailStyle {
        /// `{"value":…,"primary":true}`
        Objects,
        /// Plain strings.
        Strings,
    }
);
choice!(
    /// What shares one rate limit.
    RateScope {
        /// Users, groups and user management each have their own.
        PerFamily,
        /// All of a token's calls share one.
        Shared,
    }
);
choice!(
    /// `meta` in the answer to creating or replacing a person.
    PostMeta {
        /// Not there.
        Absent,
        /// Only `resourceType`.
        ResourceType,
    }
);
choice!(
    /// `meta.lastModified` in a read by id.
    LastModified {
        /// As RFC 3339 has it.
        DateTime,
        /// Not there.
        Absent,
        /// A number of milliseconds.
        EpochMillis,
    }
);
choice!(
    /// Where `emails[].type` is written.
    EmailType {
        /// In list rows.
        ListOnly,
        /// Everywhere.
        Always,
        /// Nowhere.
        Never,
    }
);
choice!(
    /// An `externalId` that nobody set.
    NoExternalId {
        /// Left out.
        Omitted,
        /// `null`
        Null,
    }
);
choice!(
    /// How booleans are written.
    Booleans {
        /// `true`
        Json,
        /// `"True"`
        Text,
        /// `1`
        Number,
    }
);
choice!(
    /// Members in answers about a group.
    MembersOnGet {
        /// Only when `attributes=members` asks for them.
        OnlyWithAttributes,
        /// In every read by id.
        Always,
        /// Never.
        Never,
    }
);
choice!(
    /// `members[].type`.
    MemberType {
        /// `"work"`
        Work,
        /// Not there.
        Absent,
    }
);
choice!(
    /// `members[].display`.
    MemberDisplay {
        /// The e-mail.
        Email,
        /// The display name.
        DisplayName,
        /// Not there.
        Absent,
    }
);
choice!(
    /// `PUT /Groups/{id}`.
    GroupPut {
        /// 405.
        NotAllowed,
        /// 404 of the gateway.
        NoRoute,
        /// It works.
        Supported,
    }
);
choice!(
    /// A member id that belongs to nobody.
    UnknownMember {
        /// 400; nothing of the operation is done.
        BadRequest,
        /// Left out, without a word.
        Ignored,
        /// 404; nothing of the operation is done.
        NotFound,
    }
);
choice!(
    /// A list without rows.
    EmptyList {
        /// No `Resources`.
        OmitResources,
        /// `[]`
        EmptyArray,
        /// `null`
        Null,
    }
);
choice!(
    /// The key of a list's rows.
    ResourcesKey {
        /// `Resources`
        Resources,
        /// `resources`
        LowerCase,
        /// `data`
        Data,
    }
);
choice!(
    /// How list counters are written.
    IndexTypes {
        /// As numbers.
        Int,
        /// As strings.
        Text,
    }
);
choice!(
    /// What `itemsPerPage` says.
    ItemsPerPage {
        /// How many rows came.
        Returned,
        /// How many rows were asked for.
        Requested,
    }
);
choice!(
    /// What `totalResults` says.
    TotalResults {
        /// How many there are.
        Exact,
        /// How many rows came.
        PageLength,
    }
);
choice!(
    /// `startIndex`.
    StartIndex {
        /// Where the page starts.
        Honoured,
        /// Every page is the first one.
        Ignored,
    }
);
choice!(
    /// `count=0`.
    CountZero {
        /// Only the total.
        TotalsOnly,
        /// As if there were no `count`.
        DefaultPage,
        /// 400.
        Rejected,
    }
);
choice!(
    /// The order of lists.
    RowOrder {
        /// Oldest first.
        Created,
        /// Newest first, so that a new object shifts every page.
        Newest,
        /// Another one in every answer.
        Unstable,
    }
);
choice!(
    /// A filter that the vendor does not have.
    UnsupportedFilter {
        /// 400.
        BadRequest,
        /// All rows.
        Ignored,
        /// No rows.
        EmptyList,
        /// 501, the generic failure.
        InternalError,
    }
);
choice!(
    /// The answer to a PATCH.
    PatchResponse {
        /// 204.
        NoContent,
        /// 200 with the object.
        Body,
    }
);
choice!(
    /// Whether the case of a word matters.
    Case {
        /// It does not.
        Insensitive,
        /// Only the documented spelling.
        Strict,
    }
);
choice!(
    /// Which PATCH paths of a person are known.
    PathEnum {
        /// `active`, profile attributes and extensions, too.
        Spec2026,
        /// Only userName, both names, externalId, e-mail and `active`.
        Spec2024,
    }
);
choice!(
    /// What clears an optional attribute in a PATCH. What does not is 400.
    Clearing {
        /// `remove`, and an empty text.
        Both,
        /// `remove`.
        Remove,
        /// An empty text.
        EmptyText,
    }
);
choice!(
    /// An attribute that the vendor does not have, in a POST or PUT.
    UnknownAttributes {
        /// Dropped.
        Ignored,
        /// 400.
        Rejected,
    }
);
choice!(
    /// A PUT of a person without `active`.
    PutWithoutActive {
        /// Stays as it is.
        Kept,
        /// Becomes active.
        Activates,
    }
);
choice!(
    /// `status` in the body of an error.
    ErrorStatusText {
        /// The HTTP status, as a string.
        Code,
        /// `"failed"`
        Failed,
    }
);
choice!(
    /// Which key of an error has its text.
    ErrorTextKey {
        /// `description`
        Description,
        /// `detail`
        Detail,
    }
);
choice!(
    /// POST of someone who is there but inactive.
    PostOnInactive {
        /// 201: the same person, changed and active.
        Reactivate,
        /// 409.
        Conflict,
    }
);
choice!(
    /// The id of a person who was deleted and is created again.
    Recreated {
        /// Another one.
        NewId,
        /// The old one.
        SameId,
    }
);
choice!(
    /// A tenant extension over its limits.
    TenantOverLimit {
        /// 400.
        Rejected,
        /// Cut to the limits.
        Truncated,
    }
);
