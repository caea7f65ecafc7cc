//! The XML of a response. It is not trusted: size, structure and characters are limited.

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

/// Why a response is invalid, such as "it contains no credentials". It does not quote the response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidResponse(pub &'static str);

impl fmt::Display for InvalidResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for InvalidResponse {}

/// Reads the body of a response to the operation `action`: its result, or the service's error.
pub(super) fn read<T>(
    status: u16,
    body: &str,
    now: OffsetDateTime,
    action: &str,
    read_result: impl FnOnce(&Answer<'_, '_>) -> Result<T, InvalidResponse>,
) -> Result<Result<T, ServiceError>, InvalidResponse> {
    if attributes(body) > MOST_ATTRIBUTES {
        return Err(InvalidResponse("it has too many XML attributes"));
    }
    // By default, the parser refuses document types, and thus attacks with entities.
    let options = ParsingOptions { nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(body, options)
        .map_err(|_| InvalidResponse("it is not valid XML"))?;
    let root = document.root_element();
    if let Some(error) = service_error(status, root) {
        return if is_text_whole(root) { Ok(Err(error)) } else { Err(TEXT_IN_PIECES) };
    }
    if status != 200 {
        return Err(InvalidResponse("it is an error without a code"));
    }
    if root.tag_name().name() != format!("{action}Response") {
        return Err(InvalidResponse("it belongs to another operation"));
    }
    let node =
        child(root, &format!("{action}Result")).ok_or(InvalidResponse("it contains no result"))?;
    if !is_text_whole(node) {
        return Err(TEXT_IN_PIECES);
    }
    read_result(&Answer { node, now }).map(Ok)
}

/// Whether every element has its text in one piece. [`text`] reads only the first piece: a comment,
/// a processing instruction or an element would cut a secret.
fn is_text_whole(node: Node<'_, '_>) -> bool {
    let is_blank = |text: Node<'_, '_>| text.text().is_none_or(|text| text.trim().is_empty());
    let mut texts = node.descendants().filter(Node::is_text);
    texts.all(|text| is_blank(text) || !text.has_siblings())
}

const TEXT_IN_PIECES: InvalidResponse =
    InvalidResponse("one of its texts contains a comment or an element");

/// A session has a dozen nodes, a page of MFA devices some hundred.
const MOST_NODES: u32 = 10_000;

/// An upper bound of the number of attributes: text that looks like one counts.
///
/// The parser compares each attribute with all others of its element, and each namespace with those
/// of all outer elements: with many of them, it would need minutes.
fn attributes(body: &str) -> usize {
    let values = body.split('=').skip(1);
    values.filter(|value| value.trim_ascii_start().starts_with(['"', '\''])).count()
}

/// Responses of AWS have one attribute, those of emulators a few. Base64 in a decoded message looks
/// like an attribute.
const MOST_ATTRIBUTES: usize = 500;

/// The service's error. `Error` may be anywhere: emulators wrap it, proxies drop the namespace.
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

/// Shortens a text for the screen.
fn bounded(text: &str) -> String {
    match text.char_indices().nth(MOST_SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// In characters. AWS's longest message, a denial with ARNs, has some hundred.
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

    /// A secret in AWS's alphabet ([`is_plain`]). Removes white space: a long token may be wrapped.
    pub(super) fn secret(&self, name: &'static str) -> Result<Secret, InvalidResponse> {
        let text = self.text(name).ok_or(InvalidResponse("its credentials are incomplete"))?;
        let text: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
        let secret = Secret::new(text);
        if is_plain(secret.expose()) {
            return Ok(secret);
        }
        Err(InvalidResponse("its credentials contain unexpected characters"))
    }

    pub(super) fn access_key_id(&self) -> Result<String, InvalidResponse> {
        let id = self.text("AccessKeyId").ok_or(InvalidResponse("it has no access key id"))?;
        let is_valid = is_access_key_id(id);
        is_valid.then(|| id.to_owned()).ok_or(InvalidResponse("its access key id is invalid"))
    }

    /// A time, with or without fractions of a second, in any zone; returned in UTC.
    pub(super) fn moment(&self, name: &'static str) -> Result<OffsetDateTime, InvalidResponse> {
        self.text(name)
            .and_then(|text| OffsetDateTime::parse(text, &Rfc3339).ok())
            // The last hours of 9999 in a western zone are in the year 10000 in UTC.
            .and_then(|moment| moment.checked_to_offset(UtcOffset::UTC))
            .ok_or(InvalidResponse("its expiry is not a valid time"))
    }
}

/// Whether a text can be an access key id: 8 to 128 letters, digits and `_+=,.@-`. AWS's have 16 or
/// more letters, digits and underscores; MinIO and Ceph use the others.
pub(crate) fn is_access_key_id(id: &str) -> bool {
    let is_word = id.chars().all(|c| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c));
    is_word && (8..=128).contains(&id.len())
}

/// Whether a text has only characters of AWS's keys and tokens, and a few more. All are literal in
/// a shell, quoted or not, and in a file.
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
    fn notices_interrupted_texts() {
        for (xml, expected) in [
            ("<r/>", true),
            ("<r>\n <a>x</a>\n <!-- c --> <b/>\n</r>", true),
            ("<r><a>x<![CDATA[y<z>]]>&amp;&#65;</a></r>", true),
            ("<r><a>x<!-- c --></a></r>", false),
            ("<r><a><!-- c -->x</a></r>", false),
            ("<r><a> <!-- c -->x</a></r>", false),
            ("<r><a>x<?pi y?>z</a></r>", false),
            ("<r><a>x<b/></a></r>", false),
            ("<r><a>x<b>y</b>z</a></r>", false),
            ("<r>x<a/></r>", false),
        ] {
            let document = Document::parse(xml).unwrap();
            assert_eq!(is_text_whole(document.root_element()), expected, "{xml}");
        }
    }

    #[test]
    fn counts_attributes_in_any_style() {
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
