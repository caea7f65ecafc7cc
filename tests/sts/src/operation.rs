//! From a request to its answer. The order of the checks is AWS's: a request with a wrong signature
//! does not use up an MFA code.

use time::OffsetDateTime;

use crate::account::Account;
use crate::answer::{Answer, Element, ServiceError};
use crate::faults::Grant;
use crate::http::HttpRequest;
use crate::principal::Caller;
use crate::sigv4::Authorization;
use crate::{iam, random, sts};

/// An operation of a service.
pub(crate) struct Operation {
    pub(crate) name: &'static str,
    pub(crate) service: &'static Service,
    pub(crate) run: Run,
    /// The message of the `InvalidAction` error on the global endpoint; `None` if the operation
    /// works there.
    pub(crate) error_on_global_endpoint: Option<&'static str>,
}

/// Carries out an operation. Returns the content of the answer's `…Result` element.
pub(crate) enum Run {
    Signed(fn(&mut Call<'_>, &Caller) -> Result<Vec<Element>, ServiceError>),
    /// Ignores any signature.
    Unsigned(fn(&mut Call<'_>) -> Result<Vec<Element>, ServiceError>),
}

impl Operation {
    pub(crate) const fn signed(
        name: &'static str,
        service: &'static Service,
        run: fn(&mut Call<'_>, &Caller) -> Result<Vec<Element>, ServiceError>,
    ) -> Self {
        Self { name, service, run: Run::Signed(run), error_on_global_endpoint: None }
    }

    pub(crate) const fn unsigned(
        name: &'static str,
        service: &'static Service,
        run: fn(&mut Call<'_>) -> Result<Vec<Element>, ServiceError>,
    ) -> Self {
        Self { name, service, run: Run::Unsigned(run), error_on_global_endpoint: None }
    }
}

/// A service, as requests and answers name it.
pub(crate) struct Service {
    pub(crate) name: &'static str,
    pub(crate) version: &'static str,
    pub(crate) namespace: &'static str,
    /// Whether a request to an account in this partition may be signed for this region.
    pub(crate) is_region: fn(partition: &str, region: &str) -> bool,
    /// Refuses callers whose kind of credentials may not call the operation.
    pub(crate) check_caller: fn(&Operation, &Caller) -> Result<(), ServiceError>,
}

/// The kind of endpoint that the server plays.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Endpoint {
    Regional,
    /// `sts.amazonaws.com`, which lacks some operations.
    Global,
}

/// The input of an operation.
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

    /// The members of a list, as AWS's query protocol numbers them: `Tags.member.1.Key`. `field` is
    /// empty for a list of strings.
    pub(crate) fn members(&self, list: &str, field: &str) -> Vec<String> {
        let dot = if field.is_empty() { "" } else { "." };
        let name = |index: usize| format!("{list}.member.{index}{dot}{field}");
        (1..).map_while(|index| self.parameter(&name(index))).map(Into::into).collect()
    }

    /// Refuses a caller without the permission for an action. AWS names the resource for some
    /// actions only.
    pub(crate) fn check_permission(
        &self,
        caller: &Caller,
        action: &str,
        resource: Option<&str>,
    ) -> Result<(), ServiceError> {
        if self.account.permits(&caller.principal, action) {
            return Ok(());
        }
        let arn = self.account.principal_arn(&caller.principal);
        let resource = resource.map(|arn| format!(" on resource: {arn}")).unwrap_or_default();
        Err(ServiceError::access_denied(format!(
            "User: {arn} is not authorized to perform: {action}{resource} because no \
             identity-based policy allows the {action} action"
        )))
    }

    /// The error for an action on a resource that policies do not allow.
    pub(crate) fn denied(&self, caller: &Caller, action: &str, resource: &str) -> ServiceError {
        let arn = self.account.principal_arn(&caller.principal);
        ServiceError::access_denied(format!(
            "User: {arn} is not authorized to perform: {action} on resource: {resource}"
        ))
    }
}

/// An answer with its outcome for the log: `OK`, `Redirect`, or the error's code.
pub(crate) struct Reply {
    pub(crate) answer: Answer,
    pub(crate) outcome: String,
}

/// Answers a request by the rules of the account.
pub(crate) fn reply(
    request: &HttpRequest,
    account: &mut Account,
    endpoint: Endpoint,
    now: OffsetDateTime,
    grant: &Grant,
) -> Reply {
    if request.head.is_probe() {
        let answer = Answer::redirect(302, "https://aws.amazon.com/iam");
        return Reply { answer, outcome: "Redirect".into() };
    }
    let parameters = request.parameters();
    let request_id = random::request_id();
    let (service, result) = match select(&parameters, endpoint) {
        Ok(operation) => {
            let mut call = Call { account, parameters: &parameters, now, grant };
            let result = run(operation, request, &mut call);
            (operation.service, result.map(|parts| success(operation, parts, &request_id)))
        }
        Err(error) => (&sts::SERVICE, Err(error)),
    };
    let (answer, outcome) = match result {
        Ok(answer) => (answer, "OK".into()),
        Err(error) => (error.answer(service.namespace, &request_id), error.code),
    };
    Reply { answer: answer.header("x-amzn-RequestId", &request_id), outcome }
}

/// The operation of this name.
pub(crate) fn find(name: &str) -> Option<&'static Operation> {
    sts::OPERATIONS.iter().chain(iam::OPERATIONS).find(|operation| operation.name == name)
}

/// The first value of a parameter.
pub(crate) fn parameter<'a>(parameters: &'a [(String, String)], name: &str) -> Option<&'a str> {
    parameters.iter().find(|pair| pair.0 == name).map(|pair| &*pair.1)
}

/// The operation that `Action` and `Version` name.
fn select(
    parameters: &[(String, String)],
    endpoint: Endpoint,
) -> Result<&'static Operation, ServiceError> {
    let version = parameter(parameters, "Version").unwrap_or("NO_VERSION_SPECIFIED");
    let Some(action) = parameter(parameters, "Action") else {
        return Err(ServiceError::new(400, "MissingAction", "Missing Action"));
    };
    let operation = find(action).filter(|operation| operation.service.version == version);
    let operation = operation.ok_or_else(|| {
        let message = format!("Could not find operation {action} for version {version}");
        ServiceError::new(400, "InvalidAction", message)
    })?;
    match operation.error_on_global_endpoint {
        Some(message) if endpoint == Endpoint::Global => {
            Err(ServiceError::new(400, "InvalidAction", message))
        }
        _ => Ok(operation),
    }
}

