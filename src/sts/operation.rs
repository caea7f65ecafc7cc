//! What an operation is: its name, its service, its parameters and its output.

use time::OffsetDateTime;

use super::{
    query_body::QueryBody,
    response::{self, Answer, InvalidResponse},
    service::Service,
    service_error::ServiceError,
};

/// An operation of a service, with its parameters.
pub trait Operation {
    /// The operation's name: the `Action` parameter of the query protocol.
    const ACTION: &'static str;
    /// The service that has the operation.
    const SERVICE: Service = Service::Sts;
    /// Whether the parameters include an MFA code. AWS accepts a code once, so the client sends the
    /// request again only if the service has certainly not seen it.
    const SPENDS_A_CODE: bool = false;
    /// What the operation returns.
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
/// operation's output, or the error that the service answers with.
pub fn read<O: Operation>(
    status: u16,
    body: &str,
    now: OffsetDateTime,
) -> Result<Result<O::Output, ServiceError>, InvalidResponse> {
    response::read(status, body, now, O::ACTION, O::Output::read)
}
