//! A real proxy, tinyproxy, on the way to STS.

use std::{
    fs,
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
};

use loopback_sts::ALICE;

use super::{gets_a_session, with_trusted_tls};
use crate::{
    terminal::{Person, QUESTION, until},
    tools::program,
    world::{Outcome, World},
};

const PASSWORD: &str = "hunter2-work";
const AS_WRITTEN: &str = "hunter2%2Dwork";

/// A proxy that lets its user through to the STS of a world, and nowhere else.
struct Tinyproxy {
    port: u16,
    process: Child,
}

impl Tinyproxy {
    /// `None` where it is not installed.
    fn start(world: &World) -> Option<Self> {
        let tinyproxy = program("tinyproxy")?;
        world.hide(PASSWORD);
        world.hide(AS_WRITTEN);
        let port = free_port();
        let sts = world.sts().url();
        let sts = sts.rsplit(':').next().unwrap();
        let configuration = format!(
            "Port {port}\nListen 127.0.0.1\nTimeout 60\nMaxClients 10\nAllow 127.0.0.1\n\
             BasicAuth alice {PASSWORD}\nConnectPort {sts}\nLogLevel Connect\nLogFile \"{}\"\n",
            world.path("proxy.log").display()
        );
        fs::write(world.path("proxy.conf"), configuration).unwrap();
        let process = Command::new(tinyproxy)
            .args(["-d", "-c"])
            .arg(world.path("proxy.conf"))
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

/// How often the proxy was asked for the way to STS.
fn tunnels(world: &World) -> usize {
    let log = fs::read_to_string(world.path("proxy.log")).unwrap();
    log.matches("CONNECT 127.0.0.1:").count() + log.matches("CONNECT 0.0.0.0:").count()
}

/// Fails before a code is sent: it can be any.
fn fails(world: &World) -> Outcome {
    world.run(["--serial", ALICE.serial_number, "--code", "123456"])
}

#[test]
fn the_way_leads_through_the_proxy() {
    for name in ["https_proxy", "HTTPS_PROXY"] {
        let mut world = with_trusted_tls();
        let Some(proxy) = Tinyproxy::start(&world) else { return };
        world.set(name, proxy.url(&format!("alice:{AS_WRITTEN}@")));
        gets_a_session(&world);
        assert_eq!(world.asked(), ["GetSessionToken OK"]);
        assert_eq!(tunnels(&world), 1);
    }
}

#[test]
fn at_the_terminal_there_is_one_tunnel() {
    let mut world = with_trusted_tls();
    let Some(proxy) = Tinyproxy::start(&world) else { return };
    world.set("https_proxy", proxy.url(&format!("alice:{AS_WRITTEN}@")));
    let mut person = Person::runs(&world, "--serial arn:aws:iam::123456789012:mfa/alice");
    person.reads(QUESTION);
    until(|| world.asked() == ["HEAD"]);
    person.types(&format!("{}\n", world.code()));
    assert_eq!(person.leaves(), Some(0));
    assert_eq!(world.asked(), ["HEAD", "GetSessionToken OK"]);
    assert_eq!((tunnels(&world), world.sts().connections()), (1, 1));
}

#[test]
fn the_lower_case_name_goes_first() {
    let mut world = with_trusted_tls();
    world.set("https_proxy", "http://127.0.0.1:1").set("HTTPS_PROXY", "http://127.0.0.1:2");
    let outcome = fails(&world);
    assert!(outcome.stderr.contains("the proxy 127.0.0.1:1 (https_proxy)"), "{outcome:?}");
}

#[test]
fn a_wrong_password_is_told_and_not_shown() {
    let mut world = with_trusted_tls();
    let Some(proxy) = Tinyproxy::start(&world) else { return };
    let hint = "mfa-session: hint: write them as http://USER:PASSWORD@HOST:PORT, with %XX for \
                characters other than letters and digits\n";
    world.set("https_proxy", proxy.url("alice:correcthorse@"));
    world.hide("correcthorse");
    fails(&world).is(
        5,
        "",
        &format!(
            "mfa-session: error: the proxy 127.0.0.1:{} (https_proxy) refuses its user and \
             password (HTTP 401)\n{hint}",
            proxy.port
        ),
    );
    world.set("https_proxy", proxy.url(""));
    fails(&world).is(
        5,
        "",
        &format!(
            "mfa-session: error: the proxy 127.0.0.1:{} (https_proxy) wants a user and a password \
             (HTTP 407)\n{hint}",
            proxy.port
        ),
    );
    assert_eq!(world.sts().connections(), 0);
}

#[test]
fn what_the_proxy_does_not_let_through_is_told() {
    let mut world = with_trusted_tls();
    let Some(proxy) = Tinyproxy::start(&world) else { return };
    world.set("https_proxy", proxy.url(&format!("alice:{AS_WRITTEN}@")));
    world.set("AWS_ENDPOINT_URL", "https://127.0.0.1:9");
    fails(&world).is(
        5,
        "",
        &format!(
            "mfa-session: error: the proxy 127.0.0.1:{} (https_proxy) does not let through to \
             127.0.0.1:9 (HTTP 403)\n\
             mfa-session: hint: ask who runs it, or name the host in NO_PROXY if it needs no \
             proxy\n",
            proxy.port
        ),
    );
}

#[test]
fn a_proxy_that_is_down_is_told() {
    let mut world = with_trusted_tls();
    let port = free_port();
    world.set("HTTPS_PROXY", format!("http://alice:{AS_WRITTEN}@127.0.0.1:{port}"));
    world.hide(AS_WRITTEN);
    fails(&world).is(
        5,
        "",
        &format!(
            "mfa-session: error: the proxy 127.0.0.1:{port} (HTTPS_PROXY) can't be reached: \
             Connection refused (os error 111)\n\
             mfa-session: hint: is HTTPS_PROXY right? Hosts that need no proxy stand in NO_PROXY\n"
        ),
    );
    world.set("HTTPS_PROXY", "http://nowhere.invalid:3128");
    let outcome = fails(&world);
    let told = "mfa-session: error: the proxy nowhere.invalid:3128 (HTTPS_PROXY) can't be found";
    assert!(outcome.stderr.starts_with(told), "{outcome:?}");
}

#[test]
fn hosts_without_a_proxy_are_asked_directly() {
    for name in ["no_proxy", "NO_PROXY"] {
        let mut world = with_trusted_tls();
        world.set("https_proxy", "http://127.0.0.1:1");
        world.set(name, "169.254.169.254, 127.0.0.0/8");
        gets_a_session(&world);
    }
}

#[test]
fn plain_http_to_this_machine_needs_no_proxy() {
    let mut world = World::new();
    world.set("http_proxy", "http://127.0.0.1:1").set("https_proxy", "http://127.0.0.1:1");
    gets_a_session(&world);
}

#[test]
fn plain_http_to_another_machine_has_a_proxy_of_its_own() {
    let mut world = World::new();
    let Some(proxy) = Tinyproxy::start(&world) else { return };
    world.set("HTTP_PROXY", proxy.url(&format!("alice:{AS_WRITTEN}@")));
    world.set("https_proxy", "http://127.0.0.1:1");
    let url = world.sts().url().replace("127.0.0.1", "0.0.0.0");
    world.set("AWS_ENDPOINT_URL", url);
    let code = world.code();
    world
        .run(["--serial", ALICE.serial_number, "--code", &code, "--allow-http"])
        .wrote("default-mfa");
    assert_eq!(tunnels(&world), 1);
}

#[test]
fn a_proxy_that_is_none_is_an_error_that_names_its_origin() {
    let mut world = World::new();
    for (url, problem) in [
        ("http://alice:hunter2@", "this is not the URL of a proxy"),
        ("socks5://alice:hunter2@h:1", "only http and https proxies can be used"),
    ] {
        world.set("HTTPS_PROXY", url);
        world.hide("hunter2");
        fails(&world).is(
            1,
            "",
            &format!(
                "mfa-session: error: HTTPS_PROXY: {problem}\n\
                 mfa-session: hint: give a URL such as http://proxy:3128\n"
            ),
        );
    }
    assert!(world.asked().is_empty());
}
