//! Tests that try to break a promise many times. Each counts its trials and violations for the
//! table that `.ci/evidence` prints.

#[cfg(target_os = "linux")] // needs strace
mod faults;
mod hostile;
#[cfg(target_os = "linux")] // needs /proc, core dumps
mod memory;
#[cfg(target_os = "linux")] // needs flock, shells
mod writers;
#[cfg(target_os = "linux")] // needs strace
mod written_paths;

use std::{fs, path::Path};

/// Records a row of the table, named `what`; fails if there are violations.
pub(crate) fn record(what: &str, tried: usize, violations: &[String]) {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("evidence");
    fs::create_dir_all(&directory).unwrap();
    let count = violations.len();
    let row = format!("| {what} | {tried} | {count} |\n");
    fs::write(directory.join(what.replace(' ', "-")), row).unwrap();
    assert!(tried > 0, "{what}: nothing was tried");
    assert!(violations.is_empty(), "{what}: {count} of {tried}:\n{}", violations.join("\n"));
}