fn run(
    operation: &Operation,
    request: &HttpRequest,
    call: &mut Call<'_>,
) -> Result<Vec<Element>, ServiceError> {
    match operation.run {
        Run::Signed(run) => {
            let caller = authenticate(operation.service, request, call.account, call.now)?;
            (operation.service.check_caller)(operation, &caller)?;
            run(call, &caller)
        }
        Run::Unsigned(run) => run(call),
    }
}

fn authenticate(
    service: &Service,
    request: &HttpRequest,
    account: &Account,
    now: OffsetDateTime,
) -> Result<Caller, ServiceError> {
    let authorization = Authorization::read(&request.head)?;
    let is_region = |region: &str| (service.is_region)(&account.partition, region);
    authorization.check_scope(service.name, is_region)?;
    authorization.check_time(now)?;
    let key = account.find_key(&authorization.access_key_id);
    let (principal, key) = key.ok_or_else(ServiceError::invalid_token)?;
    let session_token = key.session.as_ref().map(|session| &session.token);
    if session_token != authorization.session_token.as_ref() {
        return Err(ServiceError::invalid_token());
    }
    authorization.check_signature(request, &key.secret_access_key)?;
    if key.session.as_ref().is_some_and(|session| session.context.expiration <= now) {
        let message = "The security token included in the request is expired";
        return Err(ServiceError::new(403, "ExpiredToken", message));
    }
    Ok(Caller { principal, session: key.session })
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
