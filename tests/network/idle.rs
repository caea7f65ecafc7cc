//! Connections that die in silence while a person types the code: a NAT forgets them, or the
//! machine sleeps. They cost no code.

use std::{
    fs,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use loopback_sts::Fault;

use super::with_trusted_tls;
use crate::{
    sandbox::Sandbox,
    terminal::{Person, QUESTION, until},
    tools::program,
};

/// Types the code after a pause. The connection of the probe is dead, and is not used.
fn gets_a_session_after(sandbox: &Sandbox, pause: impl FnOnce()) {
    sandbox.sts().inject(Fault::FallSilent.on_probes());
    let mut person = Person::runs(sandbox, "--serial arn:aws:iam::123456789012:mfa/alice");
    person.reads(QUESTION);
    until(|| sandbox.asked() == ["HEAD"]);
    pause();
    let start = Instant::now();
    person.types(&format!("{}\n", sandbox.code()));
    assert_eq!(person.leaves(), Some(0));
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    assert_eq!(sandbox.asked(), ["HEAD", "GetSessionToken OK"]);
    assert_eq!(sandbox.sts().connections(), 2);
}

/// After 6 seconds, the next probe waits for its answer.
#[test]
#[ignore = "waits 33 seconds"]
fn does_not_use_a_connection_that_died() {
    for seconds in [6, 27] {
        gets_a_session_after(&with_trusted_tls(), || thread::sleep(Duration::from_secs(seconds)));
    }
}

#[test]
#[ignore = "waits 12 seconds"]
fn keeps_a_connection_alive_while_a_person_types() {
    let sandbox = with_trusted_tls();
    let mut person = Person::runs(&sandbox, "--serial arn:aws:iam::123456789012:mfa/alice");
    person.reads(QUESTION);
    thread::sleep(Duration::from_secs(12));
    person.types(&format!("{}\n", sandbox.code()));
    assert_eq!(person.leaves(), Some(0));
    assert_eq!(sandbox.sts().requests().len(), 4, "three probes and a call");
    assert_eq!(sandbox.sts().connections(), 1);
}

/// Only the wall clock goes on, as while a machine sleeps.
#[test]
#[cfg_attr(target_env = "musl", ignore = "libfaketime has no effect on a static binary")]
fn does_not_use_a_connection_from_before_a_sleep() {
    let Some(faketime) = program("faketime") else { return };
    let library = Command::new(faketime).args(["-f", "+0", "printenv", "LD_PRELOAD"]).output();
    let library = String::from_utf8(library.unwrap().stdout).unwrap();
    let mut sandbox = Sandbox::new();
    let clock = sandbox.path("clock");
    fs::write(&clock, "+0").unwrap();
    for (name, value) in [
        ("LD_PRELOAD", library.trim()),
        ("FAKETIME_TIMESTAMP_FILE", clock.to_str().unwrap()),
        ("FAKETIME_NO_CACHE", "1"),
        ("DONT_FAKE_MONOTONIC", "1"),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
    ] {
        sandbox.set(name, value);
    }
    gets_a_session_after(&sandbox, || fs::write(&clock, "+60").unwrap());
}
