//! The client of STS and of the one operation of IAM that is needed beside it: an operation's
//! typed question becomes a form, is signed, posted, and answered with a typed answer or [`Error`].
//!
//! A new operation is one more file below, and a line in the list here.

mod connection;
mod endpoint;
mod error;
mod form;
mod get_session_token;
mod list_mfa_devices;
mod response;
mod sign;
mod unreached;

pub use connection::{
    Attempts, Client, Exceptions, Network, Proxies, ProxyUrl, Reached, Trust, WarmUp,
};
pub use endpoint::{BaseUrl, Endpoint, Region, RegionalEndpoints, Variant};
pub use error::{Asked, Error, Refusal, clock_difference};
pub use form::Form;
pub use get_session_token::{GetSessionToken, Granted};
pub use list_mfa_devices::{Devices, ListMfaDevices};
pub use response::{Answer, Nonsense};
pub use sign::{Request, Signature, sign};
pub use unreached::Unreached;

/// What a client can ask a service to do.
pub trait Operation {
    /// The name in the query protocol's `Action`.
    const ACTION: &'static str;
    /// The service that does it.
    const SERVICE: Service;
    /// Whether it may be asked twice, because nothing in the question can be spent. Else it is sent
    /// again only where it is certain that nobody has looked at it.
    const REPEATABLE: bool = false;
    /// What it yields.
    type Output;

    /// Adds the parameters besides `Action` and `Version`.
    fn fill(&self, form: &mut Form);

    /// Reads the result out of the answer.
    fn output(answer: &Answer<'_, '_>) -> Result<Self::Output, Nonsense>;
}

/// A service of AWS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// The Security Token Service.
    Sts,
    /// Identity and Access Management.
    Iam,
}

impl Service {
    /// The name in a credential scope.
    #[must_use]
    pub fn signing_name(self) -> &'static str {
        match self {
            Self::Sts => "sts",
            Self::Iam => "iam",
        }
    }

    /// The version of the API.
    #[must_use]
    pub fn version(self) -> &'static str {
        match self {
            Self::Sts => "2011-06-15",
            Self::Iam => "2010-05-08",
        }
    }
}
