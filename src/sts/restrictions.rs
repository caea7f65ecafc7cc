//! Session policies, which limit the permissions of a session, and session tags, which policies may
//! refer to.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session>

use std::{collections::BTreeSet, str::FromStr};

use serde_json::Value;

use super::{
    parameter::{InvalidParameter, PolicyArn},
    query_body::QueryBody,
};

/// Session policies: a session may do what both they and its role or user allow.
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
        let hint = "give a JSON policy document, or file://FILE with one in it";
        match serde_json::from_str(text) {
            Ok(Value::Object(_)) => {}
            Ok(_) => return Err(InvalidParameter::new("a policy is a JSON object", hint)),
            Err(error) => {
                return Err(InvalidParameter::new(
                    format!("the policy is not JSON: {error}"),
                    hint,
                ));
            }
        }
        let length = text.chars().count();
        if length > LONGEST_POLICY {
            let problem = format!("the policy has {length} characters, more than {LONGEST_POLICY}");
            return Err(InvalidParameter::new(
                problem,
                "shorten it, or name a managed one: --policy-arn ARN",
            ));
        }
        Ok(Self(text.to_owned()))
    }
}

const LONGEST_POLICY: usize = 2048;

/// Session tags, and the keys of those that the sessions of further roles inherit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tags {
    all: Vec<Tag>,
    transitive: Vec<String>,
}

impl Tags {
    /// `Tags` and `TransitiveTagKeys`: at most 50 tags, whose keys differ in more than upper and
    /// lower case; each transitive key must be the key of a tag.
    pub fn new(all: Vec<Tag>, transitive: Vec<String>) -> Result<Self, InvalidParameter> {
        let mut keys = BTreeSet::new();
        if let Some(twice) = all.iter().find(|tag| !keys.insert(tag.key.to_lowercase())) {
            let problem = format!("there are two tags `{}`", twice.key);
            return Err(InvalidParameter::new(
                problem,
                "upper and lower case do not tell them apart",
            ));
        }
        if all.len() > MOST_TAGS {
            return Err(InvalidParameter::new(
                format!("there are more than {MOST_TAGS} tags"),
                "leave some out",
            ));
        }
        match transitive.iter().find(|key| !keys.contains(&key.to_lowercase())) {
            Some(key) => Err(InvalidParameter::new(
                format!("there is no tag `{key}` that could go on to further roles"),
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
        let hint = "give it as KEY=VALUE, of letters, digits, blanks and _.:/=+-@";
        let Some((key, value)) = text.split_once('=') else {
            return Err(InvalidParameter::new(format!("`{text}` has no `=`"), hint));
        };
        // AWS accepts letters, digits and blanks of every script.
        let is_allowed = |c: char| c.is_alphanumeric() || c == ' ' || "_.:/=+-@".contains(c);
        let is_valid = (1..=128).contains(&key.chars().count())
            && value.chars().count() <= 256
            && text.chars().all(is_allowed);
        if is_valid {
            return Ok(Self { key: key.to_owned(), value: value.to_owned() });
        }
        Err(InvalidParameter::new(format!("`{text}` is not a tag"), hint))
    }
}

const MOST_TAGS: usize = 50;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_a_json_object_and_not_too_long() {
        assert!(r#"{"Version": "2012-10-17", "Statement": []}"#.parse::<Policy>().is_ok());
        let long = format!(r#"{{"Id": "{}"}}"#, "x".repeat(LONGEST_POLICY));
        for bad in ["", "[]", "{", "policy.json", &long] {
            assert!(bad.parse::<Policy>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_tag_has_a_key_and_a_value_of_known_characters() {
        for good in ["team=red", "a=", "a=b=c", "Größe=1 m", "a/b:c=@+-._"] {
            assert!(good.parse::<Tag>().is_ok(), "{good}");
        }
        for bad in ["", "team", "=red", "a=b\n", "a=<b>", &format!("a={}", "x".repeat(257))] {
            assert!(bad.parse::<Tag>().is_err(), "{bad}");
        }
    }

    #[test]
    fn the_keys_of_tags_differ_in_more_than_their_case() {
        let tags = |keys: &[&str]| -> Vec<Tag> {
            keys.iter().map(|key| format!("{key}=x").parse().unwrap()).collect()
        };
        assert!(Tags::new(tags(&["a", "b"]), vec!["A".into()]).is_ok());
        assert!(Tags::new(tags(&["a", "A"]), vec![]).is_err());
        assert!(Tags::new(tags(&["a"]), vec!["b".into()]).is_err());
    }
}
