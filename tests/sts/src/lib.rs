//! A small server on loopback that plays STS and IAM: one account, users with keys and MFA devices.
