//! The addresses of the AWS console.

use std::str::FromStr;

use super::region::Region;
use crate::sts::{account_id::AccountId, parameter::InvalidParameter};

/// A service as the console's URLs name it, such as `ec2` or `systems-manager`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsoleService(String);

impl ConsoleService {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ConsoleService {
    type Err = InvalidParameter;

    fn from_str(text: &str) -> Result<Self, InvalidParameter> {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
        if (1..=LONGEST_SERVICE).contains(&text.len()) && text.chars().all(is_plain) {
            return Ok(Self(text.to_owned()));
        }
        Err(InvalidParameter::new(
            "not the name of a service",
            "give a name as in the console's addresses, such as ec2, s3 or cloudformation",
        ))
    }
}

impl Region {
    /// The page of a service in the console, or the console's home page. `None` if the region's
    /// partition has no public console.
    #[must_use]
    pub fn console_page(&self, service: Option<&ConsoleService>) -> Option<String> {
        let host = self.partition().console?;
        let region = if self.is_whole_partition() { self.partition().home } else { self.as_str() };
        let service = service.map_or("console", ConsoleService::as_str);
        Some(format!("https://{region}.{host}/{service}/home?region={region}"))
    }

    /// The page where the IAM users of an account sign in. `None` as for [`Self::console_page`].
    #[must_use]
    pub fn sign_in_page(&self, account: Option<&AccountId>) -> Option<String> {
        let partition = self.partition();
        let console = partition.console?;
        Some(match account {
            Some(account) => format!("https://{account}.{}/console", partition.signin[0]),
            None => format!("https://{console}/"),
        })
    }

    /// Whether the host of AWS Sign-In for this region has no region in its name.
    pub(super) fn has_plain_signin(&self) -> bool {
        self.is_whole_partition() || self.as_str() == self.partition().home
    }
}

/// In characters.
const LONGEST_SERVICE: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_pages_of_each_partition() {
        let ec2: ConsoleService = "ec2".parse().unwrap();
        let account = AccountId::parse("123456789012");
        for (region, page, sign_in) in [
            (
                "eu-west-1",
                "https://eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1",
                "https://123456789012.signin.aws.amazon.com/console",
            ),
            (
                "aws-global",
                "https://us-east-1.console.aws.amazon.com/ec2/home?region=us-east-1",
                "https://123456789012.signin.aws.amazon.com/console",
            ),
            (
                "cn-northwest-1",
                "https://cn-northwest-1.console.amazonaws.cn/ec2/home?region=cn-northwest-1",
                "https://123456789012.signin.amazonaws.cn/console",
            ),
            (
                "us-gov-east-1",
                "https://us-gov-east-1.console.amazonaws-us-gov.com/ec2/home?region=us-gov-east-1",
                "https://123456789012.signin.amazonaws-us-gov.com/console",
            ),
            (
                "eusc-de-east-1",
                "https://eusc-de-east-1.console.amazonaws-eusc.eu/ec2/home?region=eusc-de-east-1",
                "https://123456789012.signin.amazonaws-eusc.eu/console",
            ),
        ] {
            let region: Region = region.parse().unwrap();
            assert_eq!(region.console_page(Some(&ec2)).as_deref(), Some(page));
            assert_eq!(region.sign_in_page(account.as_ref()).as_deref(), Some(sign_in));
        }
        for isolated in ["us-iso-east-1", "us-isob-east-1", "eu-isoe-west-1", "us-isof-south-1"] {
            let region: Region = isolated.parse().unwrap();
            assert_eq!((region.console_page(None), region.sign_in_page(None)), (None, None));
        }
    }

    #[test]
    fn rejects_names_that_would_change_the_address() {
        let long = "x".repeat(65);
        for bad in ["", "ec2/home", "../x", "a.b", "a b", "ec2?x=1", "ec2#", "é", "%2e", &long] {
            assert!(bad.parse::<ConsoleService>().is_err(), "{bad}");
        }
    }
}
