//! The constraints of AWS's service models on parameters, and AWS's message about failed ones.

use crate::answer::ServiceError;

/// Collects failed constraints. AWS reports all of them in one error.
#[derive(Default)]
pub(crate) struct Constraints {
    failed: Vec<String>,
}

impl Constraints {
    /// Checks that a parameter exists.
    pub(crate) fn required<'a>(&mut self, member: &str, value: Option<&'a str>) -> &'a str {
        if value.is_none() {
            self.failed.push(format!(
                "Value null at '{member}' failed to satisfy constraint: Member must not be null"
            ));
        }
        value.unwrap_or_default()
    }

    /// Checks the number of members of a list.
    pub(crate) fn list(&mut self, member: &str, members: &[String], max: usize) {
        if members.len() > max {
            let value = format!("[{}]", members.join(", "));
            self.fail(member, &value, &format!("have length less than or equal to {max}"));
        }
    }

    /// Reads a whole number between `min` and `max`.
    pub(crate) fn number(
        &mut self,
        member: &str,
        value: Option<&str>,
        min: i64,
        max: i64,
    ) -> Result<Option<i64>, ServiceError> {
        let Some(value) = value else { return Ok(None) };
        let malformed = |_| ServiceError::new(400, "MalformedInput", "");
        let number = i64::from(value.parse::<i32>().map_err(malformed)?);
        if number < min {
            self.fail(member, value, &format!("have value greater than or equal to {min}"));
        }
        if number > max {
            self.fail(member, value, &format!("have value less than or equal to {max}"));
        }
        Ok(Some(number))
    }

    /// Checks the length of a text in characters, and its pattern: a class in brackets and `*` or
    /// `+`, such as `[\w+=,.@-]*`.
    pub(crate) fn text(
        &mut self,
        member: &str,
        value: Option<&str>,
        min: usize,
        max: usize,
        pattern: &str,
    ) {
        self.length(member, value, min, max);
        let Some(value) = value else { return };
        let is_too_short = value.is_empty() && pattern.ends_with('+');
        if is_too_short || !value.chars().all(|character| is_in_class(pattern, character)) {
            self.fail(member, value, &format!("satisfy regular expression pattern: {pattern}"));
        }
    }

    /// Checks the length of a text in characters.
    pub(crate) fn length(&mut self, member: &str, value: Option<&str>, min: usize, max: usize) {
        let Some(value) = value else { return };
        let length = value.chars().count();
        if length < min {
            self.fail(member, value, &format!("have length greater than or equal to {min}"));
        }
        if length > max {
            self.fail(member, value, &format!("have length less than or equal to {max}"));
        }
    }

    /// The error, if a constraint failed.
    pub(crate) fn check(self) -> Result<(), ServiceError> {
        let count = self.failed.len();
        let errors = match count {
            0 => return Ok(()),
            1 => "error",
            _ => "errors",
        };
        let failed = self.failed.join("; ");
        let message = format!("{count} validation {errors} detected: {failed}");
        Err(ServiceError::new(400, "ValidationError", message))
    }

    /// Reports a failed constraint of the form "Member must …".
    pub(crate) fn fail(&mut self, member: &str, value: &str, must: &str) {
        self.failed.push(format!(
            "Value '{value}' at '{member}' failed to satisfy constraint: Member must {must}"
        ));
    }
}

/// Supports the escapes that AWS's models use, and ranges of single characters.
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
            (Item::Category(is_in_category), _) => is_in_category(character),
        };
        if is_in {
            return true;
        }
    }
    false
}

/// A part of a class.
enum Item {
    One(char),
    Category(Category),
}

type Category = fn(char) -> bool;

impl Item {
    fn read(class: &str) -> Option<(Self, &str)> {
        for (escape, is_in_category) in CATEGORIES {
            if let Some(rest) = class.strip_prefix(escape) {
                return Some((Self::Category(*is_in_category), rest));
            }
        }
        if let Some(rest) = class.strip_prefix(r"\u") {
            // Java reads four digits: AWS's `\u10000` means `\u1000` and a zero.
            let (digits, rest) = rest.split_at_checked(4)?;
            let code = u32::from_str_radix(digits, 16).ok()?;
            return Some((Self::One(char::from_u32(code)?), rest));
        }
        let class = class.strip_prefix('\\').unwrap_or(class);
        let one = class.chars().next()?;
        Some((Self::One(one), &class[one.len_utf8()..]))
    }
}

const CATEGORIES: &[(&str, Category)] = &[
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
    fn all_failed_constraints_are_in_one_error() {
        let mut constraints = Constraints::default();
        constraints.number("durationSeconds", Some("899"), 900, 129_600).unwrap();
        constraints.text("tokenCode", Some("12a45"), 6, 6, r"[\d]*");
        let error = constraints.check().unwrap_err();
        assert_eq!(
            error.message,
            "3 validation errors detected: \
             Value '899' at 'durationSeconds' failed to satisfy constraint: \
             Member must have value greater than or equal to 900; \
             Value '12a45' at 'tokenCode' failed to satisfy constraint: \
             Member must have length greater than or equal to 6; \
             Value '12a45' at 'tokenCode' failed to satisfy constraint: \
             Member must satisfy regular expression pattern: [\\d]*"
        );
    }

    /// Forms that AWS accepts and refuses: radkawar/stackd, `testdata/aws/sts/query_inputs.json`.
    #[test]
    fn numbers_are_parsed_as_in_aws() {
        let parse = |text| Constraints::default().number("durationSeconds", Some(text), 0, 900);
        for text in ["900", "0900", "+900"] {
            assert_eq!(parse(text), Ok(Some(900)));
        }
        for text in [" 900 ", "900.0", "9e2", "2147483648", ""] {
            assert_eq!(parse(text).unwrap_err().code, "MalformedInput", "{text}");
        }
    }

    #[test]
    fn serial_numbers_of_all_kinds_are_valid() {
        let mut constraints = Constraints::default();
        for serial in ["GAHT12345678", "arn:aws:iam::123456789012:mfa/a+b=c,d.e@f-g_h"] {
            constraints.text("serialNumber", Some(serial), 9, 256, r"[\w+=/:,.@-]*");
        }
        assert_eq!(constraints.check(), Ok(()));
    }

    #[test]
    fn patterns_are_interpreted_as_in_java() {
        let arn =
            r"[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+";
        let tag = r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*";
        for (pattern, valid, invalid) in [
            (r"[\w+=,.@-]*", "aZ0_+=,.@-", " :/é"),
            (r"[\w+=,.@:\/-]*", "a:/-", "\\ é"),
            (tag, "é 1_.:/=+-@", "#\\\n"),
            (arn, "\t\n\r ~é\u{85}\u{d7ff}", "\u{0}\u{b}\u{1f}"),
        ] {
            assert!(valid.chars().all(|it| is_in_class(pattern, it)), "{pattern} has {valid:?}");
            assert!(
                !invalid.chars().any(|it| is_in_class(pattern, it)),
                "{pattern} does not have {invalid:?}"
            );
        }
    }
}
