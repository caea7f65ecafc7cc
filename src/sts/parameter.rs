//! Parameters with limits on length and characters, checked before a request. The limits are from
//! each operation's page in the [API reference].
//!
//! [API reference]: https://docs.aws.amazon.com/STS/latest/APIReference/API_Operations.html

use std::{fmt, ops::RangeInclusive, str::FromStr};

use super::account_id::AccountId;
use crate::secret::Secret;

/// Why a text is not a valid parameter, and what to give instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidParameter {
    /// The problem; quotes the text unless it may be a secret.
    pub problem: String,
    /// What to give instead.
    pub hint: String,
}

impl InvalidParameter {
    pub(super) fn new(problem: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { problem: problem.into(), hint: hint.into() }
    }
}

impl fmt::Display for InvalidParameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.problem)
    }
}

impl std::error::Error for InvalidParameter {}

/// The limits of a parameter.
struct Kind {
    name: &'static str,
    length: RangeInclusive<usize>,
    /// Allowed in addition to ASCII letters and digits.
    characters: &'static str,
    hint: &'static str,
}

impl Kind {
    fn check(&self, text: &str) -> Result<String, InvalidParameter> {
        let Self { name, length, characters, hint } = self;
        let invalid = |problem: String| Err(InvalidParameter::new(problem, *hint));
        if !length.contains(&text.chars().count()) {
            return invalid(format!(
                "{name} must have {} to {} characters",
                length.start(),
                length.end()
            ));
        }
        match text.chars().find(|c| !c.is_ascii_alphanumeric() && !characters.contains(*c)) {
            Some(c) => invalid(format!("{name} must not contain `{c}`")),
            None => Ok(text.to_owned()),
        }
    }
}

