//! `DecodeAuthorizationMessage`: what other services say in code when they refuse something.

use data_encoding::BASE64URL_NOPAD;

use super::SERVICE;
use crate::answer::{Element, Refusal};
use crate::constraint::Constraints;
use crate::operation::{Call, Operation, Run};
use crate::principal::Caller;
use crate::seal;

pub(crate) const DECODE_AUTHORIZATION_MESSAGE: Operation =
    Operation { name: "DecodeAuthorizationMessage", service: SERVICE, run: Run::Signed(run) };

/// A message that decodes to this text.
pub(crate) fn encode(text: &str) -> String {
    BASE64URL_NOPAD.encode(&[&seal::of(text)[..], text.as_bytes()].concat())
}

fn run(call: &mut Call<'_>, caller: &Caller) -> Result<Vec<Element>, Refusal> {
    let mut constraints = Constraints::default();
    let encoded = constraints.required("encodedMessage", call.parameter("EncodedMessage"));
    constraints.length("encodedMessage", call.parameter("EncodedMessage"), 1, 10_240);
    constraints.met()?;
    call.check_permission(caller, "sts:DecodeAuthorizationMessage")?;
    let text = decode(encoded).ok_or_else(|| {
        Refusal::new(400, "InvalidAuthorizationMessageException", "Invalid token")
    })?;
    Ok(vec![Element::text("DecodedMessage", &text)])
}

fn decode(encoded: &str) -> Option<String> {
    let bytes = BASE64URL_NOPAD.decode(encoded.as_bytes()).ok()?;
    let (seal, text) = bytes.split_at_checked(seal::LENGTH)?;
    let text = String::from_utf8(text.into()).ok()?;
    (seal::of(&text) == seal).then_some(text)
}
