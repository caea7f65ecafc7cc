//! Session policies and session tags. The server validates them but does not apply them: none of
//! its operations depends on one.

use serde_json::Value;

use super::ARN;
use super::tags::{TAG_KEY, Tags};
use crate::answer::{Element, ServiceError};
use crate::constraint::Constraints;
use crate::operation::Call;
use crate::principal::Session;

/// The parameters `Policy`, `PolicyArns`, `Tags` and `TransitiveTagKeys`.
pub(super) struct SessionPolicy<'a> {
    policy: Option<&'a str>,
    policy_arns: Vec<String>,
    tags: Tags,
    transitive_tag_keys: Vec<String>,
}

impl<'a> SessionPolicy<'a> {
    /// Reads the policies. `max` limits the characters of `Policy`; it differs by operation.
    pub(super) fn read(call: &Call<'a>, constraints: &mut Constraints, max: usize) -> Self {
        let policy = call.parameter("Policy");
        let policy_arns = call.members("PolicyArns", "arn");
        constraints.text("policy", policy, 1, max, POLICY);
        for (index, arn) in (1..).zip(&policy_arns) {
            constraints.text(&format!("policyArns.{index}.member.arn"), Some(arn), 20, 2048, ARN);
        }
        Self { policy, policy_arns, tags: Tags(Vec::new()), transitive_tag_keys: Vec::new() }
    }

    /// Reads the tags too.
    pub(super) fn with_tags(mut self, call: &Call<'_>, constraints: &mut Constraints) -> Self {
        self.tags = Tags::read(call, constraints);
        self
    }

    /// Reads the keys of the transitive tags too.
    pub(super) fn with_transitive_tags(
        mut self,
        call: &Call<'_>,
        constraints: &mut Constraints,
    ) -> Self {
        self.transitive_tag_keys = call.members("TransitiveTagKeys", "");
        constraints.list("transitiveTagKeys", &self.transitive_tag_keys, 50);
        for (index, key) in (1..).zip(&self.transitive_tag_keys) {
            let member = format!("transitiveTagKeys.{index}.member");
            constraints.text(&member, Some(key), 1, 128, TAG_KEY);
        }
        self
    }

    /// Checks the rules that AWS's service model does not contain. Returns `PackedPolicySize`.
    pub(super) fn check(&self, session: Option<&Session>) -> Result<Option<Element>, ServiceError> {
        self.policy.map_or(Ok(()), check_policy)?;
        if self.policy_arns.len() > 10 {
            let message = "The number of policy ARNs exceeds the limit of 10.";
            return Err(ServiceError::new(400, "ValidationError", message));
        }
        self.tags.check_unique()?;
        self.check_transitive_tags(session)?;
        self.packed_size()
    }

    /// Keys of the inherited and of the new transitive tags, in lower case.
    pub(super) fn transitive_tag_keys(&self, session: Option<&Session>) -> Vec<String> {
        let inherited = session.map(|session| session.context.transitive_tag_keys.clone());
        let own = self.transitive_tag_keys.iter().map(|key| key.to_lowercase());
        inherited.unwrap_or_default().into_iter().chain(own).collect()
    }

    /// Texts from <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html>.
    fn check_transitive_tags(&self, session: Option<&Session>) -> Result<(), ServiceError> {
        let invalid = |message: &str| Err(ServiceError::new(400, "InvalidParameterValue", message));
        let keys = self.tags.lower_case_keys();
        if self.transitive_tag_keys.iter().any(|key| !keys.contains(&key.to_lowercase())) {
            return invalid(
                "The specified transitive tag key must be included in the requested tags.",
            );
        }
        let inherited = session.map_or(&[][..], |session| &session.context.transitive_tag_keys);
        if inherited.iter().any(|key| keys.contains(key)) {
            return invalid(
                "One of the specified transitive tag keys can't be set because it conflicts with \
                 a transitive tag key from the calling session.",
            );
        }
        Ok(())
    }

    /// AWS packs policies and tags into an unpublished format. Here 2048 characters are 100 %.
    fn packed_size(&self) -> Result<Option<Element>, ServiceError> {
        let policies = self.policy_arns.iter().map(String::len).sum::<usize>();
        let policies = policies + self.policy.map_or(0, str::len);
        let tags = self.tags.0.iter().map(|(key, value)| key.len() + value.len()).sum::<usize>();
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
            return Err(ServiceError::new(400, "PackedPolicyTooLarge", message));
        }
        Ok(Some(Element::text("PackedPolicySize", &percent.to_string())))
    }
}

fn check_policy(policy: &str) -> Result<(), ServiceError> {
    let malformed = |message| Err(ServiceError::new(400, "MalformedPolicyDocument", message));
    match serde_json::from_str(policy) {
        Err(_) => malformed("This policy contains invalid Json"),
        Ok(Value::Object(policy)) if policy.contains_key("Statement") => Ok(()),
        Ok(_) => malformed("Syntax errors in policy."),
    }
}

const POLICY: &str = r"[\u0009\u000A\u000D\u0020-\u00FF]+";
