//! Every knob of the Netskope simulator.
//!
//! No live tenant was at hand: each value says where it comes from. **(D)** documented by Netskope (its documents, or its
//! OpenAPI as found in its own SDK and provider), **(V)** documented by another vendor, **(C)** seen in working clients,
//! **(I)** inferred, **(G)** guessed. A client must work whatever they say.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub use super::choices::{
    AuthSchemes, Booleans, Case, Clearing, ContentType, CountZero, Discovery, EmailStyle, EmailType,
    EmptyList, ErrorStatusText, ErrorTextKey, GroupPut, IndexTypes, ItemsPerPage, LastModified,
    MemberDisplay, MemberType, MembersOnGet, NoExternalId, PatchResponse, PathEnum, PostMeta, PostOnInactive,
    PutWithoutActive, RateScope, Recreated, ResourcesKey, RowOrder, StartIndex, TenantOverLimit,
    TotalResults, UnknownAttributes, UnknownMember, UnsupportedFilter, WrongMethod,
};

/// One switch with one of its other values.
#[derive(Clone, Debug)]
pub struct Single {
    /// The name of the field.
    pub switch: &'static str,
    /// Its value, as in JSON.
    pub value: Value,
    /// All switches, with this one set.
    pub switches: Switches,
}

/// Declares the switches: name, type, the value of `live2026`, and the other values that a client has to live with.
macro_rules! switches {
    ($($(#[$doc:meta])* $name:ident: $type:ty = $default:expr, or $($other:expr),+;)+) => {
        /// The knobs. In JSON the names are in camel case; what is left out keeps its default, which is `live2026`.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase", default, deny_unknown_fields)]
        pub struct Switches {
            $($(#[$doc])* pub $name: $type),+
        }

        impl Default for Switches {
            fn default() -> Self {
                Self { $($name: $default),+ }
            }
        }

        impl Switches {
            /// Every value of every switch, each alone: these switches with one changed.
            #[must_use]
            pub fn singly(&self) -> Vec<Single> {
                let mut all = Vec::new();
                $(for value in [$default, $($other),+] {
                    let value: $type = value;
                    if value != self.$name {
                        let switches = Self { $name: value, ..self.clone() };
                        all.push(Single { switch: stringify!($name), value: json!(value), switches });
                    }
                })+
                all
            }
        }
    };
}

switches! {
    // --- transport and access ---
    /// Content type of answers that are no error. (D) both: `application/json` in 2024, the other in 2026.
    content_type: ContentType = ContentType::ScimJson, or ContentType::Json;
    /// Headers that may carry the token. The native one is (D), Bearer is (D) for identity providers and (C).
    auth_schemes: AuthSchemes = AuthSchemes::Both, or AuthSchemes::NativeOnly, AuthSchemes::BearerOnly;
    /// Status for a missing, unknown or expired token. 403 is (D), 401 is (C).
    auth_failure_status: u16 = 403, or 401;
    /// Status for a token without the scope. 403 is (D), 401 is (G).
    no_scope_status: u16 = 403, or 401;
    /// The one discovery document. (I): Netskope's gateway has a file for it, no client asks for it.
    discovery: Discovery = Discovery::NoRoute, or Discovery::Forbidden, Discovery::Present;
    /// A known path with another method. (G); the gateway's way is 404.
    wrong_method: WrongMethod = WrongMethod::NoRoute, or WrongMethod::NotAllowed;
    /// Whether the User-Management API is there. (D) in 2026.
    user_management: bool = true, or false;
    /// E-mails in its answers. (D): its SDK reads both.
    management_emails: EmailStyle = EmailStyle::Objects, or EmailStyle::Strings;
    /// What shares one rate limit, when limits are on. (D) for other v2 routes: per endpoint.
    rate_scope: RateScope = RateScope::PerFamily, or RateScope::Shared;
    /// `RateLimit-*` headers, when limits are on. (D) for other v2 routes.
    rate_headers: bool = true, or false;
    /// `Retry-After` on 429. (D) for other v2 routes; (C): a client copes without.
    retry_after: bool = true, or false;

    // --- people ---
    /// List rows have no `schemas` and no `meta`. (D)
    list_items_skinny: bool = true, or false;
    /// Lists know `attributes`. For groups (D) says so and (C) never saw it; guessed false.
    list_honours_attributes: bool = false, or true;
    /// A number `status` inside the answers to POST and PUT. (D)
    stray_status: bool = true, or false;
    /// `meta` in the answers to POST and PUT of a person. Absent is (D).
    post_meta: PostMeta = PostMeta::Absent, or PostMeta::ResourceType;
    /// `meta.lastModified` in a read by id. (V); absent in 2024's (D); a number is (G).
    last_modified: LastModified = LastModified::DateTime, or LastModified::Absent, LastModified::EpochMillis;
    /// Where `emails[].type` is. In list rows (C); not in (D)'s other answers.
    email_type: EmailType = EmailType::ListOnly, or EmailType::Always, EmailType::Never;
    /// An `externalId` that nobody set. Omitted (D); null seen in a sibling API (D).
    no_external_id: NoExternalId = NoExternalId::Omitted, or NoExternalId::Null;
    /// `schemas` names the extensions that an object has. (G)
    lists_extension_urns: bool = true, or false;
    /// How booleans are written. JSON is (D); the others are what other SCIM servers do (G).
    booleans: Booleans = Booleans::Json, or Booleans::Text, Booleans::Number;
    /// Profile attributes (displayName, title, …) are kept. (V), (D) in 2026; unknown in 2024.
    profile_attributes: bool = true, or false;

    // --- groups ---
    /// Members in a read by id. On request (D) 2026, always (D) 2024, never (G).
    members_on_get: MembersOnGet =
        MembersOnGet::OnlyWithAttributes, or MembersOnGet::Always, MembersOnGet::Never;
    /// With `attributes=members` the rest of the group is left out. (C)
    sparse_when_attributes: bool = true, or false;
    /// `members[].type`. (V): it says `work`.
    member_type: MemberType = MemberType::Work, or MemberType::Absent;
    /// `members[].display`. (C) both; absent in 2024's (D).
    member_display: MemberDisplay =
        MemberDisplay::Email, or MemberDisplay::DisplayName, MemberDisplay::Absent;
    /// PUT of a group. (D): there in March 2024, gone in April 2024; (C): used by the SDK of 2026.
    group_put: GroupPut = GroupPut::NotAllowed, or GroupPut::NoRoute, GroupPut::Supported;
    /// An unknown member id. (G)
    unknown_member: UnknownMember =
        UnknownMember::BadRequest, or UnknownMember::Ignored, UnknownMember::NotFound;
    /// The most member ids in one PATCH, else 400. No limit is (D); (C): a client sends 5000; 1000 is (G).
    max_members_per_patch: Option<usize> = None, or Some(5000), Some(1000);

    // --- lists ---
    /// A list without rows. (D): `Resources` is not required.
    empty_list: EmptyList = EmptyList::OmitResources, or EmptyList::EmptyArray, EmptyList::Null;
    /// The key of the rows. (D); (C): clients also look for the others.
    resources_key: ResourcesKey = ResourcesKey::Resources, or ResourcesKey::LowerCase, ResourcesKey::Data;
    /// How counters are written. Numbers (D); (C): the SDK compares them as strings.
    index_types: IndexTypes = IndexTypes::Int, or IndexTypes::Text;
    /// What `itemsPerPage` says. (G)
    items_per_page: ItemsPerPage = ItemsPerPage::Returned, or ItemsPerPage::Requested;
    /// What `totalResults` says. (G); the other is what some SCIM servers do.
    total_results: TotalResults = TotalResults::Exact, or TotalResults::PageLength;
    /// Rows without `count`; null: all. (G); (C): old scripts take one answer for everything.
    default_count: Option<usize> = Some(100), or Some(20), None;
    /// The most rows in an answer, cut silently; null: no limit. 200 is (D) for filters.
    max_count: Option<usize> = Some(200), or Some(50), None;
    /// `startIndex`. Honoured (D); ignored is the claim of one doubtful client.
    start_index: StartIndex = StartIndex::Honoured, or StartIndex::Ignored;
    /// `count=0`. (C): the SDK lets one ask for it.
    count_zero: CountZero = CountZero::TotalsOnly, or CountZero::DefaultPage, CountZero::Rejected;
    /// The order of lists. Nothing is promised (D).
    row_order: RowOrder = RowOrder::Created, or RowOrder::Newest, RowOrder::Unstable;
    /// How far reads are behind writes, in milliseconds. (I): at once.
    read_lag_ms: u32 = 0, or 1500;

    // --- filters ---
    /// `userName` and `displayName` are compared without case. (G); `externalId` always with.
    filter_case_insensitive: bool = true, or false;
    /// A value without quotes is understood. (C)
    unquoted_filter: bool = true, or false;
    /// `\"` and `\\` in a quoted value are understood; if not, 400. (G)
    escaped_filter: bool = true, or false;
    /// Any other filter than `eq` on userName, displayName or externalId. 400 (C); the others are what SCIM servers do.
    unsupported_filter: UnsupportedFilter = UnsupportedFilter::BadRequest,
        or UnsupportedFilter::Ignored, UnsupportedFilter::EmptyList, UnsupportedFilter::InternalError;

    // --- writes ---
    /// The answer to PATCH. 204 is (D).
    patch_response: PatchResponse = PatchResponse::NoContent, or PatchResponse::Body;
    /// An operation without `path` works. (I): it did not reliably.
    pathless_patch: bool = false, or true;
    /// Case of PATCH paths. The enum is (D); that others work is (I).
    path_case: Case = Case::Insensitive, or Case::Strict;
    /// Case of `op`. Lower case is (D); a script sends `Remove` (C).
    op_case: Case = Case::Insensitive, or Case::Strict;
    /// Which PATCH paths of a person there are. (D) both.
    path_enum: PathEnum = PathEnum::Spec2026, or PathEnum::Spec2024;
    /// `members[value eq "id"]` works as a path. (C), one doubtful client.
    member_filter_path: bool = false, or true;
    /// A PATCH that fails changes nothing. (G)
    patch_is_atomic: bool = false, or true;
    /// What clears an optional attribute in a PATCH. (G)
    clearing: Clearing = Clearing::Both, or Clearing::Remove, Clearing::EmptyText;
    /// Booleans may be sent as strings. (D), (C)
    bool_as_string: bool = true, or false;
    /// PATCH of userName and e-mail is accepted but not reflected. (D) of 2022.
    immutable_username_email: bool = false, or true;
    /// Attributes that the vendor does not have. (G)
    unknown_attributes: UnknownAttributes = UnknownAttributes::Ignored, or UnknownAttributes::Rejected;
    /// PUT without `active`. (G)
    put_without_active: PutWithoutActive = PutWithoutActive::Kept, or PutWithoutActive::Activates;
    /// userName, e-mail and displayName are unique without regard to case. (G)
    unique_case_insensitive: bool = true, or false;

    /// Status of a successful POST. 201 is (D); 200 is what a client also takes (C).
    create_status: u16 = 201, or 200;
    /// Status of a successful DELETE. 204 is (D); 200 is what clients also take (C).
    delete_status: u16 = 204, or 200;

    // --- errors ---
    /// Status for a duplicate. 409 is (C); (D) lists only 400.
    duplicate_status: u16 = 409, or 400;
    /// Status for an unknown id. 404 is (C); (D) lists only 403 and 501.
    unknown_id_status: u16 = 404, or 501, 400;
    /// Status for a body that is no JSON object. (G)
    bad_body_status: u16 = 400, or 501;
    /// `status` in error bodies. (D) both.
    error_status_text: ErrorStatusText = ErrorStatusText::Code, or ErrorStatusText::Failed;
    /// The key of the text in error bodies. `description` (D); (C): clients also read `detail`.
    error_text_key: ErrorTextKey = ErrorTextKey::Description, or ErrorTextKey::Detail;

    // --- lifecycle ---
    /// Inactive people can be read and changed; if not, only a POST brings them back. (G); (C): "like deleting".
    inactive_visible: bool = true, or false;
    /// POST of someone inactive. (C), (V)
    post_on_inactive: PostOnInactive = PostOnInactive::Reactivate, or PostOnInactive::Conflict;
    /// POST with `active: false` makes someone inactive. (G)
    create_honours_active: bool = true, or false;
    /// The id of someone deleted and created again; deletion is soft (I). (G)
    recreated: Recreated = Recreated::NewId, or Recreated::SameId;
    /// A new person gets an enrolment mail. (D): can happen.
    enrolment_mail: bool = true, or false;
    /// The console can't edit or delete what came by SCIM. (D)
    console_locked: bool = true, or false;

    // --- tenant extension ---
    /// The most custom attributes of a person; null: no limit. 15 is (V).
    tenant_max_attributes: Option<usize> = Some(15), or Some(5), None;
    /// The most characters in a custom attribute's name; null: no limit. 32 is (G).
    tenant_max_key: Option<usize> = Some(32), or None;
    /// The most characters in a custom attribute's text; null: no limit. 64 is (G).
    tenant_max_value: Option<usize> = Some(64), or None;
    /// What happens above these limits. (G)
    tenant_over_limit: TenantOverLimit = TenantOverLimit::Rejected, or TenantOverLimit::Truncated;

    // --- hostility: what other SCIM servers do; off in the faithful profiles ---
    /// `meta.location` and `members[].$ref` name another host. Seen in Netskope's API for administrators (D).
    foreign_links: bool = false, or true;
    /// Objects have keys that are no attributes. Seen in Netskope's API for administrators (D).
    stray_keys: bool = false, or true;
    /// Every page but the first begins one row too early, so that a row comes twice. (G)
    duplicate_rows: bool = false, or true;
    /// Unfiltered lists end with a row that has no id. (G)
    junk_rows: bool = false, or true;
    /// A read by id answers with somebody else. (G)
    wrong_id: bool = false, or true;
    /// Every so many requests one fails, each time in another way; null: none. (G)
    fault_every: Option<u32> = None, or Some(7);
}
