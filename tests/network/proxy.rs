//! A real proxy, tinyproxy, between the program and STS.

use std::{
    fs,
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
};

use loopback_sts::ALICE;
use snapbox::str;

use super::{get_new_session, with_trusted_tls};
use crate::{
    sandbox::{Outcome, Sandbox, Table},
    terminal::{Person, QUESTION, until},
    tools::program,
};

const PASSWORD: &str = "hunter2-work";
const ENCODED_PASSWORD: &str = "hunter2%2Dwork";

/// A proxy that lets its user connect to the STS of a sandbox only.
struct Tinyproxy {
    port: u16,
    process: Child,
}

impl Tinyproxy {
    /// `None` if tinyproxy is not installed.
    fn start(sandbox: &Sandbox) -> Option<Self> {
        let tinyproxy = program("tinyproxy")?;
        sandbox.hide(PASSWORD);
        sandbox.hide(ENCODED_PASSWORD);
        let port = free_port();
        let sts = sandbox.sts().url();
        let sts = sts.rsplit(':').next().unwrap();
        let configuration = format!(
            "Port {port}\nListen 127.0.0.1\nTimeout 60\nMaxClients 10\nAllow 127.0.0.1\n\
             BasicAuth alice {PASSWORD}\nConnectPort {sts}\nLogLevel Connect\nLogFile \"{}\"\n",
            sandbox.path("proxy.log").display()
        );
        fs::write(sandbox.path("proxy.conf"), configuration).unwrap();
        let process = Command::new(tinyproxy)
            .args(["-d", "-c"])
            .arg(sandbox.path("proxy.conf"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let proxy = Self { port, process };
        until(|| TcpStream::connect(("127.0.0.1", port)).is_ok());
        Some(proxy)
    }

    fn url(&self, user: &str) -> String {
        format!("http://{user}127.0.0.1:{}", self.port)
    }
}

impl Drop for Tinyproxy {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// The number of tunnels that the program has requested.
fn tunnels(sandbox: &Sandbox) -> usize {
    let log = fs::read_to_string(sandbox.path("proxy.log")).unwrap();
    log.matches("CONNECT 127.0.0.1:").count() + log.matches("CONNECT 0.0.0.0:").count()
}

/// Fails before it sends the code, so any code will do.
fn fails(sandbox: &Sandbox) -> Outcome {
    sandbox.run(["--serial", ALICE.serial_number, "--code", "123456"])
}

#[test]
fn connects_through_the_proxy() {
    for name in ["https_proxy", "HTTPS_PROXY"] {
        let mut sandbox = with_trusted_tls();
        let Some(proxy) = Tinyproxy::start(&sandbox) else { return };
        sandbox.set(name, proxy.url(&format!("alice:{ENCODED_PASSWORD}@")));
        get_new_session(&sandbox);
        assert_eq!(sandbox.asked(), ["GetSessionToken OK"]);
        assert_eq!(tunnels(&sandbox), 1);
    }
}

#[test]
fn opens_one_tunnel_at_a_terminal() {
    let mut sandbox = with_trusted_tls();
    let Some(proxy) = Tinyproxy::start(&sandbox) else { return };
    sandbox.set("https_proxy", proxy.url(&format!("alice:{ENCODED_PASSWORD}@")));
    let mut person = Person::runs(&sandbox, "--serial arn:aws:iam::123456789012:mfa/alice");
    person.reads(QUESTION);
    until(|| sandbox.asked() == ["HEAD"]);
    person.types(&format!("{}\n", sandbox.code()));
    assert_eq!(person.leaves(), Some(0));
    assert_eq!(sandbox.asked(), ["HEAD", "GetSessionToken OK"]);
    assert_eq!((tunnels(&sandbox), sandbox.sts().connections()), (1, 1));
}

#[test]
fn prefers_the_lower_case_variable() {
    let mut sandbox = with_trusted_tls();
    sandbox.set("https_proxy", "http://127.0.0.1:1").set("HTTPS_PROXY", "http://127.0.0.1:2");
    fails(&sandbox).matches(str![[r#"
exit 5
--- stderr
mfa-session: error: cannot reach the proxy 127.0.0.1:1 (https_proxy): Connection refused (os error 111)
mfa-session: hint: check https_proxy; name hosts that need no proxy in NO_PROXY
mfa-session: hint: no code was used
"#]]);
}

#[test]
fn reports_a_wrong_password_without_showing_it() {
    let mut sandbox = with_trusted_tls();
    let Some(proxy) = Tinyproxy::start(&sandbox) else { return };
    sandbox.set("https_proxy", proxy.url("alice:correcthorse@"));
    sandbox.hide("correcthorse");
    fails(&sandbox).replace(proxy.port, "PORT").matches(str![[r#"
exit 5
--- stderr
mfa-session: error: the proxy 127.0.0.1:PORT (https_proxy) rejects its user and password (HTTP 401)
mfa-session: hint: give user and password as http://USER:PASSWORD@HOST:PORT, with %XX for characters other than letters and digits
mfa-session: hint: no code was used
"#]]);
    sandbox.set("https_proxy", proxy.url(""));
    fails(&sandbox).replace(proxy.port, "PORT").matches(str![[r#"
exit 5
--- stderr
mfa-session: error: the proxy 127.0.0.1:PORT (https_proxy) requires a user and a password (HTTP 407)
mfa-session: hint: give user and password as http://USER:PASSWORD@HOST:PORT, with %XX for characters other than letters and digits
mfa-session: hint: no code was used
"#]]);
    assert_eq!(sandbox.sts().connections(), 0);
}

#[test]
fn reports_a_host_that_the_proxy_forbids() {
    let mut sandbox = with_trusted_tls();
    let Some(proxy) = Tinyproxy::start(&sandbox) else { return };
    sandbox.set("https_proxy", proxy.url(&format!("alice:{ENCODED_PASSWORD}@")));
    sandbox.set("AWS_ENDPOINT_URL", "https://127.0.0.1:9");
    fails(&sandbox).replace(proxy.port, "PORT").matches(str![[r#"
exit 5
--- stderr
mfa-session: error: the proxy 127.0.0.1:PORT (https_proxy) does not allow connections to 127.0.0.1:9 (HTTP 403)
mfa-session: hint: ask its administrator, or name the host in NO_PROXY if it needs no proxy
mfa-session: hint: no code was used
"#]]);
}

#[test]
fn reports_an_unreachable_proxy() {
    let mut sandbox = with_trusted_tls();
    let port = free_port();
    sandbox.set("HTTPS_PROXY", format!("http://alice:{ENCODED_PASSWORD}@127.0.0.1:{port}"));
    sandbox.hide(ENCODED_PASSWORD);
    fails(&sandbox).replace(port, "PORT").matches(str![[r#"
exit 5
--- stderr
mfa-session: error: cannot reach the proxy 127.0.0.1:PORT (HTTPS_PROXY): Connection refused (os error 111)
mfa-session: hint: check HTTPS_PROXY; name hosts that need no proxy in NO_PROXY
mfa-session: hint: no code was used
"#]]);
    sandbox.set("HTTPS_PROXY", "http://nowhere.invalid:3128");
    fails(&sandbox).matches(str![[r#"
exit 5
--- stderr
mfa-session: error: cannot find the proxy nowhere.invalid:3128 (HTTPS_PROXY): failed to lookup address information: Name or service not known
mfa-session: hint: check HTTPS_PROXY; name hosts that need no proxy in NO_PROXY
mfa-session: hint: no code was used
"#]]);
}

#[test]
fn connects_directly_to_hosts_in_no_proxy() {
    for name in ["no_proxy", "NO_PROXY"] {
        let mut sandbox = with_trusted_tls();
        sandbox.set("https_proxy", "http://127.0.0.1:1");
        sandbox.set(name, "169.254.169.254, 127.0.0.0/8");
        get_new_session(&sandbox);
    }
}

#[test]
fn connects_directly_over_plain_http_to_this_host() {
    let mut sandbox = Sandbox::new();
    sandbox.set("http_proxy", "http://127.0.0.1:1").set("https_proxy", "http://127.0.0.1:1");
    get_new_session(&sandbox);
}

#[test]
fn uses_http_proxy_for_plain_http_to_another_host() {
    let mut sandbox = Sandbox::new();
    let Some(proxy) = Tinyproxy::start(&sandbox) else { return };
    sandbox.set("HTTP_PROXY", proxy.url(&format!("alice:{ENCODED_PASSWORD}@")));
    sandbox.set("https_proxy", "http://127.0.0.1:1");
    let url = sandbox.sts().url().replace("127.0.0.1", "0.0.0.0");
    sandbox.set("AWS_ENDPOINT_URL", url);
    sandbox.get(["--allow-http"]).wrote("default-mfa");
    assert_eq!(tunnels(&sandbox), 1);
}

#[test]
fn refuses_an_invalid_proxy_url() {
    let mut sandbox = Sandbox::new();
    let mut table = Table::default();
    for url in ["http://alice:hunter2@", "socks5://alice:hunter2@h:1"] {
        sandbox.set("HTTPS_PROXY", url);
        sandbox.hide("hunter2");
        table.add(url, &fails(&sandbox));
    }
    table.matches(str![[r#"
=== http://alice:hunter2@
exit 1
--- stderr
mfa-session: error: HTTPS_PROXY: not the URL of a proxy
mfa-session: hint: give a URL such as http://proxy:3128

=== socks5://alice:hunter2@h:1
exit 1
--- stderr
mfa-session: error: HTTPS_PROXY: only http and https proxies are supported
mfa-session: hint: give a URL such as http://proxy:3128
"#]]);
    assert!(sandbox.asked().is_empty());
}
