//! Every guess about Sophos Central, as a switch.
//!
//! The vendor documents none of these; each default is the best guess. A client must work whatever they say.

use serde::{Deserialize, Serialize};

pub use super::choices::{
    AdminDeleteMissing, AdminUserDelete, AlreadyMember, Clearing, Direction, DottedFields, EmptyPatch,
    ErrorStyle, Filters, HostStyle, Missing, NotClearing, Order, OutOfRange, RemoveNonMember, SearchWords,
    Touches, Undocumented,
};

/// The guesses. In JSON the names are in camel case; what is left out keeps its default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Switches {
    // --- token, whoami, access ---
    /// Status for an unknown or disabled client id. Guessed 401.
    pub unknown_client_status: u16,
    /// Status for a wrong grant, scope or refresh token, or a missing form field. Guessed 400.
    pub bad_grant_status: u16,
    /// Token errors come with status 200 and only `errorCode` tells. Some clients defend against it; guessed false.
    pub token_errors_as_200: bool,
    /// How the hosts in `whoami` are spelled. Guessed plain; a documented sample has a trailing slash and `http:`.
    pub whoami_hosts: HostStyle,
    /// `whoami.id` is in upper case, as in a documented sample. Guessed false.
    pub whoami_id_upper_case: bool,
    /// Status for a write with a Read-Only (or Forensics) credential. Guessed 403.
    pub read_only_status: u16,
    /// Status for calling a region the tenant does not live in. Guessed 403.
    pub wrong_region_status: u16,
    /// Status for a global call that carries `X-Tenant-ID` besides its own id header; null: the header is ignored.
    /// It can be rejected according to one client. Guessed null.
    pub extra_tenant_header_status: Option<u16>,
    /// Whether `whoami` counts against the rate limit. Guessed true.
    pub count_whoami: bool,
    /// Whether the token call counts against the rate limit. Guessed false.
    pub count_token: bool,
    /// Seconds in `Retry-After` when the rate limit refuses; null: no header. Guessed null.
    pub retry_after: Option<u32>,
    /// Spelling of error codes. Guessed mixed, as captured.
    pub error_style: ErrorStyle,

    // --- reading the request ---
    /// Status for a malformed body, query or list of ids. Guessed 400.
    pub bad_request_status: u16,
    /// Status for an id in the path that is not a UUID. Guessed 404.
    pub bad_id_status: u16,
    /// What happens to `page` and `pageSize` out of range. Guessed reject.
    pub page_out_of_range: OutOfRange,
    /// Unknown query parameters are answered with the bad-request status. Guessed false (ignored).
    pub reject_unknown_params: bool,
    /// Unknown body fields are answered with the bad-request status. Guessed false (ignored).
    pub reject_unknown_fields: bool,
    /// The most ids in the `ids` filter of a list. Guessed 50.
    pub max_ids_filter: usize,
    /// The most ids in the body of an add. Guessed 1000.
    pub max_ids_add: usize,
    /// The most ids in the query of a bulk removal. Guessed 50.
    pub max_ids_remove: usize,
    /// Status for more ids than allowed. Guessed 400.
    pub too_many_ids_status: u16,
    /// A new user must have a name. Evidence conflicts; guessed true. Without it the name is made of other fields.
    pub name_required: bool,
    /// The most characters in a text field of a user. Guessed 255.
    pub max_user_text: usize,
    /// The most characters in a group name. Guessed 250.
    pub max_group_name: usize,
    /// The most characters in a description. Guessed 1000.
    pub max_description: usize,
    /// The most characters in a role name. Guessed 100.
    pub max_role_name: usize,
    /// PATCH checks the form of an e-mail as POST does. Guessed false: the documented type is a plain string.
    pub patch_checks_email: bool,
    /// Which values clear an optional field in a PATCH. Guessed both.
    pub clearing: Clearing,
    /// What happens to a value that could clear but does not. Guessed ignore.
    pub not_clearing: NotClearing,
    /// What an empty PATCH body does. Guessed no-op.
    pub empty_patch: EmptyPatch,

    // --- lists ---
    /// How far lists, searches and member listings are behind, in milliseconds; reads by id never are. Guessed 0.
    pub list_lag_ms: u32,
    /// Direction of a sort field without one. Guessed ascending.
    pub sort_default: Direction,
    /// Order of a list without `sort`. Guessed by creation.
    pub default_order: Order,
    /// How several words of a search combine. Guessed as one phrase.
    pub search_words: SearchWords,
    /// How several filters combine. Guessed: all must hold.
    pub filters: Filters,
    /// What a dotted name in `fields` keeps. Guessed: the whole top-level field.
    pub dotted_fields: DottedFields,
    /// The most entries in an embedded `groups` or `users` list; totals stay true. Guessed 50.
    pub embedded_limit: usize,
    /// Groups and embedded groups carry `displayName`. Seen in captures only; guessed true.
    pub display_names: bool,
    /// The embedded tenant carries its name. Documented, but absent from captures; guessed false.
    pub tenant_name: bool,

    // --- users and groups ---
    /// E-mail addresses that differ only in case are the same. Guessed true.
    pub email_ignores_case: bool,
    /// Group names that differ only in case are the same. Guessed true.
    pub group_name_ignores_case: bool,
    /// User names must be unique. Guessed false.
    pub user_names_unique: bool,
    /// Objects from Entra are read-only like those from Active Directory. Guessed true.
    pub entra_read_only: bool,
    /// `deleted` in the answer when there was nothing to delete. Guessed false.
    pub deleted_when_missing: bool,
    /// `removed` in the answer when there was no membership to remove. Guessed false.
    pub removed_when_missing: bool,
    /// Deleting an unknown group. Guessed 200.
    pub group_delete_missing: Missing,
    /// Deleting a user who is an admin. Guessed: the admin goes too, but never the last Super Admin.
    pub admin_user_delete: AdminUserDelete,
    /// A create that refers to something missing creates the object all the same and answers 404. Guessed false.
    pub partial_create: bool,
    /// A device log-in of a deleted person brings back the old id. Guessed false.
    pub recreated_keeps_id: bool,
    /// The most users and groups together (trial licences); null: no cap. Guessed null.
    pub directory_cap: Option<usize>,
    /// Status when the cap is reached. Guessed 409.
    pub directory_cap_status: u16,

    // --- memberships ---
    /// An add that names something missing changes nothing. If false, it adds the rest and answers 404. Guessed true.
    pub add_is_atomic: bool,
    /// Adding someone who is a member already. Guessed: answered as if added.
    pub already_member: AlreadyMember,
    /// A bulk removal of something that exists but is no member. Guessed: named nowhere in the answer.
    pub remove_non_member: RemoveNonMember,
    /// `errors` in a bulk removal without errors is left out. Guessed true.
    pub omit_empty_errors: bool,
    /// Removing from a directory-synced group where the routes do not list a 409: group-side bulk, and from the user's
    /// side. Guessed conflict.
    pub remove_from_synced_group: Undocumented,
    /// Removing a directory-synced user from the group's side, where the routes do not list a 409. Guessed conflict.
    pub remove_synced_member: Undocumented,
    /// Whose `updatedAt` a membership change moves. Guessed both.
    pub membership_touches: Touches,

    // --- admins and roles ---
    /// Status for promoting someone who is an admin already. Guessed 409.
    pub already_admin_status: u16,
    /// Status for promoting someone without an e-mail. Guessed 409.
    pub admin_without_email_status: u16,
    /// Status for promoting someone whose e-mail is a login of another Sophos account. Guessed 409.
    pub foreign_login_status: u16,
    /// The e-mails that are logins of other Sophos accounts.
    pub foreign_logins: Vec<String>,
    /// Deleting an admin that is not there. The documents list both 200 and 404; guessed 200 for one removed before,
    /// 404 for one that never was.
    pub admin_delete_missing: AdminDeleteMissing,
    /// Listing the role assignments of an unknown admin. Guessed 404.
    pub assignments_of_missing_admin: Missing,
    /// Replacing or removing the role of the last Super Admin. Guessed conflict.
    pub last_super_admin_role: Undocumented,
    /// Status for assigning a role that is for services. Guessed 404.
    pub service_role_status: u16,
    /// Status for changing or deleting a predefined role. Guessed 409.
    pub predefined_role_status: u16,
    /// Status for a permission set that does not exist or is not allowed in a custom role. Guessed 400.
    pub bad_permission_set_status: u16,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            unknown_client_status: 401,
            bad_grant_status: 400,
            token_errors_as_200: false,
            whoami_hosts: HostStyle::Plain,
            whoami_id_upper_case: false,
            read_only_status: 403,
            wrong_region_status: 403,
            extra_tenant_header_status: None,
            count_whoami: true,
            count_token: false,
            retry_after: None,
            error_style: ErrorStyle::Mixed,
            bad_request_status: 400,
            bad_id_status: 404,
            page_out_of_range: OutOfRange::Reject,
            reject_unknown_params: false,
            reject_unknown_fields: false,
            max_ids_filter: 50,
            max_ids_add: 1000,
            max_ids_remove: 50,
            too_many_ids_status: 400,
            name_required: true,
            max_user_text: 255,
            max_group_name: 250,
            max_description: 1000,
            max_role_name: 100,
            patch_checks_email: false,
            clearing: Clearing::Both,
            not_clearing: NotClearing::Ignore,
            empty_patch: EmptyPatch::NoOp,
            list_lag_ms: 0,
            sort_default: Direction::Asc,
            default_order: Order::Created,
            search_words: SearchWords::Phrase,
            filters: Filters::All,
            dotted_fields: DottedFields::TopLevel,
            embedded_limit: 50,
            display_names: true,
            tenant_name: false,
            email_ignores_case: true,
            group_name_ignores_case: true,
            user_names_unique: false,
            entra_read_only: true,
            deleted_when_missing: false,
            removed_when_missing: false,
            group_delete_missing: Missing::Ok,
            admin_user_delete: AdminUserDelete::AdminGoesToo,
            partial_create: false,
            recreated_keeps_id: false,
            directory_cap: None,
            directory_cap_status: 409,
            add_is_atomic: true,
            already_member: AlreadyMember::Echoed,
            remove_non_member: RemoveNonMember::Silent,
            omit_empty_errors: true,
            remove_from_synced_group: Undocumented::Conflict,
            remove_synced_member: Undocumented::Conflict,
            membership_touches: Touches::Both,
            already_admin_status: 409,
            admin_without_email_status: 409,
            foreign_login_status: 409,
            foreign_logins: vec!["taken.elsewhere@example.com".to_owned()],
            admin_delete_missing: AdminDeleteMissing::RemovedBefore,
            assignments_of_missing_admin: Missing::NotFound,
            last_super_admin_role: Undocumented::Conflict,
            service_role_status: 404,
            predefined_role_status: 409,
            bad_permission_set_status: 400,
        }
    }
}
