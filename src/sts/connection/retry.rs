//! When the same request is sent once more, as in the SDKs' standard retry mode: after a random
//! pause, whose limit doubles. The other modes are not offered: `legacy` differs in numbers,
//! `adaptive` is for programs that ask all day; `AWS_RETRY_MODE` is not read.
//!
//! The SDKs' token bucket stops a program that asks all day from asking in vain; a process that
//! asks a handful of times never empties it, and has none.
//!
//! What is not the SDKs' is that a code is never sent twice: see [`super::super::Operation`].
//!
//! <https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html>

use std::{
    num::NonZeroU32,
    str::FromStr,
    thread,
    time::{Duration, Instant},
};

use ureq::http::Response;

use crate::failure::InvalidValue;

/// How often a request is sent, at most: once or more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempts(NonZeroU32);

impl Attempts {
    /// Three, as in the SDKs.
    pub const DEFAULT: Self = Self(NonZeroU32::new(3).expect("3 is not 0"));

    pub(super) fn begin(self) -> RetryBudget {
        RetryBudget { left: self.0.get() - 1, done: 0, deadline: Instant::now() + TOTAL_TIMEOUT }
    }
}

impl FromStr for Attempts {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        text.trim().parse().map(Self).map_err(|_| {
            InvalidValue::new(
                format!("`{text}` is not a number of attempts"),
                "give 1 or more, such as 3",
            )
        })
    }
}

/// Why a request may do better the next time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sts) enum RetryReason {
    /// Something failed.
    Failure,
    /// There were too many requests.
    Throttling,
}

/// The attempts and the time that are left.
pub(super) struct RetryBudget {
    left: u32,
    done: u32,
    deadline: Instant,
}

impl RetryBudget {
    /// Waits for the next attempt, as long as the service told, if it did; `false` where there is
    /// none.
    pub(super) fn waits(&mut self, why: RetryReason, told: Option<Duration>) -> bool {
        let pause = pause(why, self.done).mul_f64(fastrand::f64());
        let pause = told.map_or(pause, |told| told.clamp(pause, pause + LONGEST_EXTRA));
        if self.left == 0 || self.time_left() <= pause {
            return false;
        }
        self.left -= 1;
        self.done += 1;
        thread::sleep(pause);
        true
    }

    pub(super) fn time_left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }
}

/// How long the service wants to be left alone, in the SDKs' own header.
pub(super) fn told_pause<B>(response: &Response<B>) -> Option<Duration> {
    let milliseconds = response.headers().get("x-amz-retry-after")?.to_str().ok()?;
    milliseconds.trim().parse().ok().map(Duration::from_millis)
}

/// The longest pause after so many others.
fn pause(why: RetryReason, done: u32) -> Duration {
    let first = match why {
        RetryReason::Failure => Duration::from_millis(50),
        RetryReason::Throttling => Duration::from_secs(1),
    };
    first.saturating_mul(2_u32.saturating_pow(done)).min(LONGEST_PAUSE)
}

const LONGEST_PAUSE: Duration = Duration::from_secs(20);

/// What a service may ask for beyond that.
const LONGEST_EXTRA: Duration = Duration::from_secs(5);

/// For all attempts. A code lives about as long.
const TOTAL_TIMEOUT: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_limit() {
        let pauses = |why| [0, 1, 2, 9, 99].map(|done| pause(why, done).as_millis());
        assert_eq!(pauses(RetryReason::Failure), [50, 100, 200, 20_000, 20_000]);
        assert_eq!(pauses(RetryReason::Throttling), [1000, 2000, 4000, 20_000, 20_000]);
    }

    #[test]
    fn attempts_are_counted() {
        let attempts: Attempts = "2".parse().unwrap();
        let mut budget = attempts.begin();
        assert!(budget.waits(RetryReason::Failure, None));
        assert!(!budget.waits(RetryReason::Failure, None));
        assert!(budget.time_left() <= TOTAL_TIMEOUT);
    }

    #[test]
    fn a_service_tells_how_long_it_wants_to_be_left_alone() {
        for (value, expected) in [("1500", Some(1500)), (" 0 ", Some(0)), ("-1", None), ("x", None)]
        {
            let response = Response::builder().header("x-amz-retry-after", value).body(()).unwrap();
            assert_eq!(told_pause(&response), expected.map(Duration::from_millis), "{value}");
        }
        let mut budget = Attempts::DEFAULT.begin();
        let start = Instant::now();
        assert!(budget.waits(RetryReason::Failure, Some(Duration::from_millis(200))));
        assert!(start.elapsed() >= Duration::from_millis(200));
    }

    #[test]
    fn what_is_no_number_of_attempts_is_refused() {
        for bad in ["", "0", "-1", "1.5", "three", "99999999999"] {
            assert!(bad.parse::<Attempts>().is_err(), "{bad}");
        }
    }
}
