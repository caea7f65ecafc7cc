//! GetSessionToken: from a long-term key and an MFA code to a session.
//!
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html>

use time::OffsetDateTime;

use super::{Answer, Form, Nonsense, Operation, Service};
use crate::{credentials::AccessKey, secret::Secret};

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

/// The answer.
#[derive(Debug)]
pub struct Granted {
    /// The temporary access key.
    pub key: AccessKey,
    /// The session token.
    pub token: Secret,
    /// When the session ends.
    pub expires: OffsetDateTime,
}

impl Operation for GetSessionToken<'_> {
    const ACTION: &'static str = "GetSessionToken";
    const SERVICE: Service = Service::Sts;
    type Output = Granted;

    fn fill(&self, form: &mut Form) {
        form.add("DurationSeconds", &self.seconds.to_string());
        form.add("SerialNumber", self.serial);
        form.add("TokenCode", self.digits.expose());
    }

    fn output(answer: &Answer<'_, '_>) -> Result<Granted, Nonsense> {
        let credentials =
            answer.child("Credentials").ok_or(Nonsense("there are no credentials in it"))?;
        let expires = credentials.moment("Expiration")?;
        if expires <= answer.now() {
            return Err(Nonsense("the session in it is over already"));
        }
        Ok(Granted {
            key: AccessKey {
                id: credentials.access_key_id()?,
                secret: credentials.secret("SecretAccessKey")?,
            },
            token: credentials.secret("SessionToken")?,
            expires,
        })
    }
}
