//! From an MFA code to temporary AWS credentials.

pub mod ini;
pub mod secret;
