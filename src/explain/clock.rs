//! A wrong clock in words.

use time::Duration;

use crate::{
    message::{self, format_duration},
    system::command::SET_CLOCK,
};

/// Warns that this machine's clock is wrong.
pub(crate) fn warn_of_clock(ahead: Duration) {
    message::warn(format_args!("{}: using AWS's time", clock_difference(ahead)));
    message::hint(SET_CLOCK);
}

/// "this machine's clock is 2h 5m behind AWS's".
pub(super) fn clock_difference(ahead: Duration) -> String {
    let side = if ahead.is_negative() { "behind" } else { "ahead of" };
    format!("this machine's clock is {} {side} AWS's", format_duration(ahead.abs()))
}
