//! The constraints of AWS's service models on parameters, and the text that tells which fail.

use crate::answer::Refusal;

/// The constraints looked at so far. All that fail are told in one error, as AWS does.
#[derive(Default)]
pub(crate) struct Constraints {
    failed: Vec<String>,
}

impl Constraints {
    /// Takes a parameter that must be there.
    pub(crate) fn required<'a>(&mut self, member: &str, value: Option<&'a str>) -> &'a str {
        if value.is_none() {
            self.failed.push(format!(
                "Value null at '{member}' failed to satisfy constraint: Member must not be null"
            ));
        }
        value.unwrap_or_default()
    }

    /// Looks at how many members a list has.
    pub(crate) fn list(&mut self, member: &str, members: &[String], most: usize) {
        if members.len() > most {
            let value = format!("[{}]", members.join(", "));
            self.fail(member, &value, &format!("have length less than or equal to {most}"));
        }
    }

    /// Reads a whole number from `least` to `most`.
    pub(crate) fn number(
        &mut self,
        member: &str,
        value: Option<&str>,
        least: i64,
        most: i64,
    ) -> Result<Option<i64>, Refusal> {
        let Some(value) = value else { return Ok(None) };
        let number = value.parse().map_err(|_| Refusal::new(400, "MalformedInput", ""))?;
        if number < least {
            self.fail(member, value, &format!("have value greater than or equal to {least}"));
        }
        if number > most {
            self.fail(member, value, &format!("have value less than or equal to {most}"));
        }
        Ok(Some(number))
    }

    /// Looks at a text's length, in characters, and at each of its characters: `pattern` is a class
    /// in brackets and `*` or `+`, such as `[\w+=,.@-]*`.
    pub(crate) fn text(
        &mut self,
        member: &str,
        value: Option<&str>,
        least: usize,
        most: usize,
        pattern: &str,
    ) {
        self.length(member, value, least, most);
        let Some(value) = value else { return };
        let is_too_short = value.is_empty() && pattern.ends_with('+');
        if is_too_short || !value.chars().all(|character| is_in_class(pattern, character)) {
            self.fail(member, value, &format!("satisfy regular expression pattern: {pattern}"));
        }
    }

    /// Looks at a text's length, in characters.
    pub(crate) fn length(&mut self, member: &str, value: Option<&str>, least: usize, most: usize) {
        let Some(value) = value else { return };
        let length = value.chars().count();
        if length < least {
            self.fail(member, value, &format!("have length greater than or equal to {least}"));
        }
        if length > most {
            self.fail(member, value, &format!("have length less than or equal to {most}"));
        }
    }

    /// An error where any constraint failed.
    pub(crate) fn met(self) -> Result<(), Refusal> {
        let count = self.failed.len();
        let errors = match count {
            0 => return Ok(()),
            1 => "error",
            _ => "errors",
        };
        let failed = self.failed.join("; ");
        let message = format!("{count} validation {errors} detected: {failed}");
        Err(Refusal::new(400, "ValidationError", message))
    }

    fn fail(&mut self, member: &str, value: &str, must: &str) {
        self.failed.push(format!(
            "Value '{value}' at '{member}' failed to satisfy constraint: Member must {must}"
        ));
    }
}

/// Knows the escapes that AWS's models use, and ranges of single characters.
fn is_in_class(pattern: &str, character: char) -> bool {
    let class = pattern.trim_start_matches('[').trim_end_matches(['*', '+']);
    let mut rest = class.strip_suffix(']').unwrap_or(class);
    while let Some((item, after)) = Item::read(rest) {
        rest = after;
        let end = rest.strip_prefix('-').and_then(Item::read);
        let is_in = match (item, end) {
            (Item::One(start), Some((Item::One(end), after))) => {
                rest = after;
                (start..=end).contains(&character)
            }
            (Item::One(one), _) => one == character,
            (Item::Kind(is_of_kind), _) => is_of_kind(character),
        };
        if is_in {
            return true;
        }
    }
    false
}

/// What a class consists of.
enum Item {
    One(char),
    Kind(Kind),
}

type Kind = fn(char) -> bool;

impl Item {
    fn read(class: &str) -> Option<(Self, &str)> {
        for (escape, is_of_kind) in KINDS {
            if let Some(rest) = class.strip_prefix(escape) {
                return Some((Self::Kind(*is_of_kind), rest));
            }
        }
        if let Some(rest) = class.strip_prefix(r"\u") {
            // Four digits, so that AWS's `\u10000` is `\u1000` and a zero, as it is in Java.
            let (digits, rest) = rest.split_at_checked(4)?;
            let code = u32::from_str_radix(digits, 16).ok()?;
            return Some((Self::One(char::from_u32(code)?), rest));
        }
        let class = class.strip_prefix('\\').unwrap_or(class);
        let one = class.chars().next()?;
        Some((Self::One(one), &class[one.len_utf8()..]))
    }
}

const KINDS: &[(&str, Kind)] = &[
    (r"\w", |it| it.is_ascii_alphanumeric() || it == '_'),
    (r"\d", |it| it.is_ascii_digit()),
    (r"\p{L}", char::is_alphabetic),
    (r"\p{N}", char::is_numeric),
    (r"\p{Z}", |it| it.is_whitespace() && !it.is_control()),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fails_is_told_in_one_error() {
        let mut constraints = Constraints::default();
        constraints.number("durationSeconds", Some("899"), 900, 129_600).unwrap();
        constraints.text("tokenCode", Some("12a45"), 6, 6, r"[\d]*");
        let refusal = constraints.met().unwrap_err();
        assert_eq!(
            refusal.message,
            "3 validation errors detected: \
             Value '899' at 'durationSeconds' failed to satisfy constraint: \
             Member must have value greater than or equal to 900; \
             Value '12a45' at 'tokenCode' failed to satisfy constraint: \
             Member must have length greater than or equal to 6; \
             Value '12a45' at 'tokenCode' failed to satisfy constraint: \
             Member must satisfy regular expression pattern: [\\d]*"
        );
    }

    #[test]
    fn serial_numbers_of_every_kind_fit() {
        let mut constraints = Constraints::default();
        for serial in ["GAHT12345678", "arn:aws:iam::123456789012:mfa/a+b=c,d.e@f-g_h"] {
            constraints.text("serialNumber", Some(serial), 9, 256, r"[\w+=/:,.@-]*");
        }
        assert_eq!(constraints.met(), Ok(()));
    }
    #[test]
    fn the_classes_of_awss_models_are_read_as_java_reads_them() {
        let arn =
            r"[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+";
        let tag = r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*";
        for (pattern, is, is_not) in [
            (r"[\w+=,.@-]*", "aZ0_+=,.@-", " :/é"),
            (r"[\w+=,.@:\/-]*", "a:/-", "\\ é"),
            (tag, "é 1_.:/=+-@", "#\\\n"),
            (arn, "\t\n\r ~é\u{85}\u{d7ff}", "\u{0}\u{b}\u{1f}"),
        ] {
            assert!(is.chars().all(|it| is_in_class(pattern, it)), "{pattern} has {is:?}");
            assert!(
                !is_not.chars().any(|it| is_in_class(pattern, it)),
                "{pattern} has not {is_not:?}"
            );
        }
    }
}
