//! Faults of the system while the file is written: strace makes each system call fail, or the
//! process die there, and after each the file is looked at.
//!
//! Only the first thread is traced: it does all that is done to files. The others, which only make
//! connections, die with it.

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
fn whatever_fails_while_the_file_is_written_it_is_the_old_one_or_the_new_one() {
    let Some(strace) = strace() else { return };
    let mut trials = Vec::new();
    for flow in flows() {
        let calls = calls(&strace, &flow);
        let kills = calls.iter().map(|call| (Fault::Signal("KILL"), call.clone()));
        let errors = calls.iter().filter(|call| FILE_CALLS.contains(&call.name.as_str()));
        // A lock that can't be let go is not a fault that happens, and would be waited for.
        let errors = errors.filter(|call| !call.is_unlocking && !call.is_end_of_listing);
        let errors = errors.flat_map(|call| {
            // The last of them all lets a lock go.
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
    assert!(tried * 10 > trials.len() * 9, "{tried} of {} calls were met", trials.len());
    record("faults injected while the file is written", tried, &violations);
}

#[test]
fn a_signal_in_the_middle_of_a_delivery_waits_until_it_is_done() {
    let Some(strace) = strace() else { return };
    let mut trials = Vec::new();
    for flow in flows() {
        for call in calls(&strace, &flow) {
            // They are all the same: one kind of run for all of them is enough.
            let all = call.is_after_answer && flow.is_simplest();
            let signals = if all { &SIGNALS[..] } else { &SIGNALS[..1] };
            trials.extend(signals.iter().map(|signal| Trial {
                flow: flow.clone(),
                call: call.clone(),
                fault: Fault::Signal(signal),
            }));
        }
    }
    let (tried, violations) = in_parallel(&trials, |trial| trial.run(&strace));
    assert!(tried * 10 > trials.len() * 9, "{tried} of {} calls were met", trials.len());
    record("signals in the middle of a delivery", tried, &violations);
}

/// Runs all trials; yields how many met their call, and what went wrong.
fn in_parallel(
    trials: &[Trial],
    run: impl Fn(&Trial) -> Option<Vec<String>> + Sync,
) -> (usize, Vec<String>) {
    let (next, met) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let violations = Mutex::new(BTreeSet::new());
    thread::scope(|threads| {
        for _ in 0..AT_ONCE {
            threads.spawn(|| {
                while let Some(trial) = trials.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let Some(wrong) = run(trial) else { continue };
                    met.fetch_add(1, Ordering::Relaxed);
                    let wrong = wrong.into_iter().map(|what| format!("{trial}: {what}"));
                    violations.lock().unwrap().extend(wrong);
                }
            });
        }
    });
    let violations = violations.into_inner().unwrap();
    (met.into_inner(), violations.into_iter().collect())
}

const AT_ONCE: usize = 4;

/// How people, shells and systems end a process.
const SIGNALS: [&str; 4] = ["TERM", "INT", "HUP", "QUIT"];

/// What a system says where it can't do what it is asked.
const ERRORS: [&str; 5] = ["ENOSPC", "EIO", "EACCES", "EROFS", "EINTR"];

/// The system calls that are about files, by the names that architectures have for them.
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
