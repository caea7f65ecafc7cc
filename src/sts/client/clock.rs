//! AWS's clock, by the `Date` header of its responses. AWS accepts a signature for 15 minutes
//! before and after its time; with this clock, a machine whose own clock is wrong still gets its
//! session.

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

    /// Corrects this clock by a response, and reports a correction that matters.
    pub(super) fn correct(&self, ahead: Option<Duration>) {
        let Some(ahead) = ahead else { return };
        if clocks_agree(ahead) || clocks_agree(ahead - self.ahead()) {
            return;
        }
        self.ahead.store(ahead.whole_seconds(), Ordering::SeqCst);
        (self.on_change)(ahead);
    }
}

/// Whether clocks with this difference count as equal: up to four minutes, as in the SDKs.
pub(crate) fn clocks_agree(ahead: Duration) -> bool {
    ahead.abs() <= Duration::minutes(4)
}

/// How far this machine's clock is ahead of a server's, to the second, by the `Date` header of a
/// response (RFC 9110, section 5.6.7).
pub(super) fn ahead(response: &Response<Body>) -> Option<Duration> {
    let date = response.headers().get(header::DATE)?;
    let format = format_description!(
        "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
    );
    let date = PrimitiveDateTime::parse(date.to_str().ok()?, format).ok()?;
    Some(OffsetDateTime::now_utc() - date.assume_utc())
}
