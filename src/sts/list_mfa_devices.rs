//! IAM's ListMFADevices: the devices of the user whose key signs.
//!
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListMFADevices.html>

use super::{Answer, InvalidResponse, Operation, Output, QueryBody, Service};

/// The question; the user is whose key signs it.
#[derive(Debug, Default)]
pub struct ListMfaDevices {
    /// Where the last page ended.
    pub marker: Option<String>,
}

/// A page of the answer.
#[derive(Debug)]
pub struct Devices {
    /// The serial numbers, of every kind of device.
    pub serials: Vec<String>,
    /// Where the next page begins, if there is one.
    pub marker: Option<String>,
}

impl Operation for ListMfaDevices {
    const ACTION: &'static str = "ListMFADevices";
    const SERVICE: Service = Service::Iam;
    type Output = Devices;

    fn fill(&self, form: &mut QueryBody) {
        if let Some(marker) = &self.marker {
            form.add("Marker", marker);
        }
    }
}

impl Output for Devices {
    fn read(answer: &Answer<'_, '_>) -> Result<Self, InvalidResponse> {
        let serials = answer.members("MFADevices").filter_map(|device| device.text("SerialNumber"));
        let serials: Vec<String> = serials.map(ToOwned::to_owned).collect();
        if serials.iter().any(|serial| serial.chars().count() > LONGEST) {
            return Err(InvalidResponse("a serial number in it is longer than any is"));
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

/// In characters: what AWS says of `serialNumberType`.
const LONGEST: usize = 256;
