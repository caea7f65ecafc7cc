//! `GetAccessKeyInfo`: whose an access key id is. There is one account, so all are its own.

use super::SERVICE;
use crate::account::ACCOUNT_ID;
use crate::answer::{Element, Refusal};
use crate::constraint::Constraints;
use crate::operation::{Call, Operation, Run};
use crate::principal::Caller;

pub(crate) const GET_ACCESS_KEY_INFO: Operation =
    Operation { name: "GetAccessKeyInfo", service: SERVICE, run: Run::Signed(run) };

fn run(call: &mut Call<'_>, caller: &Caller) -> Result<Vec<Element>, Refusal> {
    let mut constraints = Constraints::default();
    let access_key_id = constraints.required("accessKeyId", call.parameter("AccessKeyId"));
    constraints.text("accessKeyId", call.parameter("AccessKeyId"), 16, 128, r"[\w]*");
    constraints.met()?;
    call.check_permission(caller, "sts:GetAccessKeyInfo")?;
    if !["AKIA", "ASIA"].iter().any(|prefix| access_key_id.starts_with(prefix)) {
        let message = format!("Invalid Access Key Id: {access_key_id}");
        return Err(Refusal::new(400, "ValidationError", message));
    }
    Ok(vec![Element::text("Account", ACCOUNT_ID)])
}
