//! ministack: an STS and IAM that shares no code with the loopback STS. It verifies signatures, but
//! accepts any code.

use std::{
    fs::{self, File},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Stdio},
    thread,
    time::{Duration, Instant},
};

use loopback_sts::{ALICE, Keys};
use serde_json::{Value, json};
use snapbox::str;

use super::{botocore, element, json_of, text, with_curl, with_keys, with_profile};
use crate::{sandbox::Sandbox, tools};

#[test]
#[cfg_attr(windows, ignore = "needs botocore, curl")]
fn ministack_accepts_its_own_session() {
    let (Some(python), Some(curl)) = (tools::python("botocore"), tools::signing_curl()) else {
        return;
    };
    let Some((sandbox, _ministack)) = sandbox_with_ministack(&python) else { return };
    sandbox.run(["--serial", SERIAL, "--code", "123456"]).wrote("default-mfa");

    let command = botocore(&sandbox, &python, ["sts", "GetCallerIdentity"], &json!({}));
    let identity = sandbox.outcome(with_profile(command, &sandbox, "default-mfa"), "");
    assert_eq!(json_of(&identity)["Arn"], CAROLS_ARN);

    let value = |key| sandbox.value("default-mfa", key).unwrap();
    let session = Keys {
        access_key_id: value("aws_access_key_id"),
        secret_access_key: value("aws_secret_access_key"),
        session_token: Some(value("aws_session_token")),
    };
    let form = "Action=GetCallerIdentity&Version=2011-06-15";
    let identity = sandbox.outcome(with_curl(&sandbox, &curl, &session, form), "");
    assert_eq!(element(&identity, "Arn").as_deref(), Some(CAROLS_ARN));
}

#[test]
#[cfg_attr(windows, ignore = "needs botocore")]
fn errors_of_ministack_and_loopback_sts_read_the_same() {
    let Some(python) = tools::python("botocore") else { return };
    let Some((theirs, _ministack)) = sandbox_with_ministack(&python) else { return };
    let ours = Sandbox::new();
    let refused = |sandbox: &Sandbox, id: &str| {
        sandbox.write("credentials", &section(id, &"wrong".repeat(8)));
        let outcome = sandbox.run(["--serial", SERIAL, "--code", "123456"]);
        assert_eq!((outcome.status, &*outcome.stdout), (4, ""), "{outcome:?}");
        let host = sandbox.endpoint().split_once("//").unwrap().1;
        outcome.stderr.replace(id, "KEY").replace(host, "STS")
    };

    let carol = theirs.value("default", "aws_access_key_id").unwrap();
    let wrong_secret = refused(&theirs, &carol);
    assert!(wrong_secret.contains("(SignatureDoesNotMatch, request [ID])"), "{wrong_secret}");
    assert_eq!(wrong_secret, refused(&ours, ALICE.access_key_id));

    let unknown_key = refused(&theirs, UNKNOWN);
    assert!(unknown_key.contains("(InvalidClientTokenId, request [ID])"), "{unknown_key}");
    assert_eq!(unknown_key, refused(&ours, UNKNOWN));
}

