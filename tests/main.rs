//! Integration tests: the real binary in a sandbox. Each module tests one command or one promise.

#![allow(clippy::unwrap_used, reason = "a panic is a test failure")]
#![allow(clippy::too_many_lines, reason = "a table of cases is long")]
#![allow(clippy::needless_raw_string_hashes, reason = "snapbox writes them around snapshots")]
#![cfg_attr(
    not(target_os = "linux"),
    allow(dead_code, unused_imports, reason = "some tests run on Linux only")
)]
#![allow(missing_docs, reason = "a test's name describes it")]

mod sandbox;
mod tools;

#[cfg(target_os = "linux")] // needs pseudo-terminals of Linux, shell scripts
mod askpass;
mod clear;
mod code_sources;
mod completion;
mod config;
mod console;
#[cfg(target_os = "linux")] // needs pseudo-terminals of Linux, /proc
mod credential_process;
mod credentials_file;
mod decode;
mod delivery;
mod documents;
mod dry_run;
mod emulators;
mod endpoints;
mod evidence;
mod exec;
mod federate;
mod formats;
mod generated;
#[cfg(target_os = "linux")] // needs users without a home in /etc/passwd
mod home;
mod identity_provider;
mod init;
mod interop;
mod invalid_answers;
#[cfg(target_os = "linux")] // needs rclone and other tools as Debian has them
mod jobs;
mod keeping;
mod key_info;
#[cfg(target_os = "linux")] // needs pseudo-terminals of Linux, shell scripts
mod key_process;
#[cfg(target_os = "linux")] // needs prlimit
mod limits;
mod migration;
mod network;
mod pipelines;
#[cfg(target_os = "linux")] // needs pseudo-terminals of Linux
mod playground;
mod preflight;
#[cfg(target_os = "linux")] // needs pseudo-terminals of Linux
mod prompt_lock;
mod readme;
mod reuse;
mod roles;
mod root;
mod saml;
mod secrets;
mod security;
mod service_errors;
mod shells;
#[cfg(target_os = "linux")] // needs strace, signals
mod signals;
mod sizes;
mod status;
#[cfg(target_os = "linux")] // needs pseudo-terminals of Linux
mod terminal;
mod tidy;
mod token;
mod usage;
mod web_identity;
mod whoami;
