//! Holds back Ctrl-C while a session could be lost.

use std::{
    cell::Cell,
    process,
    sync::{Mutex, Once, PoisonError},
    time::Duration,
};

/// While a guard exists, Ctrl-C does not end the process. It takes effect when the last guard is
/// dropped.
#[derive(Debug)]
#[must_use]
pub(crate) struct SignalGuard {
    /// The guard adds this to the number of guards.
    change: isize,
}

impl SignalGuard {
    /// Holds back Ctrl-C and Ctrl-Break.
    pub(crate) fn block() -> Self {
        static INSTALLED: Once = Once::new();
        // Without a handler, Ctrl-C ends the process at once.
        INSTALLED
            .call_once(|| drop(ctrlc::set_handler(|| update(|state| state.is_pending = true))));
        Self::new(1)
    }

    /// Suspends the guards of this thread. Another thread that waits must not let Ctrl-C through
    /// while the main thread holds it back.
    pub(crate) fn unblock_while_waiting() -> Self {
        Self::new(-OWN_GUARDS.get())
    }

    /// Does nothing: other ways to end a process than Ctrl-C stay open.
    pub(crate) fn unblock_while_writing<S>(_: S, _: usize) -> Option<Self> {
        None
    }

    fn new(change: isize) -> Self {
        OWN_GUARDS.set(OWN_GUARDS.get() + change);
        update(|state| state.guards += change);
        Self { change }
    }
}

/// Ctrl-C gets through during the whole wait for a response: a socket may lose data when a wait
/// times out (Microsoft's documentation of `SO_RCVTIMEO`), and the shortest wait is half a second.
pub(crate) const WAIT_INTERVAL: Option<Duration> = None;

/// Windows does not tell whether a write waits for the reader.
pub(crate) fn accepts_at_once<S>(_: S, _: usize) -> bool {
    true
}

impl Drop for SignalGuard {
    fn drop(&mut self) {
        OWN_GUARDS.set(OWN_GUARDS.get() - self.change);
        update(|state| state.guards -= self.change);
    }
}

#[derive(Debug)]
struct State {
    guards: isize,
    is_pending: bool,
}

static STATE: Mutex<State> = Mutex::new(State { guards: 0, is_pending: false });

thread_local! {
    static OWN_GUARDS: Cell<isize> = Cell::default();
}

/// Changes the state, and ends the process if Ctrl-C is pending and not held back.
fn update(change: impl FnOnce(&mut State)) {
    let mut state = STATE.lock().unwrap_or_else(PoisonError::into_inner);
    change(&mut state);
    if state.is_pending && state.guards == 0 {
        process::exit(STATUS_CONTROL_C_EXIT);
    }
}

/// The exit status of a program that Ctrl-C ended.
const STATUS_CONTROL_C_EXIT: i32 = 0xC000_013A_u32.cast_signed();
