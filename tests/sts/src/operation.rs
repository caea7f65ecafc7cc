//! From a request to its answer: which operation it is, who asks, whether that is proven, and what
//! the operation says. The order is AWS's: a request that its signature fails spends no code.

use time::OffsetDateTime;

use crate::account::Account;
use crate::answer::{Answer, Element, Refusal};
use crate::http::Message;
use crate::principal::Caller;
use crate::sigv4::Claim;
use crate::weather::Grant;
use crate::{iam, random, sts};

/// All operations; a new one is an item in its service's file and a line here.
const OPERATIONS: &[Operation] = &[
    sts::ASSUME_ROLE,
    sts::ASSUME_ROLE_WITH_SAML,
    sts::ASSUME_ROLE_WITH_WEB_IDENTITY,
    sts::DECODE_AUTHORIZATION_MESSAGE,
    sts::GET_ACCESS_KEY_INFO,
    sts::GET_CALLER_IDENTITY,
    sts::GET_FEDERATION_TOKEN,
    sts::GET_SESSION_TOKEN,
    iam::LIST_MFA_DEVICES,
];

/// An operation of a service.
pub(crate) struct Operation {
    pub(crate) name: &'static str,
    pub(crate) service: Service,
    pub(crate) run: Run,
}

/// What an operation does, which yields what stands in the answer's `…Result` element.
pub(crate) enum Run {
    /// For those who sign.
    Signed(fn(&mut Call<'_>, &Caller) -> Result<Vec<Element>, Refusal>),
    /// For all; a signature is not looked at.
    Unsigned(fn(&mut Call<'_>) -> Result<Vec<Element>, Refusal>),
}

/// A service, as its requests and answers name it.
pub(crate) struct Service {
    pub(crate) name: &'static str,
    pub(crate) version: &'static str,
    pub(crate) namespace: &'static str,
    /// Whether a request for an account in a partition may be signed for a region.
    pub(crate) is_region: fn(partition: &str, region: &str) -> bool,
    /// Whether it knows the keys of this caller.
    pub(crate) admits: fn(&Caller) -> bool,
}

/// A request for an operation, and what it is answered by.
pub(crate) struct Call<'a> {
    pub(crate) account: &'a mut Account,
    pub(crate) parameters: &'a [(String, String)],
    pub(crate) now: OffsetDateTime,
    pub(crate) grant: &'a Grant,
}

impl<'a> Call<'a> {
    pub(crate) fn parameter(&self, name: &str) -> Option<&'a str> {
        parameter(self.parameters, name)
    }

    /// Refuses what the caller has no permission for, as AWS words it where no resource is named.
    pub(crate) fn check_permission(&self, caller: &Caller, action: &str) -> Result<(), Refusal> {
        if self.account.permits(&caller.principal, action) {
            return Ok(());
        }
        let arn = self.account.principal_arn(&caller.principal);
        Err(Refusal::access_denied(format!(
            "User: {arn} is not authorized to perform: {action} because no identity-based policy \
             allows the {action} action"
        )))
    }

    /// The error for those who may not do something with a resource, or whom it does not trust.
    pub(crate) fn denied(&self, caller: &Caller, action: &str, resource: &str) -> Refusal {
        let arn = self.account.principal_arn(&caller.principal);
        Refusal::access_denied(format!(
            "User: {arn} is not authorized to perform: {action} on resource: {resource}"
        ))
    }
}

/// An answer, and in a word how it went: `OK`, `Redirect`, or the error's code.
pub(crate) struct Reply {
    pub(crate) answer: Answer,
    pub(crate) outcome: String,
}

/// Answers a request by the rules of the account.
pub(crate) fn reply(
    message: &Message,
    account: &mut Account,
    now: OffsetDateTime,
    grant: &Grant,
) -> Reply {
    let parameters = message.parameters();
    if message.head.is_probe() {
        let answer = Answer::redirect(302, "https://aws.amazon.com/iam");
        return Reply { answer, outcome: "Redirect".into() };
    }
    let request_id = random::request_id();
    let (service, result) = match find(&parameters) {
        Ok(operation) => {
            let result = run(operation, message, &parameters, account, now, grant);
            (&operation.service, result.map(|parts| success(operation, parts, &request_id)))
        }
        Err(refusal) => (&sts::SERVICE, Err(refusal)),
    };
    let (answer, outcome) = match result {
        Ok(answer) => (answer, "OK".into()),
        Err(refusal) => (refusal.answer(service.namespace, &request_id), refusal.code),
    };
    Reply { answer: answer.header("x-amzn-RequestId", &request_id), outcome }
}

/// The operation of this name.
pub(crate) fn named(name: &str) -> Option<&'static Operation> {
    OPERATIONS.iter().find(|operation| operation.name == name)
}

/// The first value of a parameter.
pub(crate) fn parameter<'a>(parameters: &'a [(String, String)], name: &str) -> Option<&'a str> {
    parameters.iter().find(|pair| pair.0 == name).map(|pair| &*pair.1)
}

fn find(parameters: &[(String, String)]) -> Result<&'static Operation, Refusal> {
    let version = parameter(parameters, "Version").unwrap_or("NO_VERSION_SPECIFIED");
    let Some(action) = parameter(parameters, "Action") else {
        return Err(Refusal::new(400, "MissingAction", "Missing Action"));
    };
    named(action).filter(|operation| operation.service.version == version).ok_or_else(|| {
        let message = format!("Could not find operation {action} for version {version}");
        Refusal::new(400, "InvalidAction", message)
    })
}

fn run(
    operation: &Operation,
    message: &Message,
    parameters: &[(String, String)],
    account: &mut Account,
    now: OffsetDateTime,
    grant: &Grant,
) -> Result<Vec<Element>, Refusal> {
    let mut call = Call { account, parameters, now, grant };
    match operation.run {
        Run::Signed(run) => {
            let caller = authenticate(&operation.service, message, call.account, now)?;
            run(&mut call, &caller)
        }
        Run::Unsigned(run) => run(&mut call),
    }
}

fn authenticate(
    service: &Service,
    message: &Message,
    account: &Account,
    now: OffsetDateTime,
) -> Result<Caller, Refusal> {
    let claim = Claim::read(&message.head)?;
    claim.check_scope(service.name, |region| (service.is_region)(&account.partition, region))?;
    claim.check_time(now)?;
    let (key, caller) = account.key(&claim.access_key_id).ok_or_else(invalid_token)?;
    if key.session.as_ref().map(|session| &session.token) != claim.session_token.as_ref() {
        return Err(invalid_token());
    }
    claim.check_signature(message, &key.secret_access_key)?;
    if key.session.is_some_and(|session| session.lease.expiration <= now) {
        let message = "The security token included in the request is expired";
        return Err(Refusal::new(403, "ExpiredToken", message));
    }
    if !(service.admits)(&caller) {
        return Err(invalid_token());
    }
    Ok(caller)
}

fn invalid_token() -> Refusal {
    let message = "The security token included in the request is invalid.";
    Refusal::new(403, "InvalidClientTokenId", message)
}

fn success(operation: &Operation, parts: Vec<Element>, request_id: &str) -> Answer {
    let Operation { name, service, .. } = operation;
    let response = Element::node(
        &format!("{name}Response"),
        [
            Element::node(&format!("{name}Result"), parts),
            Element::node("ResponseMetadata", [Element::text("RequestId", request_id)]),
        ],
    );
    Answer::new(200, response.in_namespace(service.namespace).to_string())
}
