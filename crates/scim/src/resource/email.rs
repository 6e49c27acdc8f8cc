//! The one e-mail address of somebody, for a product that keeps one.

use serde_json::Value;

use super::Document;

impl Document {
    /// The person's one address ([`chosen_email`]).
    #[must_use]
    pub fn email(&self) -> Option<&str> {
        let emails = self.get("emails").and_then(Value::as_array)?;
        address(emails.get(chosen_email(emails)?)?)
    }

    /// The same, else a userName of that form.
    #[must_use]
    pub fn email_or_user_name(&self) -> Option<&str> {
        self.email().or_else(|| self.user_name().filter(|name| is_email(name)))
    }
}

/// Which element of `emails` a product gets that keeps one: the primary, else the first that has an address.
#[must_use]
pub fn chosen_email(emails: &[Value]) -> Option<usize> {
    let is_primary =
        |email: &Value| address(email).is_some() && email.get("primary") == Some(&Value::Bool(true));
    let has_address = |email: &Value| address(email).is_some();
    emails.iter().position(is_primary).or_else(|| emails.iter().position(has_address))
}

/// Whether a text has the form of an e-mail address, as far as that can be told without sending one.
fn is_email(text: &str) -> bool {
    let plain = !text.contains(|c: char| c.is_whitespace() || c.is_control());
    let parts = text.rsplit_once('@');
    plain
        && parts
            .is_some_and(|(local, domain)| !local.is_empty() && !local.contains('@') && !domain.is_empty())
}

/// More than blanks.
fn address(email: &Value) -> Option<&str> {
    email.get("value")?.as_str().filter(|text| !text.trim().is_empty())
}
