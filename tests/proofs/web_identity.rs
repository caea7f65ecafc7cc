//! For the token of an OIDC provider.

mod github;
mod refused;
mod reuse;

use std::fs;

use loopback_sts::{ALICE, Account, Role};

use super::{
    KEYS, POLICY, READ_ONLY, file, is_unsigned, last_request, names, pairs, run, sent, world_of,
};
use crate::world::{PROGRAM, World};

const SUBJECT: &str = "system:serviceaccount:default:app";
const ROLES: [&str; 3] = ["by-flag", "by-variable", "by-profile"];

/// A world with roles that trust the provider, where nobody says which, and no token.
fn world() -> World {
    let roles = ROLES.map(|name| Role::new(name).trust_web_identity());
    world_of(roles.into_iter().fold(Account::default(), Account::role))
}

/// The same, with a token in `~/token`, and variables that say so, for role `web`.
fn world_with_token() -> World {
    let mut world = world();
    token(&world, "token", SUBJECT);
    let role = world.sts().role_arn("web");
    world.set("AWS_ROLE_ARN", role).set("AWS_WEB_IDENTITY_TOKEN_FILE", "~/token");
    world
}

/// A token of the provider, in this file.
fn token(world: &World, name: &str, subject: &str) -> String {
    let token = world.sts().web_identity_token(subject);
    world.hide(&token);
    file(world, name, &token);
    token
}

/// The environment of a job of GitHub Actions that may ask for a token.
fn set_github(world: &mut World) {
    let (url, token) = (world.sts().oidc_url(), world.sts().oidc_request_token());
    world.hide(&token);
    world.set("ACTIONS_ID_TOKEN_REQUEST_URL", url).set("ACTIONS_ID_TOKEN_REQUEST_TOKEN", token);
}

#[test]
fn no_keys_are_needed_and_the_file_for_the_session_is_made() {
    let world = world_with_token();
    run(&world, &["web-identity"]).wrote("default-web");
    assert_eq!(world.files(), ["credentials"]);
    assert_eq!(names(&world, "default-web"), KEYS);
    let value = |key| world.value("default-web", key).unwrap();
    assert_eq!(value("mfa_session_source"), "default");
    assert_eq!(value("mfa_session_role"), world.sts().role_arn("web"));
    run(&world, &["whoami", "--profile", "default-web"]).is(
        0,
        "account  123456789012\n\
         arn      arn:aws:sts::123456789012:assumed-role/web/system-serviceaccount-default-app\n\
         user id  AROAO5SWEAAAAAAAAAAAA:system-serviceaccount-default-app\n",
        "",
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |name| fs::metadata(world.path(name)).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(".aws"), mode(".aws/credentials")), (0o700, 0o600));
    }
}

#[test]
fn nothing_is_signed_although_there_are_keys() {
    let mut world = world_with_token();
    world.set("AWS_ACCESS_KEY_ID", ALICE.access_key_id);
    world.set("AWS_SECRET_ACCESS_KEY", ALICE.secret_access_key);
    world.set("AWS_SESSION_TOKEN", "of somebody");
    run(&world, &["web-identity"]).wrote("default-web");
    assert_eq!(world.asked(), ["AssumeRoleWithWebIdentity OK"]);
    assert!(is_unsigned(&last_request(&world)));
}

#[test]
fn the_request_says_what_was_asked_for() {
    type Row<'a> = (&'a [&'a str], &'a [(&'a str, &'a str)]);
    let mut world = world_with_token();
    let web = world.sts().role_arn("web");
    let name = "system-serviceaccount-default-app";
    file(&world, "policy.json", POLICY);
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
        run(&world, &[&["web-identity", "--force"], *arguments].concat()).wrote("default-web");
        assert_eq!(sent(&world, "WebIdentityToken"), pairs(expected), "{arguments:?}");
    }
    world.write("config", "[default]\nduration_seconds = 1800\n");
    world.set("MFA_SESSION_DURATION", "36h");
    run(&world, &["web-identity", "--force"]).wrote("default-web");
    assert_eq!(last_request(&world).parameter("DurationSeconds"), Some("1800"));
}

