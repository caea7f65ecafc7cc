//! Lines for the person, on standard error: one form for all, and nothing from outside unescaped.

use std::{
    borrow::Cow,
    fmt::Display,
    io::{self, Write as _},
};

use time::Duration;

use crate::signals;

/// Says what was done.
pub fn info(text: impl Display) {
    line("", &text.to_string());
}

/// Says what the person may want to change; the job goes on.
pub fn warn(text: impl Display) {
    line("warning: ", &text.to_string());
}

/// Says what ended the job.
pub fn error(text: impl Display) {
    line("error: ", &text.to_string());
}

/// Says what to do about it.
pub fn hint(text: impl Display) {
    line("hint: ", &text.to_string());
}

fn line(kind: &str, text: &str) {
    // Standard error has no buffer: in one piece, so that no line of another process stands in it.
    // Where it is closed, there is nobody to tell.
    let line = format!("mfa-session: {kind}{}\n", printable(text));
    let _admitted = signals::unblock_while_writing(io::stderr(), line.len());
    let _ = io::stderr().write_all(line.as_bytes());
}

/// The text with every control character written as an escape: what a file or a server says
/// must not move the cursor, recolour the terminal or fake a line.
#[must_use]
pub fn printable(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let escaped = text.chars().map(|c| {
        if is_unsafe(c) { Cow::Owned(c.escape_default().to_string()) } else { c.to_string().into() }
    });
    Cow::Owned(escaped.collect())
}

/// JSON whose strings have the same escaped, as JSON does it.
#[must_use]
pub fn printable_json(json: &str) -> String {
    // All of them are within the first 65,536.
    let escaped = |c: char| match c {
        c if c != '\n' && is_unsafe(c) => format!("\\u{:04x}", u32::from(c)),
        c => c.to_string(),
    };
    json.chars().map(escaped).collect()
}

/// Control characters, and the ones that reorder or break a line, or are not seen, without being
/// one.
fn is_unsafe(c: char) -> bool {
    let unseen = matches!(c, '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}');
    let reorders = matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2066}'..='\u{2069}');
    c.is_control() || unseen || reorders || matches!(c, '\u{2028}'..='\u{202e}')
}

/// To the minute, from one minute on: of a session of 12 hours, 12 hours are left at first.
#[must_use]
pub fn round_to_minute(span: Duration) -> Duration {
    match span.whole_seconds() {
        seconds @ ..60 => Duration::seconds(seconds),
        seconds => Duration::minutes((seconds + 30) / 60),
    }
}

/// "11h 59m", "4m", "30s".
#[must_use]
pub fn format_duration(span: Duration) -> String {
    match (span.whole_hours(), span.whole_minutes() % 60) {
        (0, 0) => format!("{}s", span.whole_seconds().max(0)),
        (0, minutes) => format!("{minutes}m"),
        (hours, 0) => format!("{hours}h"),
        (hours, minutes) => format!("{hours}h {minutes}m"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_stays_as_it_is() {
        assert_eq!(printable("Müller's `key` = 1"), "Müller's `key` = 1");
    }

    #[test]
    fn what_could_move_the_cursor_is_escaped() {
        assert_eq!(printable("a\x1b[2Jb\r\nc\u{202e}"), "a\\u{1b}[2Jb\\r\\nc\\u{202e}");
    }

    #[test]
    fn what_is_not_seen_or_reorders_a_line_is_escaped() {
        for code in [
            0x7f, 0x9b, 0x61c, 0x200b, 0x200c, 0x200d, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a,
            0x202e, 0x2060, 0x2066, 0x2069, 0xfeff,
        ] {
            let c = char::from_u32(code).unwrap();
            assert_eq!(printable(&format!("a{c}b")), format!("a\\u{{{code:x}}}b"));
        }
    }

    #[test]
    fn spans_are_told_in_two_units_at_most() {
        for (seconds, expected) in
            [(43_200, "12h"), (43_199, "11h 59m"), (240, "4m"), (59, "59s"), (-5, "0s")]
        {
            assert_eq!(format_duration(Duration::seconds(seconds)), expected);
        }
    }

    #[test]
    fn what_is_left_is_told_to_the_minute() {
        for (seconds, expected) in [(43_199, "12h"), (43_140, "11h 59m"), (90, "2m"), (59, "59s")] {
            assert_eq!(format_duration(round_to_minute(Duration::seconds(seconds))), expected);
        }
    }
}
