//! What differs between operating systems: the only module with `cfg` for a system, checked by
//! `tests/tidy.rs`. Both halves offer the same functions; `search` uses those of `programs`.
//!
//! | module | about |
//! | --- | --- |
//! | `browser` | programs that open an address |
//! | `command` | running programs, shells |
//! | `files` | owners, modes, locks, replacing a file |
//! | `network` | the owner of a connection |
//! | `process` | this process: memory, parent, user's directories, shell |
//! | `programs` | the files of programs |
//! | `signals` | holding back Ctrl-C |
//! | `terminal` | the controlling terminal |

pub(crate) mod search;

#[cfg(unix)]
mod unix;
#[cfg(unix)]
pub(crate) use unix::{browser, command, files, network, process, programs, signals, terminal};

#[cfg(windows)]
mod windows;
#[cfg(windows)]
pub(crate) use windows::{browser, command, files, network, process, programs, signals, terminal};
