//! Examples for the help and the manual.

use clap::Command;

use crate::{commands::COMMANDS, system::command::EXPORT};

/// The three uses. The help begins with them.
pub const USES: [(&str, &str); 3] = [
    ("mfa-session", "write a session to profile default-mfa"),
    (EXPORT, "put it into this shell"),
    ("mfa-session --no-prompt", "in CI: the code is in MFA_SESSION_CODE"),
];

/// More command lines and what they do.
pub const EXAMPLES: [(&str, &str); 5] = [
    (
        "mfa-session --serial arn:aws:iam::123456789012:mfa/alice --code 123456",
        "give the MFA device and the code",
    ),
    ("aws s3 ls --profile default-mfa", "use the session profile"),
    ("mfa-session --profile work --duration 36h", "36 hours for the keys in [work]"),
    (
        "mfa-session --role-arn arn:aws:iam::123456789012:role/Audit",
        "assume a role with the MFA session",
    ),
    (
        "ykman oath accounts code --single aws | mfa-session --code -",
        "read the code from another program",
    ),
];

/// An example for each command.
pub fn command_examples() -> impl Iterator<Item = &'static str> {
    COMMANDS.iter().map(|command| command.example)
}

/// Adds the examples to the help.
pub(super) fn with_examples(line: Command) -> Command {
    let uses = USES.map(|(command, effect)| format!("  {command:28}  {effect}\n"));
    let more = EXAMPLES.map(|(command, effect)| format!("  {command}\n      {effect}\n"));
    line.help_template(template("Examples", &uses.concat()))
        .after_long_help(format!("More examples:\n{}", more.concat()))
        .mut_subcommands(|line| {
            let command = COMMANDS.iter().find(|command| command.name == line.get_name());
            let Some(command) = command else { return line };
            line.help_template(template("Example", &format!("  {}\n", command.example)))
        })
}

/// clap's own template, with the examples before the usage.
fn template(heading: &str, examples: &str) -> String {
    format!(
        "{{about-with-newline}}\n{heading}:\n{examples}\n\
         {{usage-heading}} {{usage}}\n\n{{all-args}}{{after-help}}"
    )
}
