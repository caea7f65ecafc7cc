//! The partitions of AWS, from the SDKs' `partitions.json` and endpoint rules of STS, IAM and
//! Sign-In.

/// A group of regions with its own accounts and host names.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Partition {
    pub(super) name: &'static str,
    /// The prefix of its regions' names.
    pub(super) prefix: &'static str,
    /// The signing region of IAM, and the default region of STS.
    pub(super) home: &'static str,
    pub(super) suffix: &'static str,
    pub(super) dual_stack_suffix: &'static str,
    /// The host name of STS before the region.
    pub(super) sts: Variants,
    /// The host name of IAM before the suffix.
    pub(super) iam: Variants,
    /// The host of AWS Sign-In; a region other than [`home`](Self::home) precedes it.
    pub(super) signin: Variants,
    /// The host of the console, which the region precedes; `None` where AWS documents none.
    pub(super) console: Option<&'static str>,
}

/// A text for each variant of a service: plain, FIPS, dual-stack, both.
pub(super) type Variants = [&'static str; 4];

impl Partition {
    /// The partition of a region, by prefix to include future regions; else `aws`, as in the SDKs.
    pub(super) fn of(region: &str) -> &'static Self {
        let has =
            |partition: &&Self| region.starts_with(partition.prefix) || partition.is_global(region);
        PARTITIONS.iter().find(has).unwrap_or(AWS)
    }

    /// The partition with this name in ARNs.
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        PARTITIONS.iter().find(|partition| partition.name == name)
    }

    /// Whether a region is the name for all regions of this partition, such as `aws-global`.
    pub(super) fn is_global(&self, region: &str) -> bool {
        region.strip_suffix("-global") == Some(self.name)
    }
}

pub(super) const AWS: &Partition = &PARTITIONS[0];

const STS: Variants = ["sts", "sts-fips", "sts", "sts-fips"];

const PARTITIONS: [Partition; 8] = [
    Partition {
        name: "aws",
        // Its regions have no common prefix: it is the default.
        prefix: "aws-global",
        home: "us-east-1",
        suffix: "amazonaws.com",
        dual_stack_suffix: "api.aws",
        sts: STS,
        iam: ["iam", "iam-fips", "iam.global", "iam-fips.global"],
        signin: ["signin.aws.amazon.com"; 4],
        console: Some("console.aws.amazon.com"),
    },
    Partition {
        name: "aws-cn",
        prefix: "cn-",
        home: "cn-north-1",
        suffix: "amazonaws.com.cn",
        dual_stack_suffix: "api.amazonwebservices.com.cn",
        sts: STS,
        iam: ["iam.cn-north-1", "iam-fips", "iam.global", "iam-fips"],
        signin: ["signin.amazonaws.cn"; 4],
        console: Some("console.amazonaws.cn"),
    },
    Partition {
        name: "aws-us-gov",
        prefix: "us-gov-",
        home: "us-gov-west-1",
        suffix: "amazonaws.com",
        dual_stack_suffix: "api.aws",
        // All its hosts are FIPS endpoints under the plain name.
        sts: ["sts", "sts", "sts", "sts-fips"],
        iam: ["iam.us-gov"; 4],
        signin: [
            "signin.amazonaws-us-gov.com",
            "signin-fips.amazonaws-us-gov.com",
            "signin.amazonaws-us-gov.com",
            "signin-fips.amazonaws-us-gov.com",
        ],
        console: Some("console.amazonaws-us-gov.com"),
    },
    Partition {
        name: "aws-eusc",
        prefix: "eusc-",
        home: "eusc-de-east-1",
        suffix: "amazonaws.eu",
        dual_stack_suffix: "api.amazonwebservices.eu",
        sts: STS,
        iam: ["iam.eusc-de-east-1", "iam-fips", "iam.global", "iam-fips"],
        signin: ["signin.amazonaws-eusc.eu"; 4],
        console: Some("console.amazonaws-eusc.eu"),
    },
    Partition {
        name: "aws-iso",
        prefix: "us-iso-",
        home: "us-iso-east-1",
        suffix: "c2s.ic.gov",
        dual_stack_suffix: "api.aws.ic.gov",
        sts: STS,
        iam: ["iam.us-iso-east-1", "iam-fips.us-iso-east-1", "iam", "iam-fips"],
        signin: ["signin.c2shome.ic.gov"; 4],
        console: None,
    },
    Partition {
        name: "aws-iso-b",
        prefix: "us-isob-",
        home: "us-isob-east-1",
        suffix: "sc2s.sgov.gov",
        dual_stack_suffix: "api.aws.scloud",
        sts: STS,
        iam: ["iam.us-isob-east-1", "iam-fips.us-isob-east-1", "iam", "iam-fips"],
        signin: ["signin.sc2shome.sgov.gov"; 4],
        console: None,
    },
    Partition {
        name: "aws-iso-e",
        prefix: "eu-isoe-",
        home: "eu-isoe-west-1",
        suffix: "cloud.adc-e.uk",
        dual_stack_suffix: "api.cloud-aws.adc-e.uk",
        sts: STS,
        iam: ["iam.eu-isoe-west-1", "iam-fips", "iam", "iam-fips"],
        signin: ["signin.csphome.adc-e.uk"; 4],
        console: None,
    },
    Partition {
        name: "aws-iso-f",
        prefix: "us-isof-",
        home: "us-isof-south-1",
        suffix: "csp.hci.ic.gov",
        dual_stack_suffix: "api.aws.hci.ic.gov",
        sts: STS,
        iam: ["iam.us-isof-south-1", "iam-fips", "iam", "iam-fips"],
        signin: ["signin.csphome.hci.ic.gov"; 4],
        console: None,
    },
];
