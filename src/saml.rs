//! The roles that a SAML assertion names.
//!
//! See "Configure SAML assertions for the authentication response" in the IAM User Guide.

use data_encoding::BASE64;
use roxmltree::{Document, ParsingOptions};
use zeroize::Zeroizing;

use crate::secret::Secret;

/// The ARNs of a role and its identity provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RoleAndProvider {
    pub(crate) role: String,
    pub(crate) provider: String,
}

/// The roles in an assertion; `None` if it is not XML in base64.
pub(crate) fn roles(assertion: &Secret) -> Option<Vec<RoleAndProvider>> {
    let xml = Zeroizing::new(BASE64.decode(assertion.expose().as_bytes()).ok()?);
    // roxmltree refuses document types, and with them entity expansion.
    let options = ParsingOptions { nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(str::from_utf8(&xml).ok()?, options).ok()?;
    let roles = document.descendants().filter(|node| node.attribute("Name") == Some(ROLE));
    let values = roles.flat_map(|role| role.children().filter(roxmltree::Node::is_element));
    Some(values.filter_map(|value| pair(value.text()?)).collect())
}

/// Parses a pair, in either order.
fn pair(text: &str) -> Option<RoleAndProvider> {
    let (first, second) = text.split_once(',')?;
    let is_provider = |arn: &str| arn.contains(":saml-provider/");
    let (role, provider) = match (first.trim(), second.trim()) {
        (role, provider) if is_provider(provider) => (role, provider),
        (provider, role) if is_provider(provider) => (role, provider),
        _ => return None,
    };
    Some(RoleAndProvider { role: role.to_owned(), provider: provider.to_owned() })
}

const ROLE: &str = "https://aws.amazon.com/SAML/Attributes/Role";

/// More than an assertion of 100,000 characters can have.
const MAX_NODES: u32 = 50_000;

#[cfg(test)]
mod tests {
    use super::*;

    const ADMIN: &str = "arn:aws:iam::123456789012:role/Admin";
    const IDP: &str = "arn:aws:iam::123456789012:saml-provider/idp";

    fn assertion(values: &[&str]) -> Secret {
        let values = values.join("</V><V>");
        let xml = format!(r#"<R><A Name="{ROLE}"><V>{values}</V></A></R>"#);
        Secret::new(BASE64.encode(xml.as_bytes()))
    }

    #[test]
    fn finds_role_and_provider_in_either_order() {
        let pair = RoleAndProvider { role: ADMIN.into(), provider: IDP.into() };
        let both = [format!("{ADMIN},{IDP}"), format!(" {IDP} , {ADMIN} ")];
        for value in &both {
            assert_eq!(roles(&assertion(&[value])), Some(vec![pair.clone()]));
        }
        assert_eq!(roles(&assertion(&[&both[0], "x", &both[1]])).unwrap().len(), 2);
    }

    #[test]
    fn refuses_texts_that_are_no_assertion() {
        for bad in ["", "x", "PHg+", &BASE64.encode(b"<!DOCTYPE x []><x/>")] {
            assert_eq!(roles(&bad.into()), None, "{bad}");
        }
        assert_eq!(roles(&Secret::new(BASE64.encode(b"<x/>"))), Some(vec![]));
    }
}
