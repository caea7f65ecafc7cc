//! What a server answered: XML that is not trusted, read into text that can do no harm.

use roxmltree::{Document, Node, ParsingOptions};
use time::{OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339};

use super::{Operation, Output as _, ServiceError};
use crate::{credentials::is_plain, secret::Secret};

/// The result element of an operation's answer.
pub struct Answer<'a, 'input> {
    node: Node<'a, 'input>,
    now: OffsetDateTime,
}

/// Why an answer makes no sense; it quotes nothing of it.
#[derive(Debug, PartialEq, Eq)]
pub struct InvalidResponse(pub &'static str);

/// Reads the body of an answer with the HTTP status `status`, at the time `now`: what the operation
/// yields, or the error that the service answers with.
pub fn read<O: Operation>(
    status: u16,
    body: &str,
    now: OffsetDateTime,
) -> Result<Result<O::Output, ServiceError>, InvalidResponse> {
    if attributes(body) > MOST_ATTRIBUTES {
        return Err(InvalidResponse("it has more attributes than STS's answers"));
    }
    // A document type is refused by default: with it go all tricks with entities.
    let options = ParsingOptions { nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(body, options)
        .map_err(|_| InvalidResponse("it is not the XML that STS answers with"))?;
    let root = document.root_element();
    if let Some(refusal) = refusal(status, root) {
        return Ok(Err(refusal));
    }
    if status != 200 {
        return Err(InvalidResponse("it is an error without a code"));
    }
    let named = |name: String| move |node: &Node<'_, '_>| node.tag_name().name() == name;
    if !named(format!("{}Response", O::ACTION))(&root) {
        return Err(InvalidResponse("it answers something else than was asked"));
    }
    let result = root
        .children()
        .find(named(format!("{}Result", O::ACTION)))
        .ok_or(InvalidResponse("there is no result in it"))?;
    O::Output::read(&Answer { node: result, now }).map(Ok)
}

/// A session's answer has a dozen; a page of MFA devices, some hundreds.
const MOST_NODES: u32 = 10_000;

/// How many attributes there are at most: what looks like one in a text counts as well. The parser
/// compares each with all others, and namespaces with those of all elements around.
fn attributes(body: &str) -> usize {
    let values = body.split('=').skip(1);
    values.filter(|value| value.trim_ascii_start().starts_with(['"', '\''])).count()
}

/// AWS's answers have one, emulators' a few; base64 in the JSON of a message looks like one.
const MOST_ATTRIBUTES: usize = 500;

/// The `Error` element, wherever it is: emulators wrap it once more, proxies drop the namespace.
fn refusal(status: u16, root: Node<'_, '_>) -> Option<ServiceError> {
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

/// What will be shown must not fill the screen.
fn bounded(text: &str) -> String {
    match text.char_indices().nth(MOST_SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// In characters. AWS's longest message, a denial with its ARNs, has some hundred.
const MOST_SHOWN: usize = 1000;

impl<'a, 'input> Answer<'a, 'input> {
    /// The time by AWS's clock.
    #[must_use]
    pub fn now(&self) -> OffsetDateTime {
        self.now
    }

    /// The element of this name below this one.
    #[must_use]
    pub fn child(&self, name: &'static str) -> Option<Self> {
        child(self.node, name).map(|node| Self { node, now: self.now })
    }

    /// The `member` elements of the list of this name.
    pub fn members(&self, name: &'static str) -> impl Iterator<Item = Answer<'a, 'input>> {
        let (now, list) = (self.now, child(self.node, name).into_iter());
        let members = list.flat_map(|list| list.children().filter(Node::is_element));
        members.map(move |node| Answer { node, now })
    }

    /// The text of the element of this name; `None` where it is missing or empty.
    pub fn text(&self, name: &'static str) -> Option<&'a str> {
        child(self.node, name).and_then(text)
    }

    /// A secret of the alphabet that AWS uses. White space inside goes: a long token may be
    /// wrapped. Anything that could mean something to a shell or to a file's syntax is refused.
    pub fn secret(&self, name: &'static str) -> Result<Secret, InvalidResponse> {
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
    pub fn access_key_id(&self) -> Result<String, InvalidResponse> {
        let id =
            self.text("AccessKeyId").ok_or(InvalidResponse("there is no access key id in it"))?;
        let is_word = id.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if is_word && (16..=128).contains(&id.len()) {
            return Ok(id.to_owned());
        }
        Err(InvalidResponse("what stands for the access key id is none"))
    }

    /// A moment as the query protocol writes it: with or without fractions, in any zone; in UTC.
    pub fn moment(&self, name: &'static str) -> Result<OffsetDateTime, InvalidResponse> {
        self.text(name)
            .and_then(|text| OffsetDateTime::parse(text, &Rfc3339).ok())
            // The last hours of the year 9999 have no name in zones further east.
            .and_then(|moment| moment.checked_to_offset(UtcOffset::UTC))
            .ok_or(InvalidResponse("the expiry in it is not a time"))
    }
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
