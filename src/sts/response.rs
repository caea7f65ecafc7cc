//! The XML that a server answers with. It is not trusted: its size, its parts and the characters
//! in its values are limited.

use std::fmt;

use roxmltree::{Document, Node, ParsingOptions};
use time::{OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339};

use super::service_error::ServiceError;
use crate::secret::Secret;

/// The result element of a response, or an element below it.
pub struct Answer<'a, 'input> {
    node: Node<'a, 'input>,
    now: OffsetDateTime,
}

/// Why a response is not one of AWS's. The text completes "the answer is not one of AWS's: …" and
/// quotes nothing of the response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidResponse(pub &'static str);

impl fmt::Display for InvalidResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for InvalidResponse {}

/// Reads the body of a response to the operation `action`: what `read_result` makes of the result
/// element, or the error that the service answers with.
pub(super) fn read<T>(
    status: u16,
    body: &str,
    now: OffsetDateTime,
    action: &str,
    read_result: impl FnOnce(&Answer<'_, '_>) -> Result<T, InvalidResponse>,
) -> Result<Result<T, ServiceError>, InvalidResponse> {
    if attributes(body) > MOST_ATTRIBUTES {
        return Err(InvalidResponse("it has more attributes than STS's answers"));
    }
    // The parser refuses document types by default, and with them all tricks with entities.
    let options = ParsingOptions { nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(body, options)
        .map_err(|_| InvalidResponse("it is not the XML that STS answers with"))?;
    let root = document.root_element();
    if let Some(error) = service_error(status, root) {
        return Ok(Err(error));
    }
    if status != 200 {
        return Err(InvalidResponse("it is an error without a code"));
    }
    if root.tag_name().name() != format!("{action}Response") {
        return Err(InvalidResponse("it answers something else than was asked"));
    }
    let node = child(root, &format!("{action}Result"))
        .ok_or(InvalidResponse("there is no result in it"))?;
    read_result(&Answer { node, now }).map(Ok)
}

/// The response with a session has a dozen nodes; a page of MFA devices has some hundreds.
const MOST_NODES: u32 = 10_000;

/// An upper bound of the number of attributes: text that looks like an attribute counts as well.
///
/// The parser compares each attribute with all others of its element, and each namespace with those
/// of all elements around it: many of them would take it minutes.
fn attributes(body: &str) -> usize {
    let values = body.split('=').skip(1);
    values.filter(|value| value.trim_ascii_start().starts_with(['"', '\''])).count()
}

/// AWS's responses have one attribute, those of emulators a few. Base64 in the JSON of a decoded
/// message looks like an attribute.
const MOST_ATTRIBUTES: usize = 500;

/// The service's error. The `Error` element may be anywhere: emulators wrap it once more, proxies
/// drop the namespace.
fn service_error(status: u16, root: Node<'_, '_>) -> Option<ServiceError> {
    let error = root
        .descendants()
        .find(|node| node.tag_name().name() == "Error" && child(*node, "Code").is_some())?;
    let request_id = root.descendants().find(|node| node.tag_name().name() == "RequestId");
    Some(ServiceError {
        status,
        code: bounded(text(child(error, "Code")?).unwrap_or_default()),
        message: bounded(child(error, "Message").and_then(text).unwrap_or_default()),
        request_id: request_id.and_then(text).map(bounded),
    })
}

/// The beginning of a text that people will see: it must not fill the screen.
fn bounded(text: &str) -> String {
    match text.char_indices().nth(MOST_SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// In characters. AWS's longest message, a denial with its ARNs, has some hundred characters.
const MOST_SHOWN: usize = 1000;

impl<'a, 'input> Answer<'a, 'input> {
    /// The time of the response by AWS's clock.
    pub(super) fn now(&self) -> OffsetDateTime {
        self.now
    }

    /// The child element of this name.
    pub(super) fn child(&self, name: &'static str) -> Option<Self> {
        child(self.node, name).map(|node| Self { node, now: self.now })
    }

    /// The `member` elements of the list of this name.
    pub(super) fn members(&self, name: &'static str) -> impl Iterator<Item = Answer<'a, 'input>> {
        let (now, list) = (self.now, child(self.node, name).into_iter());
        let members = list.flat_map(|list| list.children().filter(Node::is_element));
        members.map(move |node| Answer { node, now })
    }

    /// The text of the child element of this name; `None` if it is missing or empty.
    pub(super) fn text(&self, name: &'static str) -> Option<&'a str> {
        child(self.node, name).and_then(text)
    }

    /// A secret of the alphabet that AWS uses ([`is_plain`]). White space inside is removed: a long
    /// token may be wrapped.
    pub(super) fn secret(&self, name: &'static str) -> Result<Secret, InvalidResponse> {
        let text =
            self.text(name).ok_or(InvalidResponse("a part of the credentials is missing"))?;
        let text: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
        let secret = Secret::new(text);
        if is_plain(secret.expose()) {
            return Ok(secret);
        }
        Err(InvalidResponse("there are characters in the credentials that AWS does not use"))
    }

    /// An access key id: 16 to 128 letters, digits and underscores.
    pub(super) fn access_key_id(&self) -> Result<String, InvalidResponse> {
        let id =
            self.text("AccessKeyId").ok_or(InvalidResponse("there is no access key id in it"))?;
        let is_word = id.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if is_word && (16..=128).contains(&id.len()) {
            return Ok(id.to_owned());
        }
        Err(InvalidResponse("what stands for the access key id is none"))
    }

    /// A time as the query protocol writes it, with or without fractions, in any zone; returned in
    /// UTC.
    pub(super) fn moment(&self, name: &'static str) -> Result<OffsetDateTime, InvalidResponse> {
        self.text(name)
            .and_then(|text| OffsetDateTime::parse(text, &Rfc3339).ok())
            // The last hours of 9999 in a western zone are in the year 10000 in UTC.
            .and_then(|moment| moment.checked_to_offset(UtcOffset::UTC))
            .ok_or(InvalidResponse("the expiry in it is not a time"))
    }
}

/// Whether a text has only characters of AWS's keys and tokens, and a few more: none of them means
/// anything to a shell, quoted or not, or to the syntax of a file.
pub(crate) fn is_plain(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphanumeric() || "+/=-_.~:,@%".contains(c))
}

fn child<'a, 'input>(node: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    node.children().find(|child| child.tag_name().name() == name)
}

fn text<'a>(node: Node<'a, '_>) -> Option<&'a str> {
    node.text().map(str::trim).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_counted_however_they_are_written() {
        for (body, expected) in [
            ("<r/>", 0),
            ("<r a=\"\" b = '>' c=\n\"x\"/>", 3),
            ("<r>dG9rZW4==</r>", 0),
            ("<r>{\"a\":\"b=\"}</r>", 1),
        ] {
            assert_eq!(attributes(body), expected, "{body}");
        }
    }
}
