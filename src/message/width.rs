//! The columns that a text takes on the terminal: most Chinese, Japanese and Korean characters and
//! emoji take two, combining accents none.

use std::borrow::Cow;

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr};

/// The columns of a printable text.
pub(crate) fn width(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

fn columns(c: char) -> usize {
    c.width().unwrap_or_default()
}

/// The text in at most `width` columns. It is cut in the middle: names often differ at the end.
pub(crate) fn cut(text: &str, width: usize) -> Cow<'_, str> {
    if self::width(text) <= width {
        return Cow::Borrowed(text);
    }
    let end_width = width.saturating_sub(1) / 2;
    let start: String = prefix(text.chars(), width.saturating_sub(1) - end_width).collect();
    let reversed: Vec<char> = prefix(text.chars().rev(), end_width).collect();
    // An accent without its letter would be over the ellipsis.
    let end = reversed.iter().rev().skip_while(|c| columns(**c) == 0);
    Cow::Owned(start + "…" + &end.collect::<String>())
}

fn prefix(text: impl Iterator<Item = char>, width: usize) -> impl Iterator<Item = char> {
    text.scan(width, |left, c| {
        *left = left.checked_sub(columns(c))?;
        Some(c)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_columns() {
        for (text, columns) in [
            ("", 0),
            ("admin", 5),
            ("cafe\u{301}", 4),
            ("本番", 4),
            ("🚀", 2),
            ("❤\u{fe0f}", 2),
            ("👍🏽", 2),
        ] {
            assert_eq!(width(text), columns, "{text}");
        }
    }

    #[test]
    fn cuts_in_the_middle() {
        for (text, columns, expected) in [
            ("team-1-admin", 12, "team-1-admin"),
            ("team-1-admin", 11, "team-…admin"),
            ("team-1-admin", 10, "team-…dmin"),
            ("team-1-admin", 1, "…"),
            ("会社本番環境", 12, "会社本番環境"),
            ("会社本番環境", 11, "会社…環境"),
            ("会社本番環境", 8, "会社…境"),
            ("cafe\u{301}cafe\u{301}", 7, "caf…afe\u{301}"),
            ("xe\u{301}abc", 4, "xe\u{301}…c"),
            ("xyze\u{301}本", 5, "xy…本"),
            ("xyz本\u{301}a", 4, "xy…a"),
        ] {
            assert_eq!(cut(text, columns), expected);
            assert!(width(expected) <= columns);
        }
    }
}
