//! The AWS services that this client calls.

/// An AWS service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// The Security Token Service.
    Sts,
    /// Identity and Access Management.
    Iam,
    /// AWS Sign-In: the federation endpoint, which takes no operations of the query protocol.
    Signin,
}

impl Service {
    /// The service name in the credential scope of a signature.
    pub(super) fn signing_name(self) -> &'static str {
        match self {
            Self::Sts => "sts",
            Self::Iam => "iam",
            Self::Signin => "signin",
        }
    }

    /// The API version: the `Version` parameter of the query protocol.
    pub(super) fn version(self) -> &'static str {
        match self {
            Self::Sts => "2011-06-15",
            Self::Iam => "2010-05-08",
            Self::Signin => "2023-01-01",
        }
    }
}
