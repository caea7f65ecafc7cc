//! The constraints of AWS's service models on parameters, and the text that tells which fail.

use crate::answer::Refusal;

/// The constraints looked at so far. All that fail are told in one error, as AWS does.
#[derive(Default)]
pub(crate) struct Constraints {
    failed: Vec<String>,
}

impl Constraints {
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
    /// in brackets that may be repeated, such as `[\w+=,.@-]*`.
    pub(crate) fn text(
        &mut self,
        member: &str,
        value: Option<&str>,
        least: usize,
        most: usize,
        pattern: &str,
    ) {
        let Some(value) = value else { return };
        let length = value.chars().count();
        if length < least {
            self.fail(member, value, &format!("have length greater than or equal to {least}"));
        }
        if length > most {
            self.fail(member, value, &format!("have length less than or equal to {most}"));
        }
        if !value.chars().all(|character| is_in_class(pattern, character)) {
            self.fail(member, value, &format!("satisfy regular expression pattern: {pattern}"));
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

fn is_in_class(pattern: &str, character: char) -> bool {
    let class = pattern.trim_start_matches('[').split(']').next().unwrap_or_default();
    let is_word = character.is_ascii_alphanumeric() || character == '_';
    class.contains(r"\w") && is_word
        || class.contains(r"\d") && character.is_ascii_digit()
        || class.replace(r"\w", "").replace(r"\d", "").contains(character)
}

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
}
