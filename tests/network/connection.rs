//! A service that is not reached, or not safely.

use std::net::TcpListener;

use loopback_sts::{Certificate, Cut, Fault, Sts};
use snapbox::str;

use crate::sandbox::{Sandbox, Table};

#[test]
fn a_service_that_is_not_there_is_told() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let refused = format!("http://{nobody}");
    let rows = [
        ("a host that does not exist", "https://sts.nowhere.invalid/"),
        ("a port where nobody listens", &refused),
        ("plain http to another machine", "http://sts.eu-west-1.amazonaws.com"),
    ];
    Table::of(rows.map(|(name, url)| {
        let outcome = Sandbox::new().get(["--endpoint-url", url]);
        (name, outcome.replace(nobody, "NOBODY"))
    }))
    .matches_file("connection/unreachable");
}

#[test]
fn a_connection_that_is_not_safe_is_refused_before_anything_is_sent() {
    let rows = [
        ("an unknown authority", Certificate::Good, false),
        ("a certificate of its own making", Certificate::SelfSigned, true),
        ("an expired certificate", Certificate::Expired, true),
        ("another host's certificate", Certificate::WrongHost, true),
    ];
    Table::of(rows.map(|(name, certificate, trusted)| {
        let sts = Sts::builder().tls(certificate).start().unwrap();
        let mut sandbox = Sandbox::with(sts);
        if trusted {
            std::fs::write(sandbox.path("ca.pem"), sandbox.sts().ca_pem()).unwrap();
            sandbox.set("AWS_CA_BUNDLE", "~/ca.pem");
        }
        let outcome = sandbox.get([]);
        assert_eq!(sandbox.asked(), [""; 0], "{name}");
        (name, outcome)
    }))
    .matches_file("connection/tls");
}

#[test]
fn who_listens_and_says_nothing_is_waited_for_five_seconds() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap().to_string();
    let outcome = Sandbox::new().get(["--endpoint-url", &format!("https://{address}")]);
    let outcome = outcome.replace(address, "SILENT");
    outcome.matches(str![[r#"
exit 5
--- stderr
mfa-session: error: SILENT can't be reached: no connection in 5 s
mfa-session: hint: is the network up, and the endpoint right?
"#]]);
}

#[test]
#[ignore = "takes the 30 seconds that an answer is waited for"]
fn an_answer_is_waited_for_thirty_seconds() {
    let sandbox = Sandbox::new();
    sandbox.sts().inject(Fault::Hang.on_calls());
    sandbox.get([]).matches(str![[r#"
exit 5
--- stderr
mfa-session: error: STS did not answer in time
mfa-session: hint: try again in a moment
mfa-session: hint: the code may be spent: give the next one
"#]]);
}

#[test]
fn a_connection_that_is_cut_may_have_cost_the_code() {
    let rows = [
        ("before anything is read", Cut::OnConnect),
        ("before the question is read", Cut::Unread),
        ("before the question is answered", Cut::Unprocessed),
        ("before the answer is sent", Cut::Unanswered),
        ("in the middle of the answer", Cut::MidBody),
    ];
    Table::of(rows.map(|(name, cut)| {
        let sandbox = Sandbox::new();
        sandbox.sts().inject(Fault::Cut(cut));
        let mut outcome = sandbox.get([]);
        outcome.forget_why();
        assert!(sandbox.asked().len() <= 1, "{name}: nothing is sent twice");
        (name, outcome)
    }))
    .matches_file("connection/cut");
}

#[test]
fn a_connection_that_is_cut_after_the_answer_does_no_harm() {
    let sandbox = Sandbox::new();
    sandbox.sts().inject(Fault::Cut(Cut::AfterAnswer));
    sandbox.get([]).wrote("default-mfa");
}
