//! Session policies and session tags: what a caller asks a session to be limited to and marked
//! with. They are looked at, not obeyed: nothing here could be forbidden by them.

use std::collections::HashSet;

use serde_json::Value;

use super::ARN;
use crate::answer::{Element, Refusal};
use crate::constraint::Constraints;
use crate::operation::Call;
use crate::principal::Session;

/// The parameters `Policy`, `PolicyArns`, `Tags` and `TransitiveTagKeys`.
pub(super) struct SessionPolicy<'a> {
    policy: Option<&'a str>,
    policy_arns: Vec<String>,
    tags: Vec<(String, String)>,
    transitive_tag_keys: Vec<String>,
}

impl<'a> SessionPolicy<'a> {
    /// Reads the policies; `most` is how many characters the operation takes as `Policy`.
    pub(super) fn read(call: &Call<'a>, constraints: &mut Constraints, most: usize) -> Self {
        let policy = call.parameter("Policy");
        let policy_arns = members(call, "PolicyArns", "arn");
        constraints.text("policy", policy, 1, most, POLICY);
        for (place, arn) in (1..).zip(&policy_arns) {
            constraints.text(&format!("policyArns.{place}.member.arn"), Some(arn), 20, 2048, ARN);
        }
        Self { policy, policy_arns, tags: Vec::new(), transitive_tag_keys: Vec::new() }
    }

    /// Reads the tags, for an operation that takes them.
    pub(super) fn tags(mut self, call: &Call<'_>, constraints: &mut Constraints) -> Self {
        let keys = members(call, "Tags", "Key");
        self.tags = keys.into_iter().zip(members(call, "Tags", "Value")).collect();
        let tags: Vec<_> = self.tags.iter().map(|(key, value)| format!("{key}={value}")).collect();
        constraints.list("tags", &tags, 50);
        for (place, (key, value)) in (1..).zip(&self.tags) {
            constraints.text(&format!("tags.{place}.member.key"), Some(key), 1, 128, TAG_KEY);
            constraints.text(&format!("tags.{place}.member.value"), Some(value), 0, 256, TAG_VALUE);
        }
        self
    }

    /// Reads the keys of the transitive tags, for an operation that takes them.
    pub(super) fn transitive(mut self, call: &Call<'_>, constraints: &mut Constraints) -> Self {
        self.transitive_tag_keys = members(call, "TransitiveTagKeys", "");
        constraints.list("transitiveTagKeys", &self.transitive_tag_keys, 50);
        for (place, key) in (1..).zip(&self.transitive_tag_keys) {
            let member = format!("transitiveTagKeys.{place}.member");
            constraints.text(&member, Some(key), 1, 128, TAG_KEY);
        }
        self
    }

    /// Looks at what the model does not tell, and yields `PackedPolicySize` where there is one.
    pub(super) fn check(&self, session: Option<&Session>) -> Result<Option<Element>, Refusal> {
        self.policy.map_or(Ok(()), check_policy)?;
        if self.policy_arns.len() > 10 {
            let message = "The number of policy ARNs exceeds the limit of 10.";
            return Err(Refusal::new(400, "ValidationError", message));
        }
        self.check_tags(session)?;
        self.packed_size()
    }

    /// The keys of the tags that stay with all sessions that are made of the new one.
    pub(super) fn transitive_tag_keys(&self, session: Option<&Session>) -> Vec<String> {
        let inherited = session.map(|session| session.lease.transitive_tag_keys.clone());
        let own = self.transitive_tag_keys.iter().map(|key| key.to_lowercase());
        inherited.unwrap_or_default().into_iter().chain(own).collect()
    }

    /// Texts from <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html>.
    fn check_tags(&self, session: Option<&Session>) -> Result<(), Refusal> {
        let invalid = |message: &str| Err(Refusal::new(400, "InvalidParameterValue", message));
        let keys: Vec<_> = self.tags.iter().map(|(key, _)| key.to_lowercase()).collect();
        if keys.iter().collect::<HashSet<_>>().len() < keys.len() {
            return invalid(
                "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
            );
        }
        if self.transitive_tag_keys.iter().any(|key| !keys.contains(&key.to_lowercase())) {
            return invalid(
                "The specified transitive tag key must be included in the requested tags.",
            );
        }
        let inherited = session.map_or(&[][..], |session| &session.lease.transitive_tag_keys);
        if inherited.iter().any(|key| keys.contains(key)) {
            return invalid(
                "One of the specified transitive tag keys can't be set because it conflicts with \
                 a transitive tag key from the calling session.",
            );
        }
        Ok(())
    }

    /// AWS packs them in a way of its own. Here they are counted: 2048 characters are 100 percent.
    fn packed_size(&self) -> Result<Option<Element>, Refusal> {
        let policies = self.policy_arns.iter().map(String::len).sum::<usize>();
        let policies = policies + self.policy.map_or(0, str::len);
        let tags = self.tags.iter().map(|(key, value)| key.len() + value.len()).sum::<usize>();
        if policies + tags == 0 {
            return Ok(None);
        }
        let percent = ((policies + tags) * 100).div_ceil(2048);
        if percent > 100 {
            let used = format!("consumes {percent}% of allotted space");
            let message = match policies {
                0 => format!("Packed size of session tags {used}."),
                _ => format!("Packed policy {used}, please use smaller policy."),
            };
            return Err(Refusal::new(400, "PackedPolicyTooLarge", message));
        }
        Ok(Some(Element::text("PackedPolicySize", &percent.to_string())))
    }
}

/// The items of a list, as AWS's query protocol numbers them: `Tags.member.1.Key`.
fn members(call: &Call<'_>, list: &str, field: &str) -> Vec<String> {
    let dot = if field.is_empty() { "" } else { "." };
    let named = |place: usize| format!("{list}.member.{place}{dot}{field}");
    (1..).map_while(|place| call.parameter(&named(place))).map(Into::into).collect()
}

fn check_policy(policy: &str) -> Result<(), Refusal> {
    let malformed = |message| Err(Refusal::new(400, "MalformedPolicyDocument", message));
    match serde_json::from_str(policy) {
        Err(_) => malformed("This policy contains invalid Json"),
        Ok(Value::Object(policy)) if policy.contains_key("Statement") => Ok(()),
        Ok(_) => malformed("Syntax errors in policy."),
    }
}

const POLICY: &str = r"[\u0009\u000A\u000D\u0020-\u00FF]+";
const TAG_KEY: &str = r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+";
const TAG_VALUE: &str = r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*";
