//! The log of requests, for tests to inspect.

/// A request that the server received, and its outcome.
#[derive(Clone, Debug)]
pub struct Request {
    /// The number of the connection, from 1.
    pub connection: usize,
    /// `POST`, `GET` or `HEAD`.
    pub method: String,
    /// The path without the query.
    pub path: String,
    /// Names and values as received.
    pub headers: Vec<(String, String)>,
    /// The parameters of the query, then those of the form, decoded.
    pub parameters: Vec<(String, String)>,
    /// `OK`, `Redirect`, the code of an error such as `AccessDenied`, or the fault that applied,
    /// such as `Hang`. The server logs it before it sends the answer.
    pub outcome: String,
}

impl Request {
    /// The name of the operation, such as `GetSessionToken`; empty for a probe.
    #[must_use]
    pub fn operation(&self) -> &str {
        self.parameter("Action").unwrap_or_default()
    }

    /// The first value of a parameter.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        crate::operation::parameter(&self.parameters, name)
    }

    /// The first value of a header. Ignores the case of the name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers.find(|header| header.0.eq_ignore_ascii_case(name)).map(|header| &*header.1)
    }
}
