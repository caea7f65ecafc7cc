//! `web-identity` gets a session for the token of an OIDC provider.

mod github_actions;
mod web_identity_errors;
mod web_identity_reuse;

use std::fs;

use loopback_sts::{ALICE, Account, Role};
use snapbox::str;

use crate::identity_provider::{
    KEYS, POLICY, READ_ONLY, file, is_unsigned, last_request, names, pairs, run, sandbox_of, sent,
};
use crate::sandbox::{PROGRAM, Sandbox};

const SUBJECT: &str = "system:serviceaccount:default:app";
const ROLES: [&str; 3] = ["by-flag", "by-variable", "by-profile"];

/// A sandbox with roles that trust the provider, without a token and without settings.
fn sandbox() -> Sandbox {
    let roles = ROLES.map(|name| Role::new(name).trust_web_identity());
    sandbox_of(roles.into_iter().fold(Account::default(), Account::role))
}

/// The same with a token in `~/token`, and variables for this token and the role `web`.
fn sandbox_with_token() -> Sandbox {
    let mut sandbox = sandbox();
    token(&sandbox, "token", SUBJECT);
    let role = sandbox.sts().role_arn("web");
    sandbox.set("AWS_ROLE_ARN", role).set("AWS_WEB_IDENTITY_TOKEN_FILE", "~/token");
    sandbox
}

/// Writes a token of the provider to a file in the home.
fn token(sandbox: &Sandbox, name: &str, subject: &str) -> String {
    let token = sandbox.sts().web_identity_token(subject);
    sandbox.hide(&token);
    file(sandbox, name, &token);
    token
}

/// Sets the variables of a GitHub Actions job with the permission to request a token.
fn set_github(sandbox: &mut Sandbox) {
    let (url, token) = (sandbox.sts().oidc_url(), sandbox.sts().oidc_request_token());
    sandbox.hide(&token);
    sandbox.set("ACTIONS_ID_TOKEN_REQUEST_URL", url).set("ACTIONS_ID_TOKEN_REQUEST_TOKEN", token);
}

