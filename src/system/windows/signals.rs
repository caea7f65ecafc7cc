//! Holds back Ctrl-C while a session could be lost.

use std::{
    process,
    sync::{Mutex, Once, PoisonError},
};

/// Until dropped, Ctrl-C does not end the process, but when the last guard is dropped.
#[derive(Debug)]
#[must_use]
pub(crate) struct SignalGuard(());

impl SignalGuard {
    /// Holds back Ctrl-C and Ctrl-Break.
    pub(crate) fn block() -> Self {
        static INSTALLED: Once = Once::new();
        // Without a handler, Ctrl-C ends the process at once.
        INSTALLED
            .call_once(|| drop(ctrlc::set_handler(|| change(|state| state.is_pending = true))));
        change(|state| state.guards += 1);
        Self(())
    }

    /// Does nothing: other ways to end a process than Ctrl-C stay open.
    pub(crate) fn unblock_while_writing<S>(_: S, _: usize) -> Option<Self> {
        None
    }
}

impl Drop for SignalGuard {
    fn drop(&mut self) {
        change(|state| state.guards -= 1);
    }
}

#[derive(Debug)]
struct State {
    guards: usize,
    is_pending: bool,
}

static STATE: Mutex<State> = Mutex::new(State { guards: 0, is_pending: false });

/// Changes the state, and ends the process if Ctrl-C is pending and not held back.
fn change(change: impl FnOnce(&mut State)) {
    let mut state = STATE.lock().unwrap_or_else(PoisonError::into_inner);
    change(&mut state);
    if state.is_pending && state.guards == 0 {
        process::exit(STATUS_CONTROL_C_EXIT);
    }
}

/// The exit status of a program that Ctrl-C ended.
const STATUS_CONTROL_C_EXIT: i32 = 0xC000_013A_u32.cast_signed();