#[test]
fn a_flag_goes_before_a_variable_that_before_the_profile_and_that_before_github() {
    let mut world = world();
    let tokens = ROLES.map(|name| token(&world, name, &format!("{name}-subject")));
    let arns = ROLES.map(|name| world.sts().role_arn(name));
    let [flag, variable, profile] = &arns;
    set_github(&mut world);
    let config = |token: &str| {
        format!("[profile ci]\nrole_arn = {profile}\nrole_session_name = ci\n{token}\n")
    };
    world.write("config", &config("web_identity_token_file = ~/by-profile"));
    world.set("AWS_ROLE_ARN", variable).set("AWS_ROLE_SESSION_NAME", "of-variable");
    world.set("AWS_WEB_IDENTITY_TOKEN_FILE", "by-variable");
    let ask = |world: &World, more: &[&str]| {
        let always = ["web-identity", "--profile", "ci", "--force", "--to", "x"];
        let outcome = run(world, &[&always, more].concat());
        assert_eq!(outcome.status, 0, "{outcome:?}");
        let request = last_request(world);
        let value = |name| request.parameter(name).unwrap().to_owned();
        [value("RoleArn"), value("RoleSessionName"), value("WebIdentityToken")]
    };

    let of_flag = ["--role-arn", flag, "--role-session-name", "of-flag", "--token-file", "by-flag"];
    assert_eq!(ask(&world, &of_flag), [flag, "of-flag", &tokens[0]]);
    assert_eq!(ask(&world, &of_flag[..2]), [flag, "of-variable", &tokens[1]]);
    assert_eq!(ask(&world, &of_flag[2..4]), [variable, "of-flag", &tokens[1]]);
    assert_eq!(ask(&world, &of_flag[4..]), [variable, "of-variable", &tokens[0]]);
    world.set("AWS_ROLE_ARN", "");
    assert_eq!(ask(&world, &[]), [profile, "of-variable", &tokens[1]]);
    world.set("AWS_ROLE_SESSION_NAME", "");
    assert_eq!(ask(&world, &[]), [profile, "ci", &tokens[1]]);
    world.set("AWS_WEB_IDENTITY_TOKEN_FILE", "");
    assert_eq!(ask(&world, &[]), [profile, "ci", &tokens[2]]);
    assert!(!world.asked().contains(&"GET".to_owned()));

    world.write("config", &config(""));
    let [role, name, of_github] = ask(&world, &[]);
    assert_eq!([role, name], [profile, "ci"]);
    assert!(!tokens.contains(&of_github));
    assert!(world.asked().contains(&"GET".to_owned()));
}

#[test]
fn a_token_is_read_from_standard_input() {
    let world = world_with_token();
    let of_other = world.sts().web_identity_token("other");
    world.hide(&of_other);
    for input in [of_other.clone(), format!("\n {of_other}\r\n")] {
        let mut command = world.command(PROGRAM);
        command.args(["web-identity", "--token-file", "-"]);
        world.outcome(command, &input).wrote("default-web");
        assert_eq!(last_request(&world).parameter("WebIdentityToken"), Some(&*of_other));
        assert_eq!(last_request(&world).parameter("RoleSessionName"), Some("other"));
    }
}

#[test]
fn a_session_is_called_as_the_token_s_subject_as_far_as_that_can_be() {
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
        let world = world_with_token();
        token(&world, "token", subject);
        run(&world, &["web-identity"]).wrote("default-web");
        assert_eq!(last_request(&world).parameter("RoleSessionName"), Some(name));
    }
    let world = world_with_token();
    file(&world, "token", "no.JSON.WebToken");
    assert_eq!(run(&world, &["web-identity"]).status, 4);
    assert_eq!(last_request(&world).parameter("RoleSessionName"), Some("mfa-session"));
}

#[test]
fn the_session_goes_where_it_is_wanted() {
    type Row = (&'static str, fn(&mut World), &'static [&'static str], &'static str);
    let rows: &[Row] = &[
        ("a profile that is nowhere", |_| (), &["--profile", "ci"], "ci-web"),
        ("a role in a path", |world| set_role(world, "in-path"), &[], "default-in-path"),
        (
            "a profile",
            |world| world.write("config", "[profile ci]\nmfa_session_to = build\n"),
            &["--profile", "ci"],
            "build",
        ),
        ("a flag", |_| (), &["--to", "build"], "build"),
    ];
    for (name, prepare, arguments, profile) in rows {
        let in_path = Role::new("in-path").path("/team/").trust_web_identity();
        let mut world = world_of(Account::default().role(in_path));
        token(&world, "token", SUBJECT);
        world.set("AWS_WEB_IDENTITY_TOKEN_FILE", "token");
        set_role(&mut world, "web");
        prepare(&mut world);
        let outcome = run(&world, &[&["web-identity"], *arguments].concat());
        assert_eq!(outcome.status, 0, "{name}: {outcome:?}");
        outcome.wrote(profile);
        let text = world.read("credentials");
        assert!(world.accepts(text.split_once(&format!("[{profile}]\n")).unwrap().1), "{name}");
    }
}

#[test]
fn exports_are_printed_and_written_where_that_is_wanted() {
    let world = world_with_token();
    let exported = run(&world, &["web-identity", "--export"]);
    let role = world.sts().role_arn("web");
    let told = format!("mfa-session: the session of {role} is good until THEN (LEFT left)\n");
    assert_eq!((exported.status, exported.stderr), (0, told));
    assert!(exported.stdout.starts_with("export AWS_ACCESS_KEY_ID='ASIA"));
    assert!(!world.path(".aws").exists());

    let both = run(&world, &["web-identity", "--export", "--write"]);
    let told = "mfa-session: [default-web] is good until THEN (LEFT left)\n";
    assert_eq!((both.status, &*both.stderr), (0, told));
    let id = world.value("default-web", "aws_access_key_id").unwrap();
    assert!(both.stdout.starts_with(&format!("export AWS_ACCESS_KEY_ID='{id}';\n")));
}

fn set_role(world: &mut World, name: &str) {
    let arn = world.sts().role_arn(name);
    world.set("AWS_ROLE_ARN", arn);
}
