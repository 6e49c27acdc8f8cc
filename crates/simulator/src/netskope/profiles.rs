//! The three sets of switches that a client is tested with.

use super::switches::{
    Booleans, Case, Clearing, ContentType, EmailType, EmptyList, ErrorStatusText, ErrorTextKey, GroupPut,
    IndexTypes, ItemsPerPage, LastModified, MemberDisplay, MemberType, MembersOnGet, NoExternalId, PathEnum,
    PutWithoutActive, RateScope, ResourcesKey, RowOrder, StartIndex, Switches, TenantOverLimit,
    UnknownAttributes, UnsupportedFilter, WrongMethod,
};
use crate::choice::choice;

choice!(
    /// A named set of switches.
    Profile {
        /// As Netskope's OpenAPI of 2024 has it.
        Spec2024,
        /// As its SDK, tools and documents of 2026 have it; where they are silent, the best guess.
        Live2026,
        /// All that SCIM servers are known to do wrong, at once.
        Hostile,
    }
);

impl Profile {
    /// The profile of this name: `spec2024`, `live2026` or `hostile`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        serde_json::from_value(name.into()).ok()
    }

    /// Its switches.
    #[must_use]
    pub fn switches(self) -> Switches {
        match self {
            Self::Spec2024 => spec2024(),
            Self::Live2026 => Switches::default(),
            Self::Hostile => hostile(),
        }
    }
}

/// The document of April 2024, which has no PUT of groups. An unknown id is 404 and a duplicate 409 all the same: that
/// the document lists neither says nothing about what is answered instead, and clients of that time saw both.
fn spec2024() -> Switches {
    Switches {
        content_type: ContentType::Json,
        user_management: false,
        last_modified: LastModified::Absent,
        profile_attributes: false,
        members_on_get: MembersOnGet::Always,
        sparse_when_attributes: false,
        member_type: MemberType::Absent,
        member_display: MemberDisplay::Absent,
        group_put: GroupPut::NoRoute,
        path_case: Case::Strict,
        op_case: Case::Strict,
        path_enum: PathEnum::Spec2024,
        ..Switches::default()
    }
}

/// Whoever is inactive is out of sight, but a POST brings them back: a vendor where nobody can come back has no users.
fn hostile() -> Switches {
    Switches {
        auth_failure_status: 401,
        no_scope_status: 401,
        wrong_method: WrongMethod::NotAllowed,
        rate_scope: RateScope::Shared,
        rate_headers: false,
        retry_after: false,
        content_type: ContentType::Json,
        last_modified: LastModified::EpochMillis,
        email_type: EmailType::Never,
        no_external_id: NoExternalId::Null,
        lists_extension_urns: false,
        booleans: Booleans::Text,
        member_display: MemberDisplay::Absent,
        max_members_per_patch: Some(1000),
        empty_list: EmptyList::Null,
        resources_key: ResourcesKey::LowerCase,
        index_types: IndexTypes::Text,
        items_per_page: ItemsPerPage::Requested,
        default_count: Some(20),
        max_count: Some(50),
        start_index: StartIndex::Ignored,
        row_order: RowOrder::Newest,
        filter_case_insensitive: false,
        unquoted_filter: false,
        escaped_filter: false,
        unsupported_filter: UnsupportedFilter::Ignored,
        path_case: Case::Strict,
        op_case: Case::Strict,
        clearing: Clearing::EmptyText,
        bool_as_string: false,
        unknown_attributes: UnknownAttributes::Rejected,
        put_without_active: PutWithoutActive::Activates,
        unique_case_insensitive: false,
        duplicate_status: 400,
        unknown_id_status: 501,
        bad_body_status: 501,
        error_status_text: ErrorStatusText::Failed,
        error_text_key: ErrorTextKey::Detail,
        inactive_visible: false,
        create_honours_active: false,
        tenant_over_limit: TenantOverLimit::Truncated,
        foreign_links: true,
        stray_keys: true,
        duplicate_rows: true,
        junk_rows: true,
        fault_every: Some(11),
        ..Switches::default()
    }
}
