//! How the suite says who it is.

use base64::Engine as _;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};

use crate::client::ClientError;

/// A credential; none is one, too.
#[derive(Clone, Debug, Default)]
pub struct Credential {
    /// A bearer token.
    pub token: Option<SecretString>,
    /// `user:password`.
    pub basic: Option<SecretString>,
    /// More headers, `Name: value`.
    pub headers: Vec<SecretString>,
}

impl Credential {
    /// The headers that say so.
    ///
    /// # Errors
    /// A header is none.
    pub fn headers(&self) -> Result<HeaderMap, ClientError> {
        let mut headers = HeaderMap::new();
        if let Some(token) = &self.token {
            put_secret(&mut headers, "authorization", &format!("Bearer {}", token.expose_secret()))?;
        }
        if let Some(basic) = &self.basic {
            let encoded = base64::engine::general_purpose::STANDARD.encode(basic.expose_secret());
            put_secret(&mut headers, "authorization", &format!("Basic {encoded}"))?;
        }
        for header in &self.headers {
            let (name, value) = header.expose_secret().split_once(':').ok_or(ClientError::Header)?;
            put_secret(&mut headers, name.trim(), value.trim())?;
        }
        Ok(headers)
    }

    /// What no report may show.
    #[must_use]
    pub fn secrets(&self) -> Vec<String> {
        let mut secrets: Vec<String> =
            self.token.iter().map(|token| token.expose_secret().to_owned()).collect();
        if let Some(basic) = &self.basic {
            let plain = basic.expose_secret();
            secrets.push(base64::engine::general_purpose::STANDARD.encode(plain));
            secrets.extend(plain.split_once(':').map(|(_, password)| password.to_owned()));
        }
        for header in &self.headers {
            secrets.extend(header.expose_secret().split_once(':').map(|(_, value)| value.trim().to_owned()));
        }
        secrets
    }
}

fn put_secret(headers: &mut HeaderMap, name: &str, value: &str) -> Result<(), ClientError> {
    let name = HeaderName::try_from(name).map_err(|_| ClientError::Header)?;
    let mut value = HeaderValue::try_from(value).map_err(|_| ClientError::Header)?;
    value.set_sensitive(true);
    headers.insert(name, value);
    Ok(())
}
