//! Every error that is explained here, for the guide to troubleshooting. Names in capitals stand
//! for values.

use std::iter;

use super::{
    Caller, explain, explain_id_token, explain_signin,
    service::{self, Explained},
};
use crate::{
    failure::Failure,
    origin::Origin,
    sts::{
        Error, InvalidResponse, ProxyName, TlsProblem, TokenError, TokenProblem, TransportError,
        TransportErrorKind as Kind,
    },
};

/// All errors: those of services, those of the network, and responses without a token.
#[must_use]
pub fn table() -> Vec<Explained> {
    let host = || "HOST".to_owned();
    let own = [
        Error::GlobalEndpoint { host: host(), action: "ACTION" },
        Error::InvalidResponse { host: host(), status: 200, reason: InvalidResponse("…") },
    ];
    let kinds = iter::successors(Some(Kind::HostNotFound(None)), next_kind);
    let transport = kinds.map(|kind| {
        let is_of_proxy = matches!(kind, Kind::NotAProxy | Kind::ProxyRefused(_));
        let has_user = matches!(kind, Kind::ProxyRefused(401));
        let proxy = || ProxyName { address: "PROXY".to_owned(), label: "HTTPS_PROXY", has_user };
        let proxy = is_of_proxy.then(proxy);
        Error::Transport(TransportError { host: host(), proxy, kind, may_have_arrived: false })
    });
    let origin = Origin::Default;
    let caller = Caller::with_key("KEY", &origin);
    let errors = own.into_iter().chain(transport).map(|error| explain(&error, caller));
    let problems =
        || iter::successors(Some(TokenProblem::Status), |problem| next_problem(*problem));
    let no_token = |problem| {
        let status = if problem == TokenProblem::Status { 403 } else { 200 };
        TokenError::NoToken { host: host(), status, problem }
    };
    let id_token = problems().map(|problem| explain_id_token(&no_token(problem)));
    let signin = problems().map(|problem| explain_signin(&no_token(problem), None));
    let others = errors.chain(id_token).chain(signin).map(|failure| explained(&failure));
    service::table().into_iter().chain(others).collect()
}

fn explained(failure: &Failure) -> Explained {
    let hints = failure.hints().to_vec();
    Explained { codes: Vec::new(), error: failure.to_string(), hints }
}

/// The kind after this one. A new kind needs its place here.
fn next_kind(kind: &Kind) -> Option<Kind> {
    let detail = || "…".to_owned();
    Some(match kind {
        Kind::HostNotFound(_) => Kind::ConnectTimeout,
        Kind::ConnectTimeout => Kind::ConnectionFailed(Some(detail())),
        Kind::ConnectionFailed(_) => Kind::NotAProxy,
        Kind::NotAProxy => Kind::ProxyRefused(401),
        // With a user and a password; 407 without.
        Kind::ProxyRefused(401) => Kind::ProxyRefused(407),
        Kind::ProxyRefused(407) => Kind::ProxyRefused(403),
        Kind::ProxyRefused(403) => Kind::ProxyRefused(502),
        Kind::ProxyRefused(_) => Kind::Tls(TlsProblem::UnknownIssuer { platform: None }),
        Kind::Tls(problem) => match problem {
            TlsProblem::UnknownIssuer { .. } => Kind::Tls(TlsProblem::Expired),
            TlsProblem::Expired => Kind::Tls(TlsProblem::NotYetValid),
            TlsProblem::NotYetValid => Kind::Tls(TlsProblem::WrongName),
            TlsProblem::WrongName => Kind::Tls(TlsProblem::Other(detail())),
            TlsProblem::Other(_) => Kind::Timeout,
        },
        Kind::Timeout => Kind::BrokenOff(detail()),
        Kind::BrokenOff(_) => Kind::NotHttp(detail()),
        Kind::NotHttp(_) => Kind::TooLarge,
        Kind::TooLarge => return None,
    })
}

/// The problem after this one.
fn next_problem(problem: TokenProblem) -> Option<TokenProblem> {
    Some(match problem {
        TokenProblem::Status => TokenProblem::BrokenOff,
        TokenProblem::BrokenOff => TokenProblem::NotJson,
        TokenProblem::NotJson => TokenProblem::Missing,
        TokenProblem::Missing => return None,
    })
}
