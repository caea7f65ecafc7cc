//! The client of STS and of the one operation of IAM that is needed beside it: an operation's
//! typed question becomes a form, is signed, posted, and answered with a typed answer or [`Error`].
//!
//! A new operation is one more file below, and a line in the list here.

mod assume_role;
mod assume_role_with_saml;
mod assume_role_with_web_identity;
mod connection;
mod credentials;
mod decode_authorization_message;
mod endpoint;
mod error;
mod get_access_key_info;
mod get_caller_identity;
mod get_federation_token;
mod get_session_token;
mod list_mfa_devices;
mod parameter;
mod query_body;
mod response;
mod restrictions;
mod service_error;
mod sign;
mod transport_error;

pub use assume_role::AssumeRole;
pub use assume_role_with_saml::AssumeRoleWithSaml;
pub use assume_role_with_web_identity::AssumeRoleWithWebIdentity;
pub use connection::{
    Attempts, Client, Exceptions, IdTokenUrl, Network, Proxies, ProxyUrl, Reached, Trust, WarmUp,
};
pub use credentials::Credentials;
pub use decode_authorization_message::{DecodeAuthorizationMessage, DecodedMessage};
pub use endpoint::{BaseUrl, Endpoint, Region, RegionalEndpoints, Variant};
pub use error::{Caller, Error};
pub use get_access_key_info::{GetAccessKeyInfo, KeyAccount};
pub use get_caller_identity::{GetCallerIdentity, Identity};
pub use get_federation_token::GetFederationToken;
pub use get_session_token::GetSessionToken;
pub use list_mfa_devices::{Devices, ListMfaDevices};
pub use parameter::{
    AccessKeyId, EncodedMessage, ExternalId, FederatedName, PolicyArn, ProviderArn, RoleArn,
    RoleSessionName, SamlAssertion, SourceIdentity, WebIdentityToken,
};
pub use query_body::QueryBody;
pub use response::{Answer, InvalidResponse, read};
pub use restrictions::{Policies, Policy, Tag, Tags};
pub use service_error::{ServiceError, clock_difference};
pub use sign::{Request, Signature, sign};
pub use transport_error::TransportError;

use crate::{credentials::AccessKey, secret::Secret};

/// What a client can ask a service to do.
pub trait Operation {
    /// The name in the query protocol's `Action`.
    const ACTION: &'static str;
    /// The service that does it.
    const SERVICE: Service = Service::Sts;
    /// Whether there is a code in the question, which is good once. Then it is sent again only
    /// where it is certain that nobody has looked at it.
    const SPENDS_A_CODE: bool = false;
    /// What it yields.
    type Output: Output;

    /// Adds the parameters besides `Action` and `Version`.
    fn fill(&self, form: &mut QueryBody);
}

/// What an operation yields.
pub trait Output: Sized {
    /// Reads it out of the answer.
    fn read(answer: &Answer<'_, '_>) -> Result<Self, InvalidResponse>;
}

/// Who signs a question.
#[derive(Clone, Copy, Debug)]
pub enum Signer<'a> {
    /// Nobody: there is a proof of its own in it.
    Nobody,
    /// The holder of an access key, with the token that goes with a temporary one.
    Key(&'a AccessKey, Option<&'a Secret>),
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
