//! Measures the program: wall time, processor time, instructions, peak memory. Compares it with
//! `curl --aws-sigv4`, which makes the same call over the same TLS, and with `/bin/true`.
//!
//! `cargo bench` prints tables for CONTRIBUTING.md; it asserts nothing about speed.

#![allow(missing_docs, reason = "a program has no public items")]
#![allow(clippy::print_stdout, reason = "it prints a report")]
#![allow(clippy::unwrap_used, reason = "a panic is a failure")]

mod cases;
mod sample;
mod tables;

use std::{env, thread};

use cases::Bench;

/// The variable with the path of a second program to measure.
const AGAINST: &str = "MFA_SESSION_BENCH_AGAINST";

/// The variable with the number of rounds.
const ROUNDS: &str = "MFA_SESSION_BENCH_ROUNDS";

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if arguments[..].first().is_some_and(|first| first == sample::SUBCOMMAND) {
        sample::print_sample(&arguments[1..]);
    }
    let mut programs = vec![env!("CARGO_BIN_EXE_mfa-session").to_owned()];
    programs.extend(env::var(AGAINST));
    let rounds: usize = env::var(ROUNDS).map_or(100, |rounds| rounds.parse().unwrap());

    let bench = Bench::start();
    let mut cases = bench.cases(&programs);
    let mut order: Vec<usize> = (0..cases.len()).collect();
    // The first round fills caches.
    for round in 0..=rounds {
        // A command is slower after one that writes a large file.
        fastrand::shuffle(&mut order);
        for case in &order {
            let case = &mut cases[*case];
            if round.saturating_sub(1) % case.interval == 0 {
                let sample = bench.sample(case);
                case.samples.extend((round > 0).then_some(sample));
            }
        }
    }
    bench.count_instructions(&mut cases);

    let cores = thread::available_parallelism().unwrap();
    println!("{cores} cores, {} {}, {rounds} rounds\n", env::consts::OS, env::consts::ARCH);
    tables::print(&programs, &cases, bench.file_of_10_000_profiles());
}
