//! Which requests are retried, and which are not.

use loopback_sts::{Answer, Cut, Fault};
use snapbox::str;

use super::{get_new_session, with_trusted_tls};
use crate::sandbox::{Sandbox, Table};
#[cfg(target_os = "linux")]
use crate::terminal::{Person, QUESTION};

fn unavailable() -> Fault {
    Fault::Answer(Answer::error(503, "ServiceUnavailable", "Come back later"))
}

#[test]
fn retries_a_request_without_a_code() {
    for fault in [
        unavailable(),
        Fault::Answer(Answer::html(502)),
        Fault::Answer(Answer::error(400, "Throttling", "Rate exceeded")),
        Fault::Cut(Cut::Unanswered),
        Fault::Cut(Cut::MidBody),
    ] {
        let sandbox = Sandbox::new();
        sandbox.sts().inject(fault.on_calls().times(2));
        sandbox.run(["--code", &sandbox.code()]).wrote("default-mfa");
        let asked = sandbox.asked();
        assert_eq!(asked.len(), 4, "{asked:?}");
        assert_eq!(asked[2..], ["ListMFADevices OK", "GetSessionToken OK"]);
    }
}

#[test]
fn gives_up_after_three_attempts() {
    let sandbox = Sandbox::new();
    sandbox.sts().inject(unavailable().on_calls());
    sandbox.run(["--code", &sandbox.code()]).matches(str![[r#"
exit 5
--- stderr
mfa-session: error: STS is unavailable (HTTP 503): Come back later (ServiceUnavailable, request [ID])
mfa-session: hint: try again in a moment
mfa-session: hint: or name the MFA device: --serial ARN, MFA_SESSION_SERIAL
"#]]);
    assert_eq!(sandbox.asked(), ["ListMFADevices Answer"; 3]);
}

#[test]
fn number_of_attempts_is_a_setting() {
    let mut sandbox = Sandbox::new();
    sandbox.sts().inject(unavailable().on_calls());
    sandbox.write("config", "[default]\nmax_attempts = 2\n");
    assert_eq!(sandbox.run(["--code", &sandbox.code()]).status, 5);
    assert_eq!(sandbox.asked().len(), 2);
    sandbox.set("AWS_MAX_ATTEMPTS", "1");
    assert_eq!(sandbox.run(["--code", &sandbox.code()]).status, 5);
    assert_eq!(sandbox.asked().len(), 3);
    sandbox.set("AWS_MAX_ATTEMPTS", "0");
    sandbox.run([]).matches(str![[r#"
exit 1
--- stderr
mfa-session: error: AWS_MAX_ATTEMPTS: `0` is not a number of attempts
mfa-session: hint: give a number of at least 1, such as 3
"#]]);
}

#[test]
fn does_not_retry_a_refusal() {
    let sandbox = Sandbox::new();
    let refusal = Answer::error(403, "AccessDenied", "No");
    sandbox.sts().inject(Fault::Answer(refusal).on_calls());
    assert_eq!(sandbox.run(["--code", &sandbox.code()]).status, 4);
    assert_eq!(sandbox.asked(), ["ListMFADevices Answer", "GetCallerIdentity Answer"]);
}

#[test]
fn resends_a_throttled_code() {
    let sandbox = Sandbox::new();
    let throttling = Answer::error(400, "Throttling", "Rate exceeded");
    sandbox.sts().inject(Fault::Answer(throttling).on_calls().times(1));
    get_new_session(&sandbox);
    assert_eq!(sandbox.asked(), ["GetSessionToken Answer", "GetSessionToken OK"]);
    let codes = sandbox.sts().requests();
    assert_eq!(codes[0].parameter("TokenCode"), codes[1].parameter("TokenCode"));
}

#[test]
fn sends_an_unsent_code_on_another_connection() {
    let sandbox = with_trusted_tls();
    sandbox.sts().inject(Fault::Cut(Cut::OnConnect).times(2));
    get_new_session(&sandbox);
    assert_eq!(sandbox.asked(), ["GetSessionToken OK"]);
    assert_eq!(sandbox.sts().connections(), 3);
}

#[test]
fn never_resends_a_code_that_may_have_arrived() {
    for tls in [false, true] {
        for cut in [Cut::Unread, Cut::Unprocessed, Cut::Unanswered, Cut::MidBody] {
            let sandbox = if tls { with_trusted_tls() } else { Sandbox::new() };
            sandbox.sts().inject(Fault::Cut(cut).on_calls());
            let mut outcome = sandbox.get([]);
            outcome.forget_why();
            outcome.matches(str![[r#"
exit 5
--- stderr
mfa-session: error: STS closed the connection: WHY
mfa-session: hint: try again in a moment
mfa-session: hint: the code may be spent: give the next one
"#]]);
            assert_eq!(sandbox.asked().len(), 1, "{cut:?}");
            assert_eq!(sandbox.sts().connections(), 1, "{cut:?}");
        }
    }
}

#[test]
fn server_error_may_have_spent_the_code() {
    let mut table = Table::default();
    for (name, answer) in [
        ("an error", Answer::error(503, "ServiceUnavailable", "No")),
        ("a web page", Answer::html(502)),
    ] {
        let sandbox = Sandbox::new();
        sandbox.sts().inject(Fault::Answer(answer).on_calls());
        table.add(name, &sandbox.get([]));
        assert_eq!(sandbox.asked().len(), 1);
    }
    table.matches(str![[r#"
=== an error
exit 5
--- stderr
mfa-session: error: STS is unavailable (HTTP 503): No (ServiceUnavailable, request [ID])
mfa-session: hint: try again in a moment
mfa-session: hint: the code may be spent: give the next one

=== a web page
exit 5
--- stderr
mfa-session: error: invalid response from STS (HTTP 502): it is not valid XML
mfa-session: hint: check the endpoint, and look for a proxy or a login page between here and AWS
mfa-session: hint: the code may be spent: give the next one
"#]]);
}

#[test]
#[cfg(target_os = "linux")] // needs pseudo-terminals of Linux
fn prompts_for_the_next_code_after_a_lost_answer() {
    let faults = [
        Fault::Cut(Cut::Unprocessed),
        Fault::Cut(Cut::Unanswered),
        Fault::Cut(Cut::MidBody),
        unavailable(),
    ];
    for fault in faults {
        let sandbox = Sandbox::new();
        sandbox.sts().inject(fault.on_calls().times(1));
        let mut person = Person::runs(&sandbox, "--serial arn:aws:iam::123456789012:mfa/alice");
        person.reads(QUESTION);
        let code = sandbox.code();
        person.types(&format!("{code}\n"));
        let again = person.reads(QUESTION);
        let words = "STS sent no session, and may have used that code; the next one comes in ";
        assert!(again.contains(words), "{again}");
        person.types(&format!("{code}\n"));
        assert!(person.reads(QUESTION).contains("that code was sent before"));
        sandbox.sts().set_clock_offset(30);
        person.types(&format!("{}\n", sandbox.code()));
        person.is_left_with(
            &sandbox,
            str![[r#"
exit 0
--- stderr
mfa-session: [default-mfa] is valid until [TIME] ([LEFT] left)
"#]],
        );
        assert_eq!(sandbox.asked().len(), 3);
    }
}

#[test]
#[cfg(target_os = "linux")] // needs pseudo-terminals of Linux
fn gives_up_after_three_lost_codes() {
    let sandbox = Sandbox::new();
    sandbox.sts().inject(Fault::Cut(Cut::Unprocessed).on_calls());
    let mut person = Person::runs(&sandbox, "--serial arn:aws:iam::123456789012:mfa/alice");
    for code in ["123456", "234567", "345678"] {
        person.reads(QUESTION);
        person.types(&format!("{code}\n"));
    }
    assert_eq!(person.leaves(), Some(5));
    assert_eq!(
        sandbox.asked(),
        ["HEAD", "GetSessionToken Cut", "GetSessionToken Cut", "GetSessionToken Cut"]
    );
}
