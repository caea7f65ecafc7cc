//! The account's SAML provider: issues and verifies responses. The signature is a MAC of the text,
//! not an XML signature: only this server verifies it.

use data_encoding::BASE64;
use roxmltree::{Document, Node};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use crate::account::Account;
use crate::answer::ServiceError;
use crate::clock::{self, ISO_8601};
use crate::{mac, random};

/// The content of a response.
pub(crate) struct Assertion {
    pub(crate) subject: String,
    /// A URN, such as that of `persistent`.
    pub(crate) subject_format: String,
    pub(crate) issuer: String,
    /// `Recipient`, which STS returns as `Audience`.
    pub(crate) recipient: String,
    pub(crate) session_name: String,
    roles: Vec<String>,
}

impl Assertion {
    /// Refuses a role that the assertion does not pair with this provider, in either order.
    pub(crate) fn check_role(
        &self,
        role_arn: &str,
        provider_arn: &str,
    ) -> Result<(), ServiceError> {
        let pairs = self.roles.iter().filter_map(|pair| pair.split_once(','));
        let mut pairs = pairs.map(|(first, second)| (first.trim(), second.trim()));
        if pairs.any(|it| it == (role_arn, provider_arn) || it == (provider_arn, role_arn)) {
            return Ok(());
        }
        Err(invalid(
            "SAML Assertion doesn't contain the requested Role and Metadata in the attributes",
        ))
    }
}

/// The ARN of the account's only provider: `PrincipalArn`.
pub(crate) fn provider_arn(account: &Account) -> String {
    account.arn("iam", &format!("saml-provider/{PROVIDER}"))
}

/// A response in base64 with these values of the attribute `Role`.
pub(crate) fn response(roles: &[&str], now: OffsetDateTime) -> String {
    let values = roles.iter().map(|role| format!("<AttributeValue>{role}</AttributeValue>"));
    let response = RESPONSE
        .replace("{id}", &random::request_id())
        .replace("{now}", &clock::format(now, ISO_8601))
        .replace("{end}", &clock::format(now + LIFETIME, ISO_8601))
        .replace("{roles}", &values.collect::<String>());
    let mac = BASE64.encode(&mac::of(&response));
    let signed = response.replacen(SIGNATURE_START, &format!("{SIGNATURE_START}{mac}"), 1);
    BASE64.encode(signed.as_bytes())
}

/// Verifies a response: form, signature and age.
pub(crate) fn read(response: &str, now: OffsetDateTime) -> Result<Assertion, ServiceError> {
    let bytes = BASE64.decode(response.as_bytes()).map_err(|_| malformed())?;
    let text = String::from_utf8(bytes).map_err(|_| malformed())?;
    let document = Document::parse(&text).map_err(|_| malformed())?;
    let (assertion, issued) = parse(document.root_element()).ok_or_else(malformed)?;
    if !is_signed(&text) {
        return Err(invalid("Response signature invalid"));
    }
    if now - issued > LIFETIME {
        let message = "Token must be redeemed within 5 minutes of issuance";
        return Err(ServiceError::new(400, "ExpiredTokenException", message));
    }
    Ok(assertion)
}

fn parse(response: Node<'_, '_>) -> Option<(Assertion, OffsetDateTime)> {
    let find = |name| response.descendants().find(move |node| node.has_tag_name((NAMESPACE, name)));
    let values = |attribute: &str| -> Vec<String> {
        let named = response.descendants().filter(|node| node.attribute("Name") == Some(attribute));
        let values = named.flat_map(|node| node.children().filter(Node::is_element));
        values.filter_map(|node| node.text().map(Into::into)).collect()
    };
    let subject = find("NameID")?;
    let issued = find("Assertion")?.attribute("IssueInstant")?;
    let assertion = Assertion {
        subject: subject.text()?.into(),
        subject_format: subject.attribute("Format")?.into(),
        issuer: find("Issuer")?.text()?.into(),
        recipient: find("SubjectConfirmationData")?.attribute("Recipient")?.into(),
        session_name: values(SESSION_NAME_ATTRIBUTE).pop()?,
        roles: values(ROLE_ATTRIBUTE),
    };
    Some((assertion, OffsetDateTime::parse(issued, &Rfc3339).ok()?))
}

