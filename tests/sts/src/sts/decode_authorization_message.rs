//! `DecodeAuthorizationMessage`: decodes the details that other services put into an error.

use data_encoding::BASE64URL_NOPAD;

use super::SERVICE;
use crate::answer::{Element, ServiceError};
use crate::constraint::Constraints;
use crate::mac;
use crate::operation::{Call, Operation};
use crate::principal::Caller;

pub(super) const OPERATION: Operation =
    Operation::signed("DecodeAuthorizationMessage", &SERVICE, run);

/// A message that decodes to this text.
pub(crate) fn encode_message(text: &str) -> String {
    BASE64URL_NOPAD.encode(&[&mac::of(text)[..], text.as_bytes()].concat())
}

fn run(call: &mut Call<'_>, caller: &Caller) -> Result<Vec<Element>, ServiceError> {
    let mut constraints = Constraints::default();
    let encoded = constraints.required("encodedMessage", call.parameter("EncodedMessage"));
    constraints.length("encodedMessage", call.parameter("EncodedMessage"), 1, 10_240);
    constraints.check()?;
    call.check_permission(caller, "sts:DecodeAuthorizationMessage", None)?;
    let text = decode_message(encoded).ok_or_else(|| {
        ServiceError::new(400, "InvalidAuthorizationMessageException", "Invalid token")
    })?;
    Ok(vec![Element::text("DecodedMessage", &text)])
}

fn decode_message(encoded: &str) -> Option<String> {
    let bytes = BASE64URL_NOPAD.decode(encoded.as_bytes()).ok()?;
    let (mac, text) = bytes.split_at_checked(mac::LENGTH)?;
    let text = String::from_utf8(text.into()).ok()?;
    (mac::of(&text) == mac).then_some(text)
}
