//! Requests outside of the query protocol, whose response is JSON with a token. They carry no MFA
//! code, so that every failure may be retried.

use std::{fmt, time::Duration};

use serde_json::Value;
use ureq::{Agent, Body, http::Response};
use zeroize::Zeroizing;

use super::{
    client::{CALL_TIMEOUT, Client, LARGEST_BODY, RetryReason, Route},
    transport_error::TransportError,
};
use crate::secret::Secret;

/// Why there is no token.
#[derive(Debug)]
pub enum TokenError {
    /// No response arrived.
    Transport(TransportError),
    /// The response has no token.
    NoToken {
        /// The host of the URL, with its port.
        host: String,
        /// The HTTP status of the response.
        status: u16,
        /// Why the response has no token.
        problem: TokenProblem,
    },
}

/// Why a response has no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenProblem {
    /// The HTTP status is not 2xx.
    Status,
    /// The response is incomplete or too large.
    BrokenOff,
    /// The response is not JSON.
    NotJson,
    /// The JSON has no such string.
    Missing,
}

impl TokenError {
    /// Whether the server refused the request.
    pub(crate) fn is_refusal(&self) -> bool {
        let Self::NoToken { status, .. } = self else { return false };
        (400..500).contains(status) && !self.is_temporary()
    }

    /// Whether the same request may succeed later.
    pub(crate) fn is_temporary(&self) -> bool {
        match self {
            Self::Transport(_) => true,
            Self::NoToken { status, problem, .. } => {
                *problem == TokenProblem::BrokenOff || retry_reason(*status).is_some()
            }
        }
    }
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Transport(error) => error.fmt(f),
            Self::NoToken { host, status, problem } => {
                write!(f, "{host}: HTTP {status}: no token: {problem:?}")
            }
        }
    }
}

impl std::error::Error for TokenError {}

impl Client {
    /// Sends a request and returns the string `field` of the JSON in the response.
    pub(super) fn json_token(
        &self,
        route: Route<'_>,
        field: &str,
        mut send: impl FnMut(&Agent, Duration) -> Result<Response<Body>, ureq::Error>,
    ) -> Result<Secret, TokenError> {
        let _call = (self.on_call)(route.host);
        let mut budget = self.retry_budget();
        let response = loop {
            let limit = budget.time_left().min(CALL_TIMEOUT);
            match self.send(|agent| send(agent, limit)) {
                Ok(response) => match retry_reason(response.status().as_u16()) {
                    Some(reason) if budget.wait(reason, None) => {}
                    _ => break response,
                },
                Err(error) => {
                    let error = self.transport_error(route, error);
                    if error.is_lasting() || !budget.wait(RetryReason::Failure, None) {
                        return Err(TokenError::Transport(error));
                    }
                }
            }
        };
        let (host, status) = (route.host.to_owned(), response.status().as_u16());
        read(response, field).map_err(|problem| TokenError::NoToken { host, status, problem })
    }
}

fn retry_reason(status: u16) -> Option<RetryReason> {
    match status {
        429 => Some(RetryReason::Throttling),
        500..600 => Some(RetryReason::Failure),
        _ => None,
    }
}

fn read(mut response: Response<Body>, field: &str) -> Result<Secret, TokenProblem> {
    let is_success = response.status().is_success();
    let body = response.body_mut().with_config().limit(LARGEST_BODY).read_to_vec();
    let body = Zeroizing::new(body.map_err(|_| TokenProblem::BrokenOff)?);
    if !is_success {
        return Err(TokenProblem::Status);
    }
    let mut answer: Value = serde_json::from_slice(&body).map_err(|_| TokenProblem::NotJson)?;
    match answer.get_mut(field).map(Value::take) {
        Some(Value::String(token)) => Ok(Secret::new(token)),
        _ => Err(TokenProblem::Missing),
    }
}
