//! `GetWebIdentityToken`: a JSON Web Token that proves the caller's identity to other services.
//!
//! AWS's service model contains the limits of the parameters only. The messages, the claims and
//! their maximum size come from requests to AWS that radkawar/stackd has recorded:
//! `testdata/aws/iam/outbound_identity.json` and `outbound_issuance.json`.

use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use super::SERVICE;
use super::tags::Tags;
use crate::account::ACCOUNT_ID;
use crate::answer::{Element, ServiceError};
use crate::clock::{self, ISO_8601};
use crate::constraint::Constraints;
use crate::operation::{Call, Operation};
use crate::principal::{Caller, Principal};
use crate::{random, web_identity};

pub(super) const OPERATION: Operation = Operation {
    error_on_global_endpoint: Some("Operation not supported on STS global endpoint"),
    ..Operation::signed("GetWebIdentityToken", &SERVICE, run)
};

fn run(call: &mut Call<'_>, caller: &Caller) -> Result<Vec<Element>, ServiceError> {
    let mut constraints = Constraints::default();
    let audience = read_audience(call, &mut constraints);
    let algorithm = constraints.required("signingAlgorithm", call.parameter("SigningAlgorithm"));
    constraints.length("signingAlgorithm", call.parameter("SigningAlgorithm"), 5, 5);
    let seconds = call.parameter("DurationSeconds");
    let seconds = constraints.number("durationSeconds", seconds, 60, 3_600)?;
    let tags = Tags::read(call, &mut constraints);
    constraints.check()?;
    let algorithm = find_algorithm(algorithm)?;
    refuse_origin_identity(call)?;
    tags.check_unique()?;

    check_permissions(call, caller, &tags)?;
    let expiration = call.now + Duration::seconds(seconds.unwrap_or(DEFAULT_SECONDS));
    check_expiration(caller, expiration)?;
    check_feature(call)?;
    let claims = json!({
        "iss": ISSUER,
        "sub": identity_arn(call, caller),
        "aud": if let [single] = &audience[..] { json!(single) } else { json!(audience) },
        "iat": call.now.unix_timestamp(),
        "exp": expiration.unix_timestamp(),
        "jti": random::request_id(),
        NAMESPACE: aws_claims(call, caller, &tags),
    });
    Ok(vec![
        Element::text("WebIdentityToken", &encode(algorithm, &claims.to_string())?),
        Element::text("Expiration", &clock::format(expiration, ISO_8601)),
    ])
}

fn read_audience(call: &Call<'_>, constraints: &mut Constraints) -> Vec<String> {
    let audience = call.members("Audience", "");
    constraints.required("audience", audience.first().map(String::as_str));
    constraints.list("audience", &audience, 10);
    if audience.iter().any(|it| !(1..=1000).contains(&it.chars().count())) {
        let must = "satisfy constraint: [Member must have length less than or equal to 1000, \
                    Member must have length greater than or equal to 1]";
        constraints.fail("audience", &format!("[{}]", audience.join(", ")), must);
    }
    audience
}

/// Refuses the parameters `SubjectMode=OriginIdentity` and `Scope`, which requires it: the sessions
/// of this account have no origin identity. AWS's messages are not known.
fn refuse_origin_identity(call: &Call<'_>) -> Result<(), ServiceError> {
    let message = match (call.parameter("SubjectMode"), call.parameter("Scope")) {
        (None | Some("AWSIdentity"), None) => return Ok(()),
        (None | Some("AWSIdentity"), Some(_)) => "Scope requires SubjectMode OriginIdentity",
        (Some("OriginIdentity"), _) => "The calling session has no origin identity",
        (Some(_), _) => "SubjectMode must be AWSIdentity or OriginIdentity",
    };
    Err(ServiceError::new(400, "ValidationError", message))
}

