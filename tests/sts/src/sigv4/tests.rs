//! Signatures of AWS's published test suite, and invalid signatures.

use time::{Duration, OffsetDateTime};

use super::*;
use crate::answer::ServiceError;

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

/// A request of AWS's test suite. `headers` are those besides `Host` and `X-Amz-Date`.
fn request(method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> HttpRequest {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let first = [("Host", "example.amazonaws.com"), ("X-Amz-Date", "20150830T123600Z")];
    let headers = first.iter().chain(headers);
    HttpRequest {
        head: RequestHead {
            method: method.into(),
            path: path.into(),
            query: query.into(),
            headers: headers.map(|(name, value)| ((*name).into(), (*value).into())).collect(),
            keeps_open: false,
        },
        body: body.into(),
    }
}

fn sign_as_example(request: &HttpRequest) -> String {
    sign(request, "AKIDEXAMPLE", SECRET, "us-east-1", "service")
}

fn now() -> OffsetDateTime {
    time::macros::datetime!(2015-08-30 12:36:00 UTC)
}

#[test]
fn signatures_match_the_test_suite() {
    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    let trim = [("My-Header1", " value1"), ("My-Header2", " \"a   b   c\"")];
    let twice = [("My-Header1", "value2"), ("My-Header1", "value2"), ("My-Header1", "value1")];
    for (request, signature) in [
        (
            request("GET", "/", &[], ""),
            "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
        ),
        (
            request("POST", "/", &[], ""),
            "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
        ),
        (
            request("POST", "/", &form, "Param1=value1"),
            "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
        ),
        (
            request("GET", "/?Param2=value2&Param1=value1", &[], ""),
            "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
        ),
        (
            request("GET", "/", &trim, ""),
            "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736",
        ),
        (
            request("GET", "/", &twice, ""),
            "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea",
        ),
    ] {
        let authorization = sign_as_example(&request);
        assert!(authorization.ends_with(signature), "{authorization}");
    }
}

fn authorize(request: &mut HttpRequest) -> Result<Authorization, ServiceError> {
    let authorization = sign_as_example(request);
    request.head.headers.push(("Authorization".into(), authorization));
    Authorization::read(&request.head)
}

#[test]
fn signature_depends_on_secret_and_body() {
    let mut request = request("POST", "/", &[], "Action=GetCallerIdentity");
    let authorization = authorize(&mut request).unwrap();
    assert_eq!(authorization.check_signature(&request, SECRET), Ok(()));
    let refused = authorization.check_signature(&request, "another").unwrap_err();
    assert_eq!(refused.code, "SignatureDoesNotMatch");
    request.body.push(b'!');
    assert!(authorization.check_signature(&request, SECRET).is_err());
}

#[test]
fn signature_is_valid_within_15_minutes() {
    let authorization = authorize(&mut request("POST", "/", &[], "")).unwrap();
    let minutes = Duration::minutes;
    assert_eq!(authorization.check_time(now() + minutes(15)), Ok(()));
    assert_eq!(authorization.check_time(now() - minutes(15)), Ok(()));
    assert_eq!(
        authorization.check_time(now() + minutes(16)).unwrap_err().message,
        "Signature expired: 20150830T123600Z is now earlier than 20150830T123700Z \
         (20150830T125200Z - 15 min.)"
    );
    assert_eq!(
        authorization.check_time(now() - minutes(16)).unwrap_err().message,
        "Signature not yet current: 20150830T123600Z is still later than 20150830T123500Z \
         (20150830T122000Z + 15 min.)"
    );
}

#[test]
fn scope_limits_service_and_region() {
    let authorization = authorize(&mut request("POST", "/", &[], "")).unwrap();
    assert_eq!(authorization.check_scope("service", |region| region == "us-east-1"), Ok(()));
    assert!(authorization.check_scope("sts", |_| true).is_err());
    assert!(authorization.check_scope("service", |_| false).is_err());
}

#[test]
fn session_token_must_be_signed() {
    let mut request = request("POST", "/", &[], "");
    let authorization = sign_as_example(&request);
    request.head.headers.push(("X-Amz-Security-Token".into(), "token".into()));
    request.head.headers.push(("Authorization".into(), authorization));
    let refused = Authorization::read(&request.head).err().unwrap();
    assert_eq!(
        refused.message,
        "'x-amz-security-token' must be a 'SignedHeader' in the AWS Authorization."
    );
}

#[test]
fn malformed_and_missing_signatures_have_different_errors() {
    let code = |authorization: &str| {
        let request = request("POST", "/", &[("Authorization", authorization)], "");
        Authorization::read(&request.head).err().unwrap().code
    };
    assert_eq!(code("Bearer token"), "IncompleteSignature");
    assert_eq!(code("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE"), "IncompleteSignature");
    let unsigned = Authorization::read(&request("POST", "/", &[], "").head).err().unwrap();
    assert_eq!(unsigned.code, "MissingAuthenticationToken");
}
