//! A service that is not reached, or not safely.

use std::net::TcpListener;

use loopback_sts::{Certificate, Cut, Fault, Sts};

use crate::world::{World, all_are, error};

#[test]
fn a_service_that_is_not_there_is_told() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let refused = format!("http://{nobody}");
    let rows = [
        (
            "a host that does not exist",
            "https://sts.nowhere.invalid/",
            5,
            "mfa-session: error: sts.nowhere.invalid can't be found: failed to lookup address \
             information: Name or service not known\n\
             mfa-session: hint: is the network up, and the endpoint right?\n",
        ),
        (
            "a port where nobody listens",
            &refused,
            5,
            "mfa-session: error: NOBODY can't be reached: Connection refused (os error 111)\n\
             mfa-session: hint: is the network up, and the endpoint right?\n",
        ),
        (
            "plain http to another machine",
            "http://sts.eu-west-1.amazonaws.com",
            2,
            "mfa-session: error: --endpoint-url: plain http goes to this machine only: the answer \
             holds keys\n\
             mfa-session: hint: give an https URL, or allow it: --allow-http\n",
        ),
    ];
    all_are(rows.map(|(name, url, status, stderr)| {
        let mut outcome = World::new().get(["--endpoint-url", url]);
        outcome.stderr = outcome.stderr.replace(&nobody.to_string(), "NOBODY");
        (name, outcome, status, stderr)
    }));
}

#[test]
fn a_connection_that_is_not_safe_is_refused_before_anything_is_sent() {
    let rows = [
        (
            "an unknown authority",
            Certificate::Good,
            false,
            5,
            "mfa-session: error: the TLS connection to STS is not safe: nobody who is trusted here \
             has signed its certificate\n\
             mfa-session: hint: if TLS is inspected here, name the inspector's CA: --ca-bundle \
             FILE, AWS_CA_BUNDLE\n",
        ),
        (
            "a certificate of its own making",
            Certificate::SelfSigned,
            true,
            5,
            "mfa-session: error: the TLS connection to STS is not safe: nobody who is trusted here \
             has signed its certificate\n\
             mfa-session: hint: if TLS is inspected here, name the inspector's CA: --ca-bundle \
             FILE, AWS_CA_BUNDLE\n",
        ),
        (
            "an expired certificate",
            Certificate::Expired,
            true,
            5,
            "mfa-session: error: the TLS connection to STS is not safe: its certificate is out of \
             date\n\
             mfa-session: hint: is this machine's clock right?\n",
        ),
        (
            "another host's certificate",
            Certificate::WrongHost,
            true,
            5,
            "mfa-session: error: the TLS connection to STS is not safe: its certificate is another \
             host's\n\
             mfa-session: hint: look for a proxy or a login page between here and AWS, and at the \
             endpoint\n",
        ),
    ];
    all_are(rows.map(|(name, certificate, trusted, status, stderr)| {
        let sts = Sts::builder().tls(certificate).start().unwrap();
        let mut world = World::with(sts);
        if trusted {
            std::fs::write(world.path("ca.pem"), world.sts().ca_pem()).unwrap();
            world.set("AWS_CA_BUNDLE", "~/ca.pem");
        }
        let outcome = world.get([]);
        assert_eq!(world.asked(), [""; 0], "{name}");
        (name, outcome, status, stderr)
    }));
}

#[test]
fn who_listens_and_says_nothing_is_waited_for_five_seconds() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap().to_string();
    let mut outcome = World::new().get(["--endpoint-url", &format!("https://{address}")]);
    outcome.stderr = outcome.stderr.replace(&address, "SILENT");
    let what = "SILENT can't be reached: no connection in 5 s";
    outcome.is(5, "", &error(what, &["is the network up, and the endpoint right?"]));
}

#[test]
#[ignore = "takes the 30 seconds that an answer is waited for"]
fn an_answer_is_waited_for_thirty_seconds() {
    let world = World::new();
    world.sts().weather(Fault::Hang.on_calls());
    let hints = ["try again in a moment", "the code may be spent: give the next one"];
    world.get([]).is(5, "", &error("STS did not answer in time", &hints));
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
    all_are(rows.map(|(name, cut)| {
        let world = World::new();
        world.sts().weather(Fault::Cut(cut));
        let mut outcome = world.get([]);
        outcome.forget_why();
        assert!(world.asked().len() <= 1, "{name}: nothing is sent twice");
        let hints = ["try again in a moment", "the code may be spent: give the next one"];
        (name, outcome, 5, error("STS broke off the connection: WHY", &hints))
    }));
}

#[test]
fn a_connection_that_is_cut_after_the_answer_does_no_harm() {
    let world = World::new();
    world.sts().weather(Fault::Cut(Cut::AfterAnswer));
    world.get([]).wrote("default-mfa");
}