fn is_signed(text: &str) -> bool {
    let Some((start, rest)) = text.split_once(SIGNATURE_START) else { return false };
    let Some((signature, end)) = rest.split_once('<') else { return false };
    BASE64.encode(&mac::of(&format!("{start}{SIGNATURE_START}<{end}"))) == signature
}

/// The error for a provider that the account does not have.
pub(crate) fn unknown_provider() -> ServiceError {
    discovery("Specified provider doesn't exist", "AuthSamlManifestNotFoundException")
}

fn malformed() -> ServiceError {
    discovery("Invalid base64 SAMLResponse", "AuthSamlInvalidSamlResponseException")
}

/// STS returns the message of a service behind it.
fn discovery(message: &str, code: &str) -> ServiceError {
    let request_id = random::request_id();
    invalid(&format!(
        "{message} (Service: AWSOpenIdDiscoveryService; Status Code: 400; Error Code: {code}; \
         Request ID: {request_id}; Proxy: null)"
    ))
}

fn invalid(message: &str) -> ServiceError {
    ServiceError::new(400, "InvalidIdentityToken", message)
}

/// The provider's name in the account.
pub(crate) const PROVIDER: &str = "loopback";

/// STS omits this prefix in `SubjectType`.
pub(crate) const FORMAT_PREFIX: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:";

const LIFETIME: Duration = Duration::minutes(5);
const NAMESPACE: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
const ROLE_ATTRIBUTE: &str = "https://aws.amazon.com/SAML/Attributes/Role";
const SESSION_NAME_ATTRIBUTE: &str = "https://aws.amazon.com/SAML/Attributes/RoleSessionName";
const SIGNATURE_START: &str = "<ds:SignatureValue>";

const RESPONSE: &str = r#"<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"
    ID="_{id}" Version="2.0" IssueInstant="{now}"
    Destination="https://signin.aws.amazon.com/saml">
  <Issuer xmlns="urn:oasis:names:tc:SAML:2.0:assertion">https://idp.example.com/saml</Issuer>
  <samlp:Status>
    <samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/>
  </samlp:Status>
  <Assertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion"
      ID="_a{id}" Version="2.0" IssueInstant="{now}">
    <Issuer>https://idp.example.com/saml</Issuer>
    <ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#">
      <ds:SignatureValue></ds:SignatureValue>
    </ds:Signature>
    <Subject>
      <NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
        >alice@example.com</NameID>
      <SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">
        <SubjectConfirmationData NotOnOrAfter="{end}"
          Recipient="https://signin.aws.amazon.com/saml"/>
      </SubjectConfirmation>
    </Subject>
    <Conditions NotBefore="{now}" NotOnOrAfter="{end}">
      <AudienceRestriction><Audience>urn:amazon:webservices</Audience></AudienceRestriction>
    </Conditions>
    <AttributeStatement>
      <Attribute Name="https://aws.amazon.com/SAML/Attributes/RoleSessionName">
        <AttributeValue>alice@example.com</AttributeValue>
      </Attribute>
      <Attribute Name="https://aws.amazon.com/SAML/Attributes/Role">{roles}</Attribute>
    </AttributeStatement>
  </Assertion>
</samlp:Response>
"#;

#[cfg(test)]
mod tests {
    use super::*;

    const ROLE: &str = "arn:aws:iam::123456789012:role/saml";
    const PROVIDER: &str = "arn:aws:iam::123456789012:saml-provider/loopback";

    #[test]
    fn role_and_provider_are_accepted_in_either_order() {
        let now = OffsetDateTime::now_utc();
        for roles in [format!("{ROLE},{PROVIDER}"), format!(" {PROVIDER} , {ROLE} ")] {
            let other = "arn:aws:iam::123456789012:role/other,x";
            let assertion = read(&response(&[other, &roles], now), now).unwrap();
            assert_eq!(assertion.check_role(ROLE, PROVIDER), Ok(()));
            assert!(assertion.check_role("arn:aws:iam::123456789012:role/x", PROVIDER).is_err());
        }
    }

    #[test]
    fn modified_response_is_refused() {
        let now = OffsetDateTime::now_utc();
        let text =
            String::from_utf8(BASE64.decode(response(&[], now).as_bytes()).unwrap()).unwrap();
        let changed = BASE64.encode(text.replace("alice", "mallory").as_bytes());
        let error = read(&changed, now).err().unwrap();
        assert_eq!(error, invalid("Response signature invalid"));
    }
}
