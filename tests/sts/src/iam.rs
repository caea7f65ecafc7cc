//! The operations of AWS IAM.

use data_encoding::BASE64;

use crate::answer::{Element, Refusal};
use crate::constraint::Constraints;
use crate::operation::{Call, Operation, Run, Service};
use crate::principal::{Caller, Principal};
use crate::user::User;

/// IAM is not for federated users, nor for a user's session that was granted without MFA.
const SERVICE: Service = Service {
    name: "iam",
    version: "2010-05-08",
    namespace: "https://iam.amazonaws.com/doc/2010-05-08/",
    is_region: |partition, region| region == home_region(partition),
    admits: |caller| match caller.principal {
        Principal::User(_) => caller.session.is_none() || caller.has_mfa(),
        Principal::AssumedRole { .. } => true,
        Principal::FederatedUser(_) => false,
    },
};

/// The MFA devices of a user or, where none is named, of the caller.
pub(crate) const LIST_MFA_DEVICES: Operation =
    Operation { name: "ListMFADevices", service: SERVICE, run: Run::Signed(list_mfa_devices) };

fn list_mfa_devices(call: &mut Call<'_>, caller: &Caller) -> Result<Vec<Element>, Refusal> {
    let mut constraints = Constraints::default();
    constraints.text("userName", call.parameter("UserName"), 1, 128, r"[\w+=,.@-]+");
    let most = constraints.number("maxItems", call.parameter("MaxItems"), 1, 1000)?;
    constraints.met()?;
    call.check_permission(caller, "iam:ListMFADevices")?;
    let user = find_user(call, caller)?;
    let start = call.parameter("Marker").map_or(Some(0), read_marker);
    let start = start.ok_or_else(|| Refusal::new(400, "ValidationError", "Invalid Marker."))?;
    let most = most.and_then(|most| most.try_into().ok()).unwrap_or(call.account.page_size);
    let end = start.saturating_add(most);

    let page = user.devices.iter().skip(start).take(most);
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

/// The user who is named or, where none is, who asks.
fn find_user<'a>(call: &'a Call<'_>, caller: &Caller) -> Result<&'a User, Refusal> {
    let Some(name) = call.parameter("UserName") else {
        let Principal::User(name) = &caller.principal else {
            let message = "Must specify userName when calling with non-User credentials";
            return Err(Refusal::new(400, "ValidationError", message));
        };
        return Ok(call.account.user_named(name));
    };
    let mut users = call.account.users.iter();
    users.find(|user| user.name == name).ok_or_else(|| {
        let message = format!("The user with name {name} cannot be found.");
        Refusal::new(404, "NoSuchEntity", message)
    })
}

fn read_marker(marker: &str) -> Option<usize> {
    let bytes = BASE64.decode(marker.as_bytes()).ok()?;
    Some(usize::from_be_bytes(bytes.try_into().ok()?))
}

/// Where a partition's one IAM is.
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
