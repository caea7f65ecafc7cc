//! The users of the default account. Their secrets are public.

/// A user with public keys and a public seed, for documentation and tests.
#[derive(Clone, Copy)]
pub struct Sample {
    /// The user's name, empty for the root user.
    pub name: &'static str,
    /// `AKIA` and 16 characters.
    pub access_key_id: &'static str,
    /// 40 characters, some of which are reserved in URLs.
    pub secret_access_key: &'static str,
    /// The ARN of the virtual device in partition `aws`.
    pub serial_number: &'static str,
    /// The seed of the virtual device: 64 characters of base32, like AWS's seeds.
    pub seed: &'static str,
}

/// The user of the examples, with one virtual MFA device.
pub const ALICE: Sample = Sample {
    name: "alice",
    access_key_id: "AKIALOOPBACKALICE234",
    secret_access_key: "Alice+Keeps/This+Secret/Only+On/Loopback",
    serial_number: "arn:aws:iam::123456789012:mfa/alice",
    seed: "ICFSPUYJP3VFURV7FK3EGOTSGSRT2XSJSV5RH3D2ZQWKBDQ2CPDVE4WJBSGTHBOU",
};

/// A user with a virtual device, a hardware device ([`BOBS_HARDWARE`]) and a FIDO key
/// ([`BOBS_FIDO`]).
pub const BOB: Sample = Sample {
    name: "bob",
    access_key_id: "AKIALOOPBACKBOB23456",
    secret_access_key: "Bob+Keeps/This+Secret/Only+On/Loopback+2",
    serial_number: "arn:aws:iam::123456789012:mfa/bob",
    seed: "AQLKE25FKQZUFBVRSVERR3FNPOTMGNLVWSO7SFP7GNT3LTXX5TMTWHYLINTDMZT3",
};

/// The root user. Its sessions last at most one hour.
pub const ROOT: Sample = Sample {
    name: "",
    access_key_id: "AKIALOOPBACKROOT2345",
    secret_access_key: "Root+Keeps/This+Secret/Only+On/Loopback3",
    serial_number: "arn:aws:iam::123456789012:mfa/root-account-mfa-device",
    seed: "XNKMOM55QITLG2SSVFERZDHTQBGRU6Z5YIWRANWHY6KW5YMHM6R7XSURS5ATHS6N",
};

/// The serial number of bob's hardware device, which has the seed of his virtual device.
pub const BOBS_HARDWARE: &str = "GAHT12345678";

/// The serial number of bob's FIDO key, which has no codes.
pub const BOBS_FIDO: &str = "arn:aws:iam::123456789012:u2f/user/bob/default-7QXHZNJ4PLIB2CM5";
