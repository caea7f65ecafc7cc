//! `mfa-session token`: a signed token for another service.

use data_encoding::BASE64URL_NOPAD;
use loopback_sts::{ALICE, Account, Sts};
use serde_json::{Value, json};
use snapbox::str;

use crate::{
    interop::{botocore, json_of, with_profile},
    sandbox::{Outcome, PROGRAM, Sandbox, Table},
    tools,
};

const AUDIENCE: &str = "https://api.example.com";

fn token(sandbox: &Sandbox, more: &[&str]) -> Outcome {
    let mut command = sandbox.command(PROGRAM);
    command.args(["token", "--audience", AUDIENCE]).args(more);
    sandbox.outcome(command, "")
}

/// The header and the claims of a token.
fn decode(token: &str) -> [Value; 2] {
    let mut parts = token.trim_end().split('.').map(|part| {
        let json = BASE64URL_NOPAD.decode(part.as_bytes()).unwrap();
        serde_json::from_slice(&json).unwrap_or_default()
    });
    [parts.next().unwrap(), parts.next().unwrap()]
}

#[test]
fn prints_a_token_for_the_audience() {
    let sandbox = Sandbox::new();
    let outcome = token(&sandbox, &[]);
    outcome.messages().matches(str![[r#"
exit 0
--- stderr
mfa-session: the token is valid until [TIME]
"#]]);
    let [header, claims] = decode(&outcome.stdout);
    assert_eq!((outcome.stdout.lines().count(), &header["alg"]), (1, &json!("RS256")));
    assert_eq!(claims["aud"], AUDIENCE);
    assert_eq!(claims["sub"], "arn:aws:iam::123456789012:user/alice");
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 300);
}

#[test]
fn sends_every_parameter() {
    let sandbox = Sandbox::new();
    let more = ["--audience=b", "--signing-algorithm=ES384", "--duration=1h", "--tag=team=red"];
    let [header, claims] = decode(&token(&sandbox, &more).stdout);
    assert_eq!(header["alg"], "ES384");
    assert_eq!(claims["aud"], json!([AUDIENCE, "b"]));
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 3600);
    assert_eq!(claims["https://sts.amazonaws.com/"]["request_tags"]["team"], "red");
}

#[test]
fn signs_with_an_mfa_session_or_with_a_session_of_a_role() {
    let sandbox = Sandbox::new();
    let role = sandbox.sts().role_arn("admin");
    sandbox.get(["--role-arn", &role]).wrote_all(&["default-mfa", "default-admin"]);
    for profile in ["default-mfa", "default-admin"] {
        assert_eq!(token(&sandbox, &["--profile", profile]).status, 0, "{profile}");
        assert_eq!(sandbox.signer(), sandbox.value(profile, "aws_access_key_id").unwrap());
    }
}

#[test]
fn shows_the_duration_in_a_dry_run() {
    let sandbox = Sandbox::new();
    let dry_run = |more: &[&str]| {
        let outcome = token(&sandbox, &[&["--dry-run", "--json"], more].concat());
        json_of(&outcome)["settings"]["duration"].clone()
    };
    assert_eq!(dry_run(&[]), json!({ "value": "300s", "origin": "the default" }));
    let typed = json!({ "value": "60s", "origin": "--duration" });
    assert_eq!(dry_run(&["--duration", "1m"]), typed);
    assert_eq!(sandbox.sts().connections(), 0);
}

#[test]
fn rejects_invalid_arguments_before_anything_is_sent() {
    let sandbox = Sandbox::new();
    let long = format!("--audience={}", "x".repeat(1001));
    let rows: &[(&str, &[&str])] = &[
        ("an empty audience", &["--audience="]),
        ("a long audience", &[&long]),
        ("eleven audiences", &["--audience=x"; 10]),
        ("an unknown algorithm", &["--signing-algorithm=HS256"]),
        ("a short duration", &["--duration=59"]),
        ("a long duration", &["--duration=61m"]),
        ("a tag without a value", &["--tag=red"]),
        ("an unknown profile", &["--profile=nobody"]),
    ];
    let mut table = Table::of(rows.iter().map(|(name, more)| (*name, token(&sandbox, more))));
    table.add("no audience", &sandbox.run(["token"]));
    table.matches_file("token/invalid_arguments");
    assert_eq!(sandbox.sts().connections(), 0);
}

#[test]
fn explains_the_errors_that_sts_declares() {
    let mut table = Table::default();
    let sandbox = Sandbox::new();
    assert_eq!(sandbox.get(["--duration", "15m"]).status, 0);
    let of_session = ["--profile", "default-mfa", "--duration", "1h"];
    table.add("a token that outlives the session", &token(&sandbox, &of_session));
    let tag = |n| format!("--tag={n:0128}={}", "x".repeat(256));
    let tags: Vec<String> = (0..50).map(tag).collect();
    let tags: Vec<_> = tags.iter().map(String::as_str).collect();
    table.add("a large token", &token(&sandbox, &tags));
    let account = Account::default().disable_outbound_federation();
    let disabled = Sandbox::with(Sts::start(account));
    table.add("an account without tokens", &token(&disabled, &[]));
    let denied = Sandbox::without("sts:GetWebIdentityToken");
    table.add("no permission", &token(&denied, &[]));
    table.matches_file("token/errors");
}

#[test]
fn rejects_the_global_endpoint_before_anything_is_sent() {
    let mut sandbox = Sandbox::new();
    let proxy = sandbox.endpoint().to_owned();
    sandbox.set("AWS_ENDPOINT_URL", "").set("https_proxy", proxy);
    let global = token(&sandbox, &["--region", "aws-global"]);
    global.matches(str![[r#"
exit 1
--- stderr
mfa-session: error: sts.amazonaws.com does not offer GetWebIdentityToken; each region's endpoint does
mfa-session: hint: name a region, such as --region us-east-1, and unset AWS_STS_REGIONAL_ENDPOINTS=legacy
"#]]);
    sandbox.set("AWS_STS_REGIONAL_ENDPOINTS", "legacy");
    let legacy = token(&sandbox, &["--region", "eu-west-1"]);
    assert_eq!(legacy.to_string(), global.to_string());
    assert_eq!(sandbox.sts().connections(), 0);
}

#[test]
fn botocore_gets_the_same_token() {
    let Some(python) = tools::python("botocore") else { return };
    let sandbox = Sandbox::new();
    let parameters = json!({
        "Audience": [AUDIENCE, "b"],
        "SigningAlgorithm": "ES384",
        "DurationSeconds": 60,
        "Tags": [{ "Key": "team", "Value": "red" }],
    });
    let command = botocore(&sandbox, &python, ["sts", "GetWebIdentityToken"], &parameters);
    let outcome = sandbox.outcome(with_profile(command, &sandbox, "default"), "");
    let theirs = decode(json_of(&outcome)["WebIdentityToken"].as_str().unwrap());
    let more = ["--audience=b", "--signing-algorithm=ES384", "--duration=1m", "--tag=team=red"];
    let ours = decode(&token(&sandbox, &more).stdout);
    assert_eq!(ours.map(lasting), theirs.map(lasting));
    let sent = |index: usize| {
        let mut parameters = sandbox.sts().requests()[index].parameters.clone();
        parameters.sort();
        parameters
    };
    assert_eq!(sent(0), sent(1));
    assert_eq!(sandbox.signer(), ALICE.access_key_id);
}

/// The claims that do not differ from token to token.
fn lasting(mut claims: Value) -> Value {
    for name in ["iat", "exp", "jti"] {
        claims.as_object_mut().unwrap().remove(name);
    }
    claims
}
