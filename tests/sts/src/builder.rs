//! Configures a server: its account, TLS, address, and the kind of endpoint that it plays.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, TcpListener};
use std::sync::Arc;
use std::thread;

use crate::account::Account;
use crate::handle::Sts;
use crate::operation::Endpoint;
use crate::request::Request;
use crate::server::Server;
use crate::tls::Certificate;

/// The configuration of a server. The default is the same as [`Sts::start`] with the default
/// account.
pub struct Builder {
    account: Account,
    certificate: Option<Certificate>,
    ip: IpAddr,
    port: u16,
    endpoint: Endpoint,
    watch: fn(&Request),
}

impl Builder {
    pub(crate) fn new() -> Self {
        Self {
            account: Account::default(),
            certificate: None,
            ip: Ipv4Addr::LOCALHOST.into(),
            port: 0,
            endpoint: Endpoint::Regional,
            watch: |_| (),
        }
    }

    /// Sets the account.
    #[must_use]
    pub fn account(mut self, account: Account) -> Self {
        self.account = account;
        self
    }

    /// Enables TLS with such a certificate.
    #[must_use]
    pub fn tls(mut self, certificate: Certificate) -> Self {
        self.certificate = Some(certificate);
        self
    }

    /// Listens on `::1` instead of `127.0.0.1`.
    #[must_use]
    pub fn ipv6(mut self) -> Self {
        self.ip = Ipv6Addr::LOCALHOST.into();
        self
    }

    /// Listens on this port. 0, the default, selects a free port.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Plays the global endpoint `sts.amazonaws.com`, which lacks some operations. The default is a
    /// regional endpoint, whatever region a request is signed for.
    #[must_use]
    pub fn global_endpoint(mut self) -> Self {
        self.endpoint = Endpoint::Global;
        self
    }

    /// Calls this function with each request when its outcome is known.
    #[must_use]
    pub fn watch(mut self, watch: fn(&Request)) -> Self {
        self.watch = watch;
        self
    }

    /// Starts the server.
    pub fn start(self) -> io::Result<Sts> {
        let listener = TcpListener::bind((self.ip, self.port))?;
        let address = listener.local_addr()?;
        let tls = self.certificate.map(Certificate::server_config);
        let server = Arc::new(Server::new(self.account, self.endpoint, tls, self.watch));
        let thread = thread::Builder::new().name("loopback-sts".into()).spawn({
            let server = Arc::clone(&server);
            move || server.run(&listener)
        })?;
        Ok(Sts { server, address, thread: Some(thread) })
    }
}
