//! Signals that end the process, held back while something would be lost with it. Nothing is
//! caught: what came meanwhile takes effect afterwards, as if it had just come, and what is ignored
//! stays so.

/// The signals are held back as long as this lives: by the thread that made it, and by those that
/// it starts meanwhile. Of several, the last goes first.
#[derive(Debug)]
#[must_use]
pub struct SignalGuard {
    #[cfg(unix)]
    before: Option<Box<nix::sys::signal::SigSet>>,
}

/// Holds back what people, shells and systems end a process by: Ctrl-C, Ctrl-\, a closed terminal,
/// and `kill`.
#[cfg(unix)]
pub fn block() -> SignalGuard {
    use nix::sys::signal::SigmaskHow;
    SignalGuard { before: signals().thread_swap_mask(SigmaskHow::SIG_BLOCK).ok().map(Box::new) }
}

/// There is nothing like it here.
#[cfg(not(unix))]
pub fn block() -> SignalGuard {
    SignalGuard {}
}

/// Lets them end the process as long as this lives, if a text of this length, in bytes, may have to
/// wait for whoever reads the stream: they may never come.
#[cfg(unix)]
pub fn unblock_while_writing(stream: impl std::os::fd::AsFd, length: usize) -> Option<SignalGuard> {
    use nix::sys::signal::SigmaskHow;
    let admit = || signals().thread_swap_mask(SigmaskHow::SIG_UNBLOCK).ok().map(Box::new);
    (!takes(stream, length)).then(|| SignalGuard { before: admit() })
}

/// Nothing is held back here.
#[cfg(not(unix))]
pub fn unblock_while_writing<S>(_: S, _: usize) -> Option<SignalGuard> {
    None
}

#[cfg(unix)]
fn signals() -> nix::sys::signal::SigSet {
    use nix::sys::signal::Signal;
    [Signal::SIGINT, Signal::SIGQUIT, Signal::SIGHUP, Signal::SIGTERM].into_iter().collect()
}

/// Whether a text of this length, in bytes, is taken at once, whoever reads it.
#[cfg(unix)]
fn takes(stream: impl std::os::fd::AsFd, length: usize) -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let mut ready = [PollFd::new(&stream, PollFlags::OUT)];
    let is_ready = poll(&mut ready, Some(&Timespec { tv_sec: 0, tv_nsec: 0 })).is_ok_and(|n| n > 0);
    is_ready && length <= ROOM
}

/// What a pipe takes, in bytes, that takes anything: `PIPE_BUF` of Linux.
#[cfg(unix)]
const ROOM: usize = 4096;

#[cfg(unix)]
impl Drop for SignalGuard {
    fn drop(&mut self) {
        // It fails only for what is no mask.
        let _ = self.before.as_ref().map(|before| before.thread_set_mask());
    }
}
