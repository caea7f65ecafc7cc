//! The operations of AWS IAM.

use data_encoding::BASE64;

use crate::answer::{Element, ServiceError};
use crate::constraint::Constraints;
use crate::operation::{Call, Operation, Service};
use crate::principal::{Caller, Principal};
use crate::user::User;

pub(crate) const OPERATIONS: &[Operation] =
    &[Operation::signed("ListMFADevices", &SERVICE, list_mfa_devices)];

const SERVICE: Service = Service {
    name: "iam",
    version: "2010-05-08",
    namespace: "https://iam.amazonaws.com/doc/2010-05-08/",
    is_region: |partition, region| region == home_region(partition),
    check_caller,
};

/// IAM rejects federated users, and sessions of users without MFA.
fn check_caller(_: &Operation, caller: &Caller) -> Result<(), ServiceError> {
    let is_allowed = match caller.principal {
        Principal::User(_) | Principal::Root(_) => caller.session.is_none() || caller.has_mfa(),
        Principal::AssumedRole { .. } => true,
        Principal::FederatedUser(_) => false,
    };
    if is_allowed { Ok(()) } else { Err(ServiceError::invalid_token()) }
}

/// Lists the MFA devices of the user in `UserName` or, without one, of the caller.
fn list_mfa_devices(call: &mut Call<'_>, caller: &Caller) -> Result<Vec<Element>, ServiceError> {
    let mut constraints = Constraints::default();
    constraints.text("userName", call.parameter("UserName"), 1, 128, r"[\w+=,.@-]+");
    let max_items = constraints.number("maxItems", call.parameter("MaxItems"), 1, 1000)?;
    constraints.check()?;
    call.check_permission(caller, "iam:ListMFADevices", None)?;
    let user = find_user(call, caller)?;
    let start = call.parameter("Marker").map_or(Some(0), read_marker);
    let invalid = || ServiceError::new(400, "ValidationError", "Invalid Marker.");
    let start = start.ok_or_else(invalid)?;
    let max_items = max_items.and_then(|max_items| max_items.try_into().ok());
    let max_items = max_items.unwrap_or(call.account.page_size);
    let end = start.saturating_add(max_items);

    let page = user.devices.iter().skip(start).take(max_items);
    let members = page.map(|device| {
        let parts = [
            ("UserName", &*user.name),
            ("SerialNumber", &*device.serial_number),
            ("EnableDate", "2019-03-11T18:22:05Z"),
        ];
        Element::node("member", parts.map(|(name, text)| Element::text(name, text)))
    });
    let is_truncated = end < user.devices.len();
    let mut parts = vec![
        Element::text("IsTruncated", &is_truncated.to_string()),
        Element::node("MFADevices", members),
    ];
    if is_truncated {
        parts.push(Element::text("Marker", &BASE64.encode(&end.to_be_bytes())));
    }
    Ok(parts)
}

fn find_user<'a>(call: &'a Call<'_>, caller: &Caller) -> Result<&'a User, ServiceError> {
    let Some(name) = call.parameter("UserName") else {
        return call.account.user_of(&caller.principal).ok_or_else(|| {
            let message = "Must specify userName when calling with non-User credentials";
            ServiceError::new(400, "ValidationError", message)
        });
    };
    let mut users = call.account.users.iter();
    users.find(|user| user.name == name).ok_or_else(|| {
        let message = format!("The user with name {name} cannot be found.");
        ServiceError::new(404, "NoSuchEntity", message)
    })
}

fn read_marker(marker: &str) -> Option<usize> {
    let bytes = BASE64.decode(marker.as_bytes()).ok()?;
    Some(usize::from_be_bytes(bytes.try_into().ok()?))
}

/// The region of IAM's only endpoint in a partition.
pub(crate) fn home_region(partition: &str) -> &'static str {
    match partition {
        "aws-cn" => "cn-north-1",
        "aws-us-gov" => "us-gov-west-1",
        "aws-eusc" => "eusc-de-east-1",
        "aws-iso" => "us-iso-east-1",
        "aws-iso-b" => "us-isob-east-1",
        "aws-iso-e" => "eu-isoe-west-1",
        "aws-iso-f" => "us-isof-south-1",
        _ => "us-east-1",
    }
}
