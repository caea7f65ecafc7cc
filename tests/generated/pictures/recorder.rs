//! Records what a terminal shows while a person types commands into a shell.

use std::{num::NonZeroU16, path::Path};

use regex_lite::Regex;
use time::{
    Duration, OffsetDateTime,
    macros::{datetime, format_description},
};
use vt100::{Color, Parser};

use super::svg::{Cell, Frame, GREY};
use crate::{
    sandbox::{BRIEF_TIME, Sandbox, TIME, absolute_program},
    terminal::Person,
};

/// The end of the shell's prompt, which has a green `$`.
pub(super) const PROMPT: &str = "$\x1b[0m ";

/// How long a frame lasts, in milliseconds.
const KEY: u32 = 45;
const BEFORE_ENTER: u32 = 450;
const AFTER_ENTER: u32 = 200;

/// The time and the code in the pictures, so that each recording gives the same bytes.
const NOW: OffsetDateTime = datetime!(2026-11-26 09:14:05 +1);
const CODE: &str = "492039";

/// A terminal and what it showed so far.
pub(super) struct Recorder {
    person: Person,
    parser: Parser,
    frames: Vec<Frame>,
}

impl Recorder {
    /// Starts a shell that finds the program in `PATH`, in a terminal of this size.
    pub(super) fn starts(sandbox: &mut Sandbox, rows: u16, columns: u16) -> Self {
        sandbox.add_to_path(Path::new(&absolute_program()).parent().unwrap());
        sandbox.set("PS1", format!("\x1b[32m{PROMPT}"));
        let script = format!("stty rows {rows} cols {columns}; exec sh -i >&0 2>&0");
        let size = |number| NonZeroU16::new(number).unwrap();
        let mut recorder = Self {
            person: Person::runs_script(sandbox, &script),
            parser: Parser::new(size(rows), size(columns), usize::from(rows)),
            frames: Vec::new(),
        };
        recorder.waits_for(PROMPT, 1_000);
        recorder
    }

    /// Types a command, a key at a time. A comment, after two spaces or more, appears at once.
    pub(super) fn enters(&mut self, line: &str) {
        let (command, comment) = line.split_at(line.find("  ").unwrap_or(line.len()));
        let keys = command.chars().map(String::from);
        for typed in keys.chain([comment.to_owned()]).filter(|typed| !typed.is_empty()) {
            self.person.types(&typed);
            self.waits_for(&typed, KEY);
        }
        self.frames.last_mut().unwrap().milliseconds = BEFORE_ENTER;
        self.person.types("\n");
        self.waits_for("\n", AFTER_ENTER);
    }

    /// Waits for the end of an output, then records the screen as a frame of so many milliseconds.
    pub(super) fn waits_for(&mut self, end: &str, milliseconds: u32) {
        let output = self.person.reads(end);
        self.parser.process(output.as_bytes());
        let screen = self.parser.screen();
        let (rows, columns) = screen.size();
        let row = |row| {
            let mut cells: Vec<Cell> =
                (0..columns.get()).map(|column| cell(screen.cell(row, column).unwrap())).collect();
            highlight(&mut cells);
            make_reproducible(&mut cells);
            cells
        };
        let rows = (0..rows.get()).map(row).collect();
        self.frames.push(Frame { rows, cursor: screen.cursor_position(), milliseconds });
    }

    /// Ends the shell. Fails if lines were lost at the top, or if the terminal showed a secret.
    pub(super) fn stops(mut self) -> Vec<Frame> {
        assert_eq!(self.parser.screen().scrollback_len(), 0, "the terminal has too few rows");
        self.person.types("exit\n");
        self.person.ends();
        self.frames
    }
}

fn cell(cell: &vt100::Cell) -> Cell {
    let is_simple = cell.bgcolor() == Color::Default && !cell.inverse() && !cell.is_wide();
    assert!(is_simple, "the picture cannot show {cell:?}");
    Cell {
        character: cell.contents().chars().next().unwrap_or(' '),
        colour: match cell.fgcolor() {
            Color::Default => None,
            Color::Idx(index) => Some(index),
            Color::Rgb(..) => panic!("the picture cannot show {cell:?}"),
        },
        is_bold: cell.bold(),
    }
}

/// Shows a typed command bold and a comment grey, as some shells do.
fn highlight(row: &mut [Cell]) {
    if row[0].character != '$' {
        return;
    }
    let comment = row.iter().position(|cell| cell.character == '#').unwrap_or(row.len());
    for cell in &mut row[1..comment] {
        cell.is_bold = true;
    }
    for cell in &mut row[comment..] {
        cell.colour = Some(GREY);
    }
}

/// Replaces what differs between recordings, a code and a time, by texts of the same width.
fn make_reproducible(row: &mut [Cell]) {
    let line: String = row.iter().map(|cell| cell.character).collect();
    let mut replace = |at: usize, text: &str| {
        let column = line[..at].chars().count();
        for (cell, character) in row[column..].iter_mut().zip(text.chars()) {
            cell.character = character;
        }
    };
    let code = Regex::new(r"^MFA code for .*\): (\d+)").unwrap();
    if let Some(typed) = code.captures(&line).and_then(|found| found.get(1)) {
        replace(typed.start(), &CODE[..typed.len()]);
    }
    if let Some(found) = Regex::new(BRIEF_TIME).unwrap().find(&line) {
        let format = format_description!("[weekday repr:short] [hour]:[minute]");
        replace(found.start(), &expiry(&line).format(format).unwrap());
    } else if let Some(found) = Regex::new(TIME).unwrap().find(&line) {
        let format = format_description!(
            "[year]-[month]-[day] [hour]:[minute]:[second] \
             [offset_hour sign:mandatory]:[offset_minute]"
        );
        replace(found.start(), &expiry(&line).format(format).unwrap());
    }
}

/// The expiry in the pictures, from the time left on the same line.
fn expiry(line: &str) -> OffsetDateTime {
    let number = |pattern: &str| -> i64 {
        let found = Regex::new(pattern).unwrap().captures(line);
        found.map_or(0, |found| found[1].parse().unwrap())
    };
    let left = Duration::hours(number(r"\b(\d+)h\b")) + Duration::minutes(number(r"\b(\d+)m\b"));
    // An expired session ended on the evening before.
    NOW + if left.is_zero() { Duration::hours(-13) } else { left }
}
