//! The one error of the protocol and its body on the wire (RFC 7644 §3.12).

use serde_json::{Value, json};

/// The URN of an error body (RFC 7644 §8.2).
pub const ERROR_URN: &str = "urn:ietf:params:scim:api:messages:2.0:Error";

/// What every function of this crate answers that can refuse its input.
pub type Result<T> = std::result::Result<T, ScimError>;

/// The detail keyword of an error (RFC 7644 Table 9; the last three: RFC 9865 §2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ScimType {
    /// The filter does not parse, or compares what cannot be compared.
    InvalidFilter,
    /// The result is larger than the server is willing to work through.
    TooMany,
    /// A value that must be unique is taken.
    Uniqueness,
    /// The change touches what is read-only, immutable or required.
    Mutability,
    /// The body is not JSON, or not of the schema's shape.
    InvalidSyntax,
    /// The path of an operation does not parse or names nothing.
    InvalidPath,
    /// The path of an operation selects nothing.
    NoTarget,
    /// A value is missing or not of the attribute's type.
    InvalidValue,
    /// The protocol version is not served.
    InvalidVers,
    /// The filter holds personal data that must not be in a URL (403 by erratum 6893).
    Sensitive,
    /// The cursor is not one of ours.
    InvalidCursor,
    /// The cursor was ours, too long ago.
    ExpiredCursor,
    /// `count` is out of range, or changed between the pages of one cursor.
    InvalidCount,
}

impl ScimType {
    /// The keyword as it stands in the body.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidFilter => "invalidFilter",
            Self::TooMany => "tooMany",
            Self::Uniqueness => "uniqueness",
            Self::Mutability => "mutability",
            Self::InvalidSyntax => "invalidSyntax",
            Self::InvalidPath => "invalidPath",
            Self::NoTarget => "noTarget",
            Self::InvalidValue => "invalidValue",
            Self::InvalidVers => "invalidVers",
            Self::Sensitive => "sensitive",
            Self::InvalidCursor => "invalidCursor",
            Self::ExpiredCursor => "expiredCursor",
            Self::InvalidCount => "invalidCount",
        }
    }

    /// The HTTP status that goes with the keyword. Erratum 6893 made `sensitive` a 403.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Self::Uniqueness => 409,
            Self::Sensitive => 403,
            _ => 400,
        }
    }
}

/// A refusal that the client may read: nothing in it comes from the inside of the server.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{status}: {detail}")]
pub struct ScimError {
    /// The HTTP status.
    pub status: u16,
    /// The keyword, for the errors that have one.
    pub scim_type: Option<ScimType>,
    /// A sentence for a human.
    pub detail: String,
    /// Seconds until a retry can help: the `Retry-After` header. Never part of the body.
    pub retry_after: Option<u32>,
}

macro_rules! typed {
    ($($(#[$doc:meta])* $name:ident => $kind:ident;)*) => {
        impl ScimError {
            $($(#[$doc])*
            #[must_use]
            pub fn $name(detail: impl Into<String>) -> Self {
                Self::typed(ScimType::$kind, detail)
            })*
        }
    };
}

typed! {
    /// 400 `invalidFilter`.
    invalid_filter => InvalidFilter;
    /// 400 `tooMany`.
    too_many => TooMany;
    /// 409 `uniqueness`.
    uniqueness => Uniqueness;
    /// 400 `mutability`.
    mutability => Mutability;
    /// 400 `invalidSyntax`.
    invalid_syntax => InvalidSyntax;
    /// 400 `invalidPath`.
    invalid_path => InvalidPath;
    /// 400 `noTarget`.
    no_target => NoTarget;
    /// 400 `invalidValue`.
    invalid_value => InvalidValue;
    /// 400 `invalidVers`.
    invalid_vers => InvalidVers;
    /// 403 `sensitive` (erratum 6893).
    sensitive => Sensitive;
    /// 400 `invalidCursor` (RFC 9865).
    invalid_cursor => InvalidCursor;
    /// 400 `expiredCursor` (RFC 9865).
    expired_cursor => ExpiredCursor;
    /// 400 `invalidCount` (RFC 9865).
    invalid_count => InvalidCount;
}

impl ScimError {
    /// An error without a keyword.
    #[must_use]
    pub fn new(status: u16, detail: impl Into<String>) -> Self {
        Self { status, scim_type: None, detail: detail.into(), retry_after: None }
    }

    /// An error with a keyword; the keyword decides the status (RFC 7644 §3.12).
    #[must_use]
    pub fn typed(scim_type: ScimType, detail: impl Into<String>) -> Self {
        Self {
            status: scim_type.status(),
            scim_type: Some(scim_type),
            detail: detail.into(),
            retry_after: None,
        }
    }

    /// 404 for a resource id (the same text whatever the reason).
    #[must_use]
    pub fn not_found(id: &str) -> Self {
        Self::new(404, format!("Resource {id} not found"))
    }

    /// 401. The caller adds `WWW-Authenticate`.
    #[must_use]
    pub fn unauthorized(detail: impl Into<String>) -> Self {
        Self::new(401, detail)
    }

    /// 403.
    #[must_use]
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(403, detail)
    }

    /// 413: the request is larger than the server takes.
    #[must_use]
    pub fn payload_too_large(detail: impl Into<String>) -> Self {
        Self::new(413, detail)
    }

    /// 501: the protocol knows it, this server does not do it.
    #[must_use]
    pub fn not_implemented(detail: impl Into<String>) -> Self {
        Self::new(501, detail)
    }

    /// An answer that a retry can cure: `status` is the client's own (429 or 503), `retry_after` whole seconds.
    #[must_use]
    pub fn transient(status: u16, retry_after: u32, detail: impl Into<String>) -> Self {
        Self { retry_after: Some(retry_after), ..Self::new(status, detail) }
    }

    /// The body: `status` is a string, `scimType` only where there is one (RFC 7644 §3.12).
    #[must_use]
    pub fn body(&self) -> Value {
        let mut body = json!({ "schemas": [ERROR_URN], "status": self.status.to_string() });
        if let (Some(map), Some(kind)) = (body.as_object_mut(), self.scim_type) {
            map.insert("scimType".to_owned(), Value::from(kind.as_str()));
        }
        if let Some(map) = body.as_object_mut() {
            map.insert("detail".to_owned(), Value::from(self.detail.as_str()));
        }
        body
    }
}
