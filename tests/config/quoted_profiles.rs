//! Names in quotes in the headers of the config file, as the AWS CLI writes and reads them.

use std::fs;

use loopback_sts::{ALICE, BOB};
use snapbox::str;

use crate::{
    sandbox::{Sandbox, Table, keys},
    tools,
};

const QUOTED: [&str; 4] = [
    "[profile 'team a']",
    "[profile \"team a\"]",
    "[profile team\\ a]",
    "[profile  'team a' ] # c",
];

#[test]
fn settings_of_a_quoted_profile_count() {
    for header in QUOTED {
        let sandbox = Sandbox::new();
        sandbox.write("credentials", &keys("team a"));
        let config = format!("{header}\nregion = eu-west-1\nmfa_session_to = team-a\n");
        sandbox.write("config", &config);
        sandbox.get(["--profile", "team a"]).wrote("team-a");
        let outcome = sandbox.run(["--profile", "team a", "--dry-run"]);
        let region = outcome.stdout.lines().find(|line| line.starts_with("region ")).unwrap();
        let origin = "`region` in [profile 'team a'] of ~/.aws/config";
        assert!(region.contains("eu-west-1") && region.ends_with(origin), "{header}: {region}");
    }
}

#[test]
fn keys_of_a_quoted_profile_are_found_and_never_hidden() {
    let sandbox = Sandbox::new();
    sandbox.write("config", &(keys("profile 'team a'") + &keys("profile \"q\"")));
    let table = Table::of([
        ("another session profile", sandbox.get(["--profile", "team a", "--to", "x"])),
        ("a quoted profile with keys", sandbox.get(["--to", "q"])),
    ]);
    table.matches(str![[r#"
=== another session profile
exit 0
--- stderr
mfa-session: [x] is valid until [TIME] ([LEFT] left)

=== a quoted profile with keys
exit 2
--- stderr
mfa-session: error: --to: a session in [q] would hide the long-term keys of the config file
mfa-session: hint: name another session profile: --to NAME
"#]]);
    assert_eq!(sandbox.signer(), ALICE.access_key_id);
}

/// Not all SDKs read a header with a space in the credentials file.
#[test]
fn the_session_profile_of_a_quoted_profile_has_hyphens() {
    let sandbox = Sandbox::new();
    let role = sandbox.sts().role_arn("reader");
    let config = format!("[profile 'of a']\nrole_arn = {role}\nsource_profile = team a\n");
    sandbox.write("config", &(keys("profile 'team a'") + &config));
    assert_eq!(sandbox.get(["--profile", "team a", "--export"]).status, 0);
    sandbox.run(["--profile", "team a"]).wrote("team-a-mfa");
    sandbox.run(["--profile", "team-a-mfa"]).wrote("team-a-mfa");
    sandbox.run(["--profile", "of a"]).wrote("of-a-mfa");
    let role_flag = ["--profile", "team a", "--role-arn", &role];
    sandbox.run(role_flag).wrote("team-a-reader");
    for profile in ["team a", "of a"] {
        assert_eq!(sandbox.run(["status", "--short", "--profile", profile]).status, 0);
        assert_eq!(sandbox.run(["clear", "--profile", profile]).status, 0);
        assert_eq!(sandbox.run(["status", "--short", "--profile", profile]).status, 1);
    }
}

#[test]
fn says_how_to_quote_a_name() {
    let text = "[profile work]\nregion = eu-west-1\n\n[profile team b]\nregion = eu-west-1\n\
                [profile role]\nrole_arn = arn:aws:iam::123456789012:role/reader\n\
                source_profile = team b\n[profile it's]\n";
    let run = |profile: &str| {
        let sandbox = Sandbox::new();
        sandbox.write("config", text);
        sandbox.get(["--profile", profile])
    };
    let sandbox = Sandbox::new();
    sandbox.write("credentials", &keys("team b"));
    sandbox.write("config", text);
    Table::of([
        ("the requested profile", run("team b")),
        ("a source profile", run("role")),
        ("a single quote", run("it's")),
        ("settings only", sandbox.get(["--profile", "team b", "--to", "b"])),
    ])
    .matches(str![[r#"
=== the requested profile
exit 2
--- stderr
mfa-session: error: --profile: no profile `team b` in ~/.aws/credentials or ~/.aws/config
mfa-session: hint: [profile team b] in ~/.aws/config, line 4, should read [profile 'team b']

=== a source profile
exit 1
--- stderr
mfa-session: error: `source_profile` in [profile role] of ~/.aws/config: no profile `team b`
mfa-session: hint: [profile team b] in ~/.aws/config, line 4, should read [profile 'team b']

=== a single quote
exit 2
--- stderr
mfa-session: error: --profile: no profile `it's` in ~/.aws/credentials or ~/.aws/config
mfa-session: hint: [profile it's] in ~/.aws/config, line 9, should read [profile "it's"]

=== settings only
exit 0
--- stderr
mfa-session: warning: ignoring settings of `team b`: [profile team b] in ~/.aws/config, line 4, should read [profile 'team b']
mfa-session: [b] is valid until [TIME] ([LEFT] left)
"#]]);
}

#[test]
fn headers_of_the_credentials_file_are_literal() {
    let sandbox = Sandbox::new();
    let quoted = keys("'team a'").replace(ALICE.access_key_id, BOB.access_key_id);
    sandbox.write("credentials", &(quoted + &keys("team a") + &keys("profile x")));
    sandbox.get(["--profile", "team a", "--to", "a"]).wrote("a");
    assert_eq!(sandbox.signer(), ALICE.access_key_id);
    sandbox.get(["--profile", "profile x", "--to", "x"]).wrote("x");
}

const LIST_PROFILES: &str = "
import botocore.session
print('\\n'.join(botocore.session.Session().available_profiles))";

#[test]
fn agrees_with_botocore_about_headers() {
    let Some(python) = tools::python("botocore") else { return };
    let headers = [
        "profile a",
        "profile  a",
        "profile 'a'",
        "profile \"a\"",
        "profile 'a b'",
        "profile \"a b\"",
        "profile a\\ b",
        "profile a b",
        "profile a' 'b",
        "profile 'a",
        "profile a\\",
        "profile \"it's\"",
        "profile it's",
        "profile 'a' b",
        "profile a,b",
        "profile é",
        "'profile' a",
        "a",
        "'default'",
    ];
    for header in headers {
        let mut sandbox = Sandbox::new();
        sandbox.write("config", &format!("[{header}]\nregion = eu-west-1\n"));
        let config = sandbox.path(".aws/config");
        sandbox.set("AWS_CONFIG_FILE", config.to_str().unwrap());
        fs::remove_file(sandbox.path(".aws/credentials")).unwrap();
        let mut command = sandbox.command(&python);
        command.args(["-c", LIST_PROFILES]);
        let theirs = sandbox.outcome(command, "").stdout;
        let ours = sandbox.run(["complete", "profiles"]).stdout;
        assert_eq!(ours, theirs.trim_start_matches('\n'), "{header}");
    }
}
