//! Bad weather: what goes wrong between a client and AWS, made to happen on demand.

use std::collections::VecDeque;
use std::time::Duration;

use crate::answer::{Answer, Element};
use crate::http::Head;
use crate::oidc;

/// What happens to a request.
#[derive(Clone, Debug)]
pub enum Fault {
    /// The request is carried out, the answer comes late.
    Delay(Duration),
    /// The request is read and never answered; the connection stays open.
    Hang,
    /// The connection is cut.
    Cut(Cut),
    /// This is the answer, whatever was asked; nothing is carried out.
    Answer(Answer),
    /// These bytes are the answer, then the connection is cut; nothing is carried out.
    Raw(Vec<u8>),
    /// The answer is 200 with a body of this many bytes, sent as fast as they are taken.
    Body(u64),
    /// The answer is 200 with headers that never end.
    EndlessHeaders,
    /// The request is carried out, the answer's body comes a byte at a time, with this pause.
    SlowBody(Duration),
    /// The request is carried out, the answer's XML has no `xmlns`.
    NoNamespace,
    /// The request is carried out, credentials in the answer are not as usual.
    Grant(Grant),
}

/// When a connection is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// As soon as it is there, before TLS and before anything is read. What is asked on it is not
    /// known then: this hits probes and calls alike.
    OnConnect,
    /// When the request's head has been read, but not its body.
    Unread,
    /// When the request has been read; it is not carried out.
    Unprocessed,
    /// When the request has been carried out: a code is spent, the answer is lost.
    Unanswered,
    /// When the request has been carried out and half of the answer's body sent.
    MidBody,
    /// When the answer has been sent, without a word of warning in it.
    AfterAnswer,
}

/// How long the weather lasts, and what it hits.
#[derive(Clone, Debug)]
pub struct Weather {
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
}

impl From<Fault> for Weather {
    /// Hits all requests, until it is cleared.
    fn from(fault: Fault) -> Self {
        Self { fault, target: Target::Everything, times: None }
    }
}

impl Weather {
    /// Hits this many requests, and is over then.
    #[must_use]
    pub fn times(mut self, times: usize) -> Self {
        self.times = Some(times);
        self
    }

    /// Hits only requests that ask nothing: `HEAD`, and `GET` without parameters.
    #[must_use]
    pub fn on_probes(mut self) -> Self {
        self.target = Target::Probes;
        self
    }

    /// Hits only requests for an operation.
    #[must_use]
    pub fn on_calls(mut self) -> Self {
        self.target = Target::Calls;
        self
    }

    /// Hits only requests for an identity token.
    #[must_use]
    pub fn on_oidc(mut self) -> Self {
        self.target = Target::Oidc;
        self
    }
}

impl Fault {
    /// This fault for so many requests.
    #[must_use]
    pub fn times(self, times: usize) -> Weather {
        Weather::from(self).times(times)
    }

    /// This fault for requests that ask nothing.
    #[must_use]
    pub fn on_probes(self) -> Weather {
        Weather::from(self).on_probes()
    }

    /// This fault for requests for an operation.
    #[must_use]
    pub fn on_calls(self) -> Weather {
        Weather::from(self).on_calls()
    }

    /// This fault for requests for an identity token.
    #[must_use]
    pub fn on_oidc(self) -> Weather {
        Weather::from(self).on_oidc()
    }
}

/// The weather to come: of what fits a request, what was told first happens first.
#[derive(Default)]
pub(crate) struct Forecast(VecDeque<Weather>);

impl Forecast {
    pub(crate) fn add(&mut self, weather: Weather) {
        self.0.push_back(weather);
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    pub(crate) fn on_connect(&mut self) -> bool {
        self.take(is_on_connect).is_some()
    }

    pub(crate) fn on_request(&mut self, head: &Head) -> Option<Fault> {
        let target = match head {
            _ if head.path == oidc::PATH => Target::Oidc,
            _ if head.is_probe() => Target::Probes,
            _ => Target::Calls,
        };
        self.take(|it| {
            !is_on_connect(it) && (it.target == target || it.target == Target::Everything)
        })
    }

    fn take(&mut self, fits: impl Fn(&Weather) -> bool) -> Option<Fault> {
        self.0.retain(|weather| weather.times != Some(0));
        let weather = self.0.iter_mut().find(|weather| fits(weather))?;
        weather.times = weather.times.map(|times| times - 1);
        Some(weather.fault.clone())
    }
}

fn is_on_connect(weather: &Weather) -> bool {
    matches!(weather.fault, Fault::Cut(Cut::OnConnect))
}

/// The credentials in an answer, where they are not as usual.
#[derive(Clone, Debug, Default)]
pub struct Grant {
    /// `AccessKeyId`
    pub access_key_id: Field,
    /// `SecretAccessKey`
    pub secret_access_key: Field,
    /// `SessionToken`
    pub session_token: Field,
    /// `Expiration`; the session ends when it would end anyway.
    pub expiration: Field,
}

/// An element of the credentials.
#[derive(Clone, Debug, Default)]
pub enum Field {
    /// As AWS gives it.
    #[default]
    Usual,
    /// This content: XML source, put in as it is, well-formed or not (`&#0;`).
    Source(String),
    /// In lines of 76 characters, indented, as in the example answers of AWS's documentation.
    Wrapped,
    /// The element is not there.
    Missing,
}

impl Field {
    /// Content of this many characters.
    #[must_use]
    pub fn of_length(characters: usize) -> Self {
        Self::Source("a".repeat(characters))
    }

    /// The value, as the server will know it.
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
