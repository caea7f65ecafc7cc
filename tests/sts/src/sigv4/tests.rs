//! Signatures against AWS's published suite, and what is no good signature.

use super::*;

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

/// A request of AWS's published suite: its headers, but for `Host` and `X-Amz-Date`.
fn message(method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Message {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let first = [("Host", "example.amazonaws.com"), ("X-Amz-Date", "20150830T123600Z")];
    let headers = first.iter().chain(headers);
    Message {
        head: Head {
            method: method.into(),
            path: path.into(),
            query: query.into(),
            headers: headers.map(|(name, value)| ((*name).into(), (*value).into())).collect(),
            keeps_open: false,
        },
        body: body.into(),
    }
}

fn sign(message: &Message) -> String {
    authorization(message, "AKIDEXAMPLE", SECRET, "us-east-1", "service")
}

fn now() -> OffsetDateTime {
    time::macros::datetime!(2015-08-30 12:36:00 UTC)
}

#[test]
fn the_signatures_are_those_of_awss_suite() {
    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    let trim = [("My-Header1", " value1"), ("My-Header2", " \"a   b   c\"")];
    let twice = [("My-Header1", "value2"), ("My-Header1", "value2"), ("My-Header1", "value1")];
    for (message, signature) in [
        (
            message("GET", "/", &[], ""),
            "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
        ),
        (
            message("POST", "/", &[], ""),
            "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
        ),
        (
            message("POST", "/", &form, "Param1=value1"),
            "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
        ),
        (
            message("GET", "/?Param2=value2&Param1=value1", &[], ""),
            "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
        ),
        (
            message("GET", "/", &trim, ""),
            "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736",
        ),
        (
            message("GET", "/", &twice, ""),
            "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea",
        ),
    ] {
        let authorization = sign(&message);
        assert!(authorization.ends_with(signature), "{authorization}");
    }
}

fn claim(message: &mut Message) -> Result<Claim, Refusal> {
    let authorization = sign(message);
    message.head.headers.push(("Authorization".into(), authorization));
    Claim::read(&message.head)
}

#[test]
fn a_signature_holds_for_its_secret_and_its_body_only() {
    let mut message = message("POST", "/", &[], "Action=GetCallerIdentity");
    let claim = claim(&mut message).unwrap();
    assert_eq!(claim.check_signature(&message, SECRET), Ok(()));
    let refused = claim.check_signature(&message, "another").unwrap_err();
    assert_eq!(refused.code, "SignatureDoesNotMatch");
    message.body.push(b'!');
    assert!(claim.check_signature(&message, SECRET).is_err());
}

#[test]
fn a_signature_is_good_for_a_quarter_of_an_hour_in_both_directions() {
    let claim = claim(&mut message("POST", "/", &[], "")).unwrap();
    let minutes = Duration::minutes;
    assert_eq!(claim.check_time(now() + minutes(15)), Ok(()));
    assert_eq!(claim.check_time(now() - minutes(15)), Ok(()));
    assert_eq!(
        claim.check_time(now() + minutes(16)).unwrap_err().message,
        "Signature expired: 20150830T123600Z is now earlier than 20150830T123700Z \
         (20150830T125200Z - 15 min.)"
    );
    assert_eq!(
        claim.check_time(now() - minutes(16)).unwrap_err().message,
        "Signature not yet current: 20150830T123600Z is still later than 20150830T123500Z \
         (20150830T122000Z + 15 min.)"
    );
}

#[test]
fn a_scope_is_for_one_service() {
    let claim = claim(&mut message("POST", "/", &[], "")).unwrap();
    assert_eq!(claim.check_scope("service", |region| region == "us-east-1"), Ok(()));
    assert!(claim.check_scope("sts", |_| true).is_err());
    assert!(claim.check_scope("service", |_| false).is_err());
}

#[test]
fn a_session_token_must_be_signed() {
    let mut message = message("POST", "/", &[], "");
    let authorization = sign(&message);
    message.head.headers.push(("X-Amz-Security-Token".into(), "token".into()));
    message.head.headers.push(("Authorization".into(), authorization));
    let refused = Claim::read(&message.head).err().unwrap();
    assert_eq!(
        refused.message,
        "'x-amz-security-token' must be a 'SignedHeader' in the AWS Authorization."
    );
}

#[test]
fn what_is_no_signature_is_told_apart() {
    let code = |authorization: &str| {
        let message = message("POST", "/", &[("Authorization", authorization)], "");
        Claim::read(&message.head).err().unwrap().code
    };
    assert_eq!(code("Bearer token"), "IncompleteSignature");
    assert_eq!(code("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE"), "IncompleteSignature");
    let unsigned = Claim::read(&message("POST", "/", &[], "").head).err().unwrap();
    assert_eq!(unsigned.code, "MissingAuthenticationToken");
}
