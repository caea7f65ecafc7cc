//! Blocks signals that would end the process and lose a session.
//!
//! The program catches no signal. A blocked signal stays pending until the guard is dropped; an
//! ignored signal stays ignored.

use std::{os::fd::AsFd, time::Duration};

use nix::sys::signal::{SigSet, SigmaskHow, Signal};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

/// Until dropped, changes the signal mask of the current thread and of threads that it starts.
/// Drop nested guards in reverse order.
#[derive(Debug)]
#[must_use]
pub(crate) struct SignalGuard {
    /// `None` if the mask is unchanged.
    previous: Option<SigSet>,
}

impl SignalGuard {
    /// Blocks SIGINT (Ctrl-C), SIGQUIT (Ctrl-\), SIGHUP (a closed terminal) and SIGTERM (`kill`).
    pub(crate) fn block() -> Self {
        INITIAL_MASK
            .with(|_| Self { previous: signals().thread_swap_mask(SigmaskHow::SIG_BLOCK).ok() })
    }

    /// Restores the mask that this thread had before its first guard. Threads that were started
    /// with signals blocked keep them blocked: the main thread receives them.
    pub(crate) fn unblock_while_waiting() -> Self {
        INITIAL_MASK
            .with(|mask| Self { previous: mask.thread_swap_mask(SigmaskHow::SIG_SETMASK).ok() })
    }

    /// Unblocks these signals while `length` bytes are written to `stream`, unless the stream
    /// accepts them at once: a reader that never reads must not make the process unkillable.
    pub(crate) fn unblock_while_writing(stream: impl AsFd, length: usize) -> Self {
        if accepts_at_once(stream, length) {
            return Self { previous: None };
        }
        Self { previous: signals().thread_swap_mask(SigmaskHow::SIG_UNBLOCK).ok() }
    }
}

/// How long to wait for a response before signals get through. A person does not notice it.
pub(crate) const WAIT_INTERVAL: Option<Duration> = Some(Duration::from_millis(50));

impl Drop for SignalGuard {
    fn drop(&mut self) {
        if let Some(previous) = self.previous {
            // `pthread_sigmask` fails only for an invalid `how`.
            let _ = previous.thread_set_mask();
        }
    }
}

thread_local! {
    static INITIAL_MASK: SigSet = SigSet::thread_get_mask().unwrap_or(SigSet::empty());
}

fn signals() -> SigSet {
    [Signal::SIGINT, Signal::SIGQUIT, Signal::SIGHUP, Signal::SIGTERM].into_iter().collect()
}

/// Whether a write of so many bytes does not wait for the reader.
pub(crate) fn accepts_at_once(stream: impl AsFd, length: usize) -> bool {
    let mut stream = [PollFd::new(&stream, PollFlags::OUT)];
    let no_wait = Timespec { tv_sec: 0, tv_nsec: 0 };
    let is_writable = poll(&mut stream, Some(&no_wait)).is_ok_and(|ready| ready > 0);
    is_writable && length <= PIPE_BUF
}

/// A pipe that `poll` reports as writable accepts at least this many bytes. POSIX guarantees 512.
const PIPE_BUF: usize = if cfg!(target_os = "linux") { 4096 } else { 512 };
