//! The regions and partitions of AWS, as botocore's `partitions.json` lists them (August 2026).

/// A part of AWS with accounts, endpoints and ARNs of its own.
struct Partition {
    /// As ARNs have it: `aws`, `aws-cn`.
    name: &'static str,
    /// The host of its console, without a region; `None` where it is not on the internet.
    console: Option<&'static str>,
    regions: &'static [&'static str],
}

const PARTITIONS: &[Partition] = &[
    Partition {
        name: "aws",
        console: Some("console.aws.amazon.com"),
        regions: &[
            "af-south-1",
            "ap-east-1",
            "ap-east-2",
            "ap-northeast-1",
            "ap-northeast-2",
            "ap-northeast-3",
            "ap-south-1",
            "ap-south-2",
            "ap-southeast-1",
            "ap-southeast-2",
            "ap-southeast-3",
            "ap-southeast-4",
            "ap-southeast-5",
            "ap-southeast-6",
            "ap-southeast-7",
            "ca-central-1",
            "ca-west-1",
            "eu-central-1",
            "eu-central-2",
            "eu-north-1",
            "eu-south-1",
            "eu-south-2",
            "eu-west-1",
            "eu-west-2",
            "eu-west-3",
            "il-central-1",
            "me-central-1",
            "me-south-1",
            "mx-central-1",
            "sa-east-1",
            "us-east-1",
            "us-east-2",
            "us-west-1",
            "us-west-2",
        ],
    },
    Partition {
        name: "aws-cn",
        console: Some("console.amazonaws.cn"),
        regions: &["cn-north-1", "cn-northwest-1"],
    },
    Partition { name: "aws-eusc", console: Some("console.amazonaws-eusc.eu"), regions: &["eusc-de-east-1"] },
    Partition { name: "aws-iso", console: None, regions: &["us-iso-east-1", "us-iso-west-1"] },
    Partition { name: "aws-iso-b", console: None, regions: &["us-isob-east-1", "us-isob-west-1"] },
    Partition { name: "aws-iso-e", console: None, regions: &["eu-isoe-west-1"] },
    Partition { name: "aws-iso-f", console: None, regions: &["us-isof-east-1", "us-isof-south-1"] },
    Partition {
        name: "aws-us-gov",
        console: Some("console.amazonaws-us-gov.com"),
        regions: &["us-gov-east-1", "us-gov-west-1"],
    },
];

/// The partition of a region; `None` if AWS has no such region.
pub fn partition_of(region: &str) -> Option<&'static str> {
    PARTITIONS.iter().find(|partition| partition.regions.contains(&region)).map(|partition| partition.name)
}

/// All regions.
pub fn all() -> impl Iterator<Item = &'static str> {
    PARTITIONS.iter().flat_map(|partition| partition.regions.iter().copied())
}

/// All partitions.
pub fn partitions() -> impl Iterator<Item = &'static str> {
    PARTITIONS.iter().map(|partition| partition.name)
}

/// The host of a partition's console, without a region; `None` where it is not on the internet.
pub fn console_host(partition: &str) -> Option<&'static str> {
    PARTITIONS.iter().find(|known| known.name == partition)?.console
}