#[test]
fn needs_no_keys_and_creates_the_credentials_file() {
    let sandbox = sandbox_with_token();
    run(&sandbox, &["web-identity"]).wrote("default-web");
    assert_eq!(sandbox.files(), ["credentials"]);
    assert_eq!(names(&sandbox, "default-web"), KEYS);
    let value = |key| sandbox.value("default-web", key).unwrap();
    assert_eq!(value("mfa_session_source"), "default");
    assert_eq!(value("mfa_session_role"), sandbox.sts().role_arn("web"));
    run(&sandbox, &["whoami", "--profile", "default-web"]).matches(str![[r#"
exit 0
--- stdout
account  123456789012
arn      arn:aws:sts::123456789012:assumed-role/web/system-serviceaccount-default-app
user id  AROAO5SWEAAAAAAAAAAAA:system-serviceaccount-default-app
keys     [default-web]
"#]]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |name| fs::metadata(sandbox.path(name)).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(".aws"), mode(".aws/credentials")), (0o700, 0o600));
    }
}

#[test]
fn signs_nothing_even_with_keys() {
    let mut sandbox = sandbox_with_token();
    sandbox.set("AWS_ACCESS_KEY_ID", ALICE.access_key_id);
    sandbox.set("AWS_SECRET_ACCESS_KEY", ALICE.secret_access_key);
    sandbox.set("AWS_SESSION_TOKEN", "unrelated");
    run(&sandbox, &["web-identity"]).wrote("default-web");
    assert_eq!(sandbox.asked(), ["AssumeRoleWithWebIdentity OK"]);
    assert!(is_unsigned(&last_request(&sandbox)));
}

#[test]
fn sends_duration_session_name_and_policies() {
    type Row<'a> = (&'a [&'a str], &'a [(&'a str, &'a str)]);
    let mut sandbox = sandbox_with_token();
    let web = sandbox.sts().role_arn("web");
    let name = "system-serviceaccount-default-app";
    file(&sandbox, "policy.json", POLICY);
    let rows: &[Row<'_>] = &[
        (&[], &[("DurationSeconds", "3600"), ("RoleArn", &web), ("RoleSessionName", name)]),
        (
            &["--duration", "15m", "--role-session-name", "build-1"],
            &[("DurationSeconds", "900"), ("RoleArn", &web), ("RoleSessionName", "build-1")],
        ),
        (
            &["--policy", "file://policy.json", "--policy-arn", READ_ONLY],
            &[
                ("DurationSeconds", "3600"),
                ("Policy", POLICY),
                ("PolicyArns.member.1.arn", READ_ONLY),
                ("RoleArn", &web),
                ("RoleSessionName", name),
            ],
        ),
    ];
    for (arguments, expected) in rows {
        run(&sandbox, &[&["web-identity", "--force"], *arguments].concat()).wrote("default-web");
        assert_eq!(sent(&sandbox, "WebIdentityToken"), pairs(expected), "{arguments:?}");
    }
    sandbox.write("config", "[default]\nduration_seconds = 1800\n");
    sandbox.set("MFA_SESSION_DURATION", "36h");
    run(&sandbox, &["web-identity", "--force"]).wrote("default-web");
    assert_eq!(last_request(&sandbox).parameter("DurationSeconds"), Some("1800"));
}

#[test]
fn prefers_flag_then_variable_then_profile_then_github() {
    let mut sandbox = sandbox();
    let tokens = ROLES.map(|name| token(&sandbox, name, &format!("{name}-subject")));
    let arns = ROLES.map(|name| sandbox.sts().role_arn(name));
    let [flag, variable, profile] = &arns;
    set_github(&mut sandbox);
    let config = |token: &str| {
        format!("[profile ci]\nrole_arn = {profile}\nrole_session_name = ci\n{token}\n")
    };
    sandbox.write("config", &config("web_identity_token_file = ~/by-profile"));
    sandbox.set("AWS_ROLE_ARN", variable).set("AWS_ROLE_SESSION_NAME", "of-variable");
    sandbox.set("AWS_WEB_IDENTITY_TOKEN_FILE", "by-variable");
    let request = |sandbox: &Sandbox, more: &[&str]| {
        let always = ["web-identity", "--profile", "ci", "--force", "--to", "x"];
        let outcome = run(sandbox, &[&always, more].concat());
        assert_eq!(outcome.status, 0, "{outcome:?}");
        let sent = last_request(sandbox);
        let value = |name| sent.parameter(name).unwrap().to_owned();
        [value("RoleArn"), value("RoleSessionName"), value("WebIdentityToken")]
    };

    let of_flag = ["--role-arn", flag, "--role-session-name", "of-flag", "--token-file", "by-flag"];
    assert_eq!(request(&sandbox, &of_flag), [flag, "of-flag", &tokens[0]]);
    assert_eq!(request(&sandbox, &of_flag[..2]), [flag, "of-variable", &tokens[1]]);
    assert_eq!(request(&sandbox, &of_flag[2..4]), [variable, "of-flag", &tokens[1]]);
    assert_eq!(request(&sandbox, &of_flag[4..]), [variable, "of-variable", &tokens[0]]);
    sandbox.set("AWS_ROLE_ARN", "");
    assert_eq!(request(&sandbox, &[]), [profile, "of-variable", &tokens[1]]);
    sandbox.set("AWS_ROLE_SESSION_NAME", "");
    assert_eq!(request(&sandbox, &[]), [profile, "ci", &tokens[1]]);
    sandbox.set("AWS_WEB_IDENTITY_TOKEN_FILE", "");
    assert_eq!(request(&sandbox, &[]), [profile, "ci", &tokens[2]]);
    assert!(!sandbox.asked().contains(&"GET".to_owned()));

    sandbox.write("config", &config(""));
    let [role, name, of_github] = request(&sandbox, &[]);
    assert_eq!([role, name], [profile, "ci"]);
    assert!(!tokens.contains(&of_github));
    assert!(sandbox.asked().contains(&"GET".to_owned()));
}

#[test]
fn reads_the_token_from_stdin() {
    let sandbox = sandbox_with_token();
    let of_other = sandbox.sts().web_identity_token("other");
    sandbox.hide(&of_other);
    for input in [of_other.clone(), format!("\n {of_other}\r\n")] {
        let mut command = sandbox.command(PROGRAM);
        command.args(["web-identity", "--token-file", "-"]);
        sandbox.outcome(command, &input).wrote("default-web");
        assert_eq!(last_request(&sandbox).parameter("WebIdentityToken"), Some(&*of_other));
        assert_eq!(last_request(&sandbox).parameter("RoleSessionName"), Some("other"));
    }
}

#[test]
fn derives_the_session_name_from_the_subject() {
    let long = "x".repeat(70);
    for (subject, name) in [
        ("app", "app"),
        (
            "repo:octo-org/octo-repo:ref:refs/heads/main",
            "repo-octo-org-octo-repo-ref-refs-heads-main",
        ),
        ("auth0|507f 1f77", "auth0-507f-1f77"),
        ("Müller@example.com", "M-ller@example.com"),
        ("1", "1--"),
        (&*long, &long[..64]),
    ] {
        let sandbox = sandbox_with_token();
        token(&sandbox, "token", subject);
        run(&sandbox, &["web-identity"]).wrote("default-web");
        assert_eq!(last_request(&sandbox).parameter("RoleSessionName"), Some(name));
    }
    let sandbox = sandbox_with_token();
    file(&sandbox, "token", "no.JSON.WebToken");
    assert_eq!(run(&sandbox, &["web-identity"]).status, 4);
    assert_eq!(last_request(&sandbox).parameter("RoleSessionName"), Some("mfa-session"));
}

#[test]
fn chooses_the_session_profile() {
    type Row = (&'static str, fn(&mut Sandbox), &'static [&'static str], &'static str);
    let rows: &[Row] = &[
        ("a profile that no file has", |_| (), &["--profile", "ci"], "ci-web"),
        ("a role in a path", |sandbox| set_role(sandbox, "in-path"), &[], "default-in-path"),
        (
            "a profile",
            |sandbox| sandbox.write("config", "[profile ci]\nmfa_session_to = build\n"),
            &["--profile", "ci"],
            "build",
        ),
        ("a flag", |_| (), &["--to", "build"], "build"),
    ];
    for (name, prepare, arguments, profile) in rows {
        let in_path = Role::new("in-path").path("/team/").trust_web_identity();
        let mut sandbox = sandbox_of(Account::default().role(in_path));
        token(&sandbox, "token", SUBJECT);
        sandbox.set("AWS_WEB_IDENTITY_TOKEN_FILE", "token");
        set_role(&mut sandbox, "web");
        prepare(&mut sandbox);
        let outcome = run(&sandbox, &[&["web-identity"], *arguments].concat());
        assert_eq!(outcome.status, 0, "{name}: {outcome:?}");
        outcome.wrote(profile);
        let text = sandbox.read("credentials");
        assert!(sandbox.accepts(text.split_once(&format!("[{profile}]\n")).unwrap().1), "{name}");
    }
}

#[test]
fn export_writes_to_the_file_only_with_write() {
    let sandbox = sandbox_with_token();
    let exported = run(&sandbox, &["web-identity", "--export"]);
    exported.messages().matches(str![[r#"
exit 0
--- stderr
mfa-session: the session of arn:aws:iam::123456789012:role/web is valid until [TIME] ([LEFT] left)
"#]]);
    assert!(exported.stdout.starts_with("export AWS_ACCESS_KEY_ID='ASIA"));
    assert!(!sandbox.path(".aws").exists());

    let both = run(&sandbox, &["web-identity", "--export", "--write"]);
    both.messages().matches(str![[r#"
exit 0
--- stderr
mfa-session: [default-web] is valid until [TIME] ([LEFT] left)
"#]]);
    let id = sandbox.value("default-web", "aws_access_key_id").unwrap();
    assert!(both.stdout.starts_with(&format!("export AWS_ACCESS_KEY_ID='{id}';\n")));
}

fn set_role(sandbox: &mut Sandbox, name: &str) {
    let arn = sandbox.sts().role_arn(name);
    sandbox.set("AWS_ROLE_ARN", arn);
}
