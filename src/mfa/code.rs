//! The MFA code: six digits that are valid for one request.

use std::str::FromStr;

use zeroize::Zeroizing;

use crate::{origin::InvalidValue, secret::Secret};

/// The six digits that STS calls `TokenCode`. Not `Clone`: sending a code consumes it.
#[derive(Debug, PartialEq, Eq)]
pub struct Code(Secret);

impl Code {
    /// The six digits.
    #[must_use]
    pub fn into_digits(self) -> Secret {
        self.0
    }

    /// Finds the code in the output of a command: the whole output without spaces, or else the only
    /// group of six digits without a letter or digit next to it. The error is a predicate with the
    /// command as subject.
    pub fn find_in(output: &str) -> Result<Self, &'static str> {
        if let Ok(code) = output.parse() {
            return Ok(code);
        }
        let words = output.split(|c: char| !c.is_ascii_alphanumeric());
        let mut candidates = words.filter(|word| is_six_digits(word));
        let found = candidates.next().ok_or("printed no number of six digits")?;
        if candidates.any(|other| other != found) {
            return Err("printed more than one number of six digits");
        }
        Ok(Self(Secret::from(found)))
    }
}

impl FromStr for Code {
    type Err = InvalidValue;

    /// Ignores whitespace, as in `123 456`.
    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let digits = Zeroizing::new(digits);
        if is_six_digits(&digits) {
            return Ok(Self(Secret::from(digits)));
        }
        // The message omits the text: it may be a password typed by mistake.
        Err(InvalidValue::new(
            "an MFA code is six digits",
            "give the six digits that the MFA device shows",
        ))
    }
}

fn is_six_digits(text: &str) -> bool {
    text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_six_digits_with_or_without_spaces() {
        for good in ["012345", " 012 345\r\n", "0 1 2 3 4 5"] {
            let code: Code = good.parse().unwrap();
            assert_eq!(code.into_digits().expose(), "012345");
        }
    }

    #[test]
    fn an_error_hides_the_invalid_code() {
        for bad in ["", "12345", "1234567", "12345a", "१२३४५६", "hunter2"] {
            let invalid = bad.parse::<Code>().unwrap_err();
            assert_eq!(invalid.problem, "an MFA code is six digits");
        }
    }

    #[test]
    fn finds_the_code_in_the_output_of_a_command() {
        for output in [
            "123456\n",
            "123 456",
            "AWS:alice  123456\r\n",
            "Touch your key…\nAmazon:a@b.example 123456\n",
            "code: 123456 (123456)",
        ] {
            let code = Code::find_in(output).unwrap();
            assert_eq!(code.into_digits().expose(), "123456", "{output}");
        }
    }

    #[test]
    fn rejects_output_with_no_code_or_several() {
        for output in ["", "12345", "1234567", "a123456", "123456 654321", "20261122"] {
            assert!(Code::find_in(output).is_err(), "{output}");
        }
    }
}
