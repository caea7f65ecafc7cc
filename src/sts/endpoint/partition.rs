//! The partitions of AWS, as the data of its SDKs has them: `partitions.json` and the endpoint
//! rules of STS and IAM.

/// A group of regions with accounts, names and certificates of its own.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Partition {
    pub(super) name: &'static str,
    /// What its regions' names begin with.
    pub(super) prefix: &'static str,
    /// Where IAM's requests are signed for, and STS's go when nobody names a region.
    pub(super) home: &'static str,
    pub(super) suffix: &'static str,
    pub(super) dual_stack_suffix: &'static str,
    /// What stands before the region in the name of STS's host.
    pub(super) sts: Variants,
    /// What stands before the suffix in the name of IAM's host.
    pub(super) iam: Variants,
}

/// A text for each variant of a service: plain, FIPS, dual-stack, both.
pub(super) type Variants = [&'static str; 4];

impl Partition {
    /// By the beginning of a region's name, so that regions to come are found, too; else `aws`, as
    /// in the AWS SDKs.
    pub(super) fn of(region: &str) -> &'static Self {
        let holds =
            |partition: &&Self| region.starts_with(partition.prefix) || partition.is_global(region);
        PARTITIONS.iter().find(holds).unwrap_or(AWS)
    }

    /// By its name in an ARN.
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        PARTITIONS.iter().find(|partition| partition.name == name)
    }

    /// Whether this is the partition's name for all of its regions together, such as `aws-global`.
    pub(super) fn is_global(&self, region: &str) -> bool {
        region.strip_suffix("-global") == Some(self.name)
    }
}

pub(super) const AWS: &Partition = &PARTITIONS[0];

const STS: Variants = ["sts", "sts-fips", "sts", "sts-fips"];

const PARTITIONS: [Partition; 8] = [
    Partition {
        name: "aws",
        // It has none that is not somebody else's, too: it is what is left.
        prefix: "aws-global",
        home: "us-east-1",
        suffix: "amazonaws.com",
        dual_stack_suffix: "api.aws",
        sts: STS,
        iam: ["iam", "iam-fips", "iam.global", "iam-fips.global"],
    },
    Partition {
        name: "aws-cn",
        prefix: "cn-",
        home: "cn-north-1",
        suffix: "amazonaws.com.cn",
        dual_stack_suffix: "api.amazonwebservices.com.cn",
        sts: STS,
        iam: ["iam.cn-north-1", "iam-fips", "iam.global", "iam-fips"],
    },
    Partition {
        name: "aws-us-gov",
        prefix: "us-gov-",
        home: "us-gov-west-1",
        suffix: "amazonaws.com",
        dual_stack_suffix: "api.aws",
        // Its hosts are FIPS's without a name of their own.
        sts: ["sts", "sts", "sts", "sts-fips"],
        iam: ["iam.us-gov"; 4],
    },
    Partition {
        name: "aws-eusc",
        prefix: "eusc-",
        home: "eusc-de-east-1",
        suffix: "amazonaws.eu",
        dual_stack_suffix: "api.amazonwebservices.eu",
        sts: STS,
        iam: ["iam.eusc-de-east-1", "iam-fips", "iam.global", "iam-fips"],
    },
    Partition {
        name: "aws-iso",
        prefix: "us-iso-",
        home: "us-iso-east-1",
        suffix: "c2s.ic.gov",
        dual_stack_suffix: "api.aws.ic.gov",
        sts: STS,
        iam: ["iam.us-iso-east-1", "iam-fips.us-iso-east-1", "iam", "iam-fips"],
    },
    Partition {
        name: "aws-iso-b",
        prefix: "us-isob-",
        home: "us-isob-east-1",
        suffix: "sc2s.sgov.gov",
        dual_stack_suffix: "api.aws.scloud",
        sts: STS,
        iam: ["iam.us-isob-east-1", "iam-fips.us-isob-east-1", "iam", "iam-fips"],
    },
    Partition {
        name: "aws-iso-e",
        prefix: "eu-isoe-",
        home: "eu-isoe-west-1",
        suffix: "cloud.adc-e.uk",
        dual_stack_suffix: "api.cloud-aws.adc-e.uk",
        sts: STS,
        iam: ["iam.eu-isoe-west-1", "iam-fips", "iam", "iam-fips"],
    },
    Partition {
        name: "aws-iso-f",
        prefix: "us-isof-",
        home: "us-isof-south-1",
        suffix: "csp.hci.ic.gov",
        dual_stack_suffix: "api.aws.hci.ic.gov",
        sts: STS,
        iam: ["iam.us-isof-south-1", "iam-fips", "iam", "iam-fips"],
    },
];
