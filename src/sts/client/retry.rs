//! Retries, as in the SDKs' standard retry mode: after a random pause whose upper limit doubles
//! each time. The client ignores `AWS_RETRY_MODE` and has no token bucket: both are for programs
//! with many requests. Unlike the SDKs, it never sends an MFA code twice.
//!
//! <https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html>

use std::{
    num::NonZeroU32,
    str::FromStr,
    thread,
    time::{Duration, Instant},
};

use ureq::http::Response;

use super::interruptible::Interruption;
use crate::sts::{error::Error, parameter::InvalidParameter};

/// The maximum number of attempts per request, at least 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempts(NonZeroU32);

impl Attempts {
    /// Three, as in the SDKs.
    pub const DEFAULT: Self = Self(NonZeroU32::new(3).expect("3 is not 0"));

    pub(in crate::sts) fn begin(self, interruption: Interruption) -> RetryBudget {
        let deadline = Instant::now() + TOTAL_TIMEOUT;
        RetryBudget { left: self.0.get() - 1, done: 0, deadline, interruption }
    }
}

impl FromStr for Attempts {
    type Err = InvalidParameter;

    fn from_str(text: &str) -> Result<Self, InvalidParameter> {
        text.trim().parse().map(Self).map_err(|_| {
            InvalidParameter::new(
                format!("`{text}` is not a number of attempts"),
                "give a number of at least 1, such as 3",
            )
        })
    }
}

/// Why the same request may succeed later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sts) enum RetryReason {
    /// The service or the network failed.
    Failure,
    /// Too many requests.
    Throttling,
}

impl RetryReason {
    /// `None` if a retry cannot succeed, or if the request may have spent an MFA code.
    pub(super) fn of(error: &Error, spends_a_code: bool) -> Option<Self> {
        match error {
            // A throttled request spends no code.
            Error::Service { error, .. } if error.is_throttling() => Some(Self::Throttling),
            Error::Transport(error) => {
                let is_safe = !spends_a_code || !error.may_have_arrived;
                (is_safe && !error.is_lasting()).then_some(Self::Failure)
            }
            Error::GlobalEndpoint { .. } => None,
            _ if spends_a_code => None,
            Error::Service { error, .. } => error.is_service_fault().then_some(Self::Failure),
            Error::InvalidResponse { status, .. } => {
                RETRIED_STATUSES.contains(status).then_some(Self::Failure)
            }
        }
    }
}

/// The SDKs retry after these statuses, whatever the response says.
const RETRIED_STATUSES: [u16; 4] = [500, 502, 503, 504];

/// The remaining attempts and time.
pub(in crate::sts) struct RetryBudget {
    left: u32,
    done: u32,
    deadline: Instant,
    interruption: Interruption,
}

impl RetryBudget {
    /// Waits before the next attempt, about as long as the service requests; `false` if no attempt
    /// or not enough time is left.
    pub(in crate::sts) fn wait(&mut self, reason: RetryReason, wanted: Option<Duration>) -> bool {
        let random = longest_pause(reason, self.done).mul_f64(fastrand::f64());
        let pause = wanted.map_or(random, |it| it.clamp(random, random + LONGEST_EXTRA));
        if self.left == 0 || self.time_left() <= pause {
            return false;
        }
        self.left -= 1;
        self.done += 1;
        let _unblocked = self.interruption.unblock();
        thread::sleep(pause);
        true
    }

    pub(in crate::sts) fn time_left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }
}

/// The pause that the service requests, in the header that the SDKs read.
pub(super) fn wanted_pause<B>(response: &Response<B>) -> Option<Duration> {
    let milliseconds = response.headers().get("x-amz-retry-after")?.to_str().ok()?;
    milliseconds.trim().parse().ok().map(Duration::from_millis)
}

/// The upper limit of the pause after `done` retries.
fn longest_pause(reason: RetryReason, done: u32) -> Duration {
    let first = match reason {
        RetryReason::Failure => Duration::from_millis(50),
        RetryReason::Throttling => Duration::from_secs(1),
    };
    first.saturating_mul(2_u32.saturating_pow(done)).min(LONGEST_PAUSE)
}

const LONGEST_PAUSE: Duration = Duration::from_secs(20);

/// The maximum extension of a pause by the service.
const LONGEST_EXTRA: Duration = Duration::from_secs(5);

/// For all attempts together: about the lifetime of an MFA code.
const TOTAL_TIMEOUT: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_pauses_up_to_a_limit() {
        let pauses = |reason| [0, 1, 2, 9, 99].map(|done| longest_pause(reason, done).as_millis());
        assert_eq!(pauses(RetryReason::Failure), [50, 100, 200, 20_000, 20_000]);
        assert_eq!(pauses(RetryReason::Throttling), [1000, 2000, 4000, 20_000, 20_000]);
    }

    #[test]
    fn counts_attempts() {
        let attempts: Attempts = "2".parse().unwrap();
        let mut budget = attempts.begin(Interruption::default());
        assert!(budget.wait(RetryReason::Failure, None));
        assert!(!budget.wait(RetryReason::Failure, None));
        assert!(budget.time_left() <= TOTAL_TIMEOUT);
    }

    #[test]
    fn the_service_can_extend_a_pause() {
        for (value, expected) in [("1500", Some(1500)), (" 0 ", Some(0)), ("-1", None), ("x", None)]
        {
            let response = Response::builder().header("x-amz-retry-after", value).body(()).unwrap();
            assert_eq!(wanted_pause(&response), expected.map(Duration::from_millis), "{value}");
        }
        let mut budget = Attempts::DEFAULT.begin(Interruption::default());
        let start = Instant::now();
        assert!(budget.wait(RetryReason::Failure, Some(Duration::from_millis(200))));
        assert!(start.elapsed() >= Duration::from_millis(200));
    }

    #[test]
    fn rejects_an_invalid_number_of_attempts() {
        for bad in ["", "0", "-1", "1.5", "three", "99999999999"] {
            assert!(bad.parse::<Attempts>().is_err(), "{bad}");
        }
    }
}
