//! AWS's clock, from the `Date` header of its responses. AWS accepts a signature within 15 minutes
//! of its clock: with this clock, a machine with a wrong clock still gets its session.

use std::sync::atomic::{AtomicI64, Ordering};

use time::{Duration, OffsetDateTime, PrimitiveDateTime, macros::format_description};
use ureq::{
    Body,
    http::{Response, header},
};

/// How far this machine's clock is ahead of AWS's.
pub(super) struct Clock {
    /// In seconds; 0 if the clocks agree.
    ahead: AtomicI64,
    on_change: fn(Duration),
}

impl Clock {
    pub(super) fn new(on_change: fn(Duration)) -> Self {
        Self { ahead: AtomicI64::new(0), on_change }
    }

    /// The time by AWS's clock.
    pub(super) fn now(&self) -> OffsetDateTime {
        let now = OffsetDateTime::now_utc();
        now.checked_sub(self.ahead()).unwrap_or(now)
    }

    pub(super) fn ahead(&self) -> Duration {
        Duration::seconds(self.ahead.load(Ordering::SeqCst))
    }

    /// Corrects this clock, and reports a difference of more than four minutes.
    pub(super) fn correct(&self, ahead: Option<Duration>) {
        let Some(ahead) = ahead else { return };
        if clocks_agree(ahead) || clocks_agree(ahead - self.ahead()) {
            return;
        }
        self.ahead.store(ahead.whole_seconds(), Ordering::SeqCst);
        (self.on_change)(ahead);
    }
}

/// Whether the clocks differ by at most four minutes, the limit of the SDKs.
pub(crate) fn clocks_agree(ahead: Duration) -> bool {
    ahead.abs() <= Duration::minutes(4)
}

/// How far this machine's clock is ahead of a server's, from the `Date` header (RFC 9110, section
/// 5.6.7).
pub(super) fn ahead(response: &Response<Body>) -> Option<Duration> {
    let date = response.headers().get(header::DATE)?;
    let format = format_description!(
        "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
    );
    let date = PrimitiveDateTime::parse(date.to_str().ok()?, format).ok()?;
    Some(OffsetDateTime::now_utc() - date.assume_utc())
}
