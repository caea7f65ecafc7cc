//! A SAML assertion: which roles it is for.
//!
//! See "Configure SAML assertions for the authentication response" in the IAM User Guide.

use data_encoding::BASE64;
use roxmltree::{Document, ParsingOptions};
use zeroize::Zeroizing;

/// A role, and the provider that it is asserted by: their ARNs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The role.
    pub role: String,
    /// The provider.
    pub provider: String,
}

/// The pairs in an assertion; `None` where it can't be read.
#[must_use]
pub fn pairs(base64: &str) -> Option<Vec<Pair>> {
    let xml = Zeroizing::new(BASE64.decode(base64.as_bytes()).ok()?);
    // A document type is refused by default: with it go all tricks with entities.
    let options = ParsingOptions { nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(str::from_utf8(&xml).ok()?, options).ok()?;
    let roles = document.descendants().filter(|node| node.attribute("Name") == Some(ROLE));
    let values = roles.flat_map(|role| role.children().filter(roxmltree::Node::is_element));
    Some(values.filter_map(|value| pair(value.text()?)).collect())
}

/// The role and the provider come in either order.
fn pair(text: &str) -> Option<Pair> {
    let (first, second) = text.split_once(',')?;
    let is_provider = |arn: &str| arn.contains(":saml-provider/");
    let (role, provider) = match (first.trim(), second.trim()) {
        (role, provider) if is_provider(provider) => (role, provider),
        (provider, role) if is_provider(provider) => (role, provider),
        _ => return None,
    };
    Some(Pair { role: role.to_owned(), provider: provider.to_owned() })
}

const ROLE: &str = "https://aws.amazon.com/SAML/Attributes/Role";

/// An assertion of 100,000 characters can't have more.
const MOST_NODES: u32 = 50_000;

#[cfg(test)]
mod tests {
    use super::*;

    const ADMIN: &str = "arn:aws:iam::123456789012:role/Admin";
    const IDP: &str = "arn:aws:iam::123456789012:saml-provider/idp";

    fn assertion(values: &[&str]) -> String {
        let values = values.join("</V><V>");
        BASE64.encode(format!(r#"<R><A Name="{ROLE}"><V>{values}</V></A></R>"#).as_bytes())
    }

    #[test]
    fn roles_are_found_in_either_order() {
        let pair = Pair { role: ADMIN.into(), provider: IDP.into() };
        let both = [format!("{ADMIN},{IDP}"), format!(" {IDP} , {ADMIN} ")];
        for value in &both {
            assert_eq!(pairs(&assertion(&[value])), Some(vec![pair.clone()]));
        }
        assert_eq!(pairs(&assertion(&[&both[0], "x", &both[1]])).unwrap().len(), 2);
    }

    #[test]
    fn what_is_no_assertion_has_none() {
        for bad in ["", "x", "PHg+", &BASE64.encode(b"<!DOCTYPE x []><x/>")] {
            assert_eq!(pairs(bad), None, "{bad}");
        }
        assert_eq!(pairs(&BASE64.encode(b"<x/>")), Some(vec![]));
    }
}
