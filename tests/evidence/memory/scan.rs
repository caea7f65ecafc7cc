//! A process that is stopped at its last system call, and what is found in its memory.

use std::{
    collections::HashMap,
    fmt::Write as _,
    fs::{self, File},
    os::unix::fs::FileExt as _,
    path::Path,
};

use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};

use crate::terminal::until;

/// How a shell runs a program so that it waits at its last system call: for longer than all of the
/// tests may take, as the process is ended once it is searched.
pub(super) fn waiting_at_its_end(strace: &Path) -> String {
    let strace = strace.display();
    format!("{strace} -qq -o /dev/null -e trace=exit_group -e inject=exit_group:delay_enter=60s")
}

/// A process at its last system call.
pub(super) struct Stopped {
    tracer: u32,
    id: u32,
}

impl Stopped {
    /// Waits for the child of this tracer, which is ours, to come to its end.
    pub(super) fn below(tracer: u32) -> Self {
        let mut id = 0;
        let children = format!("/proc/{tracer}/task/{tracer}/children");
        until(|| {
            let child = fs::read_to_string(&children).unwrap_or_default();
            id = child.trim().parse().unwrap_or_default();
            let call = fs::read_to_string(format!("/proc/{id}/syscall")).unwrap_or_default();
            call.split(' ').next() == Some(EXIT_GROUP)
        });
        Self { tracer, id }
    }

    /// What of the needles is in memory that the process may have written to, and where; but for
    /// what it was started with: the kernel keeps that, where everybody finds it anyway.
    pub(super) fn search(self, needles: &Needles) -> Vec<String> {
        let memory = File::open(self.path("mem")).unwrap();
        let given = self.given();
        let maps = fs::read_to_string(self.path("maps")).unwrap();
        let mut found = HashMap::new();
        for line in maps.lines() {
            let mut fields = line.split_ascii_whitespace();
            let (range, mode) = (fields.next().unwrap(), fields.next().unwrap());
            let name = fields.nth(3).unwrap_or("no name");
            // What no process can write to is what stands in the file.
            if !mode.starts_with('r') || (name.starts_with('/') && !mode.contains('w')) {
                continue;
            }
            let (start, end) = range.split_once('-').unwrap();
            let [start, end] = [start, end].map(|at| u64::from_str_radix(at, 16).unwrap());
            let mut bytes = vec![0; usize::try_from(end - start).unwrap()];
            // The kernel's own, such as [vvar], can't be read.
            if memory.read_exact_at(&mut bytes, start).is_err() {
                continue;
            }
            needles.find(&bytes, |offset, what| {
                let at = start + offset as u64;
                if !given.iter().any(|(start, end)| (*start..*end).contains(&at)) {
                    let (times, text) = found.entry((what, name)).or_insert((0, String::new()));
                    *times += 1;
                    if *times == 1 {
                        *text = around(&bytes, offset);
                    }
                }
            });
        }
        let told = |((what, name), (times, text))| format!("{what}: {times} in {name}: {text}");
        let mut found: Vec<_> = found.into_iter().map(told).collect();
        found.sort();
        found
    }

    /// Where the arguments and the environment are that the process was started with.
    fn given(&self) -> [(u64, u64); 2] {
        let stat = fs::read_to_string(self.path("stat")).unwrap();
        let fields: Vec<_> = stat.rsplit(") ").next().unwrap().split(' ').collect();
        // arg_start to env_end of proc(5), which counts from one and the two before.
        let at = |field: usize| fields[field - 3].trim().parse().unwrap();
        [(at(48), at(49)), (at(50), at(51))]
    }

    fn path(&self, name: &str) -> String {
        format!("/proc/{}/{name}", self.id)
    }
}

impl Drop for Stopped {
    fn drop(&mut self) {
        let both = [self.tracer, self.id];
        let both = both.map(|id| Pid::from_raw(id.try_into().unwrap()).unwrap());
        for id in both {
            // Without its tracer it goes on, and may have ended.
            let _ = kill_process(id, Signal::KILL);
        }
        waitpid(Some(both[0]), WaitOptions::empty()).unwrap();
    }
}

fn around(bytes: &[u8], offset: usize) -> String {
    let some = &bytes[offset.saturating_sub(32)..bytes.len().min(offset + 48)];
    let mut text = String::new();
    for byte in some {
        write!(text, "{}", byte.escape_ascii()).unwrap();
    }
    text
}

/// Pieces of secrets.
pub(super) struct Needles {
    pieces: HashMap<Vec<u8>, String>,
    lengths: Vec<usize>,
    /// Whether there is a piece that begins with these two bytes.
    begins: Vec<bool>,
}

impl Needles {
    /// Of each secret, every piece of it that may be left; as it is, and as HMAC pads a key with
    /// it.
    pub(super) fn of(secrets: &[(&str, Vec<u8>)]) -> Self {
        let mut pieces = HashMap::new();
        for (what, secret) in secrets {
            let length = secret.len().min(LONGEST);
            for start in (0..=secret.len() - length).step_by(STEP) {
                for (pad, how) in [(0, ""), (0x36, ", padded inside"), (0x5c, ", padded outside")] {
                    let piece = secret[start..start + length].iter().map(|byte| byte ^ pad);
                    pieces.insert(piece.collect::<Vec<_>>(), format!("{what}{how}"));
                }
            }
        }
        let mut lengths: Vec<_> = pieces.keys().map(Vec::len).collect();
        lengths.sort_unstable();
        lengths.dedup();
        let mut begins = vec![false; 1 << 16];
        for piece in pieces.keys() {
            begins[place(piece)] = true;
        }
        Self { pieces, lengths, begins }
    }

    fn find<'a>(&'a self, bytes: &[u8], mut found: impl FnMut(usize, &'a str)) {
        for offset in 0..bytes.len().saturating_sub(1) {
            if !self.begins[place(&bytes[offset..])] {
                continue;
            }
            for length in &self.lengths {
                let piece = bytes.get(offset..offset + length);
                if let Some(what) = piece.and_then(|piece| self.pieces.get(piece)) {
                    found(offset, what);
                }
            }
        }
    }
}

fn place(bytes: &[u8]) -> usize {
    usize::from(bytes[0]) << 8 | usize::from(bytes[1])
}

/// In bytes: a piece. Of a secret that was overwritten in part, any 15 bytes in a row hold one.
const LONGEST: usize = 12;
const STEP: usize = 4;

/// The call's number, see syscall(2).
const EXIT_GROUP: &str = if cfg!(target_arch = "x86_64") { "231" } else { "94" };
