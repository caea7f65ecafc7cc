//! Fault injection: failures between a client and AWS, on demand.

use std::collections::VecDeque;
use std::time::Duration;

use crate::answer::{Answer, Element};
use crate::http::RequestHead;
use crate::oidc;
use crate::signin;

/// What happens to a request.
#[derive(Clone, Debug)]
pub enum Fault {
    /// Carries out the request, answers late.
    Delay(Duration),
    /// Reads the request, never answers, keeps the connection open.
    Hang,
    /// Carries out the request and answers, then reads nothing more from the connection, which
    /// stays open: as if a NAT had forgotten it.
    FallSilent,
    /// Closes the connection.
    Cut(Cut),
    /// Sends this answer without carrying out the request.
    Answer(Answer),
    /// Sends these bytes without carrying out the request, then closes the connection.
    Raw(Vec<u8>),
    /// Sends 200 and a body of this many bytes, as fast as the client reads.
    Body(u64),
    /// Sends 200 and headers without end.
    EndlessHeaders,
    /// Carries out the request, sends the body byte by byte with this pause.
    SlowBody(Duration),
    /// Carries out the request, sends XML without `xmlns`.
    NoNamespace,
    /// Carries out the request, with these credentials in the answer.
    Grant(Grant),
}

/// When a connection is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// Immediately after the connection is accepted, before TLS. The request is not known yet, so
    /// this applies to probes and calls alike.
    OnConnect,
    /// After the head of the request is read, before its body.
    Unread,
    /// After the request is read. It is not carried out.
    Unprocessed,
    /// After the request is carried out: the MFA code is used up, the answer is lost.
    Unanswered,
    /// After the request is carried out and half of the answer's body is sent.
    MidBody,
    /// After the answer is sent, which announces a connection that stays open.
    AfterAnswer,
}

/// A fault with the requests that it applies to.
#[derive(Clone, Debug)]
pub struct FaultRule {
    fault: Fault,
    target: Target,
    times: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    Everything,
    Probes,
    Calls,
    Oidc,
    Signin,
}

impl From<Fault> for FaultRule {
    /// Applies to all requests until the faults are cleared.
    fn from(fault: Fault) -> Self {
        Self { fault, target: Target::Everything, times: None }
    }
}

impl FaultRule {
    /// Applies to this many requests.
    #[must_use]
    pub fn times(mut self, times: usize) -> Self {
        self.times = Some(times);
        self
    }

    /// Applies to requests without an operation: `HEAD`, and `GET` without parameters.
    #[must_use]
    pub fn on_probes(mut self) -> Self {
        self.target = Target::Probes;
        self
    }

    /// Applies to requests for an operation.
    #[must_use]
    pub fn on_calls(mut self) -> Self {
        self.target = Target::Calls;
        self
    }

    /// Applies to requests for an identity token.
    #[must_use]
    pub fn on_oidc(mut self) -> Self {
        self.target = Target::Oidc;
        self
    }

    /// Applies to requests to the federation endpoint of AWS Sign-In.
    #[must_use]
    pub fn on_signin(mut self) -> Self {
        self.target = Target::Signin;
        self
    }
}

impl Fault {
    /// See [`FaultRule::times`].
    #[must_use]
    pub fn times(self, times: usize) -> FaultRule {
        FaultRule::from(self).times(times)
    }

    /// See [`FaultRule::on_probes`].
    #[must_use]
    pub fn on_probes(self) -> FaultRule {
        FaultRule::from(self).on_probes()
    }

    /// See [`FaultRule::on_calls`].
    #[must_use]
    pub fn on_calls(self) -> FaultRule {
        FaultRule::from(self).on_calls()
    }

    /// See [`FaultRule::on_signin`].
    #[must_use]
    pub fn on_signin(self) -> FaultRule {
        FaultRule::from(self).on_signin()
    }

    /// See [`FaultRule::on_oidc`].
    #[must_use]
    pub fn on_oidc(self) -> FaultRule {
        FaultRule::from(self).on_oidc()
    }
}

/// The active rules, oldest first.
#[derive(Default)]
pub(crate) struct FaultRules(VecDeque<FaultRule>);

impl FaultRules {
    pub(crate) fn add(&mut self, rule: FaultRule) {
        self.0.push_back(rule);
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Whether to close a new connection immediately.
    pub(crate) fn cut_on_connect(&mut self) -> bool {
        self.take(is_on_connect).is_some()
    }

    /// The fault for a request.
    pub(crate) fn on_request(&mut self, head: &RequestHead) -> Option<Fault> {
        let target = match head {
            _ if head.path == oidc::PATH => Target::Oidc,
            _ if head.path == signin::PATH => Target::Signin,
            _ if head.is_probe() => Target::Probes,
            _ => Target::Calls,
        };
        self.take(|rule| {
            !is_on_connect(rule) && (rule.target == target || rule.target == Target::Everything)
        })
    }

    fn take(&mut self, matches: impl Fn(&FaultRule) -> bool) -> Option<Fault> {
        self.0.retain(|rule| rule.times != Some(0));
        let rule = self.0.iter_mut().find(|rule| matches(rule))?;
        rule.times = rule.times.map(|times| times - 1);
        Some(rule.fault.clone())
    }
}

fn is_on_connect(rule: &FaultRule) -> bool {
    matches!(rule.fault, Fault::Cut(Cut::OnConnect))
}

/// The credentials in an answer. The server accepts the keys as they are sent.
#[derive(Clone, Debug, Default)]
pub struct Grant {
    /// `AccessKeyId`
    pub access_key_id: Field,
    /// `SecretAccessKey`
    pub secret_access_key: Field,
    /// `SessionToken`
    pub session_token: Field,
    /// `Expiration`. Does not change when the session really expires.
    pub expiration: Field,
}

/// An element of the credentials.
#[derive(Clone, Debug, Default)]
pub enum Field {
    /// A valid value.
    #[default]
    Usual,
    /// This XML source, unescaped, well-formed or not, such as `&#0;`.
    Source(String),
    /// A valid value in indented lines of 76 characters, as in the examples of AWS's documentation.
    Wrapped,
    /// No element.
    Missing,
}

impl Field {
    /// A value of this many characters.
    #[must_use]
    pub fn of_length(characters: usize) -> Self {
        Self::Source("a".repeat(characters))
    }

    /// The value that the server remembers.
    pub(crate) fn text_or(&self, usual: impl FnOnce() -> String) -> String {
        match self {
            Self::Source(source) => source.clone(),
            Self::Usual | Self::Wrapped | Self::Missing => usual(),
        }
    }

    pub(crate) fn element(&self, name: &str, text: &str) -> Option<Element> {
        match self {
            Self::Missing => None,
            Self::Wrapped => Some(Element::source(name, &wrapped(text))),
            Self::Usual | Self::Source(_) => Some(Element::source(name, text)),
        }
    }
}

fn wrapped(text: &str) -> String {
    let lines = text.as_bytes().chunks(76).map(String::from_utf8_lossy);
    let lines: Vec<_> = lines.map(|line| format!("\n        {line}")).collect();
    lines.concat() + "\n      "
}
