//! What the server was asked, for tests to look at.

/// A request that the server has read, and what became of it.
#[derive(Clone, Debug)]
pub struct Request {
    /// Which connection it came on: 1 for the first that was accepted.
    pub connection: usize,
    /// `POST`, `GET` or `HEAD`.
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// Names and values, in the order and the spelling they came in.
    pub headers: Vec<(String, String)>,
    /// The query's and the form's parameters, decoded.
    pub parameters: Vec<(String, String)>,
    /// `OK`, `Redirect`, an error's code such as `AccessDenied`, or the fault that hit it, such as
    /// `Hang`. It is noted before the answer is sent.
    pub outcome: String,
}

impl Request {
    /// The operation asked for, such as `GetSessionToken`; empty for a probe.
    #[must_use]
    pub fn operation(&self) -> &str {
        self.parameter("Action").unwrap_or_default()
    }

    /// The first value of a parameter.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        crate::operation::parameter(&self.parameters, name)
    }

    /// The first value of a header; its name in any case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers.find(|header| header.0.eq_ignore_ascii_case(name)).map(|header| &*header.1)
    }
}
