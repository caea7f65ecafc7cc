//! The console.

use std::{
    fs::File,
    io::{self, IsTerminal as _, Read as _, Write as _},
    os::windows::io::AsHandle,
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    thread,
    time::Duration,
};

use winsafe::{
    HSTD,
    co::{CONSOLE, STD_HANDLE},
};
use zeroize::Zeroizing;

/// In bytes: more than the console's editor accepts.
const MAX_LINE: usize = 4096;

/// Input and output of the console. The terminal of Git Bash is a pair of pipes: there, standard
/// input and standard error, if both are connected to it.
pub(crate) fn open() -> Option<(File, File)> {
    let (input, output) = (io::stdin(), io::stderr());
    let terminals = [
        (input.is_terminal(), STD_HANDLE::INPUT),
        (io::stdout().is_terminal(), STD_HANDLE::OUTPUT),
        (output.is_terminal(), STD_HANDLE::ERROR),
    ];
    // The console is hidden then: a prompt on it would wait forever.
    if terminals.iter().any(|(is_terminal, stream)| *is_terminal && !is_console(*stream)) {
        if !input.is_terminal() || !output.is_terminal() {
            return None;
        }
        let input = input.as_handle().try_clone_to_owned().ok()?;
        return Some((input.into(), output.as_handle().try_clone_to_owned().ok()?.into()));
    }
    let open = |name| File::options().read(true).write(true).open(name).ok();
    Some((open("CONIN$")?, open("CONOUT$")?))
}

/// Writes a text. The console reads bytes in its code page, and UTF-16 only from a standard stream.
pub(crate) fn write(mut output: &File, text: &str) -> io::Result<()> {
    let streams = [STD_HANDLE::ERROR, STD_HANDLE::OUTPUT];
    if let Some(console) = streams.into_iter().find(|stream| is_console(*stream)).and_then(standard)
    {
        return console.WriteConsole(text).map(drop).map_err(io::Error::other);
    }
    let ascii: String = text.chars().map(|c| if c.is_ascii() { c } else { '?' }).collect();
    output.write_all(ascii.as_bytes())
}

/// A line that is being typed.
pub(crate) struct Line(Receiver<io::Result<Zeroizing<Vec<u8>>>>);

impl Line {
    /// Reads in a thread: the console shows what is typed only during a read, and the read has no
    /// time limit.
    pub(crate) fn begin(input: &File) -> io::Result<Self> {
        let mut input = input.try_clone()?;
        let (sender, receiver) = mpsc::channel();
        thread::Builder::new().spawn(move || {
            let mut bytes = Zeroizing::new(vec![0; MAX_LINE]);
            let line = input.read(&mut bytes).map(|length| {
                bytes.truncate(length);
                bytes
            });
            if !line.as_ref().is_ok_and(|line| !line.is_empty()) {
                // Ctrl-C, too, ends the read: another thread handles it and ends the process.
                thread::sleep(CTRL_C_TIME);
            }
            // The main thread may have stopped waiting.
            let _ = sender.send(line);
        })?;
        Ok(Self(receiver))
    }

    /// Waits up to 50 ms for the line; `None` if it is not complete. An empty text is the end of
    /// input.
    pub(crate) fn wait(&mut self) -> Option<io::Result<Zeroizing<Vec<u8>>>> {
        match self.0.recv_timeout(Duration::from_millis(50)) {
            Ok(line) => Some(line),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => Some(Err(io::ErrorKind::BrokenPipe.into())),
        }
    }
}

const CTRL_C_TIME: Duration = Duration::from_millis(200);

/// Windows has no background processes.
pub(crate) fn is_in_foreground<S>(_: S) -> bool {
    true
}

/// Drops unread input, if standard input is the console.
pub(crate) fn discard_input(_: &File) {
    if let Some(input) = standard(STD_HANDLE::INPUT) {
        let _ = input.FlushConsoleInputBuffer();
    }
}

/// The width of the console.
pub(crate) fn columns(output: impl AsHandle) -> usize {
    terminal_size::terminal_size_of(output).map_or(80, |(width, _)| width.0.into())
}

/// The console itself tells whether it interprets ANSI escape sequences.
pub(crate) const NEEDS_TERM: bool = false;

/// Makes the console interpret ANSI escape sequences; returns whether it does. Needs a standard
/// stream that is the console.
pub(crate) fn enable_ansi() -> bool {
    [STD_HANDLE::ERROR, STD_HANDLE::OUTPUT].into_iter().filter_map(standard).any(|output| {
        let ansi = CONSOLE::ENABLE_VIRTUAL_TERMINAL_PROCESSING;
        output.GetConsoleMode().is_ok_and(|mode| output.SetConsoleMode(mode | ansi).is_ok())
    })
}

fn is_console(stream: STD_HANDLE) -> bool {
    standard(stream).is_some_and(|stream| stream.GetConsoleMode().is_ok())
}

/// A standard stream. It stays open.
fn standard(stream: STD_HANDLE) -> Option<HSTD> {
    HSTD::GetStdHandle(stream).ok().map(|mut handle| handle.leak())
}
