//! What AWS's clock says, as far as its answers tell. A signature is good for 15 minutes before and
//! after; a machine whose clock is further off still gets its session, and a word about the clock.

use std::sync::atomic::{AtomicI64, Ordering};

use time::{Duration, OffsetDateTime, PrimitiveDateTime, macros::format_description};
use ureq::{
    Body,
    http::{Response, header},
};

use crate::{environment, message, sts::clock_difference};

/// How far this machine's clock is ahead of AWS's, in seconds; 0 where they agree.
#[derive(Default)]
pub(super) struct Clock(AtomicI64);

impl Clock {
    /// The time by AWS's clock.
    pub(super) fn now(&self) -> OffsetDateTime {
        let now = environment::now();
        now.checked_sub(self.ahead()).unwrap_or(now)
    }

    pub(super) fn ahead(&self) -> Duration {
        Duration::seconds(self.0.load(Ordering::SeqCst))
    }

    /// Takes what an answer told, and says so where the clocks do not agree.
    pub(super) fn correct(&self, ahead: Option<Duration>) {
        let Some(ahead) = ahead else { return };
        if agree(ahead) || agree(ahead - self.ahead()) {
            return;
        }
        self.0.store(ahead.whole_seconds(), Ordering::SeqCst);
        message::warn(format_args!("{}: AWS's time is used", clock_difference(ahead)));
        message::hint(SET);
    }
}

/// Whether clocks with this difference are as good as the same; the SDKs draw the same line.
pub(in crate::sts) fn agree(ahead: Duration) -> bool {
    ahead.abs() <= Duration::minutes(4)
}

/// How far this machine's clock is ahead, to the second, by the `Date` header (RFC 9110, section
/// 5.6.7).
pub(super) fn ahead(response: &Response<Body>) -> Option<Duration> {
    let date = response.headers().get(header::DATE)?;
    let format = format_description!(
        "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
    );
    let date = PrimitiveDateTime::parse(date.to_str().ok()?, format).ok()?;
    Some(environment::now() - date.assume_utc())
}

const SET: &str = if cfg!(target_os = "macos") {
    "set the clock: sudo sntp -sS time.apple.com"
} else if cfg!(windows) {
    "set the clock: w32tm /resync"
} else {
    "set the clock: sudo timedatectl set-ntp true"
};
