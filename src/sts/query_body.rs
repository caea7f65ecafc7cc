//! The body of a request: `application/x-www-form-urlencoded`, as the query protocol has it.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use zeroize::Zeroizing;

use super::Service;
use crate::secret::Secret;

/// A form that is being filled in. It may hold an MFA code: it is wiped.
pub struct QueryBody(Zeroizing<String>);

impl QueryBody {
    /// The form that names the action.
    pub(super) fn new(action: &str, service: Service) -> Self {
        let version = service.version();
        Self(Zeroizing::new(format!("Action={action}&Version={version}")))
    }

    /// Adds a parameter.
    pub fn add(&mut self, name: &str, value: &str) {
        // A string that grows leaves its old self behind, unwiped: there is room for all of it.
        let mut longer = Zeroizing::new(String::with_capacity(
            self.0.len() + "&=".len() + 3 * (name.len() + value.len()),
        ));
        longer.push_str(&self.0);
        longer.push('&');
        longer.extend(utf8_percent_encode(name, ENCODED));
        longer.push('=');
        longer.extend(utf8_percent_encode(value, ENCODED));
        self.0 = longer;
    }

    /// Adds a parameter if there is a value for it.
    pub fn add_some(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.add(name, value);
        }
    }

    pub(super) fn finish(mut self) -> Secret {
        Secret::new(std::mem::take(&mut *self.0))
    }
}

/// All but the unreserved characters of RFC 3986.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
