//! Parameters whose length and characters AWS limits: checked before anything is sent.
//!
//! The limits are those of each operation's page in the [API reference], in characters.
//!
//! [API reference]: https://docs.aws.amazon.com/STS/latest/APIReference/API_Operations.html

use std::{fmt, ops::RangeInclusive, str::FromStr};

use crate::{failure::InvalidValue, secret::Secret};

/// A kind of text.
struct Kind {
    name: &'static str,
    length: RangeInclusive<usize>,
    /// Allowed besides ASCII letters and digits.
    characters: &'static str,
    hint: &'static str,
}

impl Kind {
    fn check(&self, text: &str) -> Result<String, InvalidValue> {
        let Self { name, length, characters, hint } = self;
        let invalid = |problem: String| Err(InvalidValue::new(problem, *hint));
        if !length.contains(&text.chars().count()) {
            return invalid(format!(
                "{name} has {} to {} characters",
                length.start(),
                length.end()
            ));
        }
        match text.chars().find(|c| !c.is_ascii_alphanumeric() && !characters.contains(*c)) {
            Some(c) => invalid(format!("there is no `{c}` in {name}")),
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
            type Err = InvalidValue;

            fn from_str(text: &str) -> Result<Self, InvalidValue> {
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
        hint: "it looks like AKIAIOSFODNN7EXAMPLE",
    };
    /// `EncodedMessage`, of DecodeAuthorizationMessage. AWS allows anything, and sends base64.
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
        hint: "it is the text that the owner of the role agreed on",
    };
}

const NAME: &str = "_+=,.@-";
const NAME_HINT: &str = "use letters, digits and _+=,.@-";

impl EncodedMessage {
    /// What to give.
    pub const HINT: &str = "give all that stands behind `Encoded authorization failure message:`";
}

impl RoleSessionName {
    /// The name that is nearest to a text: what can't be in one becomes `-`.
    #[must_use]
    pub fn nearest(text: &str) -> Self {
        let fit = |c: char| if c.is_ascii_alphanumeric() || NAME.contains(c) { c } else { '-' };
        let name: String = text.chars().map(fit).take(64).collect();
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

            /// The partition that it is in, such as `aws`.
            #[must_use]
            pub fn partition(&self) -> &str {
                self.0.split(':').nth(1).unwrap_or_default()
            }

            /// The name, without the path before it.
            #[must_use]
            pub fn name(&self) -> &str {
                self.0.rsplit('/').next().unwrap_or_default()
            }
        }

        impl FromStr for $type {
            type Err = InvalidValue;

            fn from_str(text: &str) -> Result<Self, InvalidValue> {
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
    /// `PrincipalArn`, of AssumeRoleWithSAML: the provider of identities.
    ProviderArn = "saml-provider", "arn:aws:iam::123456789012:saml-provider/NAME";
    /// A managed policy, of an account or of AWS.
    PolicyArn = "policy", "arn:aws:iam::aws:policy/ReadOnlyAccess";
}

fn check_arn(text: &str, resource: &str, hint: &str) -> Result<(), InvalidValue> {
    let invalid = |problem: &str| Err(InvalidValue::new(format!("`{text}` {problem}"), hint));
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let &["arn", partition, "iam", "", account, path] = parts.as_slice() else {
        return invalid("is not the ARN of a thing in IAM");
    };
    let is_account = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
    if partition.is_empty() || !(is_account || account == "aws" && resource == "policy") {
        return invalid("has no account of 12 digits");
    }
    match path.strip_prefix(resource).and_then(|path| path.strip_prefix('/')) {
        Some(name) if !name.is_empty() && !name.ends_with('/') => {}
        _ => return invalid(&format!("does not name a {resource}")),
    }
    // As the ARN of every role, with some room.
    let is_of_arn = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-:/".contains(c);
    if text.len() > 2048 || !text.chars().all(is_of_arn) {
        return invalid("has characters that no ARN has, or too many");
    }
    Ok(())
}

macro_rules! proofs {
    ($($(#[$doc:meta])* $type:ident = $name:literal, $length:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $type(Secret);

        impl $type {
            /// Takes a text without the white space around it.
            pub fn new(text: &str) -> Result<Self, InvalidValue> {
                check_proof(text.trim(), $name, $length).map(|text| Self(Secret::new(text)))
            }

            /// The text.
            #[must_use]
            pub fn secret(&self) -> &Secret {
                &self.0
            }
        }
    )*};
}

proofs! {
    /// `WebIdentityToken`: what an OIDC provider gave.
    WebIdentityToken = "a web identity token", 4..=20_000;
    /// `SAMLAssertion`: a SAML response in base64.
    SamlAssertion = "a SAML assertion", 4..=100_000;
}

/// It is not shown: whoever has it may use it.
fn check_proof(
    text: &str,
    name: &str,
    length: RangeInclusive<usize>,
) -> Result<String, InvalidValue> {
    let hint = "give it as the identity provider gave it";
    if text.is_empty() {
        return Err(InvalidValue::new(
            format!("there is no {}", name.trim_start_matches("a ")),
            hint,
        ));
    }
    if !length.contains(&text.chars().count()) {
        let (least, most) = (length.start(), length.end());
        return Err(InvalidValue::new(format!("{name} has {least} to {most} characters"), hint));
    }
    if text.chars().any(|c| !c.is_ascii_graphic()) {
        return Err(InvalidValue::new(
            format!("there are no blanks or control characters in {name}"),
            hint,
        ));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_those_of_aws() {
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
    fn every_name_has_a_session_name_near_it() {
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
    fn the_arn_of_a_role_tells_its_partition_and_name() {
        let arn: RoleArn = "arn:aws-cn:iam::123456789012:role/team/Admin".parse().unwrap();
        assert_eq!((arn.partition(), arn.name()), ("aws-cn", "Admin"));
        assert!("arn:aws:iam::aws:policy/ReadOnlyAccess".parse::<PolicyArn>().is_ok());
    }

    #[test]
    fn what_is_no_role_is_refused() {
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
    fn proofs_are_trimmed_and_not_shown() {
        let token = WebIdentityToken::new(" eyJh.eyJz.c2ln\n").unwrap();
        assert_eq!(token.secret().expose(), "eyJh.eyJz.c2ln");
        for bad in ["", " \n", "abc", "ab cd", "abcd\u{1b}"] {
            let invalid = WebIdentityToken::new(bad).unwrap_err();
            assert!(bad.trim().is_empty() || !invalid.problem.contains(bad), "{bad}");
        }
    }
}
