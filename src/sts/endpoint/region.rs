//! The name of a region, and its partition.

use std::{fmt, str::FromStr};

use super::partition::{AWS, Partition};
use crate::sts::parameter::InvalidParameter;

/// The name of a region, such as `eu-west-1`, or of all regions of a partition, such as
/// `aws-global`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Region(String);

impl Region {
    /// The default region of a partition; that of `aws` for an unknown one.
    #[must_use]
    pub fn home_of(partition: Option<&str>) -> Self {
        Self(partition.and_then(Partition::named).unwrap_or(AWS).home.to_owned())
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name of the region's partition, such as `aws-cn`.
    #[must_use]
    pub fn partition_name(&self) -> &'static str {
        self.partition().name
    }

    pub(super) fn partition(&self) -> &'static Partition {
        Partition::of(&self.0)
    }

    /// Whether this is the name of a whole partition, such as `aws-cn-global`.
    pub(super) fn is_whole_partition(&self) -> bool {
        self.partition().is_global(&self.0)
    }

    /// Whether this is `aws-global`, the only whole partition with a host of STS.
    pub(super) fn is_aws_global(&self) -> bool {
        AWS.is_global(&self.0)
    }
}

impl FromStr for Region {
    type Err = InvalidParameter;

    fn from_str(text: &str) -> Result<Self, InvalidParameter> {
        let text = text.trim();
        match text.strip_prefix("fips-").or(text.strip_suffix("-fips")) {
            // Older SDKs accept the name of a region's FIPS endpoint as a region.
            Some(region) if is_region(region) => Err(InvalidParameter::new(
                format!("`{text}` is not a region, but a FIPS endpoint of {region}"),
                format!("give {region}, and set AWS_USE_FIPS_ENDPOINT=true"),
            )),
            None if is_region(text) => Ok(Self(text.to_owned())),
            _ => Err(InvalidParameter::new(
                format!("`{text}` is not a region"),
                "give a region such as eu-west-1",
            )),
        }
    }
}

fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let word = |part: &&str| {
        (1..=20).contains(&part.len())
            && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    let numbered = parts.last().is_some_and(|last| last.bytes().all(|b| b.is_ascii_digit()));
    (3..=5).contains(&parts.len()) && numbered && parts.iter().all(word)
        || Partition::of(text).is_global(text)
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rejects_invalid_regions() {
        for bad in [
            "",
            "mars",
            "eu-west",
            "EU-WEST-1",
            "eu-west-1.evil.example/",
            "a-b-c",
            "eu--1",
            "1",
            "mars-global",
            "cn-global",
        ] {
            assert!(bad.parse::<Region>().is_err(), "{bad}");
        }
    }

    #[test]
    fn rejects_the_name_of_a_fips_endpoint() {
        for name in ["fips-us-gov-west-1", "us-gov-west-1-fips"] {
            let invalid = name.parse::<Region>().unwrap_err();
            assert_eq!(invalid.hint, "give us-gov-west-1, and set AWS_USE_FIPS_ENDPOINT=true");
        }
    }

    #[test]
    fn finds_the_partition_by_prefix() {
        for (region, partition) in [
            ("eu-west-1", "aws"),
            ("zz-south-7", "aws"),
            ("aws-global", "aws"),
            ("cn-south-7", "aws-cn"),
            ("aws-cn-global", "aws-cn"),
            ("us-iso-east-1", "aws-iso"),
            ("us-isob-east-1", "aws-iso-b"),
            ("aws-iso-b-global", "aws-iso-b"),
            // AWS's own pattern has only `eusc-de-`.
            ("eusc-fr-west-1", "aws-eusc"),
        ] {
            assert_eq!(region.parse::<Region>().unwrap().partition_name(), partition);
        }
    }
}
