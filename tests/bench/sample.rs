//! One run of a command, in a process that has no other child: the system adds up the children of a
//! process.

use std::{
    process::{Command, Stdio, exit},
    time::Instant,
};

/// Wall time and processor time in ms, peak memory in MB.
pub(crate) type Sample = [f64; 3];

pub(crate) const WALL: usize = 0;
pub(crate) const PROCESSOR: usize = 1;
pub(crate) const MEMORY: usize = 2;

/// The first argument of the process.
pub(crate) const SUBCOMMAND: &str = "print-sample";

/// Runs a command without its standard output, and prints the [`Sample`].
pub(crate) fn print_sample(command: &[String]) -> ! {
    let mut child = Command::new(&command[0]);
    child.args(&command[1..]).stdout(Stdio::null());
    let start = Instant::now();
    let status = child.status().unwrap();
    let wall = start.elapsed().as_secs_f64() * 1e3;
    let [processor, memory] = usage_of_children();
    print!("{wall} {processor} {memory}");
    exit(status.code().unwrap_or(1))
}

/// Reads what [`print_sample`] prints.
pub(crate) fn parse(text: &[u8]) -> Sample {
    let figures = str::from_utf8(text).unwrap().split(' ').map(|text| text.parse().unwrap());
    figures.collect::<Vec<_>>().try_into().unwrap()
}

/// `ru_utime` plus `ru_stime`, which count microseconds, and `ru_maxrss`.
#[cfg(unix)]
#[expect(clippy::cast_precision_loss, reason = "the figures are small")]
fn usage_of_children() -> [f64; 2] {
    use nix::sys::{
        resource::{UsageWho, getrusage},
        time::TimeValLike as _,
    };
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap();
    let processor = (usage.user_time() + usage.system_time()).num_microseconds();
    let unit = if cfg!(target_vendor = "apple") { 1.0 } else { 1024.0 };
    [processor as f64 / 1e3, usage.max_rss() as f64 * unit / 1e6]
}

#[cfg(not(unix))]
fn usage_of_children() -> [f64; 2] {
    panic!("NOT MEASURED: only Unix has getrusage")
}
