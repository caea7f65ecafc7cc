//! STS other than AWS's: emulators that return the id of a long-term key (moto, LocalStack), and
//! ids with other characters (MinIO, Ceph).

use loopback_sts::{ALICE, Account, Device, Fault, Field, Grant, Sts, User};
use snapbox::str;

use crate::sandbox::{Outcome, Sandbox, keys};

/// Moto and LocalStack grant every session with this id.
const EXAMPLE: &str = "AKIAIOSFODNN7EXAMPLE";

fn granting(id: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    let grant = Grant { access_key_id: Field::Source(id.into()), ..Grant::default() };
    sandbox.sts().inject(Fault::Grant(grant).on_calls());
    sandbox
}

#[test]
fn a_session_with_the_id_of_a_long_term_key_is_stored_reused_replaced_and_cleared() {
    let sandbox = granting(EXAMPLE);
    sandbox.get([]).wrote("default-mfa");
    let value = |key: &str| sandbox.value("default-mfa", key);
    assert_eq!(value("aws_access_key_id").as_deref(), Some(EXAMPLE));
    assert_eq!(value("mfa_session_id").as_deref(), Some(EXAMPLE));
    let token = value("aws_session_token");

    sandbox.run([]).wrote("default-mfa");
    sandbox.run(["whoami", "--profile", "default-mfa"]).matches(str![[r#"
exit 0
--- stdout
account  123456789012
arn      arn:aws:iam::123456789012:user/alice
user id  AIDAMFWGSY3FAAAAAAAAA
keys     [default-mfa]
"#]]);
    assert_eq!(sandbox.asked(), ["GetSessionToken OK", "GetCallerIdentity OK"]);
    let status = sandbox.run(["status", "--short"]);
    assert!(status.stdout.starts_with("default-mfa "), "{status:?}");

    sandbox.sts().set_clock_offset(60);
    sandbox.get(["--force"]).wrote("default-mfa");
    assert_ne!(value("aws_session_token"), token);
    sandbox.run(["clear"]).matches(str![[r#"
exit 0
--- stderr
mfa-session: cleared the session in [default-mfa]
"#]]);
    assert_eq!(sandbox.read("credentials").trim_end(), keys("default").trim_end());
}

#[test]
fn long_term_keys_put_over_such_a_session_are_never_overwritten() {
    let sandbox = granting(EXAMPLE);
    sandbox.get([]).wrote("default-mfa");
    let session = sandbox.read("credentials");
    let own = format!("aws_access_key_id = {EXAMPLE}");
    let text = session.replace(&own, "aws_access_key_id = AKIALOOPBACKBOBBY234");
    sandbox.write("credentials", &text);
    let refused = sandbox.get([]);
    refused.matches(str![[r#"
exit 1
--- stderr
mfa-session: error: [default-mfa] in ~/.aws/credentials contains long-term keys, which are never overwritten
mfa-session: hint: name another session profile: --to NAME
"#]]);
    assert_eq!(sandbox.run(["clear", "--all"]).status, 0);
    assert_eq!(sandbox.read("credentials"), text);
}

#[test]
fn a_session_token_makes_a_session_whatever_the_id() {
    let sandbox = granting(EXAMPLE);
    sandbox.get([]).wrote("default-mfa");
    // As `aws configure mfa-login` writes it.
    let text = sandbox.read("credentials");
    let plain = text.lines().filter(|line| !line.starts_with("mfa_") && !line.starts_with("x_"));
    let text: String = plain.flat_map(|line| [line, "\n"]).collect();
    sandbox.write("credentials", &text);
    assert_eq!(sandbox.run(["whoami", "--profile", "default-mfa"]).status, 0);
    assert_eq!(sandbox.signer(), EXAMPLE);
    let code = sandbox.code();
    let outcome = sandbox.run(["--profile", "default-mfa", "--to", "x", "--code", &code]);
    outcome.matches(str![[r#"
exit 1
--- stderr
mfa-session: error: the keys in [default-mfa] of ~/.aws/credentials are temporary
mfa-session: hint: name a profile with long-term keys: --profile NAME
mfa-session: hint: if they are long-term keys, remove the session token from [default-mfa] of ~/.aws/credentials
"#]]);
    let outcome = sandbox.get(["--to", "default-mfa"]);
    assert_eq!(outcome.status, 1, "{outcome:?}");
    assert_eq!(sandbox.read("credentials"), text);
}

#[test]
fn takes_the_ids_of_other_sts() {
    for id in ["minioadm", "0555b35654ad1656d804", "a_b+c=d,e.f@g-h", &"x".repeat(128)] {
        let sandbox = granting(id);
        sandbox.get([]).wrote("default-mfa");
        assert_eq!(sandbox.value("default-mfa", "aws_access_key_id").as_deref(), Some(id));
        assert_eq!(sandbox.value("default-mfa", "mfa_session_id"), None);
        sandbox.run([]).wrote("default-mfa");
        assert_eq!(sandbox.asked().len(), 1);
        assert_eq!(sandbox.run(["clear"]).status, 0);
        assert_eq!(sandbox.value("default-mfa", "aws_access_key_id"), None);

        // A comma would end the id in the Authorization header.
        with_source_id(&id.replace(',', ".")).wrote("default-mfa");
    }
}

/// Gets a session for a long-term key with this id.
fn with_source_id(id: &str) -> Outcome {
    let user = User::new("ceph").key(id, ALICE.secret_access_key);
    let serial = "GAHT12345678";
    let user = user.device(Device::totp(serial, ALICE.seed));
    let sandbox = Sandbox::with(Sts::start(Account::default().user(user)));
    sandbox.write("credentials", &keys("default").replace(ALICE.access_key_id, id));
    let code = sandbox.sts().code("ceph");
    sandbox.run(["--serial", serial, "--code", &code])
}
