//! What is sent again, and what is not.

use loopback_sts::{ALICE, Answer, Cut, Fault};

use super::{gets_a_session, with_trusted_tls};
#[cfg(target_os = "linux")]
use crate::terminal::{Person, QUESTION};
use crate::world::World;

fn unavailable() -> Fault {
    Fault::Answer(Answer::error(503, "ServiceUnavailable", "Come back later"))
}

#[test]
fn a_question_without_a_code_is_asked_again() {
    for fault in [
        unavailable(),
        Fault::Answer(Answer::html(502)),
        Fault::Answer(Answer::error(400, "Throttling", "Rate exceeded")),
        Fault::Cut(Cut::Unanswered),
        Fault::Cut(Cut::MidBody),
    ] {
        let world = World::new();
        world.sts().weather(fault.on_calls().times(2));
        world.run(["--code", &world.code()]).wrote("default-mfa");
        let asked = world.asked();
        assert_eq!(asked.len(), 4, "{asked:?}");
        assert_eq!(asked[2..], ["ListMFADevices OK", "GetSessionToken OK"]);
    }
}

#[test]
fn three_times_are_enough() {
    let world = World::new();
    world.sts().weather(unavailable().on_calls());
    world.run(["--code", &world.code()]).is(
        5,
        "",
        "mfa-session: error: STS can't answer now (HTTP 503): Come back later \
         (ServiceUnavailable, request ID)\n\
         mfa-session: hint: try again in a moment\n\
         mfa-session: hint: or say which device it is: --serial ARN, MFA_SESSION_SERIAL\n",
    );
    assert_eq!(world.asked(), ["ListMFADevices Answer"; 3]);
}

#[test]
fn how_often_is_a_setting() {
    let mut world = World::new();
    world.sts().weather(unavailable().on_calls());
    world.write("config", "[default]\nmax_attempts = 2\n");
    assert_eq!(world.run(["--code", &world.code()]).status, 5);
    assert_eq!(world.asked().len(), 2);
    world.set("AWS_MAX_ATTEMPTS", "1");
    assert_eq!(world.run(["--code", &world.code()]).status, 5);
    assert_eq!(world.asked().len(), 3);
    world.set("AWS_MAX_ATTEMPTS", "0");
    world.run([]).is(
        1,
        "",
        "mfa-session: error: AWS_MAX_ATTEMPTS: `0` is not a number of attempts\n\
         mfa-session: hint: give 1 or more, such as 3\n",
    );
}

#[test]
fn what_is_refused_is_not_asked_again() {
    let world = World::new();
    let refusal = Answer::error(403, "AccessDenied", "No");
    world.sts().weather(Fault::Answer(refusal).on_calls());
    assert_eq!(world.run(["--code", &world.code()]).status, 4);
    assert_eq!(world.asked().len(), 1);
}

#[test]
fn a_throttled_code_is_as_good_as_before() {
    let world = World::new();
    let throttling = Answer::error(400, "Throttling", "Rate exceeded");
    world.sts().weather(Fault::Answer(throttling).on_calls().times(1));
    gets_a_session(&world);
    assert_eq!(world.asked(), ["GetSessionToken Answer", "GetSessionToken OK"]);
    let codes = world.sts().requests();
    assert_eq!(codes[0].parameter("TokenCode"), codes[1].parameter("TokenCode"));
}

#[test]
fn a_code_that_did_not_leave_is_sent_on_another_connection() {
    let world = with_trusted_tls();
    world.sts().weather(Fault::Cut(Cut::OnConnect).times(2));
    gets_a_session(&world);
    assert_eq!(world.asked(), ["GetSessionToken OK"]);
    assert_eq!(world.sts().connections(), 3);
}

#[test]
fn a_code_that_may_have_arrived_is_not_sent_again() {
    for tls in [false, true] {
        for cut in [Cut::Unread, Cut::Unprocessed, Cut::Unanswered, Cut::MidBody] {
            let world = if tls { with_trusted_tls() } else { World::new() };
            world.sts().weather(Fault::Cut(cut).on_calls());
            let code = world.code();
            let outcome = world.run(["--serial", ALICE.serial_number, "--code", &code]);
            assert_eq!(outcome.status, 5, "{cut:?}: {outcome:?}");
            let start = "mfa-session: error: STS broke off the connection: ";
            assert!(outcome.stderr.starts_with(start), "{cut:?}: {outcome:?}");
            let end = "mfa-session: hint: the code may be spent: give the next one\n";
            assert!(outcome.stderr.ends_with(end), "{cut:?}: {outcome:?}");
            assert_eq!(world.asked().len(), 1, "{cut:?}");
            assert_eq!(world.sts().connections(), 1, "{cut:?}");
        }
    }
}

#[test]
fn a_service_that_fails_may_have_spent_the_code() {
    for answer in [Answer::error(503, "ServiceUnavailable", "No"), Answer::html(502)] {
        let world = World::new();
        world.sts().weather(Fault::Answer(answer).on_calls());
        let code = world.code();
        let outcome = world.run(["--serial", ALICE.serial_number, "--code", &code]);
        assert_eq!(outcome.status, 5);
        assert!(outcome.stderr.contains("hint: the code may be spent"), "{outcome:?}");
        assert_eq!(world.asked().len(), 1);
    }
}

#[test]
#[cfg(target_os = "linux")]
fn the_person_is_asked_for_the_next_code_where_the_answer_was_lost() {
    let faults = [
        Fault::Cut(Cut::Unprocessed),
        Fault::Cut(Cut::Unanswered),
        Fault::Cut(Cut::MidBody),
        unavailable(),
    ];
    for fault in faults {
        let world = World::new();
        world.sts().weather(fault.on_calls().times(1));
        let mut person = Person::runs(&world, "--serial arn:aws:iam::123456789012:mfa/alice");
        person.reads(QUESTION);
        let code = world.code();
        person.types(&format!("{code}\n"));
        let again = person.reads(QUESTION);
        let words = "no session came, and that code may be spent; the next one comes in ";
        assert!(again.contains(words), "{again}");
        person.types(&format!("{code}\n"));
        assert!(person.reads(QUESTION).contains("that code was sent before"));
        world.sts().set_clock_offset(30);
        person.types(&format!("{}\n", world.code()));
        person.is_left_with(
            &world,
            0,
            "",
            "mfa-session: [default-mfa] is good until THEN (LEFT left)\n",
        );
        assert_eq!(world.asked().len(), 3);
    }
}

#[test]
#[cfg(target_os = "linux")]
fn three_lost_codes_are_enough() {
    let world = World::new();
    world.sts().weather(Fault::Cut(Cut::Unprocessed).on_calls());
    let mut person = Person::runs(&world, "--serial arn:aws:iam::123456789012:mfa/alice");
    for code in ["123456", "234567", "345678"] {
        person.reads(QUESTION);
        person.types(&format!("{code}\n"));
    }
    assert_eq!(person.leaves(), Some(5));
    assert_eq!(
        world.asked(),
        ["HEAD", "GetSessionToken Cut", "GetSessionToken Cut", "GetSessionToken Cut"]
    );
}
