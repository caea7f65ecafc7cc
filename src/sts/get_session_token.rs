//! GetSessionToken: from a long-term key and an MFA code to a session.
//!
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html>

use super::{Credentials, Operation, QueryBody};
use crate::secret::Secret;

/// The question. The code in it is good once.
#[derive(Debug)]
pub struct GetSessionToken<'a> {
    /// The serial number of the MFA device.
    pub serial: &'a str,
    /// The six digits of the code.
    pub digits: &'a Secret,
    /// How long the session is to last: 900 to 129,600 seconds; for the root user, STS makes more
    /// than 3,600 into 3,600.
    pub seconds: u32,
}

impl Operation for GetSessionToken<'_> {
    const ACTION: &'static str = "GetSessionToken";
    const SPENDS_A_CODE: bool = true;
    type Output = Credentials;

    fn fill(&self, form: &mut QueryBody) {
        form.add("DurationSeconds", &self.seconds.to_string());
        form.add("SerialNumber", self.serial);
        form.add("TokenCode", self.digits.expose());
    }
}
