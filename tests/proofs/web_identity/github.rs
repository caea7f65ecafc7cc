//! A job of GitHub Actions asks GitHub for its token.

use loopback_sts::{Answer, Cut, Fault};

use super::{run, set_github, set_role, world};
use crate::world::{World, all_are, error};

const PERMISSION: &str = "the workflow needs the permission `id-token: write`";
const LATER: &str = "try again in a moment";

/// A job that may ask for a token.
fn job() -> World {
    let mut world = world();
    set_github(&mut world);
    set_role(&mut world, "web");
    world
}

#[test]
fn the_token_is_asked_for_with_the_audience_that_is_meant() {
    let world = job();
    run(&world, &["web-identity"]).wrote("default-web");
    assert_eq!(world.asked(), ["GET", "AssumeRoleWithWebIdentity OK"]);
    let requests = world.sts().requests();
    assert_eq!(requests[0].path, "/oidc/token");
    let parameter = |name| requests[0].parameter(name);
    assert_eq!(parameter("audience"), Some("sts.amazonaws.com"));
    assert_eq!(parameter("api-version"), Some("2.0"));
    let bearer = format!("bearer {}", world.sts().oidc_request_token());
    assert_eq!(requests[0].header("authorization"), Some(&*bearer));
    assert_eq!(requests[1].header("authorization"), None);
    let name = "repo-octo-org-octo-repo-ref-refs-heads-main";
    assert_eq!(requests[1].parameter("RoleSessionName"), Some(name));

    run(&world, &["web-identity"]).wrote("default-web");
    assert_eq!(world.asked().len(), 2);
}

#[test]
fn another_audience_is_sent_as_it_is_typed() {
    let world = job();
    let audience = "https://x.example/?a=b&c=d e#f";
    let outcome = run(&world, &["web-identity", "--audience", audience]);
    assert_eq!(world.sts().requests()[0].parameter("audience"), Some(audience));
    let what = "AWS does not believe the web identity token from GitHub: Incorrect token audience \
                (InvalidIdentityToken, request ID)";
    let hint = "is its provider set up in IAM of the role's account, for this audience?";
    outcome.is(4, "", &error(what, &[hint]));
}