#[test]
#[cfg_attr(windows, ignore = "needs botocore")]
fn whoami_and_key_info_work_with_ministack() {
    let Some(python) = tools::python("botocore") else { return };
    let Some((sandbox, _ministack)) = sandbox_with_ministack(&python) else { return };
    let carol = sandbox.value("default", "aws_access_key_id").unwrap();
    let user = as_root(&sandbox, &python, "GetUser", &json!({"UserName": "carol"}));
    let id = text(&user["User"], "UserId");
    sandbox.run(["whoami"]).replace(id, "[ID]").matches(str![[r#"
exit 0
--- stdout
account  000000000000
arn      arn:aws:iam::000000000000:user/carol
user id  [ID]
keys     [default]
"#]]);
    sandbox.run(["key-info", &carol]).matches(str![[r#"
exit 0
--- stdout
000000000000
"#]]);
    let unknown = sandbox.run(["decode", "x"]);
    assert_eq!(unknown.status, 4, "{unknown:?}");
    assert!(
        unknown.stderr.contains("Unknown STS action"),
        "ministack supports it now: {unknown:?}"
    );
}

#[test]
#[cfg_attr(windows, ignore = "needs botocore")]
fn ministack_accepts_federated_and_web_identity_sessions() {
    let Some(python) = tools::python("botocore") else { return };
    let Some((sandbox, _ministack)) = sandbox_with_ministack(&python) else { return };
    let read_only = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    sandbox.run(["federate", "dave", "--policy-arn", read_only]).wrote("default-dave");

    let provider = "arn:aws:iam::000000000000:oidc-provider/token.actions.githubusercontent.com";
    let trust = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow",
        "Principal": {"Federated": provider},
        "Action": "sts:AssumeRoleWithWebIdentity",
    }]});
    let role = json!({"RoleName": "web", "AssumeRolePolicyDocument": trust.to_string()});
    let role = text(&as_root(&sandbox, &python, "CreateRole", &role)["Role"], "Arn");
    let token = sandbox.sts().web_identity_token("app");
    sandbox.hide(&token);
    fs::write(sandbox.path("token"), token).unwrap();
    let arguments = ["web-identity", "--role-arn", &role, "--token-file", "token"];
    sandbox.run(arguments).wrote("default-web");

    for (profile, arn) in [
        ("default-dave", "arn:aws:sts::000000000000:federated-user/dave"),
        ("default-web", "arn:aws:sts::000000000000:assumed-role/web/app"),
    ] {
        let command = botocore(&sandbox, &python, ["sts", "GetCallerIdentity"], &json!({}));
        let identity = json_of(&sandbox.outcome(with_profile(command, &sandbox, profile), ""));
        assert_eq!(identity["Arn"], arn);
        let whoami = json_of(&sandbox.run(["whoami", "--json", "--profile", profile]));
        assert_eq!([&whoami["Arn"], &whoami["UserId"]], [&identity["Arn"], &identity["UserId"]]);
    }

    let (role, idp) = (&*role, "arn:aws:iam::000000000000:saml-provider/idp");
    let assertion = sandbox.sts().saml_assertion(role, idp);
    let unknown = sandbox.run_with_input(["saml"], &assertion);
    assert_eq!(unknown.status, 4, "{unknown:?}");
    assert!(
        unknown.stderr.contains("Unknown STS action"),
        "ministack supports it now: {unknown:?}"
    );
}

const UNKNOWN: &str = "AKIANOBODYKNOWSME234";

/// A sandbox with the keys of Carol, a user of ministack.
fn sandbox_with_ministack(python: &Path) -> Option<(Sandbox, Ministack)> {
    let program = tools::program("ministack")?;
    let mut sandbox = Sandbox::new();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    sandbox.set("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{port}"));
    let ministack = Ministack::start(&sandbox, &program, port);
    let root =
        |operation: &str, parameters: Value| as_root(&sandbox, python, operation, &parameters);
    root("CreateUser", json!({"UserName": "carol"}));
    let all = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": "sts:*", "Resource": "*",
    }]});
    let policy = json!({
        "UserName": "carol", "PolicyName": "sts", "PolicyDocument": all.to_string(),
    });
    root("PutUserPolicy", policy);
    let key = &root("CreateAccessKey", json!({"UserName": "carol"}))["AccessKey"];
    root("CreateVirtualMFADevice", json!({"VirtualMFADeviceName": "carol"}));
    let codes = json!({
        "UserName": "carol",
        "SerialNumber": SERIAL,
        "AuthenticationCode1": "123456",
        "AuthenticationCode2": "234567",
    });
    root("EnableMFADevice", codes);
    sandbox
        .write("credentials", &section(&text(key, "AccessKeyId"), &text(key, "SecretAccessKey")));
    Some((sandbox, ministack))
}

/// The answer of its IAM to the root user.
fn as_root(sandbox: &Sandbox, python: &Path, operation: &str, parameters: &Value) -> Value {
    let command = botocore(sandbox, python, ["iam", operation], parameters);
    json_of(&sandbox.outcome(with_keys(command, &root()), ""))
}

/// A ministack process that ends with the test.
struct Ministack(Child);

impl Ministack {
    /// Starts ministack and waits until it listens.
    fn start(sandbox: &Sandbox, program: &Path, port: u16) -> Self {
        let root = root();
        let log = sandbox.path("ministack.log");
        let mut command = sandbox.command(program);
        command
            .env("AUTH", "true")
            .env("BIND_HOST", "127.0.0.1")
            .env("GATEWAY_PORT", port.to_string())
            .env("IOT_MTLS_ENABLED", "0")
            .env("AWS_ACCESS_KEY_ID", root.access_key_id)
            .env("AWS_SECRET_ACCESS_KEY", root.secret_access_key)
            .stdout(Stdio::null())
            .stderr(File::create(&log).unwrap());
        let ministack = Self(command.spawn().unwrap());
        let start = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            let log = || fs::read_to_string(&log).unwrap();
            assert!(
                start.elapsed() < Duration::from_secs(60),
                "ministack does not start:\n{}",
                log()
            );
            thread::sleep(Duration::from_millis(50));
        }
        ministack
    }
}

impl Drop for Ministack {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The keys of the root user.
fn root() -> Keys {
    Keys {
        access_key_id: "AKIAROOTOFMINISTACK2".into(),
        secret_access_key: "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".into(),
        session_token: None,
    }
}

/// A `[default]` section with these keys.
fn section(id: &str, secret: &str) -> String {
    format!("[default]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n")
}

const SERIAL: &str = "arn:aws:iam::000000000000:mfa/carol";
const CAROLS_ARN: &str = "arn:aws:iam::000000000000:user/carol";
