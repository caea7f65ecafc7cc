//! The body of a request in the query protocol: `application/x-www-form-urlencoded`.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::service::Service;
use crate::secret::Secret;

/// An incomplete body. No `Debug`: a parameter may be an MFA code or a token.
pub struct QueryBody(String);

impl QueryBody {
    /// A body that names the operation.
    pub(super) fn new(action: &str, service: Service) -> Self {
        Self(format!("Action={action}&Version={}", service.version()))
    }

    /// Adds a parameter.
    pub fn add(&mut self, name: &str, value: &str) {
        self.0.push('&');
        self.0.extend(utf8_percent_encode(name, ENCODED));
        self.0.push('=');
        self.0.extend(utf8_percent_encode(value, ENCODED));
    }

    /// Adds a secret parameter.
    pub fn add_secret(&mut self, name: &str, value: &Secret) {
        self.add(name, value.expose());
    }

    /// Adds a parameter if it has a value.
    pub fn add_some(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.add(name, value);
        }
    }

    pub(super) fn finish(self) -> Secret {
        Secret::new(self.0)
    }
}

/// All but the unreserved characters of RFC 3986.
pub(super) const ENCODED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
