//! Detects that the machine slept. The server, or a NAT before it, may have dropped an open
//! connection without a word: a request on it would get no response.

use std::{
    mem,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant, SystemTime},
};

/// Compares the two clocks of the system: during sleep, only the wall clock runs. On Windows, both
/// run; there, only the age of an idle connection limits its use.
pub(super) struct SleepDetector(Mutex<Moment>);

#[derive(Clone, Copy)]
struct Moment {
    awake: Instant,
    wall: SystemTime,
}

impl SleepDetector {
    pub(super) fn new() -> Self {
        Self(Mutex::new(Moment::now()))
    }

    /// Whether the machine slept since the last call. Setting the wall clock counts as sleep: a new
    /// connection costs little.
    pub(super) fn has_slept(&self) -> bool {
        let now = Moment::now();
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        now.is_after_sleep(mem::replace(&mut last, now))
    }
}

impl Moment {
    fn now() -> Self {
        Self { awake: Instant::now(), wall: SystemTime::now() }
    }

    fn is_after_sleep(self, before: Self) -> bool {
        let awake = self.awake.duration_since(before.awake);
        let wall = self.wall.duration_since(before.wall);
        // An error means that the wall clock was set back.
        wall.map_or(true, |wall| wall.abs_diff(awake) > SHORT_SLEEP)
    }
}

/// No NAT drops a connection that fast.
const SHORT_SLEEP: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sleep_is_the_difference_between_the_clocks() {
        let before = Moment::now();
        for (awake, wall, expected) in
            [(0, 0, false), (60, 60, false), (60, 64, false), (60, 66, true), (1, 3600, true)]
        {
            let now = Moment {
                awake: before.awake + Duration::from_secs(awake),
                wall: before.wall + Duration::from_secs(wall),
            };
            assert_eq!(now.is_after_sleep(before), expected, "{awake} s, {wall} s");
        }
        let set_back = Moment { wall: before.wall - Duration::from_secs(60), ..before };
        assert!(set_back.is_after_sleep(before));
        let detector = SleepDetector::new();
        assert!(!detector.has_slept());
    }
}
