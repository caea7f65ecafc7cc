//! GetSessionToken: a session for a long-term key and an MFA code.
//!
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html>

use super::{credentials::Credentials, operation::Operation, query_body::QueryBody};
use crate::secret::Secret;

/// The parameters of GetSessionToken.
#[derive(Debug)]
pub struct GetSessionToken<'a> {
    /// `SerialNumber`: the serial number or the ARN of the MFA device.
    pub serial: &'a str,
    /// `TokenCode`: the six digits of the MFA code, which AWS accepts once.
    pub digits: &'a Secret,
    /// `DurationSeconds`: 900 to 129,600; STS shortens it to 3,600 for the root user.
    pub seconds: u32,
}

impl Operation for GetSessionToken<'_> {
    const ACTION: &'static str = "GetSessionToken";
    const SPENDS_A_CODE: bool = true;
    type Output = Credentials;

    fn fill(&self, body: &mut QueryBody) {
        body.add("DurationSeconds", &self.seconds.to_string());
        body.add("SerialNumber", self.serial);
        body.add_secret("TokenCode", self.digits);
    }
}
