//! The promises, tried in numbers: each test does something again and again that might break one,
//! looks each time whether it did, and notes the figures for `.ci/evidence`, which prints them.

#[cfg(target_os = "linux")]
mod faults;
mod hostile;
#[cfg(target_os = "linux")]
mod memory;
#[cfg(target_os = "linux")]
mod writers;
#[cfg(target_os = "linux")]
mod written_paths;

use std::{fs, path::Path};

/// Notes how often something was tried; fails where it broke a promise. `what` is the row's name
/// in the table.
#[allow(dead_code, reason = "each module that comes uses it")]
pub(crate) fn record(what: &str, tried: usize, violations: &[String]) {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("evidence");
    fs::create_dir_all(&directory).unwrap();
    let count = violations.len();
    let row = format!("| {what} | {tried} | {count} |\n");
    fs::write(directory.join(what.replace(' ', "-")), row).unwrap();
    assert!(tried > 0, "{what}: nothing was tried");
    assert!(violations.is_empty(), "{what}: {count} of {tried}:\n{}", violations.join("\n"));
}
