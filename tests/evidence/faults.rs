//! Faults while the credentials file is written: strace makes each system call fail, or kills the
//! process there; then the test checks the file.
//!
//! strace traces only the first thread, which does all work on files. Other threads only connect,
//! and die with it.

mod runs;
mod trial;

use std::{
    collections::BTreeSet,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use super::record;
use runs::flows;
use trial::{Fault, Trial, calls, strace};

#[test]
#[ignore = "takes a minute"]
fn file_is_old_or_new_after_any_fault() {
    let Some(strace) = strace() else { return };
    let mut trials = Vec::new();
    for flow in flows() {
        let calls = calls(&strace, &flow);
        let kills = calls.iter().map(|call| (Fault::Signal("KILL"), call.clone()));
        let errors = calls.iter().filter(|call| FILE_CALLS.contains(&call.name.as_str()));
        // Unlocking does not fail in practice; if it did, the next run would wait for the lock.
        let errors = errors.filter(|call| !call.is_unlocking && !call.is_end_of_listing);
        let errors = errors.flat_map(|call| {
            // If every later `close` failed, the one that unlocks would fail, too.
            let from_now_on = (call.name != "close").then_some(Fault::Errors("EIO"));
            let faults = ERRORS.map(Fault::Error).into_iter().chain(from_now_on);
            faults.map(|fault| (fault, call.clone()))
        });
        trials.extend(kills.chain(errors).map(|(fault, call)| Trial {
            flow: flow.clone(),
            call,
            fault,
        }));
    }
    let (tried, violations) = in_parallel(&trials, |trial| trial.run(&strace));
    assert!(tried * 10 > trials.len() * 9, "{tried} of {} calls were reached", trials.len());
    record("faults injected while the file is written", tried, &violations);
}

#[test]
#[ignore = "takes half a minute"]
fn signals_wait_until_the_session_is_delivered() {
    let Some(strace) = strace() else { return };
    let mut trials = Vec::new();
    for flow in flows() {
        for call in calls(&strace, &flow) {
            // All signals take the same path: try all of them in one flow only.
            let every_signal = call.is_after_request && flow.is_simplest();
            let signals = if every_signal { &SIGNALS[..] } else { &SIGNALS[..1] };
            trials.extend(signals.iter().map(|signal| Trial {
                flow: flow.clone(),
                call: call.clone(),
                fault: Fault::Signal(signal),
            }));
        }
    }
    let (tried, violations) = in_parallel(&trials, |trial| trial.run(&strace));
    assert!(tried * 10 > trials.len() * 9, "{tried} of {} calls were reached", trials.len());
    record("signals in the middle of a delivery", tried, &violations);
}

/// Runs all trials. Returns how many reached their call, and the violations.
fn in_parallel(
    trials: &[Trial],
    run: impl Fn(&Trial) -> Option<Vec<String>> + Sync,
) -> (usize, Vec<String>) {
    let (next, reached) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let violations = Mutex::new(BTreeSet::new());
    thread::scope(|threads| {
        for _ in 0..THREADS {
            threads.spawn(|| {
                while let Some(trial) = trials.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let Some(found) = run(trial) else { continue };
                    reached.fetch_add(1, Ordering::Relaxed);
                    let found = found.into_iter().map(|what| format!("{trial}: {what}"));
                    violations.lock().unwrap().extend(found);
                }
            });
        }
    });
    let violations = violations.into_inner().unwrap();
    (reached.into_inner(), violations.into_iter().collect())
}

const THREADS: usize = 4;

const SIGNALS: [&str; 4] = ["TERM", "INT", "HUP", "QUIT"];

const ERRORS: [&str; 5] = ["ENOSPC", "EIO", "EACCES", "EROFS", "EINTR"];

/// System calls on files, with the names of every architecture.
const FILE_CALLS: [&str; 29] = [
    "open",
    "openat",
    "read",
    "pread64",
    "write",
    "lseek",
    "close",
    "fsync",
    "fdatasync",
    "rename",
    "renameat",
    "renameat2",
    "link",
    "linkat",
    "fchmod",
    "fchmodat",
    "fchown",
    "ftruncate",
    "unlink",
    "unlinkat",
    "mkdir",
    "mkdirat",
    "flock",
    "stat",
    "fstat",
    "statx",
    "newfstatat",
    "readlink",
    "getdents64",
];
