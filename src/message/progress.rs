//! A line on the terminal that says what the program waits for. It appears after a second, and goes
//! before anything else is printed.

use std::{
    io::{self, IsTerminal as _, Write as _},
    mem,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc::{self, RecvTimeoutError},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use super::width::cut;
use crate::system::{
    signals::{SignalGuard, accepts_at_once},
    terminal,
};

/// Shows the line until it is dropped.
#[must_use]
pub(crate) struct Progress(Option<Ticker>);

struct Ticker {
    /// Ends the thread when dropped.
    end: mpsc::Sender<()>,
    thread: JoinHandle<()>,
}

static IS_ENABLED: AtomicBool = AtomicBool::new(false);

/// Whether the line is on the terminal. The cursor is at its end.
static IS_SHOWN: Mutex<bool> = Mutex::new(false);

/// Shows progress from now on, where standard input and standard error are a terminal. The terminal
/// must interpret ANSI escape sequences.
pub(crate) fn enable_progress() {
    IS_ENABLED.store(true, Ordering::Relaxed);
}

impl Progress {
    /// Shows a printable text that depends on the seconds so far. No prompt may be open: the line
    /// would end up in it.
    ///
    /// Standard input must be a terminal: in a pipeline, and under `xargs -P` and `make -j`, other
    /// programs print to the same terminal meanwhile.
    pub(super) fn start(text: impl Fn(u64) -> String + Send + 'static) -> Self {
        let is_enabled = IS_ENABLED.load(Ordering::Relaxed);
        let is_terminal = io::stdin().is_terminal() && io::stderr().is_terminal();
        if !(is_enabled && is_terminal && terminal::enable_ansi()) {
            return Self(None);
        }
        let (end, ended) = mpsc::channel();
        let tick = move || {
            let start = Instant::now();
            while ended.recv_timeout(SECOND) == Err(RecvTimeoutError::Timeout) {
                show(&text(start.elapsed().as_secs()));
            }
        };
        // The thread inherits the mask: it must not receive a signal that this process blocks.
        let _guard = SignalGuard::block();
        let thread = thread::Builder::new().spawn(tick).ok();
        Self(thread.map(|thread| Ticker { end, thread }))
    }

    /// Whether the line appears after a second. A background process shows none.
    pub(crate) fn is_visible(&self) -> bool {
        self.0.is_some() && terminal::is_in_foreground(io::stderr())
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        let Some(Ticker { end, thread }) = self.0.take() else { return };
        drop(end);
        // It is short: the thread never waits for the terminal.
        let _ = thread.join();
        let mut is_shown = lock();
        if *is_shown && write(erase(true)) {
            *is_shown = false;
        }
    }
}

/// Runs `print` with what erases the line; it must be the start of the text to print.
pub(super) fn replace_progress(print: impl FnOnce(&'static str)) {
    let mut is_shown = lock();
    print(erase(mem::take(&mut *is_shown)));
}

/// Shows the text, in one row.
fn show(text: &str) {
    let stderr = io::stderr();
    if !terminal::is_in_foreground(&stderr) {
        return;
    }
    let row = cut(text, terminal::columns(&stderr).saturating_sub(1));
    let mut is_shown = lock();
    *is_shown |= write(&format!("{ERASE}{row}"));
}

/// A background process leaves the terminal to others.
fn erase(is_shown: bool) -> &'static str {
    if is_shown && terminal::is_in_foreground(io::stderr()) { ERASE } else { "" }
}

/// Writes to the terminal, unless it is stopped, as by Ctrl-S: that must not delay the delivery of
/// a session.
fn write(text: &str) -> bool {
    let mut stderr = io::stderr();
    accepts_at_once(&stderr, text.len()) && stderr.write_all(text.as_bytes()).is_ok()
}

fn lock() -> MutexGuard<'static, bool> {
    IS_SHOWN.lock().unwrap_or_else(PoisonError::into_inner)
}

const SECOND: Duration = Duration::from_secs(1);

/// Clears the row of the cursor only: the rows above may be another program's.
const ERASE: &str = "\r\x1b[K";
