//! `GetAccessKeyInfo`: the account of an access key ID. This server knows one account only.

use super::SERVICE;
use crate::account::ACCOUNT_ID;
use crate::answer::{Element, ServiceError};
use crate::constraint::Constraints;
use crate::operation::{Call, Operation};
use crate::principal::Caller;

pub(super) const OPERATION: Operation = Operation::signed("GetAccessKeyInfo", &SERVICE, run);

fn run(call: &mut Call<'_>, caller: &Caller) -> Result<Vec<Element>, ServiceError> {
    let mut constraints = Constraints::default();
    let access_key_id = constraints.required("accessKeyId", call.parameter("AccessKeyId"));
    constraints.text("accessKeyId", call.parameter("AccessKeyId"), 16, 128, r"[\w]*");
    constraints.check()?;
    call.check_permission(caller, "sts:GetAccessKeyInfo", None)?;
    if !["AKIA", "ASIA"].iter().any(|prefix| access_key_id.starts_with(prefix)) {
        let message = format!("Invalid Access Key Id: {access_key_id}");
        return Err(ServiceError::new(400, "ValidationError", message));
    }
    Ok(vec![Element::text("Account", ACCOUNT_ID)])
}
