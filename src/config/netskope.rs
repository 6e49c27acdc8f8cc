//! What a target over Netskope has of its own.

use jiff::civil::Date;
use secrecy::SecretString;

use super::problem::Problems;
use super::section::Section;
use super::{secret, url};
use crate::facade::CustomAttributes;

/// How to reach a Netskope tenant.
#[derive(Clone, Debug)]
pub struct NetskopeConfig {
    /// The tenant's host.
    pub url: String,
    /// Its REST API v2 token.
    pub token: SecretString,
    /// Whether the token goes in the vendor's own header.
    pub native_header: bool,
    /// The day on which the token ends.
    pub token_expires: Option<Date>,
    /// Whether a userName that is an e-mail address makes up for a missing one.
    pub email_from_username: bool,
    /// Whether people are found by e-mail address through the User-Management API.
    pub user_management: bool,
    /// Whether the tenant is known to show people whom it has switched off.
    pub inactive_visible: bool,
    /// The names of the tenant's own attributes that are declared.
    pub own_attributes: Vec<String>,
    /// Calls a second for people, and as many for groups; 0: as many as the product takes.
    pub rate: u32,
}

/// Its keys.
pub(super) const KEYS: &[&str] = &[
    "url",
    "token",
    "token_header",
    "token_expires",
    "email_from_username",
    "user_management",
    "inactive_visible",
    "rate",
];

/// Takes what is Netskope's own out of a target's section.
pub(super) fn read(
    at: &mut Section,
    custom: &CustomAttributes,
    secrets: &mut secret::Reader<'_>,
    problems: &mut Problems,
) -> Option<NetskopeConfig> {
    let url = at.string("url", problems);
    if url.is_none() {
        problems.add(at.key("url"), "is missing: the tenant's address, like \"https://example.goskope.com\"");
    }
    let url = url.and_then(|text| url::checked(at, "url", &text, problems));
    let token = secrets.read(at, "token", problems);
    let headers = [("bearer", false), ("native", true)];
    let native_header = at.word("token_header", &headers, problems).unwrap_or_default();
    let rate = at.number("rate", 0, 1000, problems).unwrap_or(4);
    let a_date = "must be a date in quotes, like \"2027-01-31\"";
    let token_expires = at.parsed("token_expires", a_date, problems);
    let email_from_username = at.boolean("email_from_username", problems).unwrap_or(true);
    let user_management = at.boolean("user_management", problems).unwrap_or_default();
    let inactive_visible = at.boolean("inactive_visible", problems).unwrap_or_default();
    let own_attributes = custom.names().map(str::to_owned).collect();
    Some(NetskopeConfig {
        url: url?,
        token: token?,
        native_header,
        token_expires,
        email_from_username,
        user_management,
        inactive_visible,
        own_attributes,
        rate,
    })
}
