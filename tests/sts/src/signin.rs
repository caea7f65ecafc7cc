//! The federation endpoint of AWS Sign-In, on the same port. It exchanges a session for a sign-in
//! token, and a sign-in token for a page of the console. AWS documents it in the IAM user guide,
//! under "Enable custom identity broker access to the AWS console".

use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use crate::account::Account;
use crate::answer::Answer;
use crate::http::HttpRequest;
use crate::oidc;
use crate::operation::{self, Reply};
use crate::principal::Principal;
use crate::random;

/// The path of the endpoint.
pub(crate) const PATH: &str = "/federation";

/// Answers with a sign-in token, with a redirect to the console, or with the page of an error.
pub(crate) fn reply(request: &HttpRequest, account: &mut Account, now: OffsetDateTime) -> Reply {
    let parameters = request.parameters();
    let parameter = |name: &str| operation::parameter(&parameters, name);
    let result = match (&*request.head.method, parameter("Action")) {
        ("POST", _) if account.partition == "aws-us-gov" => Err("GovCloud takes no forms"),
        ("POST" | "GET", Some("getSigninToken")) => {
            let duration = parameter("SessionDuration");
            get_signin_token(account, parameter("Session"), duration, now)
        }
        ("GET", Some("login")) => {
            login(account, parameter("SigninToken"), parameter("Destination"), now)
        }
        _ => Err("Unknown action"),
    };
    match result {
        Ok(answer) if answer.status == 302 => Reply { answer, outcome: "Redirect".into() },
        Ok(answer) => Reply { answer, outcome: "OK".into() },
        Err(problem) => {
            let page =
                format!("<html><body><h1>HTTP Status 400</h1><p>{problem}</p></body></html>");
            let answer = Answer::new(400, page).header("Content-Type", "text/html;charset=utf-8");
            Reply { answer, outcome: "BadRequest".into() }
        }
    }
}

fn get_signin_token(
    account: &mut Account,
    session: Option<&str>,
    duration: Option<&str>,
    now: OffsetDateTime,
) -> Result<Answer, &'static str> {
    let session: Value =
        session.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let text = |name: &str| session.get(name).and_then(Value::as_str);
    let members = session.as_object().map_or(0, serde_json::Map::len);
    let (Some(id), Some(secret), Some(token), 3) =
        (text("sessionId"), text("sessionKey"), text("sessionToken"), members)
    else {
        return Err("Invalid session parameter");
    };
    let (principal, key) = account.find_key(id).ok_or(INVALID_CREDENTIALS)?;
    let granted = key.session.as_ref().ok_or(INVALID_CREDENTIALS)?;
    let is_key = key.secret_access_key == secret && granted.token == token;
    // The session of a role or of a federated user: no other session may sign in.
    let is_allowed =
        matches!(principal, Principal::AssumedRole { .. } | Principal::FederatedUser(_));
    if !is_key || !is_allowed || granted.context.expiration <= now {
        return Err(INVALID_CREDENTIALS);
    }
    if let Some(seconds) = duration {
        let is_valid = seconds.parse().is_ok_and(|it: u32| (900..=43_200).contains(&it));
        let is_direct =
            matches!(principal, Principal::AssumedRole { .. }) && !granted.context.is_chained;
        if !is_valid || !is_direct {
            return Err(INVALID_CREDENTIALS);
        }
    }
    let token = random::session_token();
    account.add_signin_token(&token, now + TOKEN_LIFETIME);
    Ok(oidc::json(200, &json!({ "SigninToken": token })))
}

fn login(
    account: &mut Account,
    token: Option<&str>,
    destination: Option<&str>,
    now: OffsetDateTime,
) -> Result<Answer, &'static str> {
    let destination = destination.ok_or("Missing destination")?;
    let host = destination.strip_prefix("https://").and_then(|rest| rest.split('/').next());
    let domain = console_domain(&account.partition).ok_or("Unknown partition")?;
    if !host.is_some_and(|host| host == domain || host.ends_with(&format!(".{domain}"))) {
        return Err("Invalid destination");
    }
    if !token.is_some_and(|token| account.take_signin_token(token, now)) {
        return Err("Invalid sign-in token");
    }
    Ok(Answer::redirect(302, destination))
}

/// The host of the console, which the region precedes; `None` where it is not public.
fn console_domain(partition: &str) -> Option<&'static str> {
    Some(match partition {
        "aws" => "console.aws.amazon.com",
        "aws-cn" => "console.amazonaws.cn",
        "aws-us-gov" => "console.amazonaws-us-gov.com",
        "aws-eusc" => "console.amazonaws-eusc.eu",
        _ => return None,
    })
}

/// AWS's words for all of them.
const INVALID_CREDENTIALS: &str = "Invalid credentials parameter";

const TOKEN_LIFETIME: Duration = Duration::minutes(15);
