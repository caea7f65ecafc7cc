//! Answers: AWS's XML, AWS's errors, and the malformed answers that tests inject.

use std::fmt;

/// An HTTP response. The server adds missing `Date`, `x-amzn-RequestId`, `Content-Type` and
/// `Content-Length` headers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Status code, 200 to 599.
    pub status: u16,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    /// The body. An answer to `HEAD` has its length only.
    pub body: Vec<u8>,
}

impl Answer {
    /// An answer without headers.
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: Vec::new(), body: body.into() }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// An AWS error, such as 400 `Throttling` or 403 `RegionDisabledException`.
    #[must_use]
    pub fn error(status: u16, code: &str, message: &str) -> Self {
        let error = ServiceError { status, code: code.into(), message: message.into() };
        error.answer("https://sts.amazonaws.com/doc/2011-06-15/", &crate::random::request_id())
    }

    /// An error in the form of the emulator moto: an extra wrapper element, no request ID, content
    /// type HTML.
    #[must_use]
    pub fn moto_error(status: u16, code: &str, message: &str) -> Self {
        let error = error_element("Sender", code, message);
        let wrapped = Element::node("ErrorResponse", [Element::node("Errors", [error])]);
        Self::new(status, wrapped.to_string()).header("Content-Type", "text/html; charset=utf-8")
    }

    /// A web page, such as proxies and captive portals send.
    #[must_use]
    pub fn html(status: u16) -> Self {
        let page = "<!DOCTYPE html>\n<html><head><title>Proxy</title></head>\
                    <body><h1>Not what you asked for</h1><br></body></html>\n";
        Self::new(status, page).header("Content-Type", "text/html")
    }

    /// A redirect.
    #[must_use]
    pub fn redirect(status: u16, location: &str) -> Self {
        Self::new(status, "").header("Location", location)
    }

    /// 200 and entities that expand to 10⁹ characters ("billion laughs").
    #[must_use]
    pub fn entity_bomb() -> Self {
        let mut xml =
            String::from("<?xml version=\"1.0\"?>\n<!DOCTYPE r [\n<!ENTITY e0 \"laughter..\">\n");
        for level in 1..=8 {
            let inner = format!("&e{};", level - 1).repeat(10);
            xml.extend([&format!("<!ENTITY e{level} \""), &*inner, "\">\n"]);
        }
        xml += "]>\n<GetSessionTokenResponse><GetSessionTokenResult><Credentials><AccessKeyId>&e8;\
                </AccessKeyId></Credentials></GetSessionTokenResult></GetSessionTokenResponse>\n";
        Self::new(200, xml)
    }

    /// 200 and the answer of another operation, `GetCallerIdentity`.
    #[must_use]
    pub fn of_another_operation() -> Self {
        let arn = Element::text("Arn", "arn:aws:iam::123456789012:user/alice");
        let result = Element::node("GetCallerIdentityResult", [arn]);
        let response = Element::node("GetCallerIdentityResponse", [result]);
        let namespace = "https://sts.amazonaws.com/doc/2011-06-15/";
        Self::new(200, response.in_namespace(namespace).to_string())
    }

    /// 200 and elements nested this deep.
    #[must_use]
    pub fn deep(levels: usize) -> Self {
        Self::new(200, "<a>".repeat(levels) + &"</a>".repeat(levels))
    }
}

/// An error of AWS: HTTP status, code and message.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ServiceError {
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(crate) message: String,
}

impl ServiceError {
    pub(crate) fn new(status: u16, code: &str, message: impl Into<String>) -> Self {
        Self { status, code: code.into(), message: message.into() }
    }

    pub(crate) fn access_denied(message: impl Into<String>) -> Self {
        Self::new(403, "AccessDenied", message)
    }

    /// The error for a subject that the identity provider has revoked.
    pub(crate) fn idp_rejected_claim() -> Self {
        let message = "The identity provider reported that authentication failed";
        Self::new(403, "IDPRejectedClaim", message)
    }

    /// The error for unknown keys, and for keys that a service does not accept.
    pub(crate) fn invalid_token() -> Self {
        let message = "The security token included in the request is invalid.";
        Self::new(403, "InvalidClientTokenId", message)
    }

    pub(crate) fn answer(&self, namespace: &str, request_id: &str) -> Answer {
        let fault = if self.status < 500 { "Sender" } else { "Receiver" };
        let error = error_element(fault, &self.code, &self.message);
        let parts = [error, Element::text("RequestId", request_id)];
        let response = Element::node("ErrorResponse", parts).in_namespace(namespace);
        Answer::new(self.status, response.to_string())
    }
}

fn error_element(fault: &str, code: &str, message: &str) -> Element {
    let parts = [("Type", fault), ("Code", code), ("Message", message)];
    Element::node("Error", parts.map(|(name, text)| Element::text(name, text)))
}

/// An XML element, displayed with an indentation of two spaces.
pub(crate) struct Element {
    name: String,
    namespace: Option<String>,
    content: Content,
}

enum Content {
    Elements(Vec<Element>),
    Source(String),
}

impl Element {
    pub(crate) fn node(name: &str, elements: impl IntoIterator<Item = Self>) -> Self {
        let content = Content::Elements(elements.into_iter().collect());
        Self { name: name.into(), namespace: None, content }
    }

    pub(crate) fn text(name: &str, text: &str) -> Self {
        Self::source(name, &text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"))
    }

    /// An element with unescaped content, well-formed or not.
    pub(crate) fn source(name: &str, source: &str) -> Self {
        Self { name: name.into(), namespace: None, content: Content::Source(source.into()) }
    }

    pub(crate) fn in_namespace(mut self, namespace: &str) -> Self {
        self.namespace = Some(namespace.into());
        self
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, depth: usize) -> fmt::Result {
        let (name, indentation) = (&self.name, 2 * depth);
        write!(f, "{:indentation$}<{name}", "")?;
        if let Some(namespace) = &self.namespace {
            write!(f, " xmlns=\"{namespace}\"")?;
        }
        match &self.content {
            Content::Source(source) => writeln!(f, ">{source}</{name}>"),
            Content::Elements(elements) => {
                writeln!(f, ">")?;
                elements.iter().try_for_each(|element| element.write(f, depth + 1))?;
                writeln!(f, "{:indentation$}</{name}>", "")
            }
        }
    }
}

impl fmt::Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_has_the_form_of_aws() {
        let error = ServiceError::new(403, "AccessDenied", "a < b & c");
        let expected = "<ErrorResponse xmlns=\"urn:x\">\n  <Error>\n    <Type>Sender</Type>\n    \
                        <Code>AccessDenied</Code>\n    <Message>a &lt; b &amp; c</Message>\n  \
                        </Error>\n  <RequestId>r</RequestId>\n</ErrorResponse>\n";
        assert_eq!(error.answer("urn:x", "r"), Answer::new(403, expected));
    }
}
