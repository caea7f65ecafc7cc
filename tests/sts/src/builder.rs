//! Servers that are not only the default one.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, TcpListener};
use std::sync::Arc;
use std::thread;

use crate::Sts;
use crate::account::Account;
use crate::journal::Request;
use crate::server::Server;
use crate::tls::Certificate;

/// What a server is to be.
pub struct Builder {
    account: Account,
    certificate: Option<Certificate>,
    ip: IpAddr,
    port: u16,
    watch: fn(&Request),
}

impl Builder {
    pub(crate) fn new() -> Self {
        Self {
            account: Account::default(),
            certificate: None,
            ip: Ipv4Addr::LOCALHOST.into(),
            port: 0,
            watch: |_| (),
        }
    }

    /// Plays this account.
    #[must_use]
    pub fn account(mut self, account: Account) -> Self {
        self.account = account;
        self
    }

    /// Speaks TLS and shows such a certificate.
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

    /// Listens at this port; 0, the default, is any that is free.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Calls this with each request as soon as its outcome is known.
    #[must_use]
    pub fn watch(mut self, watch: fn(&Request)) -> Self {
        self.watch = watch;
        self
    }

    /// Starts it.
    pub fn start(self) -> io::Result<Sts> {
        let listener = TcpListener::bind((self.ip, self.port))?;
        let address = listener.local_addr()?;
        let tls = self.certificate.map(Certificate::server_config);
        let server = Arc::new(Server::new(self.account, tls, self.watch));
        let running = thread::Builder::new().name("loopback-sts".into()).spawn({
            let server = Arc::clone(&server);
            move || server.run(&listener)
        })?;
        Ok(Sts { server, address, running: Some(running) })
    }
}
