//! What is left in memory after the work is done: each flow is stopped at its last system call, and
//! all that it could have written to is searched for every secret that went through it.

mod flow;
mod scan;

use std::process::Command;

use super::record;
use crate::tools;
use flow::flows;
use scan::{Needles, Stopped, waiting_at_its_end};

#[test]
fn no_secret_outlasts_the_work() {
    let Some(strace) = tools::program("strace") else { return };
    let (mut tried, mut found) = (0, Vec::new());
    for flow in flows() {
        let secrets = flow.secrets();
        tried += secrets.len();
        let left = flow.left(&strace, &Needles::of(&secrets));
        found.extend(left.iter().map(|what| format!("{}: {what}", flow.name)));
    }
    record("secrets looked for in memory", tried, &found);
}

/// What is kept is found, but for the arguments: the search is one that can fail.
#[test]
fn a_secret_in_memory_is_found() {
    let Some(strace) = tools::program("strace") else { return };
    let secret = "KeptByTheShell/hR5tYw8qLm2z";
    let before = waiting_at_its_end(&strace);
    let mut command = Command::new("sh");
    command.args(["-c", &format!("exec {before} sh -c 'kept='{secret}")]);
    let left = Stopped::below(command.spawn().unwrap().id())
        .search(&Needles::of(&[("the secret", secret.into())]));
    assert!(!left.is_empty());
    assert!(left.iter().all(|what| !what.contains("[stack]")), "{left:?}");
}
