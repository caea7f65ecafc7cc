//! An operation: its name, its service, its parameters and its output.

use time::OffsetDateTime;

use super::{
    query_body::QueryBody,
    response::{self, Answer, InvalidResponse},
    service::Service,
    service_error::ServiceError,
};

/// An operation of a service, with its parameters.
pub trait Operation {
    /// The name: the `Action` parameter of the query protocol.
    const ACTION: &'static str;
    /// The service.
    const SERVICE: Service = Service::Sts;
    /// Whether the parameters include an MFA code. AWS accepts a code once: the client only retries
    /// if the service certainly has not seen the code.
    const SPENDS_A_CODE: bool = false;
    /// Whether the global endpoint, `sts.amazonaws.com`, lacks the operation.
    const IS_REGIONAL: bool = false;
    /// The output.
    type Output: Output;

    /// Adds the parameters, except `Action` and `Version`.
    fn fill(&self, body: &mut QueryBody);
}

/// The output of an operation.
pub trait Output: Sized {
    /// Reads the output from the operation's result element.
    fn read(answer: &Answer<'_, '_>) -> Result<Self, InvalidResponse>;
}

/// Reads the body of a response with the HTTP status `status`, received at the time `now`: the
/// output, or the service's error.
pub fn read<O: Operation>(
    status: u16,
    body: &str,
    now: OffsetDateTime,
) -> Result<Result<O::Output, ServiceError>, InvalidResponse> {
    response::read(status, body, now, O::ACTION, O::Output::read)
}
