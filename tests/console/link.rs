//! The link, and the session that it is for.

use std::fs;

use loopback_sts::{ALICE, Account, Answer, Fault, Role, Sts};
use serde_json::{Value, json};
use snapbox::str;

use super::{console, follow, link, parameter, sandbox, signin_request, with_code, without_token};
use crate::{
    interop::json_of,
    sandbox::{PROGRAM, Sandbox, Table, keys, shell},
};

#[test]
fn prints_a_link_for_a_role() {
    let sandbox = sandbox();
    let outcome = with_code(&sandbox, &["--profile", "admin"]);
    let link = link(&sandbox, &outcome);
    without_token(outcome).matches(str![[r#"
exit 0
--- stdout
http://STS/federation?Action=login&Issuer=&Destination=https%3A%2F%2Fus-east-1.console.aws.amazon.com%2Fconsole%2Fhome%3Fregion%3Dus-east-1&SigninToken=[TOKEN]
--- stderr
mfa-session: [default-mfa] is valid until [TIME] ([LEFT] left)
mfa-session: [admin-mfa] is valid until [TIME] ([LEFT] left)
mfa-session: keep the link secret: for 15m, it signs anyone in with the session of arn:aws:iam::123456789012:role/admin; the console session ends [TIME] ([LEFT] left)
"#]]);
    assert_eq!(
        sandbox.asked(),
        ["GetSessionToken OK", "GetCallerIdentity OK", "AssumeRole OK", "getSigninToken OK"]
    );
    let page = "https://us-east-1.console.aws.amazon.com/console/home?region=us-east-1";
    assert_eq!(follow(&link), Ok(page.to_owned()));
    assert_eq!(follow(&link), Err(400));
}

#[test]
fn keeps_and_reuses_the_sessions() {
    let sandbox = sandbox();
    let first = with_code(&sandbox, &["--profile", "admin"]);
    let calls = sandbox.asked().len();
    for profile in ["admin", "admin-mfa"] {
        let second = console(&sandbox, &["--profile", profile]);
        assert_eq!(second.status, 0, "{second:?}");
        assert_ne!(second.stdout, first.stdout);
    }
    assert_eq!(sandbox.asked()[calls..], ["getSigninToken OK"; 2]);
    let id = sandbox.value("admin-mfa", "aws_access_key_id").unwrap();
    let session = signin_request(&sandbox).parameter("Session").unwrap().to_owned();
    let session: Value = serde_json::from_str(&session).unwrap();
    assert_eq!(session["sessionId"], id);
}

#[test]
fn sends_the_keys_in_a_form_and_no_duration() {
    let sandbox = sandbox();
    assert_eq!(with_code(&sandbox, &["--profile", "admin"]).status, 0);
    let request = signin_request(&sandbox);
    assert_eq!((&*request.method, &*request.path), ("POST", "/federation"));
    assert_eq!(request.parameter("SessionDuration"), None);
    let names: Vec<_> = request.parameters.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["Action", "Session"]);
    assert_eq!(request.header("authorization"), None);
}

#[test]
fn sends_a_duration_for_a_role_that_the_long_term_key_has_assumed() {
    let sandbox = sandbox();
    let outcome = with_code(&sandbox, &["--profile", "long", "--duration", "8h"]);
    without_token(outcome).matches(str![[r#"
exit 0
--- stdout
http://STS/federation?Action=login&Issuer=&Destination=https%3A%2F%2Fus-east-1.console.aws.amazon.com%2Fconsole%2Fhome%3Fregion%3Dus-east-1&SigninToken=[TOKEN]
--- stderr
mfa-session: AWS grants more than 1h of a role only to a long-term key: this session needs a code of its own, and later calls with it carry no MFA context
mfa-session: [long-mfa] is valid until [TIME] ([LEFT] left)
mfa-session: keep the link secret: for 15m, it signs anyone in with the session of arn:aws:iam::123456789012:role/long; the console session lasts 8h
"#]]);
    assert_eq!(signin_request(&sandbox).parameter("SessionDuration"), Some("28800"));
    // A reused session counts as well. Without a duration, the console session ends with it.
    for (more, expected) in [(&["--duration", "8h"][..], Some("28800")), (&[], None)] {
        let reused = console(&sandbox, &[&["--profile", "long"], more].concat());
        assert_eq!(reused.status, 0, "{reused:?}");
        assert_eq!(signin_request(&sandbox).parameter("SessionDuration"), expected);
    }
}

#[test]
fn begins_with_a_service_in_a_region() {
    let sandbox = sandbox();
    assert_eq!(with_code(&sandbox, &["--profile", "admin"]).status, 0);
    let more = ["--profile", "admin", "--service", "ec2", "--region", "eu-west-1"];
    let printed = link(&sandbox, &console(&sandbox, &more));
    let page = "https://eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1";
    assert_eq!(parameter(&printed, "Destination"), page);
    assert_eq!(follow(&printed), Ok(page.to_owned()));
}

#[test]
fn takes_a_federated_session_of_a_profile() {
    let sandbox = sandbox();
    sandbox.run(["federate", "bob", "--policy-arn", "arn:aws:iam::aws:policy/ReadOnlyAccess"]);
    sandbox.run([
        "federate",
        "eve",
        "--policy-arn",
        "arn:aws:iam::aws:policy/ReadOnlyAccess",
        "--to",
        "default-mfa",
    ]);
    for (profile, kept_in) in [("default-bob", "default-bob"), ("default", "default-mfa")] {
        let outcome = console(&sandbox, &["--profile", profile]);
        let request = signin_request(&sandbox);
        let id = sandbox.value(kept_in, "aws_access_key_id").unwrap();
        assert!(request.parameter("Session").unwrap().contains(&id));
        assert_eq!(request.parameter("SessionDuration"), None);
        let expected = format!("with the session in [{kept_in}]; the console session ends");
        assert!(outcome.stderr.contains(&expected), "{outcome:?}");
        assert!(follow(&link(&sandbox, &outcome)).is_ok());
    }
}

#[test]
fn takes_a_session_with_policies_from_its_profile() {
    let sandbox = sandbox();
    let policy = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    sandbox.get(["--profile", "admin", "--policy-arn", policy, "--to", "limited"]);
    let id = sandbox.value("limited", "aws_access_key_id").unwrap();
    assert_eq!(console(&sandbox, &["--profile", "limited"]).status, 0);
    assert!(signin_request(&sandbox).parameter("Session").unwrap().contains(&id));
}

#[test]
fn takes_sessions_that_need_no_long_term_key() {
    let sandbox = sandbox();
    let role = sandbox.sts().role_arn("web");
    fs::write(sandbox.path("token"), sandbox.sts().web_identity_token("app")).unwrap();
    let more = ["web-identity", "--role-arn", &role, "--token-file", "token", "--to", "web"];
    assert_eq!(sandbox.run(more).status, 0);
    console(&sandbox, &["--profile", "web", "--duration", "8h"]).matches(str![[r#"
exit 2
--- stderr
mfa-session: error: --duration: the console session ends with the session in [web]
mfa-session: hint: leave the flag out, or name a profile with a role: --profile NAME
"#]]);
    without_token(console(&sandbox, &["--profile", "web"])).matches(str![[r#"
exit 0
--- stdout
http://STS/federation?Action=login&Issuer=&Destination=https%3A%2F%2Fus-east-1.console.aws.amazon.com%2Fconsole%2Fhome%3Fregion%3Dus-east-1&SigninToken=[TOKEN]
--- stderr
mfa-session: keep the link secret: for 15m, it signs anyone in with the session of arn:aws:iam::123456789012:role/web; the console session ends [TIME] ([LEFT] left)
"#]]);
    // Another program may have made it.
    let anonymous: Vec<_> = sandbox.read("credentials").lines().map(ToOwned::to_owned).collect();
    let is_ours = |line: &&String| line.starts_with("mfa_session_") || line.starts_with("x_");
    let anonymous: String =
        anonymous.iter().filter(|line| !is_ours(line)).flat_map(|line| [line, "\n"]).collect();
    sandbox.write("credentials", &anonymous);
    without_token(console(&sandbox, &["--profile", "web"])).matches(str![[r#"
exit 0
--- stdout
http://STS/federation?Action=login&Issuer=&Destination=https%3A%2F%2Fus-east-1.console.aws.amazon.com%2Fconsole%2Fhome%3Fregion%3Dus-east-1&SigninToken=[TOKEN]
--- stderr
mfa-session: keep the link secret: for 15m, it signs anyone in with the session in [web]
"#]]);
    assert_eq!(signin_request(&sandbox).parameter("SessionDuration"), None);
}

#[test]
fn takes_the_session_in_the_environment() {
    let mut sandbox = sandbox();
    sandbox.get(["--profile", "admin"]);
    let keys = |profile: &str| {
        ["aws_access_key_id", "aws_secret_access_key", "aws_session_token"]
            .map(|key| sandbox.value(profile, key).unwrap())
    };
    let (role, user) = (keys("admin-mfa"), keys("default-mfa"));
    // Another program may have made it: nothing is known of it.
    let mut table = Table::default();
    for (name, [id, secret, token]) in [("a role's", role), ("a user's", user)] {
        sandbox.set("AWS_ACCESS_KEY_ID", id).set("AWS_SECRET_ACCESS_KEY", secret);
        sandbox.set("AWS_SESSION_TOKEN", token);
        for (kind, file) in [("kept", ".aws/credentials"), ("unknown", "no-file")] {
            let file = sandbox.path(file).to_str().unwrap().to_owned();
            sandbox.set("AWS_SHARED_CREDENTIALS_FILE", file);
            let outcome = console(&sandbox, &[]);
            let is_link = outcome.status == 0;
            let outcome = if is_link { without_token(outcome) } else { outcome };
            table.add(format_args!("{name}, {kind}"), &outcome);
        }
    }
    sandbox.set("AWS_CREDENTIAL_EXPIRATION", "2020-01-01T00:00:00Z");
    table.add("expired", &console(&sandbox, &[]));
    table.matches_file("console/environment");
    let asked = sandbox.asked();
    assert_eq!(
        asked[asked.len() - 3..],
        ["getSigninToken OK", "getSigninToken OK", "getSigninToken BadRequest"]
    );
}

#[test]
fn a_role_on_the_command_line_comes_before_the_session_in_the_environment() {
    let mut sandbox = sandbox();
    sandbox.get(["--profile", "default"]);
    for (variable, key) in [
        ("AWS_ACCESS_KEY_ID", "aws_access_key_id"),
        ("AWS_SECRET_ACCESS_KEY", "aws_secret_access_key"),
        ("AWS_SESSION_TOKEN", "aws_session_token"),
    ] {
        let value = sandbox.value("default-mfa", key).unwrap();
        sandbox.set(variable, value);
    }
    let role = sandbox.sts().role_arn("admin");
    without_token(console(&sandbox, &["--role-arn", &role])).matches(str![[r#"
exit 0
--- stdout
http://STS/federation?Action=login&Issuer=&Destination=https%3A%2F%2Fus-east-1.console.aws.amazon.com%2Fconsole%2Fhome%3Fregion%3Dus-east-1&SigninToken=[TOKEN]
--- stderr
mfa-session: ignoring the session in the environment; using the profile `default`
mfa-session: [default-admin] is valid until [TIME] ([LEFT] left)
mfa-session: keep the link secret: for 15m, it signs anyone in with the session of arn:aws:iam::123456789012:role/admin; the console session ends [TIME] ([LEFT] left)
"#]]);
}

#[test]
fn uses_the_endpoints_of_each_partition() {
    let mut sandbox = sandbox();
    sandbox.set("AWS_ENDPOINT_URL", "");
    let mut shown = Vec::new();
    for (region, partition) in [
        ("us-east-1", "aws"),
        ("eu-west-1", "aws"),
        ("aws-global", "aws"),
        ("cn-north-1", "aws-cn"),
        ("cn-northwest-1", "aws-cn"),
        ("us-gov-west-1", "aws-us-gov"),
        ("us-gov-east-1", "aws-us-gov"),
        ("eusc-de-east-1", "aws-eusc"),
    ] {
        let role = format!("arn:{partition}:iam::123456789012:role/admin");
        let serial = format!("arn:{partition}:iam::123456789012:mfa/alice");
        let more = ["--dry-run", "--json", "--role-arn", &role, "--serial", &serial];
        let outcome = console(&sandbox, &[&more[..], &["--region", region]].concat());
        let endpoint = json_of(&outcome)["settings"]["signin_endpoint"]["value"].clone();
        shown.push(endpoint.as_str().unwrap().to_owned());
    }
    assert_eq!(
        shown,
        [
            "https://signin.aws.amazon.com/",
            "https://eu-west-1.signin.aws.amazon.com/",
            "https://signin.aws.amazon.com/",
            "https://signin.amazonaws.cn/",
            "https://cn-northwest-1.signin.amazonaws.cn/",
            "https://signin.amazonaws-us-gov.com/",
            "https://us-gov-east-1.signin.amazonaws-us-gov.com/",
            "https://signin.amazonaws-eusc.eu/",
        ]
    );
}

#[test]
fn uses_fips_endpoints_where_they_exist() {
    let mut sandbox = sandbox();
    sandbox.set("AWS_ENDPOINT_URL", "").set("AWS_USE_FIPS_ENDPOINT", "true");
    let mut shown = Vec::new();
    for (partition, region) in [("aws", "us-east-2"), ("aws-us-gov", "us-gov-east-1")] {
        let role = format!("arn:{partition}:iam::123456789012:role/admin");
        let serial = format!("arn:{partition}:iam::123456789012:mfa/alice");
        let more = ["--dry-run", "--json", "--role-arn", &role, "--serial", &serial];
        let outcome = console(&sandbox, &[&more[..], &["--region", region]].concat());
        let endpoint = json_of(&outcome)["settings"]["signin_endpoint"]["value"].clone();
        shown.push((endpoint.as_str().unwrap().to_owned(), outcome.stderr));
    }
    let warning = "mfa-session: warning: AWS Sign-In has no FIPS endpoint in this partition: using \
                   the plain one\n";
    let expected = [
        ("https://us-east-2.signin.aws.amazon.com/".to_owned(), warning.to_owned()),
        ("https://us-gov-east-1.signin-fips.amazonaws-us-gov.com/".to_owned(), String::new()),
    ];
    assert_eq!(shown, expected);
}

#[test]
fn signs_in_to_govcloud_by_its_only_form_of_request() {
    let role = Role::new("admin").trust_account();
    let sandbox = Sandbox::with(Sts::start(Account::in_partition("aws-us-gov").role(role)));
    let serial = ALICE.serial_number.replacen("arn:aws:", "arn:aws-us-gov:", 1);
    let role = sandbox.sts().role_arn("admin");
    let more = ["--serial", &*serial, "--role-arn", &role];
    let printed = link(&sandbox, &with_code(&sandbox, &more));
    assert_eq!(signin_request(&sandbox).method, "GET");
    let page =
        "https://us-gov-west-1.console.amazonaws-us-gov.com/console/home?region=us-gov-west-1";
    assert_eq!(follow(&printed), Ok(page.to_owned()));
}

#[test]
fn uses_the_configured_endpoint() {
    let mut sandbox = sandbox();
    assert_eq!(with_code(&sandbox, &["--profile", "admin"]).status, 0);
    let endpoint = |sandbox: &Sandbox, more: &[&str]| {
        let outcome =
            console(sandbox, &[&["--dry-run", "--json", "--profile=admin"], more].concat());
        json_of(&outcome)["settings"]["signin_endpoint"].clone()
    };
    let expected = |url: &str, origin: &str| json!({ "value": url, "origin": origin });
    assert_eq!(endpoint(&sandbox, &[]), expected("http://STS/", "AWS_ENDPOINT_URL"));
    // The flag is the URL of STS.
    let flag = ["--endpoint-url", "http://127.0.0.1:9"];
    assert_eq!(endpoint(&sandbox, &flag), expected("http://STS/", "AWS_ENDPOINT_URL"));
    sandbox.set("AWS_ENDPOINT_URL_SIGNIN", "http://127.0.0.1:9/x");
    let variable = expected("http://127.0.0.1:9/x", "AWS_ENDPOINT_URL_SIGNIN");
    assert_eq!(endpoint(&sandbox, &[]), variable);
    sandbox.set("AWS_ENDPOINT_URL_SIGNIN", "").set("AWS_ENDPOINT_URL", "");
    let config =
        sandbox.read("config") + "[services s]\nsignin =\n  endpoint_url = http://[::1]:9\n";
    let config = config.replace("[profile admin]\n", "[profile admin]\nservices = s\n");
    sandbox.write("config", &config);
    let origin = "`signin.endpoint_url` in [services s] of ~/.aws/config";
    assert_eq!(endpoint(&sandbox, &[]), expected("http://[::1]:9/", origin));
}

#[test]
fn uses_tls_and_the_proxy() {
    let mut sandbox = Sandbox::with_tls();
    let sts = sandbox.sts().url();
    let role = sandbox.sts().role_arn("reader");
    sandbox.set("AWS_CA_BUNDLE", sandbox.path("ca.pem").to_str().unwrap());
    let more = ["--serial", ALICE.serial_number, "--role-arn", &role];
    let printed = link(&sandbox, &with_code(&sandbox, &more));
    assert!(printed.starts_with(&format!("{sts}/federation?")), "{printed}");
    // A proxy that is not there: the request does not go around it.
    sandbox.set("https_proxy", "http://127.0.0.1:9").set("AWS_MAX_ATTEMPTS", "1");
    sandbox.set("AWS_ENDPOINT_URL", "").set("AWS_ENDPOINT_URL_SIGNIN", "https://signin.example");
    console(&sandbox, &more).matches(str![[r#"
exit 5
--- stderr
mfa-session: error: cannot reach the proxy 127.0.0.1:9 (https_proxy): Connection refused (os error 111)
mfa-session: hint: check https_proxy; name hosts that need no proxy in NO_PROXY
"#]]);
}

#[test]
fn tries_again() {
    let sandbox = sandbox();
    assert_eq!(with_code(&sandbox, &["--profile", "admin"]).status, 0);
    for status in [429, 500, 503] {
        sandbox.sts().inject(Fault::Answer(Answer::html(status)).on_signin().times(2));
        assert_eq!(console(&sandbox, &["--profile", "admin"]).status, 0, "{status}");
    }
}

#[test]
fn shows_its_settings_and_sends_nothing() {
    let mut sandbox = sandbox();
    sandbox.set("BROWSER", shell("")[0]);
    let more = ["--dry-run", "--json", "--profile=admin", "--service=s3", "--open"];
    let settings = json_of(&console(&sandbox, &more))["settings"].clone();
    let role = sandbox.sts().role_arn("admin");
    for (id, value, origin) in [
        ("service", "s3", "--service"),
        ("signin_endpoint", "http://STS/", "AWS_ENDPOINT_URL"),
        ("role_arn", &role, "`role_arn` in [profile admin] of ~/.aws/config"),
        ("region", "us-east-1", "the default"),
    ] {
        assert_eq!(settings[id], json!({ "value": value, "origin": origin }));
    }
    assert_eq!(sandbox.sts().connections(), 0);
}

#[test]
fn shows_the_kept_session_in_a_dry_run() {
    let sandbox = sandbox();
    sandbox.run(["federate", "bob"]);
    let outcome = console(&sandbox, &["--dry-run", "--json", "--profile=default-bob"]);
    let shown = &json_of(&outcome)["settings"]["access_key_id"];
    let id = sandbox.value("default-bob", "aws_access_key_id").unwrap();
    let origin = "`aws_access_key_id` in [default-bob] of ~/.aws/credentials";
    assert_eq!(*shown, json!({ "value": id, "origin": origin }));
}

#[test]
fn a_lost_connection_loses_no_session() {
    let mut sandbox = sandbox();
    sandbox.write("credentials", &keys("default"));
    sandbox.set("AWS_MAX_ATTEMPTS", "1");
    sandbox.sts().inject(Fault::Answer(Answer::html(503)).on_signin());
    let mut command = sandbox.command(PROGRAM);
    let code = sandbox.code();
    command.args(["console", "--profile=long", "-d8h", "--no-write", "--code", &code]);
    let outcome = sandbox.outcome(command, "");
    assert_eq!(outcome.status, 5);
    assert!(outcome.stderr.contains("~/tmp/mfa-session-[RANDOM]"), "{outcome:?}");
}
