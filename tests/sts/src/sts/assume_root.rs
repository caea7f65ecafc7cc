//! `AssumeRoot`: a short session of the root user of a member account, for one task.
//!
//! AWS's service model contains the limits of the parameters only. The messages come from requests
//! to AWS that radkawar/stackd has recorded: `testdata/aws/iam/root_access.json` and
//! `root_sessions.json`.

use time::Duration;

use super::{ARN, SERVICE, issue};
use crate::answer::{Element, ServiceError};
use crate::constraint::Constraints;
use crate::operation::{Call, Operation};
use crate::principal::{Caller, Principal, SessionContext};

pub(super) const OPERATION: Operation = Operation {
    error_on_global_endpoint: Some("Unknown Operation"),
    ..Operation::signed("AssumeRoot", &SERVICE, run)
};

fn run(call: &mut Call<'_>, caller: &Caller) -> Result<Vec<Element>, ServiceError> {
    let mut constraints = Constraints::default();
    let target = constraints.required("targetPrincipal", call.parameter("TargetPrincipal"));
    constraints.length("targetPrincipal", call.parameter("TargetPrincipal"), 12, 2048);
    let policy_arn = constraints.required("taskPolicyArn", call.parameter("TaskPolicyArn.arn"));
    constraints.text("taskPolicyArn.arn", call.parameter("TaskPolicyArn.arn"), 20, 2048, ARN);
    let seconds = call.parameter("DurationSeconds");
    let seconds = constraints.number("durationSeconds", seconds, 0, MAX_SECONDS)?;
    constraints.check()?;
    let target = Principal::Root(read_target(call, target)?.into());
    let feature = find_feature(call, policy_arn)?;

    check_permission(call, caller, &target)?;
    check_feature(call, feature)?;
    let source_identity = caller.session.as_ref().and_then(|it| it.context.source_identity.clone());
    let expiration = call.now + Duration::seconds(seconds.unwrap_or(MAX_SECONDS));
    let context = SessionContext {
        source_identity: source_identity.clone(),
        ..SessionContext::until(expiration)
    };
    let mut parts = vec![issue::issue(call, target, context)];
    parts.extend(source_identity.map(|identity| Element::text("SourceIdentity", &identity)));
    Ok(parts)
}

/// The account ID in `TargetPrincipal`: an account ID, or the ARN of a root user.
fn read_target<'a>(call: &Call<'_>, target: &'a str) -> Result<&'a str, ServiceError> {
    let prefix = format!("arn:{}:iam::", call.account.partition);
    let arn = target.strip_prefix(&*prefix).and_then(|rest| rest.strip_suffix(":root"));
    let account_id = arn.unwrap_or(target);
    if account_id.len() == 12 && account_id.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(account_id);
    }
    let message = "Request must contain a valid target principal";
    Err(ServiceError::new(400, "ValidationError", message))
}

/// A feature of AWS Organizations that allows some of the tasks.
#[derive(Clone, Copy)]
enum Feature {
    RootCredentialsManagement,
    RootSessions,
}

/// The feature that allows the task of a policy.
fn find_feature(call: &Call<'_>, policy_arn: &str) -> Result<Feature, ServiceError> {
    let prefix = format!("arn:{}:iam::aws:policy/root-task/", call.account.partition);
    match policy_arn.strip_prefix(&*prefix) {
        Some(
            "IAMAuditRootUserCredentials"
            | "IAMCreateRootUserPassword"
            | "IAMDeleteRootUserCredentials",
        ) => Ok(Feature::RootCredentialsManagement),
        Some("S3UnlockBucketPolicy" | "SQSUnlockQueuePolicy") => Ok(Feature::RootSessions),
        _ => {
            let message = "Request must contain valid AWS managed task policy ARN";
            Err(ServiceError::new(400, "ValidationError", message))
        }
    }
}

/// The caller may not be a root user, and the target must be a member account.
fn check_permission(
    call: &Call<'_>,
    caller: &Caller,
    target: &Principal,
) -> Result<(), ServiceError> {
    let is_allowed = !matches!(caller.principal, Principal::Root(_))
        && call.account.permits(&caller.principal, "sts:AssumeRoot")
        && call.account.has_member(target.account_id());
    if is_allowed {
        return Ok(());
    }
    Err(call.denied(caller, "sts:AssumeRoot", &call.account.principal_arn(target)))
}

fn check_feature(call: &Call<'_>, feature: Feature) -> Result<(), ServiceError> {
    let (is_enabled, name) = match feature {
        Feature::RootCredentialsManagement => {
            (call.account.has_root_credentials_management, "Root credentials management")
        }
        Feature::RootSessions => (call.account.has_root_sessions, "Root sessions"),
    };
    if is_enabled {
        return Ok(());
    }
    let message = format!("{name} feature is not enabled for your AWS Organization.");
    Err(ServiceError::access_denied(message))
}

/// The maximum and the default.
const MAX_SECONDS: i64 = 900;
