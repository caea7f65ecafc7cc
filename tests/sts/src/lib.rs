//! A small STS and IAM on loopback, for people without an AWS account, for tests and for benches.
//!
//! It plays one account: users with keys and MFA devices, codes that work once, roles that trust
//! some and not others, sessions that end, signatures that must be right. It shares no code with
//! the client it is asked by, so that the two can disagree. It can misbehave on demand ([`Fault`]),
//! and tells what it was asked ([`Request`]).
//!
//! ```
//! use loopback_sts::{ALICE, Account, Cut, Fault, Sts};
//!
//! let sts = Sts::start(Account::default());
//! sts.weather(Fault::Cut(Cut::Unanswered).on_calls().times(1));
//! let (endpoint, code) = (sts.url(), sts.code(ALICE.name));
//! // … run a client with AWS_ENDPOINT_URL_STS=endpoint and the code …
//! assert_eq!(sts.requests().len(), 0);
//! # let _ = (endpoint, code);
//! ```
//!
//! The default account's users are [`ALICE`], [`BOB`] and [`ROOT`]. Its roles are these; their
//! sessions last an hour, those of `deploy` would last twelve if it were not for the chaining:
//!
//! | role | trusts |
//! | --- | --- |
//! | `admin` | the account, with MFA |
//! | `reader` | alice |
//! | `deploy` | role `admin`: role chaining |
//! | `web` | the OIDC provider: GitHub Actions' issuer, audience `sts.amazonaws.com` |
//! | `saml` | the SAML provider `loopback` |
//! | `external` | the account, with the external id [`EXTERNAL_ID`] |
//! | `team-0` to `team-9` | the account, with MFA |
//!
//! What becomes of a request, from the socket to the answer:
//!
//! ```text
//! server ── http ── exchange ── operation ──┬── sigv4
//!   │                │    │         │       └── account ── role, principal, totp
//!  tls         weather   oidc   sts, iam ── constraint
//!                         └─────────┴─────── web_identity, saml
//! ```

mod account;
mod answer;
mod builder;
mod client;
mod clock;
mod constraint;
mod exchange;
mod http;
mod iam;
mod journal;
mod oidc;
mod operation;
mod principal;
mod random;
mod role;
mod saml;
mod sample;
mod seal;
mod server;
mod sigv4;
mod sts;
mod tls;
mod totp;
mod user;
mod weather;
mod web_identity;

pub use account::{ACCOUNT_ID, Account, EXTERNAL_ID};
pub use answer::Answer;
pub use builder::Builder;
pub use client::{Keys, Response};
pub use journal::Request;
pub use role::Role;
pub use sample::{ALICE, BOB, BOBS_FIDO, BOBS_HARDWARE, ROOT, Sample};
pub use tls::Certificate;
pub use user::{Device, User};
pub use weather::{Cut, Fault, Field, Grant, Weather};

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use data_encoding::BASE32_NOPAD;
use time::OffsetDateTime;

use client::Target;
use server::{Server, lock};
use totp::Totp;

/// A running server. Dropping it cuts its connections, ends its threads and closes its port.
pub struct Sts {
    server: Arc<Server>,
    address: SocketAddr,
    running: Option<JoinHandle<()>>,
}

impl Sts {
    /// Starts a server on `127.0.0.1`, without TLS, at a port that is free.
    ///
    /// # Panics
    ///
    /// Where the loopback interface has no free port.
    #[must_use]
    pub fn start(account: Account) -> Self {
        Self::builder().account(account).start().expect("loopback has a free port")
    }

    /// A server that is not only the default one.
    #[must_use]
    pub fn builder() -> Builder {
        Builder::new()
    }

    /// Where it is, such as `http://127.0.0.1:34567`.
    #[must_use]
    pub fn url(&self) -> String {
        let scheme = if self.server.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// The certificate of the CA that signs this process's servers, as PEM: for `AWS_CA_BUNDLE`.
    #[must_use]
    pub fn ca_pem(&self) -> String {
        tls::authority_pem()
    }

    /// The requests so far, in the order in which their outcome was known.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        lock(&self.server.journal).clone()
    }

    /// How many connections were accepted so far.
    #[must_use]
    pub fn connections(&self) -> usize {
        lock(&self.server.connections).count
    }

    /// The ARN of the role of this name: `RoleArn`.
    ///
    /// # Panics
    ///
    /// Where there is no such role.
    #[must_use]
    pub fn role_arn(&self, name: &str) -> String {
        let account = lock(&self.server.account);
        let role = account.roles.iter().find(|role| role.name == name);
        account.role_arn(role.expect("the account has the role"))
    }

    /// The ARN of the account's SAML provider: `PrincipalArn`.
    #[must_use]
    pub fn saml_provider_arn(&self) -> String {
        saml::provider_arn(&lock(&self.server.account))
    }

