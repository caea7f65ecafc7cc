//! Session policies limit the permissions of a session; policies can refer to session tags.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session>

use std::{collections::BTreeSet, str::FromStr};

use serde_json::Value;

use super::{
    parameter::{InvalidParameter, PolicyArn},
    query_body::QueryBody,
};

/// Session policies: a session may do what these and its role or user allow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policies {
    /// `Policy`: a policy document.
    pub inline: Option<Policy>,
    /// `PolicyArns`: at most ten managed policies.
    pub managed: Vec<PolicyArn>,
}

impl Policies {
    /// Whether there are no policies.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.inline.is_none() && self.managed.is_empty()
    }

    pub(super) fn fill(&self, body: &mut QueryBody) {
        body.add_some("Policy", self.inline.as_ref().map(|policy| policy.0.as_str()));
        for (number, arn) in (1..).zip(&self.managed) {
            body.add(&format!("PolicyArns.member.{number}.arn"), arn.as_str());
        }
    }
}

/// A policy document: a JSON object of at most 2,048 characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy(String);

impl FromStr for Policy {
    type Err = InvalidParameter;

    fn from_str(text: &str) -> Result<Self, InvalidParameter> {
        let hint = "give a JSON policy document, or file://FILE";
        match serde_json::from_str(text) {
            Ok(Value::Object(_)) => {}
            Ok(_) => return Err(InvalidParameter::new("the policy is not a JSON object", hint)),
            Err(error) => {
                return Err(InvalidParameter::new(
                    format!("the policy is not JSON: {error}"),
                    hint,
                ));
            }
        }
        let length = text.chars().count();
        if length > LONGEST_POLICY {
            let problem =
                format!("the policy has {length} characters: the limit is {LONGEST_POLICY}");
            return Err(InvalidParameter::new(
                problem,
                "shorten it, or name a managed policy: --policy-arn ARN",
            ));
        }
        Ok(Self(text.to_owned()))
    }
}

const LONGEST_POLICY: usize = 2048;

/// Session tags, and the keys of the transitive ones, which further roles inherit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tags {
    all: Vec<Tag>,
    transitive: Vec<String>,
}

impl Tags {
    /// `Tags` and `TransitiveTagKeys`: at most 50 tags, whose keys differ in more than case; each
    /// transitive key must be the key of a tag.
    pub fn new(all: Vec<Tag>, transitive: Vec<String>) -> Result<Self, InvalidParameter> {
        let mut keys = BTreeSet::new();
        if let Some(twice) = all.iter().find(|tag| !keys.insert(tag.key.to_lowercase())) {
            return Err(InvalidParameter::new(
                format!("the tag `{}` is given twice", twice.key),
                "give each key once: case does not matter",
            ));
        }
        if all.len() > MOST_TAGS {
            return Err(InvalidParameter::new(
                format!("more than {MOST_TAGS} tags are given"),
                "remove some",
            ));
        }
        match transitive.iter().find(|key| !keys.contains(&key.to_lowercase())) {
            Some(key) => Err(InvalidParameter::new(
                format!("the transitive tag `{key}` is not given"),
                format!("add it: --tag {key}=VALUE"),
            )),
            None => Ok(Self { all, transitive }),
        }
    }

    /// Whether there are no tags.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    pub(super) fn fill(&self, body: &mut QueryBody) {
        for (number, tag) in (1..).zip(&self.all) {
            body.add(&format!("Tags.member.{number}.Key"), &tag.key);
            body.add(&format!("Tags.member.{number}.Value"), &tag.value);
        }
        for (number, key) in (1..).zip(&self.transitive) {
            body.add(&format!("TransitiveTagKeys.member.{number}"), key);
        }
    }
}

/// A session tag, `KEY=VALUE`: a key of 1 to 128 characters and a value of at most 256.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    key: String,
    value: String,
}

impl FromStr for Tag {
    type Err = InvalidParameter;

    fn from_str(text: &str) -> Result<Self, InvalidParameter> {
        let hint = "give KEY=VALUE, with letters, digits, blanks and _.:/=+-@";
        let Some((key, value)) = text.split_once('=') else {
            return Err(InvalidParameter::new(format!("`{text}` has no `=`"), hint));
        };
        // AWS accepts letters and digits of every script.
        let is_allowed = |c: char| c.is_alphanumeric() || c == ' ' || "_.:/=+-@".contains(c);
        let is_valid = (1..=128).contains(&key.chars().count())
            && value.chars().count() <= 256
            && text.chars().all(is_allowed);
        if is_valid {
            return Ok(Self { key: key.to_owned(), value: value.to_owned() });
        }
        Err(InvalidParameter::new(format!("`{text}` is not a valid tag"), hint))
    }
}

const MOST_TAGS: usize = 50;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_a_short_json_object() {
        assert!(r#"{"Version": "2012-10-17", "Statement": []}"#.parse::<Policy>().is_ok());
        let long = format!(r#"{{"Id": "{}"}}"#, "x".repeat(LONGEST_POLICY));
        for bad in ["", "[]", "{", "policy.json", &long] {
            assert!(bad.parse::<Policy>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_tag_has_a_valid_key_and_value() {
        for good in ["team=red", "a=", "a=b=c", "Größe=1 m", "a/b:c=@+-._"] {
            assert!(good.parse::<Tag>().is_ok(), "{good}");
        }
        for bad in ["", "team", "=red", "a=b\n", "a=<b>", &format!("a={}", "x".repeat(257))] {
            assert!(bad.parse::<Tag>().is_err(), "{bad}");
        }
    }

    #[test]
    fn tag_keys_differ_in_more_than_case() {
        let tags = |keys: &[&str]| -> Vec<Tag> {
            keys.iter().map(|key| format!("{key}=x").parse().unwrap()).collect()
        };
        assert!(Tags::new(tags(&["a", "b"]), vec!["A".into()]).is_ok());
        assert!(Tags::new(tags(&["a", "A"]), vec![]).is_err());
        assert!(Tags::new(tags(&["a"]), vec!["b".into()]).is_err());
    }
}
