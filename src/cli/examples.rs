//! What people do with it.

/// What people do with it: a command, and what comes of it; for the help as for the manual.
pub const EXAMPLES: [(&str, &str); 10] = [
    (
        "mfa-session --serial arn:aws:iam::123456789012:mfa/alice --code 123456",
        "write a session for the keys of [default] to [default-mfa]",
    ),
    ("mfa-session", "the same: the device is looked up, the code asked for if need be"),
    ("AWS_PROFILE=default-mfa aws s3 ls", "use that session"),
    ("eval $(mfa-session --export)", "use a session in this shell, and write nothing"),
    (
        "mfa-session --profile work --duration 36h",
        "write a longer one for the keys of [work] to [work-mfa]",
    ),
    (
        "mfa-session --profile work --role-arn arn:aws:iam::123456789012:role/Audit",
        "assume a role with the session of [work]'s keys; its own goes to [work-Audit]",
    ),
    ("mfa-session exec -- terraform plan", "run a command with a session, and write nothing"),
    ("mfa-session whoami --profile work-mfa", "show whose session that is"),
    (
        "ykman oath accounts code --single aws | mfa-session --code -",
        "take the code from another program",
    ),
    (
        "MFA_SESSION_CODE=123456 mfa-session --no-prompt",
        "in CI: where there is no code, fail instead of asking",
    ),
];

pub(super) fn text() -> String {
    let lines = EXAMPLES.map(|(command, what)| format!("  {command}\n          {what}\n"));
    format!("Examples:\n{}", lines.join("\n"))
}