#[test]
fn what_github_refuses_is_told() {
    let json = |body: &str| Answer::new(200, body);
    let rows = [
        ("no permission", Answer::new(401, "{}"), 4, "HTTP 401", PERMISSION, 1),
        ("no permission, by another name", Answer::new(403, "{}"), 4, "HTTP 403", PERMISSION, 1),
        ("no such job", Answer::new(404, "{}"), 4, "HTTP 404", PERMISSION, 1),
        ("another place", Answer::redirect(302, "https://x.example/"), 5, "HTTP 302", LATER, 1),
        ("a failure", Answer::new(500, "{}"), 5, "HTTP 500", LATER, 3),
        ("no service", Answer::html(503), 5, "HTTP 503", LATER, 3),
        ("too many requests", Answer::new(429, "{}"), 5, "HTTP 429", LATER, 3),
        ("a page", Answer::html(200), 5, "its answer is not JSON", LATER, 1),
        ("no token", json("{}"), 5, "there is none in its answer", LATER, 1),
        ("no text", json(r#"{"value": 1}"#), 5, "there is none in its answer", LATER, 1),
        ("a list", json("[]"), 5, "there is none in its answer", LATER, 1),
    ];
    all_are(rows.map(|(name, answer, status, why, hint, times)| {
        let world = job();
        world.sts().weather(Fault::Answer(answer).on_oidc());
        let outcome = run(&world, &["web-identity"]);
        assert_eq!(world.asked(), vec!["GET"; times], "{name}");
        (name, outcome, status, error(&format!("STS gives no identity token: {why}"), &[hint]))
    }));

    let mut world = job();
    world.set("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "another");
    let what = "STS gives no identity token: HTTP 401";
    run(&world, &["web-identity"]).is(4, "", &error(what, &[PERMISSION]));
}

#[test]
fn a_token_that_is_none_is_not_sent_on() {
    let hint = "give it as the identity provider gave it";
    let rows = [
        ("nothing", "", "GitHub: there is no web identity token"),
        (
            "a blank",
            "a b c d",
            "GitHub: there are no blanks or control characters in a web \
          identity token",
        ),
    ];
    all_are(rows.map(|(name, token, what)| {
        let world = job();
        let answer = Answer::new(200, format!(r#"{{"value": "{token}"}}"#));
        world.sts().weather(Fault::Answer(answer).on_oidc());
        let outcome = run(&world, &["web-identity"]);
        assert_eq!(world.asked(), ["GET"], "{name}");
        (name, outcome, 1, error(what, &[hint]))
    }));
}

#[test]
fn a_failure_that_may_pass_is_asked_again() {
    for fault in [
        Fault::Answer(Answer::new(500, "{}")),
        Fault::Answer(Answer::new(429, "{}")),
        Fault::Cut(Cut::Unprocessed),
        Fault::Cut(Cut::Unanswered),
    ] {
        let world = job();
        world.sts().weather(fault.on_oidc().times(2));
        run(&world, &["web-identity"]).wrote("default-web");
        let asked = world.asked();
        assert_eq!(asked, ["GET", "GET", "GET", "AssumeRoleWithWebIdentity OK"]);
    }
    let world = job();
    world.sts().weather(Fault::Cut(Cut::Unprocessed).on_oidc());
    let mut outcome = run(&world, &["web-identity"]);
    outcome.forget_why();
    outcome.is(5, "", &error("STS broke off the connection: WHY", &[LATER]));
    assert_eq!(world.asked(), ["GET"; 3]);
}

#[test]
fn a_job_that_may_not_ask_is_told() {
    type Row = (&'static str, fn(&mut World), &'static str, &'static str);
    let no_token = "name its file: --token-file FILE (`-` for standard input), \
                    AWS_WEB_IDENTITY_TOKEN_FILE; in GitHub Actions, give the workflow the \
                    permission `id-token: write`";
    let leave = "GitHub sets it for the job: leave it as it is";
    let rows: &[Row] = &[
        ("no URL", |world| set_url(world, ""), "there is no web identity token", no_token),
        (
            "no request token",
            |world| {
                world.set("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "");
            },
            "there is no web identity token",
            no_token,
        ),
        (
            "no URL of a server",
            |world| set_url(world, "ftp://x.example/token"),
            "ACTIONS_ID_TOKEN_REQUEST_URL: this is not the URL of a web server",
            leave,
        ),
        (
            "half a URL",
            |world| set_url(world, "https://"),
            "ACTIONS_ID_TOKEN_REQUEST_URL: this is not a URL",
            leave,
        ),
        (
            "plain http to another machine",
            |world| set_url(world, "http://github.example/token"),
            "ACTIONS_ID_TOKEN_REQUEST_URL: plain http goes to this machine only: the answer holds \
             keys",
            "give an https URL, or allow it: --allow-http",
        ),
    ];
    all_are(rows.iter().map(|(name, prepare, what, hint)| {
        let mut world = job();
        prepare(&mut world);
        let outcome = run(&world, &["web-identity"]);
        assert_eq!(world.sts().connections(), 0, "{name}");
        (*name, outcome, 1, error(what, &[hint]))
    }));
}

#[test]
fn the_token_of_a_job_is_not_shown_by_a_dry_run() {
    let world = job();
    let outcome = run(&world, &["web-identity", "--dry-run"]);
    assert_eq!((outcome.status, &*outcome.stderr), (0, ""));
    assert!(!outcome.stdout.contains(&world.sts().oidc_request_token()));
    assert!(outcome.stdout.contains("asked of GitHub Actions, in its jobs"), "{outcome:?}");
    assert_eq!(world.sts().connections(), 0);
}

fn set_url(world: &mut World, url: &str) {
    world.set("ACTIONS_ID_TOKEN_REQUEST_URL", url);
}