fn check_permissions(call: &Call<'_>, caller: &Caller, tags: &Tags) -> Result<(), ServiceError> {
    if matches!(caller.principal, Principal::FederatedUser(_)) {
        let message = "GetWebIdentityToken does not support federated user sessions";
        return Err(ServiceError::access_denied(message));
    }
    let resource = call.account.arn("sts", "self");
    call.check_permission(caller, "sts:GetWebIdentityToken", Some(&resource))?;
    if tags.0.is_empty() {
        return Ok(());
    }
    call.check_permission(caller, "sts:TagGetWebIdentityToken", Some(&resource))
}

fn check_expiration(caller: &Caller, expiration: OffsetDateTime) -> Result<(), ServiceError> {
    match &caller.session {
        Some(session) if expiration > session.context.expiration => {
            let message =
                "Requested token expiry time must be before the original session's expiry time.";
            Err(ServiceError::new(403, "SessionDurationEscalationException", message))
        }
        _ => Ok(()),
    }
}

fn check_feature(call: &Call<'_>) -> Result<(), ServiceError> {
    if call.account.has_outbound_federation {
        return Ok(());
    }
    let code = "OutboundWebIdentityFederationDisabledException";
    Err(ServiceError::new(403, code, "OutboundWebIdentityFederation is disabled."))
}

/// The ARN of the user, or of the role with its path.
fn identity_arn(call: &Call<'_>, caller: &Caller) -> String {
    match &caller.principal {
        Principal::AssumedRole { role, .. } => call.account.role_arn(call.account.role_named(role)),
        principal => call.account.principal_arn(principal),
    }
}

fn aws_claims(call: &Call<'_>, caller: &Caller, tags: &Tags) -> Value {
    let mut claims = json!({
        "aws_account": ACCOUNT_ID,
        "principal_id": identity_arn(call, caller),
    });
    if let Some(session) = &caller.session {
        let expiration = clock::format(session.context.expiration, ISO_8601);
        claims["original_session_exp"] = json!(expiration);
        if let Some(source_identity) = &session.context.source_identity {
            claims["source_identity"] = json!(source_identity);
        }
    }
    for (key, value) in &tags.0 {
        claims["request_tags"][key] = json!(value);
    }
    claims
}

/// The message is not recorded. It is the text of AWS's service model.
fn encode(algorithm: &Algorithm, claims: &str) -> Result<String, ServiceError> {
    if claims.len() > MAX_CLAIMS_SIZE {
        let message = "The requested token payload size exceeds the maximum allowed size. Reduce \
                       the number of request tags included in the GetWebIdentityToken API call to \
                       reduce the token payload size.";
        return Err(ServiceError::new(400, "JWTPayloadSizeExceededException", message));
    }
    let header = json!({ "kid": algorithm.key_id, "typ": "JWT", "alg": algorithm.name });
    Ok(web_identity::encode(&header, claims, algorithm.signature_length))
}

struct Algorithm {
    name: &'static str,
    key_id: &'static str,
    signature_length: usize,
}

fn find_algorithm(name: &str) -> Result<&'static Algorithm, ServiceError> {
    ALGORITHMS.iter().find(|algorithm| algorithm.name == name).ok_or_else(|| {
        let message = "Requested SigningAlgorithm is not supported. See the GetWebIdentityToken \
                       documentation for supported algorithms";
        ServiceError::new(400, "ValidationError", message)
    })
}

const ALGORITHMS: &[Algorithm] = &[
    Algorithm { name: "RS256", key_id: "RSA_0", signature_length: 256 },
    Algorithm { name: "ES384", key_id: "EC384_0", signature_length: 96 },
];

const DEFAULT_SECONDS: i64 = 300;

/// In bytes of JSON.
const MAX_CLAIMS_SIZE: usize = 14_984;

/// AWS has an issuer for each account.
const ISSUER: &str = "https://00000000-0000-4000-8000-123456789012.tokens.sts.global.api.aws";

/// The claim that contains AWS's own claims.
const NAMESPACE: &str = "https://sts.amazonaws.com/";
