//! ListMFADevices of IAM: the devices of the signing user.
//!
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListMFADevices.html>

use super::{
    operation::{Operation, Output},
    query_body::QueryBody,
    response::{Answer, InvalidResponse},
    service::Service,
};

/// The parameters of ListMFADevices. `UserName` is omitted: it defaults to the signing user.
#[derive(Debug, Default)]
pub struct ListMfaDevices {
    /// `Marker`: the start of this page; `None` for the first page.
    pub marker: Option<String>,
}

/// A page of MFA devices.
#[derive(Debug)]
pub struct Devices {
    /// `SerialNumber` of each device of any kind; at most 256 characters each.
    pub serials: Vec<String>,
    /// `Marker`: the start of the next page; `None` on the last page.
    pub marker: Option<String>,
}

impl Operation for ListMfaDevices {
    const ACTION: &'static str = "ListMFADevices";
    const SERVICE: Service = Service::Iam;
    type Output = Devices;

    fn fill(&self, body: &mut QueryBody) {
        if let Some(marker) = &self.marker {
            body.add("Marker", marker);
        }
    }
}

impl Output for Devices {
    fn read(answer: &Answer<'_, '_>) -> Result<Self, InvalidResponse> {
        let serials = answer.members("MFADevices").filter_map(|device| device.text("SerialNumber"));
        let serials: Vec<String> = serials.map(ToOwned::to_owned).collect();
        if serials.iter().any(|serial| serial.chars().count() > LONGEST) {
            return Err(InvalidResponse("it contains a serial number of more than 256 characters"));
        }
        Ok(Self {
            serials,
            marker: match answer.text("IsTruncated") {
                Some("true") => answer.text("Marker").map(ToOwned::to_owned),
                _ => None,
            },
        })
    }
}

/// In characters: the limit of IAM's `serialNumberType`.
const LONGEST: usize = 256;
