//! The identity in a request.

use crate::{origin::Origin, sts::is_temporary};

/// The identity in a request, which messages name.
#[derive(Clone, Copy, Debug)]
pub enum Caller<'a> {
    /// An access key signs the request.
    Key {
        /// The access key id.
        id: &'a str,
        /// Where the key comes from.
        origin: &'a Origin,
        /// The MFA device, if the request has an MFA code.
        serial: Option<&'a str>,
    },
    /// A parameter of the request is a token of an identity provider.
    IdentityToken {
        /// Such as "web identity token".
        kind: &'static str,
        /// Where the token comes from.
        origin: &'a str,
    },
}

impl<'a> Caller<'a> {
    /// An access key that signs a request without an MFA code.
    #[must_use]
    pub fn with_key(id: &'a str, origin: &'a Origin) -> Self {
        Self::Key { id, origin, serial: None }
    }

    pub(super) fn has_code(self) -> bool {
        matches!(self, Self::Key { serial: Some(_), .. })
    }

    pub(super) fn has_session(self) -> bool {
        matches!(self, Self::Key { id, .. } if is_temporary(id))
    }
}
