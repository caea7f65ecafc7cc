//! Examples for the help and the manual.

use crate::system::command::EXPORT;

/// Commands and what they do.
pub const EXAMPLES: [(&str, &str); 10] = [
    (
        "mfa-session --serial arn:aws:iam::123456789012:mfa/alice --code 123456",
        "write a session for the keys in [default] to [default-mfa]",
    ),
    ("mfa-session", "the same: look up the device, prompt for the code if needed"),
    ("aws s3 ls --profile default-mfa", "use this session"),
    (EXPORT, "put the session into this shell"),
    (
        "mfa-session --profile work --duration 36h",
        "write a session of 36 hours for the keys in [work] to [work-mfa]",
    ),
    (
        "mfa-session --profile work --role-arn arn:aws:iam::123456789012:role/Audit",
        "assume a role with the MFA session of [work], write its session to [work-Audit]",
    ),
    ("mfa-session exec -- terraform plan", "run a command with the session"),
    ("mfa-session whoami --profile work-mfa", "show the account and user of a session"),
    (
        "ykman oath accounts code --single aws | mfa-session --code -",
        "read the code from another program",
    ),
    ("mfa-session --no-prompt", "in CI: take the code from MFA_SESSION_CODE, never prompt"),
];

pub(super) fn text() -> String {
    let lines = EXAMPLES.map(|(command, effect)| format!("  {command}\n          {effect}\n"));
    format!("Examples:\n{}", lines.join("\n"))
}
