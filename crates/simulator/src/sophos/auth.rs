//! The token endpoint and the tokens it gave out.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::errors::token_error;
use super::model::Principal;
use super::switches::Switches;
use crate::http::{Request, Response};
use crate::ids::Ids;
use crate::text::pairs;

const LIFETIME_SECS: i64 = 3600;

/// Tokens by their text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tokens {
    access: HashMap<String, Access>,
    refresh: HashMap<String, usize>,
}

#[derive(Clone, Debug)]
struct Access {
    principal: usize,
    expires: i64,
}

impl Tokens {
    /// The number of the principal that a living token belongs to.
    pub fn principal(&self, now: i64, token: &str) -> Option<usize> {
        self.access.get(token).filter(|access| now < access.expires).map(|access| access.principal)
    }

    pub fn revoke(&mut self, token: &str) {
        self.access.remove(token);
    }

    fn issue(&mut self, now: i64, principal: usize, serial: &mut Ids) -> (String, String) {
        self.access.retain(|_, access| now < access.expires);
        let token = format!("eyJhbGciOiJSUzI1NiJ9.{}.{}", serial.hex(), serial.hex());
        let refresh = serial.hex();
        self.access.insert(token.clone(), Access { principal, expires: now + LIFETIME_SECS * 1_000_000 });
        self.refresh.insert(refresh.clone(), principal);
        (token, refresh)
    }
}

/// Why a token is not given: a status and the vendor's code.
struct Denied(u16, &'static str);

/// The client id in a token request, for the rate limiter.
pub(crate) fn client_id(request: &Request) -> Option<String> {
    Form::read(request).get("client_id").map(str::to_owned)
}

/// Answers `POST /api/v2/oauth2/token`.
pub(crate) fn answer(
    tokens: &mut Tokens,
    principals: &[Principal],
    rules: &Switches,
    serial: &mut Ids,
    now: i64,
    request: &Request,
) -> Response {
    match grant(tokens, principals, rules, request) {
        Ok(principal) => {
            let (access, refresh) = tokens.issue(now, principal, serial);
            Response::of_json(
                200,
                &json!({
                    "access_token": access,
                    "token_type": "bearer",
                    "expires_in": LIFETIME_SECS,
                    "refresh_token": refresh,
                    "errorCode": "success",
                    "message": "OK",
                    "trackingId": serial.uuid(),
                }),
            )
        }
        Err(Denied(_, code)) if rules.token_errors_as_200 => token_error(200, code, &serial.uuid()),
        Err(Denied(status, code)) => token_error(status, code, &serial.uuid()),
    }
}

fn grant(
    tokens: &Tokens,
    principals: &[Principal],
    rules: &Switches,
    request: &Request,
) -> Result<usize, Denied> {
    let form = Form::read(request);
    let malformed = || Denied(rules.bad_grant_status, "customer.validation");
    let id = form.get("client_id").ok_or_else(malformed)?;
    let secret = form.get("client_secret").ok_or_else(malformed)?;
    let refresh = match (form.get("grant_type"), form.get("scope"), form.get("refresh_token")) {
        (Some("client_credentials"), Some("token"), _) if !form.json => None,
        (Some("refresh_token"), _, Some(refresh)) if form.json => Some(refresh),
        _ => return Err(malformed()),
    };
    let found = principals.iter().position(|principal| principal.client_id == id);
    let index = found.ok_or(Denied(rules.unknown_client_status, "oauth.client_app_does_not_exist"))?;
    if principals[index].secret != secret {
        return Err(Denied(401, "oauth.invalid_client_secret"));
    }
    if principals[index].disabled {
        return Err(Denied(rules.unknown_client_status, "oauth.client_disabled"));
    }
    if refresh.is_some_and(|refresh| tokens.refresh.get(refresh) != Some(&index)) {
        return Err(malformed());
    }
    Ok(index)
}

/// The fields of a token request: a form, or JSON for a refresh.
struct Form {
    fields: Vec<(String, String)>,
    json: bool,
}

impl Form {
    fn read(request: &Request) -> Self {
        let json = request.get("content-type").is_some_and(|kind| kind.starts_with("application/json"));
        let fields = if json {
            match serde_json::from_slice(&request.body) {
                Ok(Value::Object(fields)) => fields
                    .into_iter()
                    .filter_map(|(key, value)| Some((key, value.as_str()?.to_owned())))
                    .collect(),
                _ => Vec::new(),
            }
        } else {
            pairs(&String::from_utf8_lossy(&request.body))
        };
        Self { fields, json }
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}