macro_rules! parameters {
    ($($(#[$doc:meta])* $type:ident = $kind:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $type(String);

        impl $type {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $type {
            type Err = InvalidParameter;

            fn from_str(text: &str) -> Result<Self, InvalidParameter> {
                $kind.check(text).map(Self)
            }
        }
    )*};
}

parameters! {
    /// `AccessKeyId`, of GetAccessKeyInfo.
    AccessKeyId = Kind {
        name: "an access key id",
        length: 16..=128,
        characters: "_",
        hint: "give an id such as AKIAIOSFODNN7EXAMPLE",
    };
    /// `EncodedMessage`, of DecodeAuthorizationMessage. AWS allows any text; its messages are
    /// base64.
    EncodedMessage = Kind {
        name: "an encoded message",
        length: 1..=10_240,
        characters: "+/=_-",
        hint: EncodedMessage::HINT,
    };
    /// `RoleSessionName`.
    RoleSessionName = Kind {
        name: "a role session name",
        length: 2..=64,
        characters: NAME,
        hint: NAME_HINT,
    };
    /// `SourceIdentity`.
    SourceIdentity = Kind {
        name: "a source identity",
        length: 2..=64,
        characters: NAME,
        hint: NAME_HINT,
    };
    /// `Name`, of GetFederationToken.
    FederatedName = Kind {
        name: "a federated user's name",
        length: 2..=32,
        characters: NAME,
        hint: NAME_HINT,
    };
    /// `ExternalId`.
    ExternalId = Kind {
        name: "an external id",
        length: 2..=1224,
        characters: "_+=,.@:/-",
        hint: "give the external id that the role's trust policy requires",
    };
}

const NAME: &str = "_+=,.@-";
const NAME_HINT: &str = "use only letters, digits and _+=,.@-";

impl EncodedMessage {
    /// How to find the message.
    pub const HINT: &str = "give the whole text after `Encoded authorization failure message:`";
}

impl RoleSessionName {
    /// A valid name similar to the text: replaces invalid characters with `-`, cuts off a long
    /// text, and pads a short one with `-`.
    #[must_use]
    pub fn nearest(text: &str) -> Self {
        let valid = |c: char| if c.is_ascii_alphanumeric() || NAME.contains(c) { c } else { '-' };
        let name: String = text.chars().map(valid).take(64).collect();
        if name.len() < 2 { Self(format!("{name}--")) } else { Self(name) }
    }
}

macro_rules! arns {
    ($($(#[$doc:meta])* $type:ident = $resource:literal, $example:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $type(String);

        impl $type {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The partition, such as `aws`.
            #[must_use]
            pub fn partition(&self) -> &str {
                self.0.split(':').nth(1).unwrap_or_default()
            }

            /// The name, without its path.
            #[must_use]
            pub fn name(&self) -> &str {
                self.0.rsplit('/').next().unwrap_or_default()
            }
        }

        impl FromStr for $type {
            type Err = InvalidParameter;

            fn from_str(text: &str) -> Result<Self, InvalidParameter> {
                check_arn(text, $resource, concat!("give it as ", $example))
                    .map(|()| Self(text.to_owned()))
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

arns! {
    /// `RoleArn`.
    RoleArn = "role", "arn:aws:iam::123456789012:role/NAME";
    /// `PrincipalArn`, of AssumeRoleWithSAML: the SAML provider.
    ProviderArn = "saml-provider", "arn:aws:iam::123456789012:saml-provider/NAME";
    /// `arn`, of `PolicyArns`: a managed policy of an account or of AWS.
    PolicyArn = "policy", "arn:aws:iam::aws:policy/ReadOnlyAccess";
}

fn check_arn(text: &str, resource: &str, hint: &str) -> Result<(), InvalidParameter> {
    let invalid = |problem: &str| Err(InvalidParameter::new(format!("`{text}` {problem}"), hint));
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let &["arn", partition, "iam", "", account, path] = parts.as_slice() else {
        return invalid("is not an ARN of IAM");
    };
    let is_account = AccountId::parse(account).is_some();
    if partition.is_empty() || !(is_account || account == "aws" && resource == "policy") {
        return invalid("has no 12-digit account id");
    }
    match path.strip_prefix(resource).and_then(|path| path.strip_prefix('/')) {
        Some(name) if !name.is_empty() && !name.ends_with('/') => {}
        _ => return invalid(&format!("does not name a {resource}")),
    }
    // A role's ARN has the widest limits.
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-:/".contains(c);
    if text.len() > 2048 || !text.chars().all(is_allowed) {
        return invalid("is too long, or contains a character that is not allowed in an ARN");
    }
    Ok(())
}

macro_rules! identity_tokens {
    ($($(#[$doc:meta])* $type:ident = $name:literal, $length:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $type(Secret);

        impl $type {
            /// Trims the text. An error does not quote it.
            pub fn new(text: &str) -> Result<Self, InvalidParameter> {
                let text = check_identity_token(text.trim(), $name, $length)?;
                Ok(Self(Secret::new(text)))
            }

            /// The text.
            #[must_use]
            pub fn secret(&self) -> &Secret {
                &self.0
            }
        }
    )*};
}

identity_tokens! {
    /// `WebIdentityToken`: the token of an OIDC provider.
    WebIdentityToken = "a web identity token", 4..=20_000;
    /// `SAMLAssertion`: a SAML response in base64.
    SamlAssertion = "a SAML assertion", 4..=100_000;
}

/// The error does not quote the text: it is a bearer token.
fn check_identity_token(
    text: &str,
    name: &str,
    length: RangeInclusive<usize>,
) -> Result<String, InvalidParameter> {
    let hint = "give the unchanged text from the identity provider";
    if text.is_empty() {
        return Err(InvalidParameter::new(format!("{name} must not be empty"), hint));
    }
    if !length.contains(&text.chars().count()) {
        let (least, most) = (length.start(), length.end());
        let problem = format!("{name} must have {least} to {most} characters");
        return Err(InvalidParameter::new(problem, hint));
    }
    if text.chars().any(|c| !c.is_ascii_graphic()) {
        let problem = format!("{name} must not contain blanks or control characters");
        return Err(InvalidParameter::new(problem, hint));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn applies_the_limits_of_aws() {
        assert!("ab".parse::<RoleSessionName>().is_ok());
        assert!("a".parse::<RoleSessionName>().is_err());
        assert!("x".repeat(64).parse::<RoleSessionName>().is_ok());
        assert!("x".repeat(65).parse::<RoleSessionName>().is_err());
        assert!("x".repeat(33).parse::<FederatedName>().is_err());
        assert!("a b".parse::<SourceIdentity>().is_err());
        assert!("a:/b".parse::<ExternalId>().is_ok());
        assert!("AKIAIOSFODNN7EX".parse::<AccessKeyId>().is_err());
        assert!("AKIAIOSFODNN7EXAMPLE".parse::<AccessKeyId>().is_ok());
        assert!("x".repeat(10_241).parse::<EncodedMessage>().is_err());
    }

    #[test]
    fn finds_a_similar_session_name_for_any_text() {
        for (name, expected) in [
            ("alice", "alice"),
            ("Al Müller", "Al-M-ller"),
            ("a", "a--"),
            ("", "--"),
            (&*"x".repeat(99), &*"x".repeat(64)),
        ] {
            let name = RoleSessionName::nearest(name);
            assert_eq!(name.as_str(), expected);
            assert!(name.as_str().parse::<RoleSessionName>().is_ok());
        }
    }

    #[test]
    fn finds_partition_and_name_in_an_arn() {
        let arn: RoleArn = "arn:aws-cn:iam::123456789012:role/team/Admin".parse().unwrap();
        assert_eq!((arn.partition(), arn.name()), ("aws-cn", "Admin"));
        assert!("arn:aws:iam::aws:policy/ReadOnlyAccess".parse::<PolicyArn>().is_ok());
    }

    #[test]
    fn rejects_invalid_role_arns() {
        for bad in [
            "",
            "Admin",
            "arn:aws:iam::123456789012:role/",
            "arn:aws:iam::123456789012:role",
            "arn:aws:iam::123456789012:user/alice",
            "arn:aws:iam::1234:role/Admin",
            "arn:aws:iam::aws:role/Admin",
            "arn:aws:sts::123456789012:assumed-role/Admin/alice",
            "arn:aws:iam::123456789012:role/Ad min",
            "arn:aws:iam::123456789012:role/Admin\n",
        ] {
            assert!(bad.parse::<RoleArn>().is_err(), "{bad}");
        }
    }

    #[test]
    fn trims_and_hides_identity_tokens() {
        let token = WebIdentityToken::new(" eyJh.eyJz.c2ln\n").unwrap();
        assert_eq!(token.secret().expose(), "eyJh.eyJz.c2ln");
        for bad in ["", " \n", "abc", "ab cd", "abcd\u{1b}"] {
            let invalid = WebIdentityToken::new(bad).unwrap_err();
            assert!(bad.trim().is_empty() || !invalid.problem.contains(bad), "{bad}");
        }
    }
}
