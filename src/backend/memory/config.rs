//! Which backend the reference backend is like.

use std::time::Duration;

use serde_json::json;

use crate::backend::{
    Capabilities, Compare, Custom, CustomLimits, Deactivate, Field, KindCaps, ListTells, Offered, PerCall,
    Pushdown, Requirement,
};
use crate::kernel::Catalogue;

/// What can be switched on and off, so that every path above a backend can be taken over this one.
#[derive(Clone, Copy, Debug)]
pub struct MemoryConfig {
    /// Whether people can be switched off.
    pub deactivate: Deactivate,
    /// Whether only empty groups can be deleted.
    pub delete_needs_empty: bool,
    /// Whether a create can name groups or members.
    pub create_with_links: bool,
    /// Whether a second userName, or group displayName, is refused.
    pub refuses_duplicates: bool,
    /// Up to how many groups and members an object embeds; above, they have to be asked for.
    pub embeds: usize,
    /// Whether people can be administrators.
    pub admins: bool,
    /// The field whose absence hides an unlinked person from lists.
    pub listed_having: Option<&'static str>,
    /// Whether it takes nobody without an e-mail address.
    pub requires_email: bool,
    /// Whether a userName of that form makes up for a missing one.
    pub email_from_username: bool,
    /// Whether operators have declared attributes of their own.
    pub has_custom: bool,
    /// Whether an externalId is kept.
    pub holds_external_id: bool,
    /// What is told as `visibility_lag`; nothing really lags.
    pub visibility_lag: Duration,
    /// Whether people who are switched off are out of sight.
    pub hides_inactive: bool,
    /// What lists tell of people, if that is not all.
    pub list_tells: Option<ListTells>,
    /// Whether people don't tell their groups.
    pub groups_by_members: bool,
    /// Whether lists begin with the newest.
    pub own_order: bool,
    /// Whether the writes that arrive are journalled. For tests: the journal only grows.
    pub journals: bool,
    /// The roles and entitlements that people can have; a catalogue of which there is nothing is not served.
    pub offers: &'static [Offer],
}

/// A role or an entitlement.
#[derive(Clone, Copy, Debug)]
pub struct Offer {
    /// Which of the two.
    pub catalogue: Catalogue,
    /// Its value, which is its id, too.
    pub value: &'static str,
    /// Its name.
    pub display: &'static str,
    /// What it is for.
    pub r#type: Option<&'static str>,
    /// The values of those that it grants, too.
    pub contains: &'static [&'static str],
}

impl Offer {
    pub(super) fn as_offered(&self) -> Offered {
        let attrs = [
            ("value", Some(json!(self.value))),
            ("display", Some(json!(self.display))),
            ("type", self.r#type.map(|text| json!(text))),
            ("supported", Some(json!(true))),
            ("contains", (!self.contains.is_empty()).then(|| json!(self.contains))),
        ];
        let attrs = attrs.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        Offered { id: self.value.to_owned(), attrs: attrs.collect() }
    }
}

impl Default for MemoryConfig {
    fn default() -> Self {
        Self {
            deactivate: Deactivate::Native,
            delete_needs_empty: false,
            create_with_links: true,
            refuses_duplicates: true,
            embeds: 100,
            admins: false,
            listed_having: None,
            requires_email: false,
            email_from_username: true,
            has_custom: false,
            journals: true,
            holds_external_id: false,
            visibility_lag: Duration::ZERO,
            hides_inactive: false,
            list_tells: None,
            groups_by_members: false,
            own_order: false,
            offers: &[],
        }
    }
}

const fn exact(name: &'static str) -> Field {
    Field { name, compare: Compare::Exact }
}

/// The extension for attributes that operators declare.
pub const CUSTOM: Custom = Custom {
    urn: CUSTOM_URN,
    name: "CustomUser",
    limits: CustomLimits { attributes: 15, name: 32, value: 64 },
};
const CUSTOM_URN: &str = "urn:scim-facade:params:scim:schemas:extension:memory:2.0:User";

/// RFC 7643 sections 4.1 and 4.3, and what operators declare. `active` is no field: it is switched by `set_active`.
const USER_FIELDS: &[Field] = &[
    exact(CUSTOM_URN),
    Field { name: "userName", compare: Compare::Folded },
    exact("name"),
    exact("displayName"),
    exact("nickName"),
    exact("profileUrl"),
    exact("title"),
    exact("userType"),
    exact("preferredLanguage"),
    exact("locale"),
    exact("timezone"),
    exact("emails"),
    exact("phoneNumbers"),
    exact("ims"),
    exact("photos"),
    exact("addresses"),
    exact("entitlements"),
    exact("roles"),
    exact("x509Certificates"),
    exact("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"),
];

const REQUIRES: &[Requirement] = &[Requirement {
    scim: "emails.value",
    field: "emails",
    advice: "Send an e-mail address, or a userName that is one.",
}];

/// RFC 7643 section 4.2.
const GROUP_FIELDS: &[Field] = &[Field { name: "displayName", compare: Compare::Folded }];

impl MemoryConfig {
    fn catalogues(&self) -> &'static [Catalogue] {
        let has = |what| self.offers.iter().any(|offer| offer.catalogue == what);
        match (has(Catalogue::Roles), has(Catalogue::Entitlements)) {
            (true, true) => &Catalogue::ALL,
            (true, false) => &[Catalogue::Roles],
            (false, true) => &[Catalogue::Entitlements],
            (false, false) => &[],
        }
    }

    /// What such a backend holds and does.
    pub(super) fn capabilities(&self) -> Capabilities {
        let unique = |field: &'static [&'static str]| if self.refuses_duplicates { field } else { &[] };
        let external_id = self.holds_external_id.then_some("externalId");
        Capabilities {
            user: KindCaps {
                holds: if self.has_custom { USER_FIELDS } else { USER_FIELDS.split_at(1).1 },
                pushdown: &[Pushdown { scim: "userName", field: "userName" }],
                match_on: &["userName"],
                unique: unique(&["userName"]),
                external_id,
            },
            group: KindCaps {
                holds: GROUP_FIELDS,
                pushdown: &[Pushdown { scim: "displayName", field: "displayName" }],
                match_on: &["displayName"],
                unique: unique(&["displayName"]),
                external_id,
            },
            deactivate: self.deactivate,
            visibility_lag: self.visibility_lag,
            delete_needs_empty: self.delete_needs_empty,
            members_per_call: PerCall { add: 100, remove: 100 },
            create_with_links: self.create_with_links,
            is_native_id: super::is_native_id,
            admins: self.admins,
            catalogues: self.catalogues(),
            listed_having: self.listed_having,
            requires: if self.requires_email { REQUIRES } else { &[] },
            custom: self.has_custom.then_some(CUSTOM),
            own_order: self.own_order,
            list_tells: self.list_tells,
            hides_inactive: self.hides_inactive,
            confirms_end: self.hides_inactive,
            groups_by_members: self.groups_by_members,
            ..Capabilities::default()
        }
    }
}
