//! `GetCallerIdentity`: the signer of the request. It needs no permission.

use super::SERVICE;
use crate::answer::{Element, ServiceError};
use crate::operation::{Call, Operation};
use crate::principal::Caller;

pub(super) const OPERATION: Operation = Operation::signed("GetCallerIdentity", &SERVICE, run);

#[expect(clippy::unnecessary_wraps, reason = "other operations can fail")]
fn run(call: &mut Call<'_>, caller: &Caller) -> Result<Vec<Element>, ServiceError> {
    Ok(vec![
        Element::text("Arn", &call.account.principal_arn(&caller.principal)),
        Element::text("UserId", &call.account.principal_id(&caller.principal)),
        Element::text("Account", caller.principal.account_id()),
    ])
}
