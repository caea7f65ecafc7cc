//! Signals that end the process, held back while something would be lost with it. Nothing is
//! caught: what came meanwhile takes effect afterwards, as if it had just come, and what is ignored
//! stays so.

/// The signals are held back as long as this lives: by the thread that made it, and by those that
/// it starts meanwhile. Of several, the last goes first.
#[derive(Debug)]
#[must_use]
pub struct Held {
    #[cfg(unix)]
    before: Option<Box<nix::sys::signal::SigSet>>,
}

/// Holds back what people, shells and systems end a process by: Ctrl-C, Ctrl-\, a closed terminal,
/// and `kill`.
#[cfg(unix)]
pub fn hold() -> Held {
    use nix::sys::signal::{SigSet, SigmaskHow, Signal};
    let signals = [Signal::SIGINT, Signal::SIGQUIT, Signal::SIGHUP, Signal::SIGTERM];
    let signals: SigSet = signals.into_iter().collect();
    Held { before: signals.thread_swap_mask(SigmaskHow::SIG_BLOCK).ok().map(Box::new) }
}

/// There is nothing like it here.
#[cfg(not(unix))]
pub fn hold() -> Held {
    Held {}
}

#[cfg(unix)]
impl Drop for Held {
    fn drop(&mut self) {
        // It fails only for what is no mask.
        let _ = self.before.as_ref().map(|before| before.thread_set_mask());
    }
}
