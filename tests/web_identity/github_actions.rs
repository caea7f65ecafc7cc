//! A GitHub Actions job requests its token from GitHub.

use loopback_sts::{Answer, Cut, Fault};
use snapbox::str;

use super::{sandbox, set_github, set_role};
use crate::{
    identity_provider::run,
    sandbox::{Sandbox, Table},
};

/// A job with the permission to request a token.
fn job() -> Sandbox {
    let mut sandbox = sandbox();
    set_github(&mut sandbox);
    set_role(&mut sandbox, "web");
    sandbox
}

#[test]
fn requests_a_token_for_the_audience_of_sts() {
    let sandbox = job();
    run(&sandbox, &["web-identity"]).wrote("default-web");
    assert_eq!(sandbox.asked(), ["GET", "AssumeRoleWithWebIdentity OK"]);
    let requests = sandbox.sts().requests();
    assert_eq!(requests[0].path, "/oidc/token");
    let parameter = |name| requests[0].parameter(name);
    assert_eq!(parameter("audience"), Some("sts.amazonaws.com"));
    assert_eq!(parameter("api-version"), Some("2.0"));
    let bearer = format!("bearer {}", sandbox.sts().oidc_request_token());
    assert_eq!(requests[0].header("authorization"), Some(&*bearer));
    assert_eq!(requests[1].header("authorization"), None);
    let name = "repo-octo-org-octo-repo-ref-refs-heads-main";
    assert_eq!(requests[1].parameter("RoleSessionName"), Some(name));

    run(&sandbox, &["web-identity"]).wrote("default-web");
    assert_eq!(sandbox.asked().len(), 2);
}

#[test]
fn sends_another_audience_unchanged() {
    let sandbox = job();
    let audience = "https://x.example/?a=b&c=d e#f";
    let outcome = run(&sandbox, &["web-identity", "--audience", audience]);
    assert_eq!(sandbox.sts().requests()[0].parameter("audience"), Some(audience));
    outcome.matches(str![[r#"
exit 4
--- stderr
mfa-session: error: AWS rejected the web identity token from GitHub: Incorrect token audience (InvalidIdentityToken, request [ID])
mfa-session: hint: check that the role's account has an IAM identity provider for the token's issuer and audience
"#]]);
}

#[test]
fn explains_each_error_of_github() {
    let json = |body: &str| Answer::new(200, body);
    let rows = [
        ("no permission", Answer::new(401, "{}"), 1),
        ("no permission, by another name", Answer::new(403, "{}"), 1),
        ("no such job", Answer::new(404, "{}"), 1),
        ("another place", Answer::redirect(302, "https://x.example/"), 1),
        ("a failure", Answer::new(500, "{}"), 3),
        ("no service", Answer::html(503), 3),
        ("too many requests", Answer::new(429, "{}"), 3),
        ("a page", Answer::html(200), 1),
        ("no token", json("{}"), 1),
        ("no text", json(r#"{"value": 1}"#), 1),
        ("a list", json("[]"), 1),
    ];
    Table::of(rows.map(|(name, answer, times)| {
        let sandbox = job();
        sandbox.sts().inject(Fault::Answer(answer).on_oidc());
        let outcome = run(&sandbox, &["web-identity"]);
        assert_eq!(sandbox.asked(), vec!["GET"; times], "{name}");
        (name, outcome)
    }))
    .matches_file("github_actions/github_refuses");

    let mut sandbox = job();
    sandbox.set("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "another");
    run(&sandbox, &["web-identity"]).matches(str![[r#"
exit 4
--- stderr
mfa-session: error: no identity token from STS: HTTP 401
mfa-session: hint: give the workflow the permission `id-token: write`
"#]]);
}

#[test]
fn does_not_send_an_invalid_token_to_sts() {
    let rows = [("nothing", ""), ("a blank", "a b c d")];
    Table::of(rows.map(|(name, token)| {
        let sandbox = job();
        let answer = Answer::new(200, format!(r#"{{"value": "{token}"}}"#));
        sandbox.sts().inject(Fault::Answer(answer).on_oidc());
        let outcome = run(&sandbox, &["web-identity"]);
        assert_eq!(sandbox.asked(), ["GET"], "{name}");
        (name, outcome)
    }))
    .matches_file("github_actions/invalid_tokens");
}

#[test]
fn retries_transient_failures() {
    for fault in [
        Fault::Answer(Answer::new(500, "{}")),
        Fault::Answer(Answer::new(429, "{}")),
        Fault::Cut(Cut::Unprocessed),
        Fault::Cut(Cut::Unanswered),
    ] {
        let sandbox = job();
        sandbox.sts().inject(fault.on_oidc().times(2));
        run(&sandbox, &["web-identity"]).wrote("default-web");
        let asked = sandbox.asked();
        assert_eq!(asked, ["GET", "GET", "GET", "AssumeRoleWithWebIdentity OK"]);
    }
    let sandbox = job();
    sandbox.sts().inject(Fault::Cut(Cut::Unprocessed).on_oidc());
    let mut outcome = run(&sandbox, &["web-identity"]);
    outcome.forget_why();
    outcome.matches(str![[r#"
exit 5
--- stderr
mfa-session: error: STS closed the connection: WHY
mfa-session: hint: try again in a moment
"#]]);
    assert_eq!(sandbox.asked(), ["GET"; 3]);
}

#[test]
fn explains_missing_or_invalid_variables_of_the_job() {
    type Row = (&'static str, fn(&mut Sandbox));
    let rows: &[Row] = &[
        ("no URL", |sandbox| set_url(sandbox, "")),
        ("no request token", |sandbox| {
            sandbox.set("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "");
        }),
        ("no URL of a server", |sandbox| set_url(sandbox, "ftp://x.example/token")),
        ("half a URL", |sandbox| set_url(sandbox, "https://")),
        ("plain http to another machine", |sandbox| {
            set_url(sandbox, "http://github.example/token");
        }),
    ];
    Table::of(rows.iter().map(|(name, prepare)| {
        let mut sandbox = job();
        prepare(&mut sandbox);
        let outcome = run(&sandbox, &["web-identity"]);
        assert_eq!(sandbox.sts().connections(), 0, "{name}");
        (*name, outcome)
    }))
    .matches_file("github_actions/no_permission");
}

#[test]
fn dry_run_does_not_show_the_request_token() {
    let sandbox = job();
    let outcome = run(&sandbox, &["web-identity", "--dry-run"]);
    assert_eq!((outcome.status, &*outcome.stderr), (0, ""));
    assert!(!outcome.stdout.contains(&sandbox.sts().oidc_request_token()));
    assert!(outcome.stdout.contains("requested from GitHub Actions, in its jobs"), "{outcome:?}");
    assert_eq!(sandbox.sts().connections(), 0);
}

fn set_url(sandbox: &mut Sandbox, url: &str) {
    sandbox.set("ACTIONS_ID_TOKEN_REQUEST_URL", url);
}
