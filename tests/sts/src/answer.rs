//! What goes back: AWS's XML, its errors, and any other answer that a test wants to see given.

use std::fmt;

/// An answer as HTTP knows it. `Date`, `x-amzn-RequestId`, `Content-Type` and `Content-Length` are
/// added where they are missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Status code, 200 to 599.
    pub status: u16,
    /// Names and values, in this order.
    pub headers: Vec<(String, String)>,
    /// The body, which `HEAD` gets only the length of.
    pub body: Vec<u8>,
}

impl Answer {
    /// An answer without headers of its own.
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: Vec::new(), body: body.into() }
    }

    /// The same with one header more.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// An error in AWS's form, such as 400 `Throttling` or 403 `RegionDisabledException`.
    #[must_use]
    pub fn error(status: u16, code: &str, message: &str) -> Self {
        let error = Refusal { status, code: code.into(), message: message.into() };
        error.answer("https://sts.amazonaws.com/doc/2011-06-15/", &crate::random::request_id())
    }

    /// An error as the emulator moto words it: one wrapper more, no request id, called HTML.
    #[must_use]
    pub fn moto_error(status: u16, code: &str, message: &str) -> Self {
        let error = error_element("Sender", code, message);
        let wrapped = Element::node("ErrorResponse", [Element::node("Errors", [error])]);
        Self::new(status, wrapped.to_string()).header("Content-Type", "text/html; charset=utf-8")
    }

    /// A web page, as proxies and captive portals give.
    #[must_use]
    pub fn html(status: u16) -> Self {
        let page = "<!DOCTYPE html>\n<html><head><title>Proxy</title></head>\
                    <body><h1>Not what you asked for</h1><br></body></html>\n";
        Self::new(status, page).header("Content-Type", "text/html")
    }

    /// Sends the client elsewhere.
    #[must_use]
    pub fn redirect(status: u16, location: &str) -> Self {
        Self::new(status, "").header("Location", location)
    }

    /// 200 with entities that would grow to 10⁹ characters ("billion laughs").
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

    /// 200 with the answer to another question, `GetCallerIdentity`.
    #[must_use]
    pub fn of_another_operation() -> Self {
        let arn = Element::text("Arn", "arn:aws:iam::123456789012:user/alice");
        let result = Element::node("GetCallerIdentityResult", [arn]);
        let response = Element::node("GetCallerIdentityResponse", [result]);
        let namespace = "https://sts.amazonaws.com/doc/2011-06-15/";
        Self::new(200, response.in_namespace(namespace).to_string())
    }

    /// 200 with elements in elements, this deep.
    #[must_use]
    pub fn deep(levels: usize) -> Self {
        Self::new(200, "<a>".repeat(levels) + &"</a>".repeat(levels))
    }
}

/// An error of the service: AWS's code and text, and the status they come with.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(crate) message: String,
}

impl Refusal {
    pub(crate) fn new(status: u16, code: &str, message: impl Into<String>) -> Self {
        Self { status, code: code.into(), message: message.into() }
    }

    pub(crate) fn access_denied(message: impl Into<String>) -> Self {
        Self::new(403, "AccessDenied", message)
    }

    /// What an identity provider does that does not stand by its word any more.
    pub(crate) fn idp_rejected_claim() -> Self {
        let message = "The identity provider reported that authentication failed";
        Self::new(403, "IDPRejectedClaim", message)
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

/// An element of an answer, shown with an indentation of two.
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

    /// With content that is put in as it is, well-formed or not.
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
    fn an_error_reads_as_aws_words_it() {
        let refusal = Refusal::new(403, "AccessDenied", "a < b & c");
        let expected = "<ErrorResponse xmlns=\"urn:x\">\n  <Error>\n    <Type>Sender</Type>\n    \
                        <Code>AccessDenied</Code>\n    <Message>a &lt; b &amp; c</Message>\n  \
                        </Error>\n  <RequestId>r</RequestId>\n</ErrorResponse>\n";
        assert_eq!(refusal.answer("urn:x", "r"), Answer::new(403, expected));
    }
}
