//! The handle of a running server: tests read its log, make it fail and move its clock.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::account::Account;
use crate::builder::Builder;
use crate::client::{self, Keys, Response, Target};
use crate::faults::FaultRule;
use crate::request::Request;
use crate::server::{Server, lock};
use crate::{iam, oidc, operation, saml, sts, tls, web_identity};

/// A running server. Dropping it closes its connections and its port and ends its threads.
pub struct Sts {
    pub(crate) server: Arc<Server>,
    pub(crate) address: SocketAddr,
    pub(crate) thread: Option<JoinHandle<()>>,
}

impl Sts {
    /// Starts a server on a free port of `127.0.0.1`, without TLS.
    ///
    /// # Panics
    ///
    /// If the loopback interface has no free port.
    #[must_use]
    pub fn start(account: Account) -> Self {
        Self::builder().account(account).start().expect("loopback has a free port")
    }

    /// Configures a server before it starts.
    #[must_use]
    pub fn builder() -> Builder {
        Builder::new()
    }

    /// The endpoint URL, such as `http://127.0.0.1:34567`.
    #[must_use]
    pub fn url(&self) -> String {
        let scheme = if self.server.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// The certificate of the CA that signs the servers of this process, as PEM: a value for the
    /// file of `AWS_CA_BUNDLE`.
    #[must_use]
    pub fn ca_pem(&self) -> String {
        tls::ca_pem()
    }

    /// The requests so far, in the order in which the server finished or cut them.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        lock(&self.server.requests).clone()
    }

    /// The number of connections accepted so far.
    #[must_use]
    pub fn connections(&self) -> usize {
        lock(&self.server.connections).count
    }

    /// Whether these are the access key ID and the token of a session that has not expired, or
    /// did so in the last second, while the request was on its way: a check for servers of other
    /// services. It knows no signature.
    #[must_use]
    pub fn accepts_session(&self, access_key_id: &str, session_token: &str) -> bool {
        let key = lock(&self.server.account).find_key(access_key_id);
        let session = key.and_then(|(_, credentials)| credentials.session);
        session.is_some_and(|session| {
            session.token == session_token
                && session.context.expiration + Duration::from_secs(1) > self.server.clock.now()
        })
    }

    /// The ARN of a role, as `RoleArn` takes it.
    ///
    /// # Panics
    ///
    /// If the account has no such role.
    #[must_use]
    pub fn role_arn(&self, name: &str) -> String {
        let account = lock(&self.server.account);
        let role = account.roles.iter().find(|role| role.name == name);
        account.role_arn(role.expect("the account has the role"))
    }

    /// The ARN of the account's SAML provider, as `PrincipalArn` takes it.
    #[must_use]
    pub fn saml_provider_arn(&self) -> String {
        saml::provider_arn(&lock(&self.server.account))
    }

    /// A token of the account's OIDC provider for STS, valid for an hour, as `WebIdentityToken`
    /// takes it.
    #[must_use]
    pub fn web_identity_token(&self, subject: &str) -> String {
        web_identity::token(subject, web_identity::AUDIENCE, self.server.clock.now())
    }

    /// A response of the account's SAML provider that gives alice@example.com one role, valid for
    /// five minutes, as `SAMLAssertion` takes it. Both arguments are ARNs.
    #[must_use]
    pub fn saml_assertion(&self, role: &str, provider: &str) -> String {
        self.saml_assertion_of(&[(role, provider)])
    }

    /// Like [`Sts::saml_assertion`], for several pairs of role and provider.
    #[must_use]
    pub fn saml_assertion_of(&self, pairs: &[(&str, &str)]) -> String {
        let values: Vec<_> = pairs.iter().map(|(role, idp)| format!("{role},{idp}")).collect();
        let values: Vec<_> = values.iter().map(String::as_str).collect();
        saml::response(&values, self.server.clock.now())
    }

    /// A message that `DecodeAuthorizationMessage` decodes to this text.
    #[must_use]
    pub fn encoded_message(&self, text: &str) -> String {
        sts::encode_message(text)
    }

    /// The URL of GitHub Actions' endpoint for identity tokens: `ACTIONS_ID_TOKEN_REQUEST_URL`.
    #[must_use]
    pub fn oidc_url(&self) -> String {
        format!("{}{}?{}", self.url(), oidc::PATH, oidc::QUERY)
    }

    /// The bearer token that this endpoint requires: `ACTIONS_ID_TOKEN_REQUEST_TOKEN`.
    #[must_use]
    pub fn oidc_request_token(&self) -> String {
        self.server.oidc_request_token.clone()
    }

    /// Sends a signed request to the server, with the server's own clock and CA.
    ///
    /// # Panics
    ///
    /// If the server has no such operation.
    pub fn call(
        &self,
        keys: &Keys,
        operation: &str,
        parameters: &[(&str, &str)],
    ) -> io::Result<Response> {
        self.send(Some(keys), operation, parameters)
    }

    /// Sends a request without a signature.
    ///
    /// # Panics
    ///
    /// If the server has no such operation.
    pub fn call_unsigned(
        &self,
        operation: &str,
        parameters: &[(&str, &str)],
    ) -> io::Result<Response> {
        self.send(None, operation, parameters)
    }

    fn send(
        &self,
        keys: Option<&Keys>,
        operation: &str,
        parameters: &[(&str, &str)],
    ) -> io::Result<Response> {
        let operation = operation::find(operation).expect("the server has the operation");
        let target = Target {
            address: self.address,
            is_tls: self.server.tls.is_some(),
            region: iam::home_region(&lock(&self.server.account).partition),
            now: self.server.clock.now(),
        };
        client::call(&target, operation, keys, parameters)
    }

    /// Makes requests fail. If several rules match a request, the oldest applies.
    pub fn inject(&self, rule: impl Into<FaultRule>) {
        lock(&self.server.faults).add(rule.into());
    }

    /// Removes all faults.
    pub fn clear_faults(&self) {
        lock(&self.server.faults).clear();
    }

    /// Sets the server's clock this many seconds ahead of the machine's clock; negative: behind.
    pub fn set_clock_offset(&self, seconds: i64) {
        self.server.clock.set_offset(seconds);
    }

    /// A code that the server accepts now, of the user's first device with codes or of the device
    /// with this serial number. If the two last codes are used, waits up to 30 seconds for the
    /// next; setting the clock 30 seconds ahead is faster.
    ///
    /// # Panics
    ///
    /// If there is no such device.
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

    /// Six digits that the device does not show now, nor a minute earlier or later.
    ///
    /// # Panics
    ///
    /// If there is no such device.
    #[must_use]
    pub fn wrong_code(&self, user_or_serial: &str) -> String {
        let account = lock(&self.server.account);
        let totp = account.totp(user_or_serial).expect("the user has a device with codes");
        totp.wrong_code(self.server.clock.now())
    }
}

impl Drop for Sts {
    fn drop(&mut self) {
        self.server.stop(self.address);
        if let Some(thread) = self.thread.take() {
            // The thread has reported its panic already. A second panic while unwinding aborts.
            let _ = thread.join();
        }
    }
}