    /// A token of the account's OIDC provider, for STS and good for an hour: `WebIdentityToken`.
    #[must_use]
    pub fn web_identity_token(&self, subject: &str) -> String {
        web_identity::token(subject, web_identity::AUDIENCE, self.server.clock.now())
    }

    /// A response of the account's SAML provider that gives alice@example.com a role, both as ARNs,
    /// good for five minutes: `SAMLAssertion`.
    #[must_use]
    pub fn saml_assertion(&self, role: &str, provider: &str) -> String {
        self.saml_assertion_of(&[(role, provider)])
    }

    /// The same for several roles, each with its provider.
    #[must_use]
    pub fn saml_assertion_of(&self, pairs: &[(&str, &str)]) -> String {
        let values: Vec<_> = pairs.iter().map(|(role, idp)| format!("{role},{idp}")).collect();
        let values: Vec<_> = values.iter().map(String::as_str).collect();
        saml::response(&values, self.server.clock.now())
    }

    /// A message that `DecodeAuthorizationMessage` decodes to this text: `EncodedMessage`.
    #[must_use]
    pub fn encoded_message(&self, text: &str) -> String {
        sts::encode(text)
    }

    /// Where GitHub Actions' endpoint for identity tokens is: `ACTIONS_ID_TOKEN_REQUEST_URL`.
    #[must_use]
    pub fn oidc_url(&self) -> String {
        format!("{}{}?{}", self.url(), oidc::PATH, oidc::QUERY)
    }

    /// What that endpoint wants as a bearer token: `ACTIONS_ID_TOKEN_REQUEST_TOKEN`.
    #[must_use]
    pub fn oidc_request_token(&self) -> String {
        self.server.oidc_request_token.clone()
    }

    /// Asks the server itself, with these keys. It knows the server's CA and clock.
    ///
    /// # Panics
    ///
    /// Where the server has no such operation.
    pub fn call(
        &self,
        keys: &Keys,
        operation: &str,
        parameters: &[(&str, &str)],
    ) -> io::Result<Response> {
        self.ask(Some(keys), operation, parameters)
    }

    /// Asks the server itself, without a signature.
    ///
    /// # Panics
    ///
    /// Where the server has no such operation.
    pub fn call_unsigned(
        &self,
        operation: &str,
        parameters: &[(&str, &str)],
    ) -> io::Result<Response> {
        self.ask(None, operation, parameters)
    }

    fn ask(
        &self,
        keys: Option<&Keys>,
        operation: &str,
        parameters: &[(&str, &str)],
    ) -> io::Result<Response> {
        let operation = operation::named(operation).expect("the server has the operation");
        let target = Target {
            address: self.address,
            is_tls: self.server.tls.is_some(),
            region: iam::home_region(&lock(&self.server.account).partition),
            now: self.server.clock.now(),
        };
        client::call(&target, operation, keys, parameters)
    }

    /// Adds to the weather: of what fits a request, what was added first happens first.
    pub fn weather(&self, weather: impl Into<Weather>) {
        lock(&self.server.forecast).add(weather.into());
    }

    /// Ends all bad weather.
    pub fn clear_weather(&self) {
        lock(&self.server.forecast).clear();
    }

    /// Puts the server's clock this many seconds ahead of the machine's, or behind it.
    pub fn set_clock_offset(&self, seconds: i64) {
        self.server.clock.set_offset(seconds);
    }

    /// A code that the first device with codes of this user (or the device of this serial number)
    /// would show and that the server would accept now. Where the two last codes are spent it waits
    /// for the next, at most 30 seconds; to move the server's clock on by 30 seconds is faster.
    ///
    /// # Panics
    ///
    /// Where there is no such device.
    #[must_use]
    pub fn code(&self, user_or_serial: &str) -> String {
        loop {
            let account = lock(&self.server.account);
            let totp = account.totp(user_or_serial).expect("the user has a device with codes");
            if let Some(code) = totp.fresh_code(self.server.clock.now()) {
                return code;
            }
            drop(account);
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// Six digits that this device shows neither now nor a minute earlier or later.
    ///
    /// # Panics
    ///
    /// Where there is no such device.
    #[must_use]
    pub fn wrong_code(&self, user_or_serial: &str) -> String {
        let account = lock(&self.server.account);
        let totp = account.totp(user_or_serial).expect("the user has a device with codes");
        totp.wrong_code(self.server.clock.now())
    }
}

/// The code that a device with this seed, in base32, shows now; `None` where it is not base32.
#[must_use]
pub fn code(seed: &str) -> Option<String> {
    let totp = Totp::new(BASE32_NOPAD.decode(seed.as_bytes()).ok()?);
    totp.fresh_code(OffsetDateTime::now_utc())
}

impl Drop for Sts {
    fn drop(&mut self) {
        self.server.stop(self.address);
        if let Some(running) = self.running.take() {
            // A panic in there has been shown already, and must not become one while unwinding.
            let _ = running.join();
        }
    }
}
