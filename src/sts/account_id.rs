//! The id of an AWS account.

use std::fmt;

/// The id of an AWS account: 12 digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountId(String);

impl AccountId {
    /// The id, if the text has exactly 12 digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_valid = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
        is_valid.then(|| Self(text.to_owned()))
    }

    /// The account in an ARN such as `arn:aws:iam::123456789012:role/admin`.
    #[must_use]
    pub fn in_arn(arn: &str) -> Option<Self> {
        Self::parse(arn.strip_prefix("arn:")?.split(':').nth(3)?)
    }

    /// The 12 digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_only_twelve_digits() {
        assert_eq!(AccountId::parse("000123456789").unwrap().as_str(), "000123456789");
        for text in ["", "12345678901", "1234567890123", "12345678901x", "１２３４", " 12345678901"]
        {
            assert_eq!(AccountId::parse(text), None, "{text}");
        }
        for (arn, account) in [
            ("arn:aws:iam::123456789012:mfa/alice", Some("123456789012")),
            ("arn:aws-cn:sts::123456789012:assumed-role/admin/alice", Some("123456789012")),
            ("arn:aws:iam::aws:policy/ReadOnlyAccess", None),
            ("arn:aws:iam::12345:mfa/alice", None),
            ("GAHT12345678", None),
            ("x:aws:iam::123456789012:mfa/alice", None),
        ] {
            assert_eq!(AccountId::in_arn(arn).as_ref().map(AccountId::as_str), account, "{arn}");
        }
    }
}
