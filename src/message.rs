//! Lines on standard error. Text from outside is escaped, so that it cannot control the terminal.

mod progress;
mod width;

use std::{
    borrow::Cow,
    fmt::Display,
    io::{self, Write as _},
};

use time::Duration;

use crate::system::{
    command::{PLAIN, QUOTE},
    signals::SignalGuard,
};
pub(crate) use progress::enable_progress;
use progress::{Progress, replace_progress};
pub(crate) use width::{cut, width};

/// Reports a step or a result.
pub(crate) fn info(text: impl Display) {
    write_line("", &text.to_string());
}

/// Reports a problem that does not end the run.
pub(crate) fn warn(text: impl Display) {
    write_line("warning: ", &text.to_string());
}

/// Reports the error that ends the run.
pub(crate) fn error(text: impl Display) {
    write_line("error: ", &text.to_string());
}

/// Shows what to do about an error or a warning.
pub(crate) fn hint(text: impl Display) {
    write_line("hint: ", &text.to_string());
}

/// Shows `waiting for sts.us-east-1.amazonaws.com (3 s)` on a terminal. No prompt may be open.
pub(crate) fn progress(what: &str) -> Progress {
    let what = printable(what).into_owned();
    Progress::start(move |seconds| format!("mfa-session: waiting for {what} ({seconds} s)"))
}

/// Shows `waiting for the next code (12 s left)`.
pub(crate) fn countdown(what: &'static str, seconds: u64) -> Progress {
    Progress::start(move |passed| {
        format!("mfa-session: waiting for {what} ({} s left)", seconds.saturating_sub(passed))
    })
}

fn write_line(prefix: &str, text: &str) {
    replace_progress(|erase| {
        // One write, so that lines of other processes do not split it.
        let line = format!("{erase}mfa-session: {prefix}{}\n", printable(text));
        let _unblocked = SignalGuard::unblock_while_writing(io::stderr(), line.len());
        // If standard error is closed, nobody reads messages: that is no failure.
        let _ = io::stderr().write_all(line.as_bytes());
    });
}

/// Escapes characters that can move the cursor, change colours, fake a line, or hide or reorder
/// text: `a\x1b[2J` becomes `a\u{1b}[2J`.
#[must_use]
pub fn printable(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let escape = |c: char| {
        if is_unsafe(c) { Cow::Owned(c.escape_default().to_string()) } else { c.to_string().into() }
    };
    Cow::Owned(text.chars().map(escape).collect())
}

/// A word of a command to type, in quotes if a shell would change it.
pub(crate) fn word(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| c.is_ascii_alphanumeric() || PLAIN.contains(c)) {
        return Cow::Borrowed(text);
    }
    let (quote, escaped) = QUOTE;
    Cow::Owned(format!("{quote}{}{quote}", text.replace(quote, escaped)))
}

/// Escapes the same characters in a JSON document, except line feeds, as JSON does it.
#[must_use]
pub fn printable_json(json: &str) -> String {
    escape_json(json, is_unsafe)
}

/// Escapes all but printable ASCII and line feeds in a JSON document, so that the reader's encoding
/// does not matter.
pub(crate) fn ascii_json(json: &str) -> String {
    escape_json(json, |c| !matches!(c, ' '..='~'))
}

fn escape_json(json: &str, must_escape: impl Fn(char) -> bool) -> String {
    let mut escaped = String::with_capacity(json.len());
    for c in json.chars() {
        if c == '\n' || !must_escape(c) {
            escaped.push(c);
        } else {
            let mut units = [0; 2];
            escaped.extend(c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    escaped
}

/// Control characters, and characters that are invisible, or break or reorder a line.
fn is_unsafe(c: char) -> bool {
    let is_invisible = matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}'..='\u{200d}'
            | '\u{2060}'..='\u{2064}' | '\u{206a}'..='\u{206f}' | '\u{3164}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}'
    );
    let reorders = matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2066}'..='\u{2069}');
    c.is_control() || is_invisible || reorders || matches!(c, '\u{2028}'..='\u{202e}')
}

/// Rounds a duration of at least a minute to whole minutes: a new session of 12 hours has 12h left,
/// not 11h 59m.
pub(crate) fn round_to_minute(duration: Duration) -> Duration {
    match duration.whole_seconds() {
        seconds @ ..60 => Duration::seconds(seconds),
        seconds => Duration::minutes((seconds + 30) / 60),
    }
}

/// "11h 59m", "4m", "30s": at most two units.
pub(crate) fn format_duration(duration: Duration) -> String {
    match (duration.whole_hours(), duration.whole_minutes() % 60) {
        (0, 0) => format!("{}s", duration.whole_seconds().max(0)),
        (0, minutes) => format!("{minutes}m"),
        (hours, 0) => format!("{hours}h"),
        (hours, minutes) => format!("{hours}h {minutes}m"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_plain_text() {
        assert_eq!(printable("Müller's `key` = 1"), "Müller's `key` = 1");
    }

    #[test]
    fn escapes_control_characters() {
        assert_eq!(printable("a\x1b[2Jb\r\nc\u{202e}"), "a\\u{1b}[2Jb\\r\\nc\\u{202e}");
    }

    #[test]
    fn escapes_invisible_and_reordering_characters() {
        for code in [
            0x7f, 0x9b, 0x61c, 0x200b, 0x200c, 0x200d, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a,
            0x202e, 0x2060, 0x2066, 0x2069, 0xfeff, 0xad, 0x34f, 0x2064, 0x206a, 0x3164, 0xfffb,
            0xe0041,
        ] {
            let c = char::from_u32(code).unwrap();
            assert_eq!(printable(&format!("a{c}b")), format!("a\\u{{{code:x}}}b"));
        }
    }

    #[test]
    fn shows_a_duration_in_at_most_two_units() {
        for (seconds, expected) in
            [(43_200, "12h"), (43_199, "11h 59m"), (240, "4m"), (59, "59s"), (-5, "0s")]
        {
            assert_eq!(format_duration(Duration::seconds(seconds)), expected);
        }
    }

    #[test]
    fn rounds_a_duration_to_the_minute() {
        for (seconds, expected) in [(43_199, "12h"), (43_140, "11h 59m"), (90, "2m"), (59, "59s")] {
            assert_eq!(format_duration(round_to_minute(Duration::seconds(seconds))), expected);
        }
    }

    #[test]
    fn ascii_json_parses_to_the_same_text() {
        let text: String =
            (0..=0x2100).chain([0xfeff, 0x1f511]).filter_map(char::from_u32).collect();
        let json = ascii_json(&serde_json::Value::from(text.as_str()).to_string());
        assert!(json.chars().all(|c| matches!(c, ' '..='~')));
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
    }
}
