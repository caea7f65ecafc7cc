//! Multi-factor authentication: the device, the sources of its codes, and the locks.
//!
//! Each code source is a file that implements `CodeSource`; `config/code.rs` chooses one.

mod askpass;
mod code;
mod code_command;
mod code_source;
mod device;
mod early_connection;
mod find_device;
mod given_code;
mod no_prompt;
mod session_lock;
mod stdin;
mod terminal;
mod totp;

pub(crate) use askpass::Askpass;
pub use code::Code;
pub use code_command::CodeCommand;
pub(crate) use code_source::{CodeSource, Prompt};
pub use device::Serial;
pub(crate) use early_connection::{CONNECTION, EarlyConnection};
pub use find_device::{ambiguous_device, usable_devices};
pub(crate) use find_device::{explain_device, find_device, is_remembered};
pub use given_code::GivenCode;
pub(crate) use no_prompt::NoPrompt;
pub(crate) use session_lock::{LockKind, SessionLock};
pub(crate) use stdin::Stdin;
pub(crate) use terminal::Terminal;
pub(crate) use totp::{Seed, Totp};
