//! Services that the program cannot reach, or not safely.

use std::{fs, net::TcpListener};

use loopback_sts::{ALICE, Certificate, Cut, Fault, Sts};
use snapbox::str;

use crate::{
    sandbox::{PROGRAM, Sandbox, Table},
    tools::{STAYS_DUMPABLE, program},
};

#[test]
fn reports_an_unreachable_service() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let refused = format!("http://{closed}");
    let rows = [
        ("a host that does not exist", "https://sts.nowhere.invalid/"),
        ("a closed port", &refused),
        ("plain http to another machine", "http://sts.eu-west-1.amazonaws.com"),
    ];
    Table::of(rows.map(|(name, url)| {
        let outcome = Sandbox::new().get(["--endpoint-url", url]);
        (name, outcome.replace(closed, "NOBODY"))
    }))
    .matches_file("connection/unreachable");
}

#[test]
fn refuses_unsafe_tls_before_sending() {
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
            fs::write(sandbox.path("ca.pem"), sandbox.sts().ca_pem()).unwrap();
            sandbox.set("AWS_CA_BUNDLE", "~/ca.pem");
        }
        let outcome = sandbox.get([]);
        assert_eq!(sandbox.asked(), [""; 0], "{name}");
        (name, outcome)
    }))
    .matches_file("connection/tls");
}

/// A look-up reads `/etc/hosts`.
#[cfg(target_os = "linux")] // needs strace
#[test]
fn looks_up_the_host_only_for_a_new_connection() {
    let Some(strace) = program("strace") else { return };
    let sandbox = Sandbox::new();
    let url = sandbox.sts().url().replace("127.0.0.1", "localhost");
    let mut command = sandbox.command(strace);
    command.args([
        "-f",
        "-qq",
        "-o",
        "trace",
        "-e",
        "trace=openat,open,prctl",
        STAYS_DUMPABLE,
        PROGRAM,
    ]);
    command.args(["--role-arn", "arn:aws:iam::123456789012:role/admin", "--endpoint-url", &url]);
    command.args(["--serial", ALICE.serial_number, "--code", &sandbox.code()]);
    assert_eq!(sandbox.outcome(command, "").status, 0);
    assert_eq!(sandbox.asked(), ["GetSessionToken OK", "GetCallerIdentity OK", "AssumeRole OK"]);
    assert_eq!(sandbox.sts().connections(), 1);
    let trace = fs::read_to_string(sandbox.path("trace")).unwrap();
    assert_eq!(trace.matches("/etc/hosts").count(), 1);
}

#[test]
fn connecting_times_out_after_five_seconds() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap().to_string();
    let outcome = Sandbox::new().get(["--endpoint-url", &format!("https://{address}")]);
    let outcome = outcome.replace(address, "SILENT");
    outcome.matches(str![[r#"
exit 5
--- stderr
mfa-session: error: cannot reach SILENT within 5 s
mfa-session: hint: check the network and the endpoint
mfa-session: hint: no code was used
"#]]);
}

#[test]
#[ignore = "waits 30 seconds"]
fn answer_times_out_after_thirty_seconds() {
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
fn cut_connection_may_have_spent_the_code() {
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
        assert!(sandbox.asked().len() <= 1, "{name}: the request was sent twice");
        (name, outcome)
    }))
    .matches_file("connection/cut");
}

#[test]
fn accepts_an_answer_before_a_cut_connection() {
    let sandbox = Sandbox::new();
    sandbox.sts().inject(Fault::Cut(Cut::AfterAnswer));
    sandbox.get([]).wrote("default-mfa");
}
