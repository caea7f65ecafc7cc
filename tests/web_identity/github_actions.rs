//! A job of GitHub Actions asks GitHub for its token.

use loopback_sts::{Answer, Cut, Fault};
use snapbox::str;

use super::{sandbox, set_github, set_role};
use crate::{
    identity_provider::run,
    sandbox::{Sandbox, Table},
};

/// A job that may ask for a token.
fn job() -> Sandbox {
    let mut sandbox = sandbox();
    set_github(&mut sandbox);
    set_role(&mut sandbox, "web");
    sandbox
}

#[test]
fn the_token_is_asked_for_with_the_audience_that_is_meant() {
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
fn another_audience_is_sent_as_it_is_typed() {
    let sandbox = job();
    let audience = "https://x.example/?a=b&c=d e#f";
    let outcome = run(&sandbox, &["web-identity", "--audience", audience]);
    assert_eq!(sandbox.sts().requests()[0].parameter("audience"), Some(audience));
    outcome.matches(str![[r#"
exit 4
--- stderr
mfa-session: error: AWS does not believe the web identity token from GitHub: Incorrect token audience (InvalidIdentityToken, request [ID])
mfa-session: hint: is its provider set up in IAM of the role's account, for this audience?
"#]]);
}

#[test]
fn what_github_refuses_is_told() {
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
mfa-session: error: STS gives no identity token: HTTP 401
mfa-session: hint: the workflow needs the permission `id-token: write`
"#]]);
}

#[test]
fn a_token_that_is_none_is_not_sent_on() {
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
fn a_failure_that_may_pass_is_asked_again() {
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
mfa-session: error: STS broke off the connection: WHY
mfa-session: hint: try again in a moment
"#]]);
    assert_eq!(sandbox.asked(), ["GET"; 3]);
}

#[test]
fn a_job_that_may_not_ask_is_told() {
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
fn the_token_of_a_job_is_not_shown_by_a_dry_run() {
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
