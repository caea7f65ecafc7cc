//! A client of the AWS Security Token Service, of one operation of IAM, and of the federation
//! endpoint of AWS Sign-In. It uses nothing of this program but [`Secret`](crate::secret::Secret).
//!
//! A [`Client`] calls an [`Operation`] at an [`Endpoint`]: it builds the body, signs the request,
//! retries it if that is safe, and returns the output or a typed [`Error`]. To add an operation,
//! add a file below and two lines in the lists here.
//!
//! ```
//! use loopback_sts::{ALICE, Account, Sts};
//! use mfa_session::sts::{
//!     Client, Endpoint, GetCallerIdentity, Network, Service, Signer, SigningKey,
//! };
//!
//! let server = Sts::start(Account::default()); // A fake AWS.
//!
//! let endpoint = Endpoint::at(server.url().parse()?, Service::Sts, &"eu-west-1".parse()?);
//! let key = SigningKey::new(ALICE.access_key_id.into(), ALICE.secret_access_key.into());
//! let client = Client::new(Network::default());
//! let identity = client.call(&GetCallerIdentity, &endpoint, Signer::Key(&key, None))?;
//! assert_eq!(identity.arn, "arn:aws:iam::123456789012:user/alice");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod account_id;
mod assume_role;
mod assume_role_with_saml;
mod assume_role_with_web_identity;
mod assume_root;
mod client;
mod credentials;
mod decode_authorization_message;
mod endpoint;
mod error;
mod get_access_key_info;
mod get_caller_identity;
mod get_federation_token;
mod get_session_token;
mod get_web_identity_token;
mod id_token;
mod json_token;
mod list_mfa_devices;
mod operation;
mod parameter;
mod query_body;
mod response;
mod restrictions;
mod service;
mod service_error;
mod sign;
mod signin;
mod transport_error;

pub use account_id::AccountId;
pub use assume_role::{AssumeRole, AssumeRoleWithCode};
pub use assume_role_with_saml::AssumeRoleWithSaml;
pub use assume_role_with_web_identity::AssumeRoleWithWebIdentity;
pub use assume_root::{AssumeRoot, ROOT_TASKS, RootUser};
pub(crate) use client::clocks_agree;
pub use client::{
    Attempts, Certificates, Client, Exceptions, Interruption, Network, PemError, Probe, Proxies,
    Proxy, ProxyUrl, Trust,
};
pub use credentials::Credentials;
pub(crate) use credentials::{is_long_term, is_temporary};
pub use decode_authorization_message::{DecodeAuthorizationMessage, DecodedMessage};
pub use endpoint::{BaseUrl, ConsoleService, Endpoint, Region, RegionalEndpoints, Variant};
pub use error::Error;
pub use get_access_key_info::{GetAccessKeyInfo, KeyAccount};
pub use get_caller_identity::{GetCallerIdentity, Identity};
pub use get_federation_token::GetFederationToken;
pub use get_session_token::GetSessionToken;
pub use get_web_identity_token::{
    Audience, Audiences, GetWebIdentityToken, SIGNING_ALGORITHMS, SignedToken,
};
pub use id_token::IdTokenUrl;
pub use json_token::{TokenError, TokenProblem};
pub use list_mfa_devices::{Devices, ListMfaDevices};
pub use operation::{Operation, Output, read};
pub use parameter::{
    AccessKeyId, EncodedMessage, ExternalId, FederatedName, InvalidParameter, PolicyArn,
    ProviderArn, RoleArn, RoleSessionName, SamlAssertion, SourceIdentity, WebIdentityToken,
};
pub use query_body::QueryBody;
pub use response::{Answer, InvalidResponse};
pub(crate) use response::{is_access_key_id, is_plain};
pub use restrictions::{Policies, Policy, Tag, Tags};
pub use service::Service;
pub use service_error::ServiceError;
pub use sign::{Request, Signer, SigningKey};
pub use signin::{SessionKeys, Signin};
pub use transport_error::TransportError;
pub(crate) use transport_error::{ProxyName, TlsProblem, TransportErrorKind};
