//! Commands for users of other tools: each row of the tables in `man/migration.md`, run on the
//! files that the other tool leaves.

#![cfg(unix)] // needs POSIX shells

use std::fs;

use loopback_sts::ALICE;
use snapbox::str;

use crate::{
    generated::text,
    readme::bin,
    sandbox::{Outcome, Sandbox, keys},
    tools,
};

const USER: &str = "arn:aws:iam::123456789012:user/alice";
const ADMIN: &str = "arn:aws:sts::123456789012:assumed-role/admin/alice";

/// The result of a command.
enum Yields {
    /// A session in this profile, with this caller.
    Profile(&'static str, &'static str),
    /// A session in the variables of the shell.
    Shell,
    /// A session in a subshell or a command, which prints the caller.
    Command,
    /// A session on standard output, with this start.
    Printed(&'static str),
    /// Standard output with this start, if there is a session.
    Later(&'static str),
    /// The session is no longer in the file.
    Cleared,
    /// The guide describes what to do, or that there is no counterpart.
    Described,
}
use Yields::{Cleared, Command, Described, Later, Printed, Profile, Shell};

/// The rows of the tables: the first cell and the result.
const ROWS: [(&str, Yields); 43] = [
    ("aws-vault exec work -- aws s3 ls", Command),
    ("aws-vault exec --duration=2h work -- aws s3 ls", Command),
    ("aws-vault exec --prompt=ykman work -- aws s3 ls", Command),
    ("aws-vault exec work", Command),
    ("aws-vault export --format=export-env work", Printed("export AWS_ACCESS_KEY_ID='ASIA")),
    ("aws-vault export --format=env work", Printed("AWS_ACCESS_KEY_ID=ASIA")),
    ("aws-vault export --format=json work", Printed(PROCESS)),
    ("aws-vault export --format=ini work", Printed("[work-mfa]\naws_access_key_id = ASIA")),
    ("credential_process = aws-vault export --format=json work", Printed(PROCESS)),
    ("aws-vault clear", Cleared),
    ("aws-vault clear work", Cleared),
    ("aws-vault list", Later("  profile ")),
    ("aws-vault login admin", Described),
    ("aws-vault add work", Described),
    ("aws-vault rotate work", Described),
    ("aws-vault exec --server work", Described),
    ("aws-vault exec --no-session work", Described),
    ("AWS_VAULT", Described),
    ("aws-mfa --profile work", Profile("work", USER)),
    ("aws-mfa --profile work --device $DEVICE", Profile("work", USER)),
    ("aws-mfa --profile work --duration 1800", Profile("work", USER)),
    ("aws-mfa --profile work --force", Profile("work", USER)),
    ("aws-mfa --profile work --assume-role $ROLE", Profile("work-admin", ADMIN)),
    (
        "aws-mfa --profile work --assume-role $ROLE --role-session-name me",
        Profile("work-admin", "arn:aws:sts::123456789012:assumed-role/admin/me"),
    ),
    ("aws-mfa --profile admin", Profile("admin", ADMIN)),
    ("aws-mfa --profile team --long-term-suffix keys", Profile("team", USER)),
    (
        "aws-mfa --profile own --long-term-suffix none --short-term-suffix mfa",
        Profile("own-mfa", USER),
    ),
    ("aws-mfa --profile work --short-term-suffix staging", Profile("work-staging", USER)),
    ("MFA_DEVICE=$DEVICE aws-mfa", Profile("default", USER)),
    ("MFA_STS_DURATION=1800 aws-mfa", Profile("default", USER)),
    ("MFA_ASSUME_ROLE=$ROLE aws-mfa", Profile("default-admin", ADMIN)),
    ("eval $(aws-mfa-session --profile work --code 123456 --export)", Shell),
    ("aws-mfa-session --profile work --update-profile mfa --code 123456", Profile("mfa", USER)),
    ("aws-mfa-session --profile work --arn $DEVICE --duration 7200 --shell", Command),
    ("aws-mfa-session -f other -p work -u mfa", Profile("mfa", USER)),
    ("awsume work", Shell),
    ("awsume work --mfa-token 123456", Shell),
    ("awsume -s work", Printed("export AWS_ACCESS_KEY_ID='ASIA")),
    ("awsume -r work", Shell),
    ("assume work", Shell),
    ("aws configure mfa-login --profile work --update-profile session", Profile("session", USER)),
    (
        "aws configure mfa-login --serial-number $DEVICE --duration-seconds 3600",
        Profile("default-mfa", USER),
    ),
    (
        "aws sts get-session-token --serial-number $DEVICE --token-code 123456",
        Printed("{\n  \"access_key_id\": \"ASIA"),
    ),
];
const PROCESS: &str = "{\n  \"Version\": 1,\n  \"AccessKeyId\": \"ASIA";

#[test]
fn replacement_commands_get_a_session() {
    let Some(bash) = tools::program("bash") else { return };
    let rows = rows();
    let theirs: Vec<&str> = rows.iter().map(|(theirs, _)| theirs.as_str()).collect();
    assert_eq!(theirs, ROWS.map(|(theirs, _)| theirs), "the rows of the tables");
    for ((theirs, ours), (_, yields)) in rows.iter().zip(ROWS) {
        let sandbox = sandbox_of(theirs);
        let code = sandbox.code();
        let line = ours.replace("123456", &code);
        let line = line.trim_start_matches("credential_process = ");
        let file = if line.contains("FILE=other") {
            "export AWS_SHARED_CREDENTIALS_FILE=other;"
        } else {
            ""
        };
        let whoami = match yields {
            Profile(profile, _) => format!("{file} mfa-session whoami --profile {profile}"),
            Shell => "mfa-session whoami".to_owned(),
            Command | Printed(_) | Later(_) | Cleared => "true".to_owned(),
            Described => continue,
        };
        let before = match yields {
            Later(_) | Cleared => "export AWS_PROFILE=work; mfa-session 2>/dev/null;",
            _ => "",
        };
        let mut command = sandbox.command(&bash);
        command.args(["-c", &format!("set -e; {before} {line}; {whoami}")]);
        // `mfa_process` provides the code for users of aws-vault.
        if !ours.contains("123456") && !theirs.contains("aws-vault") {
            command.env("MFA_SESSION_CODE", &code);
        }
        let outcome = sandbox.outcome(command, "mfa-session whoami\n");
        assert_eq!(outcome.status, 0, "{ours}: {outcome:?}");
        let expected = match yields {
            Profile(_, caller) => caller,
            Shell | Command => USER,
            Printed(start) | Later(start) => {
                assert!(outcome.stdout.starts_with(start), "{ours}: {outcome:?}");
                continue;
            }
            Cleared => {
                assert!(outcome.stderr.contains("cleared the session in [work-mfa]"));
                assert_eq!(sandbox.value("work-mfa", "aws_session_token"), None);
                continue;
            }
            Described => unreachable!(),
        };
        assert!(outcome.stdout.contains(&format!("{expected}\n")), "{ours}: {outcome:?}");
        assert!(sandbox.signer().starts_with("ASIA"), "{ours}");
    }
}

#[test]
fn assume_role_key_uses_the_profile_of_aws_mfa() {
    let sandbox = sandbox_of("aws-mfa");
    let code = sandbox.code();
    let outcome = sandbox.run(["--profile", "admin", "--code", &code]);
    outcome.matches(str![[r#"
exit 0
--- stderr
mfa-session: [admin-mfa] is valid until [TIME] ([LEFT] left)
mfa-session: [admin] is valid until [TIME] ([LEFT] left)
"#]]);
    let text = sandbox.read("credentials");
    let section = text.split("[admin]\n").nth(1).unwrap().split("\n[").next().unwrap();
    assert!(!section.contains("aws_security_token") && !section.contains("\nexpiration"));
    assert_eq!(sandbox.value("admin", "mfa_session_source").unwrap(), "admin-long-term");
    let asked = sandbox.asked();
    for profile in ["admin", "admin-long-term"] {
        sandbox.run(["--profile", profile]).wrote("admin");
    }
    sandbox.run(["--profile", "admin-mfa"]).wrote("admin-mfa");
    assert_eq!(sandbox.asked(), asked);
    let cleared = sandbox.run(["clear", "--profile", "admin"]);
    cleared.matches(str![[r#"
exit 0
--- stderr
mfa-session: cleared the session in [admin]
"#]]);
    sandbox.run(["--profile", "admin"]).wrote("admin");
    assert!(sandbox.read("credentials").contains("assume_role = "));
}

#[test]
fn assume_role_key_without_suffix_uses_a_separate_profile() {
    let sandbox = Sandbox::new();
    let role = sandbox.sts().role_arn("admin");
    sandbox.write("credentials", &format!("{}assume_role = {role}\n", keys("own")));
    let code = sandbox.code();
    let outcome = sandbox.run(["--profile", "own", "--code", &code]);
    outcome.matches(str![[r#"
exit 0
--- stderr
mfa-session: [own-mfa] is valid until [TIME] ([LEFT] left)
mfa-session: [own-admin] is valid until [TIME] ([LEFT] left)
"#]]);
    sandbox.run(["--profile", "own"]).wrote("own-admin");
    sandbox.run(["--profile", "own-admin"]).wrote("own-admin");
    let reader = sandbox.sts().role_arn("reader");
    sandbox.run(["--profile", "own", "--role-arn", &reader]).wrote("own-reader");
}

#[test]
fn dry_run_shows_the_origin_of_assume_role() {
    let sandbox = sandbox_of("aws-mfa");
    let outcome = sandbox.run(["--profile", "admin", "--dry-run"]);
    let origin = "`assume_role` in [admin-long-term] of ~/.aws/credentials";
    let Outcome { status, stdout, .. } = &outcome;
    assert!(*status == 0 && stdout.contains(origin), "{outcome:?}");
}

#[test]
fn refuses_an_invalid_assume_role() {
    let sandbox = Sandbox::new();
    let text = format!("{}assume_role = admin\n", keys("work-long-term"));
    sandbox.write("credentials", &text);
    let outcome = sandbox.run(["--profile", "work", "--no-prompt"]);
    outcome.matches(str![[r#"
exit 1
--- stderr
mfa-session: error: `assume_role` in [work-long-term] of ~/.aws/credentials: `admin` is not an ARN of IAM
mfa-session: hint: give it as arn:aws:iam::123456789012:role/NAME
"#]]);
}

/// The rows of the tables: the command of the other tool, and the command that replaces it.
fn rows() -> Vec<(String, String)> {
    let guide = text("man/migration.md");
    let rows = guide.lines().filter(|line| line.starts_with("| `"));
    let code = |cell: &str| cell.split('`').nth(1).unwrap_or_default().to_owned();
    let rows = rows.map(|row| {
        let mut cells = row.trim_matches('|').split(" | ").map(str::trim);
        (code(cells.next().unwrap()), code(cells.next().unwrap()))
    });
    rows.collect()
}

/// A sandbox with the files that the other tool of this command leaves.
fn sandbox_of(theirs: &str) -> Sandbox {
    let mut sandbox = Sandbox::new();
    bin(&mut sandbox);
    let role = sandbox.sts().role_arn("admin");
    sandbox.set("DEVICE", ALICE.serial_number).set("ROLE", &*role);
    sandbox.set("SHELL", "/bin/sh");
    let device = format!("aws_mfa_device = {}\n", ALICE.serial_number);
    // As aws-mfa writes it; the expiry is in UTC.
    let session = |name: &str, year: u16| {
        format!(
            "[{name}]\nassumed_role = False\naws_access_key_id = ASIALOOPBACKOLDOLD12\n\
             aws_secret_access_key = old\naws_session_token = old\naws_security_token = old\n\
             expiration = {year}-11-22 20:14:05\n\n"
        )
    };
    let mfa_serial = format!("mfa_serial = {}\n", ALICE.serial_number);
    if theirs.contains("aws-mfa") && !theirs.contains("aws-mfa-session") {
        let long_term = |name: &str, more: &str| format!("{}{device}{more}\n", keys(name));
        let sections = [
            long_term("default-long-term", ""),
            session("default", 2020),
            long_term("work-long-term", ""),
            session("work", 2099),
            long_term("admin-long-term", &format!("assume_role = {role}\n")),
            session("admin", 2020),
            long_term("team-keys", ""),
            session("team", 2020),
            long_term("own", ""),
            session("own-mfa", 2020),
        ];
        sandbox.write("credentials", &sections.concat());
        return sandbox;
    }
    let login = "\n[session]\naws_access_key_id = ASIALOOPBACKOLDOLD12\n\
                 aws_secret_access_key = old\naws_session_token = old\n";
    sandbox.write("credentials", &format!("{}\n{}{login}", keys("default"), keys("work")));
    fs::write(sandbox.path("other"), keys("work")).unwrap();
    let mfa_process = if theirs.contains("aws-vault") {
        fs::write(sandbox.path("code"), sandbox.code()).unwrap();
        "mfa_process = ykman oath accounts code --single aws\n"
    } else {
        ""
    };
    sandbox.write("config", &format!("[profile work]\n{mfa_serial}{mfa_process}"));
    sandbox
}
