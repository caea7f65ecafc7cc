//! AssumeRoot: a short session of the root user of a member account, for one task.
//!
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoot.html>

use std::str::FromStr;

use super::{
    account_id::AccountId, credentials::Credentials, operation::Operation,
    parameter::InvalidParameter, query_body::QueryBody,
};

/// The parameters of AssumeRoot.
#[derive(Debug)]
pub struct AssumeRoot<'a> {
    /// `TargetPrincipal`.
    pub target: &'a RootUser,
    /// The partition of the task's policy, such as `aws`.
    pub partition: &'a str,
    /// `TaskPolicyArn`: a name from [`ROOT_TASKS`].
    pub task: &'a str,
    /// `DurationSeconds`: at most 900.
    pub seconds: u32,
}

/// The names of AWS's policies for tasks of a root user.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user-privileged-task.html>
pub const ROOT_TASKS: [&str; 5] = [
    "IAMAuditRootUserCredentials",
    "IAMCreateRootUserPassword",
    "IAMDeleteRootUserCredentials",
    "S3UnlockBucketPolicy",
    "SQSUnlockQueuePolicy",
];

/// The root user of an account, given as the account's id or as the user's ARN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RootUser(String);

impl RootUser {
    /// The id of the account.
    #[must_use]
    pub fn account(&self) -> &str {
        let arn = self.0.strip_suffix(":root").unwrap_or(&self.0);
        arn.rsplit(':').next().unwrap_or_default()
    }

    /// The partition, if an ARN was given.
    #[must_use]
    pub fn partition(&self) -> Option<&str> {
        self.0.split(':').nth(1)
    }
}

impl FromStr for RootUser {
    type Err = InvalidParameter;

    fn from_str(text: &str) -> Result<Self, InvalidParameter> {
        let account = match *text.split(':').collect::<Vec<_>>() {
            [account] => account,
            ["arn", partition, "iam", "", account, "root"] if is_partition(partition) => account,
            _ => "",
        };
        if AccountId::parse(account).is_some() {
            return Ok(Self(text.to_owned()));
        }
        Err(InvalidParameter::new(
            format!("`{text}` is not an account"),
            "give its 12 digits, or arn:aws:iam::123456789012:root",
        ))
    }
}

fn is_partition(text: &str) -> bool {
    text.starts_with("aws") && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
}

impl Operation for AssumeRoot<'_> {
    const ACTION: &'static str = "AssumeRoot";
    const IS_REGIONAL: bool = true;
    type Output = Credentials;

    fn fill(&self, body: &mut QueryBody) {
        let Self { target, partition, task, seconds } = self;
        body.add("TargetPrincipal", &target.0);
        let policy = format!("arn:{partition}:iam::aws:policy/root-task/{task}");
        body.add("TaskPolicyArn.arn", &policy);
        body.add("DurationSeconds", &seconds.to_string());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_an_account_id_and_the_arn_of_a_root_user() {
        for (text, partition) in [
            ("210987654321", None),
            ("arn:aws:iam::210987654321:root", Some("aws")),
            ("arn:aws-us-gov:iam::210987654321:root", Some("aws-us-gov")),
        ] {
            let user: RootUser = text.parse().unwrap();
            assert_eq!((user.account(), user.partition()), ("210987654321", partition));
        }
    }

    #[test]
    fn rejects_other_texts() {
        for text in [
            "",
            "21098765432",
            "2109876543210",
            "21098765432x",
            "arn:aws:iam::210987654321:user/alice",
            "arn:aws:iam::21098:root",
            "arn::iam::210987654321:root",
            "arn:a/b:iam::210987654321:root",
            "arn:aws:iam::210987654321:root:",
        ] {
            assert!(text.parse::<RootUser>().is_err(), "{text}");
        }
    }
}
