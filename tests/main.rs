//! What the program promises, a module a promise: the real binary, in a world of its own.

#![allow(clippy::unwrap_used, reason = "a panic is the report")]
#![allow(missing_docs, reason = "a test's name says what it is")]

mod tools;
mod world;

mod codes;
mod completion;
mod dry_run;
mod elsewhere;
mod endpoints;
mod errors;
mod evidence;
mod exec;
mod federate;
mod file;
mod formats;
mod generated;
mod inquiries;
mod interop;
mod kept;
mod network;
mod order;
mod pipelines;
#[cfg(target_os = "linux")]
mod places;
#[cfg(target_os = "linux")]
mod process;
mod proofs;
mod readme;
mod reuse;
mod roles;
mod secrets;
mod security;
mod settings;
mod shell;
#[cfg(target_os = "linux")]
mod signals;
#[cfg(target_os = "linux")]
mod terminal;
mod tidy;
#[cfg(target_os = "linux")]
mod turns;
