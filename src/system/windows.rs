//! Windows.

#![expect(clippy::unnecessary_wraps, reason = "some functions can fail on Unix only")]

pub(crate) mod browser;
pub(crate) mod command;
pub(crate) mod files;
pub(crate) mod network;
pub(crate) mod process;
pub(crate) mod programs;
pub(crate) mod signals;
pub(crate) mod terminal;
