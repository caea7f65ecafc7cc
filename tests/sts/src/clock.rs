//! The server's clock: the machine's clock plus an offset that tests can change.

use std::sync::atomic::{AtomicI64, Ordering};

use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{Duration, OffsetDateTime};

/// The clock for codes, signatures, sessions and the `Date` header.
#[derive(Default)]
pub(crate) struct Clock {
    offset: AtomicI64,
}

impl Clock {
    pub(crate) fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc() + Duration::seconds(self.offset.load(Ordering::SeqCst))
    }

    pub(crate) fn set_offset(&self, seconds: i64) {
        self.offset.store(seconds, Ordering::SeqCst);
    }
}

/// Formats a time in one of the formats below.
pub(crate) fn format(time: OffsetDateTime, format: &[BorrowedFormatItem<'_>]) -> String {
    time.format(&format).expect("a time with an offset has every field of the formats")
}

/// `2026-01-31T23:59:59Z`, as in AWS's answers.
pub(crate) const ISO_8601: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");

/// `20260131T235959Z`, as in `X-Amz-Date`.
pub(crate) const ISO_8601_BASIC: &[BorrowedFormatItem<'_>] =
    format_description!("[year][month][day]T[hour][minute][second]Z");

/// `Sat, 31 Jan 2026 23:59:59 GMT`, as in HTTP's `Date`.
pub(crate) const IMF_FIXDATE: &[BorrowedFormatItem<'_>] = format_description!(
    "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
);
