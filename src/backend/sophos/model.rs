//! The bodies of Sophos Central's answers, read leniently: everything but an id may be missing, whatever else is there is
//! left alone.

use serde::Deserialize;

/// A token, or why there is none (vendor: the token host has an error shape of its own, and an `errorCode` in successes).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TokenAnswer {
    #[serde(rename = "access_token")]
    pub access_token: Option<String>,
    #[serde(rename = "expires_in")]
    pub expires_in: Option<u64>,
    pub error_code: Option<String>,
}

/// Who the credential is.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WhoAmI {
    pub id: String,
    pub id_type: Option<String>,
    pub api_hosts: Option<ApiHosts>,
}

/// Where the credential's calls go. `data_region` is absent for partners and organizations.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ApiHosts {
    pub data_region: Option<String>,
}

/// A tenant as a partner or an organization sees it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Tenant {
    pub id: String,
    pub api_host: Option<String>,
    pub data_region: Option<String>,
}

/// One page of a list.
#[derive(Debug, Deserialize)]
pub(super) struct Page<T> {
    pub items: Option<Vec<T>>,
    pub pages: Option<Pages>,
}

/// Where in the list a page is.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Pages {
    pub size: Option<u64>,
    /// Items over all pages; only with `pageTotal=true`.
    pub items: Option<u64>,
}

/// A list inside an object; `items` may be fewer than `total`.
#[derive(Debug, Deserialize)]
pub(super) struct RefList {
    pub total: Option<usize>,
    pub items: Option<Vec<NamedRef>>,
}

impl RefList {
    /// The entries, if they are all.
    pub fn complete(self) -> Option<Vec<NamedRef>> {
        let items = self.items.unwrap_or_default();
        (self.total? <= items.len()).then_some(items)
    }
}

/// Another object.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NamedRef {
    pub id: String,
    pub name: Option<String>,
    pub display_name: Option<String>,
}

/// An admin, and the directory users that it is.
#[derive(Debug, Deserialize)]
pub(super) struct Admin {
    pub id: String,
    pub users: Option<Vec<NamedRef>>,
}

/// Where an object comes from.
#[derive(Debug, Deserialize)]
pub(super) struct Source {
    #[serde(rename = "type")]
    pub kind: Option<String>,
}

/// A user or a group: the fields of both, since they are read in the same way.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Object {
    pub id: String,
    pub name: Option<String>,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub email: Option<String>,
    pub exchange_login: Option<String>,
    pub domain: Option<String>,
    pub groups: Option<RefList>,
    pub users: Option<RefList>,
    pub source: Option<Source>,
    pub created_at: Option<String>,
    pub updated_at: Option<String>,
}

/// The error objects of the API (`error`, ids) and of the token host (`errorCode`, `trackingId`). Casing of `error` varies;
/// decisions are made on the status.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ErrorBody {
    pub error: Option<String>,
    pub error_code: Option<String>,
    pub tracking_id: Option<String>,
    pub correlation_id: Option<String>,
    pub request_id: Option<String>,
}

/// The body that adds members to a group, or groups to a person.
#[derive(serde::Serialize)]
pub(super) struct Ids<'i> {
    pub ids: &'i [&'i str],
}
