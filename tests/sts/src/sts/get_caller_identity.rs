//! `GetCallerIdentity`: who signed the request. Whoever can sign may ask.

use super::SERVICE;
use crate::account::ACCOUNT_ID;
use crate::answer::{Element, Refusal};
use crate::operation::{Call, Operation, Run};
use crate::principal::Caller;

pub(crate) const GET_CALLER_IDENTITY: Operation =
    Operation { name: "GetCallerIdentity", service: SERVICE, run: Run::Signed(run) };

#[expect(clippy::unnecessary_wraps, reason = "other operations can fail")]
fn run(call: &mut Call<'_>, caller: &Caller) -> Result<Vec<Element>, Refusal> {
    Ok(vec![
        Element::text("Arn", &call.account.principal_arn(&caller.principal)),
        Element::text("UserId", &call.account.principal_id(&caller.principal)),
        Element::text("Account", ACCOUNT_ID),
    ])
}
