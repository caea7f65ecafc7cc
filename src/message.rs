//! Lines for the person, on standard error: one form for all, and nothing from outside unescaped.

use std::{
    borrow::Cow,
    fmt::Display,
    io::{self, Write as _},
};

use time::Duration;

/// Says what was done.
pub fn tell(text: impl Display) {
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
    // A closed standard error has nobody to tell.
    let _ = writeln!(io::stderr().lock(), "mfa-session: {kind}{}", printable(text));
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

/// Control characters, and the ones that reorder or break a line without being one.
fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// "11h 59m", "4m", "30s".
#[must_use]
pub fn words(span: Duration) -> String {
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
    fn spans_are_told_in_two_units_at_most() {
        for (seconds, expected) in
            [(43_200, "12h"), (43_199, "11h 59m"), (240, "4m"), (59, "59s"), (-5, "0s")]
        {
            assert_eq!(words(Duration::seconds(seconds)), expected);
        }
    }
}
