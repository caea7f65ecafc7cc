//! A profile that is misspelled, under the header of the other file, or without long-term keys: the
//! hint names the line, the name or the command.

use snapbox::str;

use crate::sandbox::{Outcome, Sandbox, Table, keys};

/// Requests the profile `work`.
fn run(credentials: &str, config: &str) -> Outcome {
    let sandbox = Sandbox::new();
    sandbox.write("credentials", credentials);
    sandbox.write("config", config);
    let outcome = sandbox.get(["--profile", "work", "--no-prompt"]);
    assert!(outcome.status == 0 || sandbox.sts().connections() == 0);
    outcome
}

#[test]
fn names_the_line_of_a_header_in_the_form_of_the_other_file() {
    let (role, source) =
        ("role_arn = arn:aws:iam::123456789012:role/x\n", "source_profile = base\n");
    let other = keys("other");
    Table::of([
        ("keys under the header of the config file", run(&(other + &keys("profile work")), "")),
        (
            "the same, and settings",
            run(&keys("profile work"), "[profile work]\nregion = eu-west-1\n"),
        ),
        ("a role under the header of the credentials file", {
            run(&keys("base"), &format!("# comment\n\n[work]\n{role}{source}"))
        }),
        ("a source profile", {
            run("", &format!("[profile work]\n{role}{source}[base]\nregion = eu-west-1\n"))
        }),
        ("settings only", run(&keys("work"), "[work]\nregion = eu-west-1\n")),
        ("both headers", run(&keys("work"), "[work]\n[profile work]\n")),
    ])
    .matches(str![[r#"
=== keys under the header of the config file
exit 2
--- stderr
mfa-session: error: --profile: no profile `work` in ~/.aws/credentials or ~/.aws/config
mfa-session: hint: [profile work] in ~/.aws/credentials, line 4, should read [work]

=== the same, and settings
exit 1
--- stderr
mfa-session: warning: ignoring settings of `work`: [profile work] in ~/.aws/credentials, line 1, should read [work]
mfa-session: error: the profile `work` has no long-term keys
mfa-session: hint: [profile work] in ~/.aws/credentials, line 1, should read [work]

=== a role under the header of the credentials file
exit 2
--- stderr
mfa-session: error: --profile: no profile `work` in ~/.aws/credentials or ~/.aws/config
mfa-session: hint: [work] in ~/.aws/config, line 3, should read [profile work]

=== a source profile
exit 1
--- stderr
mfa-session: error: `source_profile` in [profile work] of ~/.aws/config: no profile `base`
mfa-session: hint: [base] in ~/.aws/config, line 4, should read [profile base]

=== settings only
exit 0
--- stderr
mfa-session: warning: ignoring settings of `work`: [work] in ~/.aws/config, line 1, should read [profile work]
mfa-session: [work-mfa] is valid until [TIME] ([LEFT] left)

=== both headers
exit 0
--- stderr
mfa-session: [work-mfa] is valid until [TIME] ([LEFT] left)
"#]]);
}

#[test]
fn accepts_both_forms_if_one_file_is_both() {
    let mut sandbox = Sandbox::new();
    sandbox.write("credentials", &(keys("work") + "[profile work]\nmfa_session_to = x\n"));
    sandbox.set("AWS_CONFIG_FILE", sandbox.path(".aws/credentials").to_str().unwrap());
    sandbox.get(["--profile", "work"]).wrote("x");
}

#[test]
fn suggests_the_most_similar_profile() {
    let with = |names: [&str; 3], arguments: [&str; 2]| {
        let sandbox = Sandbox::new();
        sandbox.write("credentials", &names.map(keys).concat());
        sandbox.write(
            "config",
            "[profile role]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = wokr\n",
        );
        sandbox.run(arguments)
    };
    let names = ["default", "company-dev", "work-long-term"];
    Table::of([
        ("swapped letters", with(["home", "work", "works"], ["--profile", "wrok"])),
        ("another case", with(names, ["--profile", "Company-DEV"])),
        ("the short name of long-term keys", with(names, ["--profile", "wrk"])),
        ("nothing similar", with(names, ["--profile", "prod"])),
        ("a source profile", with(["home", "work", "works"], ["--profile", "role"])),
        ("hostile", with(["x", "y", "wo\u{202e}rk"], ["--profile", "work"])),
    ])
    .matches(str![[r#"
=== swapped letters
exit 2
--- stderr
mfa-session: error: --profile: no profile `wrok` in ~/.aws/credentials or ~/.aws/config
mfa-session: hint: did you mean `--profile work`?
mfa-session: hint: name one of these with --profile: home, work, works, role

=== another case
exit 2
--- stderr
mfa-session: error: --profile: no profile `Company-DEV` in ~/.aws/credentials or ~/.aws/config
mfa-session: hint: did you mean `--profile company-dev`?
mfa-session: hint: name one of these with --profile: default, company-dev, work-long-term, role

=== the short name of long-term keys
exit 2
--- stderr
mfa-session: error: --profile: no profile `wrk` in ~/.aws/credentials or ~/.aws/config
mfa-session: hint: did you mean `--profile work`?
mfa-session: hint: name one of these with --profile: default, company-dev, work-long-term, role

=== nothing similar
exit 2
--- stderr
mfa-session: error: --profile: no profile `prod` in ~/.aws/credentials or ~/.aws/config
mfa-session: hint: name one of these with --profile: default, company-dev, work-long-term, role

=== a source profile
exit 1
--- stderr
mfa-session: error: `source_profile` in [profile role] of ~/.aws/config: no profile `wokr`
mfa-session: hint: did you mean `work`?

=== hostile
exit 2
--- stderr
mfa-session: error: --profile: no profile `work` in ~/.aws/credentials or ~/.aws/config
mfa-session: hint: did you mean `--profile 'wo\u{202e}rk'`?
mfa-session: hint: name one of these with --profile: x, y, wo\u{202e}rk, role
"#]]);
}

#[test]
fn names_the_command_that_signs_in() {
    Table::of([
        ("an SSO session", run("", "[profile work]\nsso_session = company\n")),
        ("an SSO start URL", run("", "[profile work]\nsso_start_url = https://example.com\n")),
        ("aws login", run("", "[profile work]\nlogin_session = arn:aws:iam::1:user/alice\n")),
        ("keys beside it", run(&keys("work"), "[profile work]\nsso_session = company\n")),
    ])
    .matches(str![[r#"
=== an SSO session
exit 1
--- stderr
mfa-session: error: the profile `work` uses IAM Identity Center, not long-term keys
mfa-session: hint: sign in with the AWS CLI, without mfa-session: aws sso login --profile work

=== an SSO start URL
exit 1
--- stderr
mfa-session: error: the profile `work` uses IAM Identity Center, not long-term keys
mfa-session: hint: sign in with the AWS CLI, without mfa-session: aws sso login --profile work

=== aws login
exit 1
--- stderr
mfa-session: error: the profile `work` uses `aws login`, not long-term keys
mfa-session: hint: sign in with the AWS CLI, without mfa-session: aws login --profile work

=== keys beside it
exit 0
--- stderr
mfa-session: [work-mfa] is valid until [TIME] ([LEFT] left)
"#]]);
}

#[test]
fn quotes_a_name_that_a_shell_would_change() {
    let sandbox = Sandbox::new();
    sandbox.write("credentials", "");
    sandbox.write("config", "[profile '$(id) b']\nsso_session = x\n");
    Table::of([
        ("a command", sandbox.run(["--profile", "$(id) b"])),
        ("a similar name", sandbox.run(["--profile", "$(id)b"])),
        ("a command to begin", sandbox.run(["status", "--profile", "$(id) b"])),
    ])
    .matches(str![[r#"
=== a command
exit 1
--- stderr
mfa-session: error: the profile `$(id) b` uses IAM Identity Center, not long-term keys
mfa-session: hint: sign in with the AWS CLI, without mfa-session: aws sso login --profile '$(id) b'

=== a similar name
exit 2
--- stderr
mfa-session: error: --profile: no profile `$(id)b` in ~/.aws/credentials or ~/.aws/config
mfa-session: hint: did you mean `--profile '$(id) b'`?
mfa-session: hint: name one of these with --profile: $(id) b

=== a command to begin
exit 1
--- stderr
mfa-session: no session in ~/.aws/credentials
mfa-session: hint: sign in with the AWS CLI, without mfa-session: aws sso login --profile '$(id) b'
"#]]);
}

#[test]
fn warns_of_a_session_that_the_aws_cli_would_ignore() {
    let role = "[profile work]\nrole_arn = arn:aws:iam::123456789012:role/x\n\
                source_profile = work-long-term\n";
    let sso = "[profile work]\nsso_account_id = 123456789012\nsso_role_name = x\n";
    let keys = keys("work-long-term");
    Table::of([
        ("IAM Identity Center", run(&keys, sso)),
        ("a role to which the session is written", {
            let sandbox = Sandbox::new();
            sandbox.write("credentials", &keys);
            sandbox.write("config", role);
            sandbox.get(["--profile", "work-long-term", "--to", "work"])
        }),
    ])
    .matches(str![[r#"
=== IAM Identity Center
exit 0
--- stderr
mfa-session: warning: the AWS CLI ignores a session in [work]: it prefers `sso_account_id` in [profile work] of ~/.aws/config
mfa-session: hint: name another session profile: --to NAME
mfa-session: [work] is valid until [TIME] ([LEFT] left)

=== a role to which the session is written
exit 0
--- stderr
mfa-session: warning: the AWS CLI ignores a session in [work]: it prefers `role_arn` in [profile work] of ~/.aws/config
mfa-session: hint: name another session profile: --to NAME
mfa-session: [work] is valid until [TIME] ([LEFT] left)
"#]]);
}
