//! ministack: an STS and IAM that shares no code with ours, and verifies signatures with its own.
//! It looks at no codes.

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

use super::{botocore, element, json_of, text, with_curl, with_keys, with_profile};
use crate::{tools, world::World};

#[test]
fn another_sts_accepts_the_session_that_it_granted() {
    let (Some(python), Some(curl)) = (tools::python("botocore"), tools::signing_curl()) else {
        return;
    };
    let Some((world, _ministack)) = world_with_ministack(&python) else { return };
    world.run(["--serial", SERIAL, "--code", "123456"]).wrote("default-mfa");

    let command = botocore(&world, &python, ["sts", "GetCallerIdentity"], &json!({}));
    let identity = world.outcome(with_profile(command, &world, "default-mfa"), "");
    assert_eq!(json_of(&identity)["Arn"], CAROLS_ARN);

    let value = |key| world.value("default-mfa", key).unwrap();
    let session = Keys {
        access_key_id: value("aws_access_key_id"),
        secret_access_key: value("aws_secret_access_key"),
        session_token: Some(value("aws_session_token")),
    };
    let form = "Action=GetCallerIdentity&Version=2011-06-15";
    let identity = world.outcome(with_curl(&world, &curl, &session, form), "");
    assert_eq!(element(&identity, "Arn").as_deref(), Some(CAROLS_ARN));
}

#[test]
fn what_another_sts_refuses_is_told_as_what_ours_refuses() {
    let Some(python) = tools::python("botocore") else { return };
    let Some((theirs, _ministack)) = world_with_ministack(&python) else { return };
    let ours = World::new();
    let refused = |world: &World, id: &str| {
        world.write("credentials", &section(id, &"wrong".repeat(8)));
        let outcome = world.run(["--serial", SERIAL, "--code", "123456"]);
        assert_eq!((outcome.status, &*outcome.stdout), (4, ""), "{outcome:?}");
        let host = world.endpoint().split_once("//").unwrap().1;
        outcome.stderr.replace(id, "KEY").replace(host, "STS")
    };

    let carol = theirs.value("default", "aws_access_key_id").unwrap();
    let wrong_secret = refused(&theirs, &carol);
    assert!(wrong_secret.contains("(SignatureDoesNotMatch, request ID)"), "{wrong_secret}");
    assert_eq!(wrong_secret, refused(&ours, ALICE.access_key_id));

    let unknown_key = refused(&theirs, UNKNOWN);
    assert!(unknown_key.contains("(InvalidClientTokenId, request ID)"), "{unknown_key}");
    assert_eq!(unknown_key, refused(&ours, UNKNOWN));
}

#[test]
fn another_sts_answers_every_question_that_it_knows() {
    let Some(python) = tools::python("botocore") else { return };
    let Some((world, _ministack)) = world_with_ministack(&python) else { return };
    let carol = world.value("default", "aws_access_key_id").unwrap();
    let user = as_root(&world, &python, "GetUser", &json!({"UserName": "carol"}));
    let id = text(&user["User"], "UserId");
    let whoami = format!("account  000000000000\narn      {CAROLS_ARN}\nuser id  {id}\n");
    world.run(["whoami"]).is(0, &whoami, "");
    world.run(["key-info", &carol]).is(0, "000000000000\n", "");
    let unknown = world.run(["decode", "x"]);
    assert_eq!(unknown.status, 4, "{unknown:?}");
    assert!(unknown.stderr.contains("Unknown STS action"), "it knows more now: {unknown:?}");
}

#[test]
fn another_sts_accepts_the_sessions_of_every_command_that_it_knows() {
    let Some(python) = tools::python("botocore") else { return };
    let Some((world, _ministack)) = world_with_ministack(&python) else { return };
    let read_only = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    world.run(["federate", "dave", "--policy-arn", read_only]).wrote("default-dave");

    let provider = "arn:aws:iam::000000000000:oidc-provider/token.actions.githubusercontent.com";
    let trust = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow",
        "Principal": {"Federated": provider},
        "Action": "sts:AssumeRoleWithWebIdentity",
    }]});
    let role = json!({"RoleName": "web", "AssumeRolePolicyDocument": trust.to_string()});
    let role = text(&as_root(&world, &python, "CreateRole", &role)["Role"], "Arn");
    let token = world.sts().web_identity_token("app");
    world.hide(&token);
    fs::write(world.path("token"), token).unwrap();
    let arguments = ["web-identity", "--role-arn", &role, "--token-file", "token"];
    world.run(arguments).wrote("default-web");

    for (profile, arn) in [
        ("default-dave", "arn:aws:sts::000000000000:federated-user/dave"),
        ("default-web", "arn:aws:sts::000000000000:assumed-role/web/app"),
    ] {
        let command = botocore(&world, &python, ["sts", "GetCallerIdentity"], &json!({}));
        let identity = json_of(&world.outcome(with_profile(command, &world, profile), ""));
        assert_eq!(identity["Arn"], arn);
        let whoami = json_of(&world.run(["whoami", "--json", "--profile", profile]));
        assert_eq!([&whoami["Arn"], &whoami["UserId"]], [&identity["Arn"], &identity["UserId"]]);
    }

    let (role, idp) = (&*role, "arn:aws:iam::000000000000:saml-provider/idp");
    let assertion = world.sts().saml_assertion(role, idp);
    let unknown = world.run_with_input(["saml"], &assertion);
    assert_eq!(unknown.status, 4, "{unknown:?}");
    assert!(unknown.stderr.contains("Unknown STS action"), "it knows more now: {unknown:?}");
}

const UNKNOWN: &str = "AKIANOBODYKNOWSME234";

/// A world with the keys of Carol, a user of ministack's.
fn world_with_ministack(python: &Path) -> Option<(World, Ministack)> {
    let program = tools::program("ministack")?;
    let mut world = World::new();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    world.set("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{port}"));
    let ministack = Ministack::start(&world, &program, port);
    let root = |operation: &str, parameters: Value| as_root(&world, python, operation, &parameters);
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
    world.write("credentials", &section(&text(key, "AccessKeyId"), &text(key, "SecretAccessKey")));
    Some((world, ministack))
}

/// What its IAM answers to the account's root.
fn as_root(world: &World, python: &Path, operation: &str, parameters: &Value) -> Value {
    let command = botocore(world, python, ["iam", operation], parameters);
    json_of(&world.outcome(with_keys(command, &root()), ""))
}

/// A process of it, which ends with the test.
struct Ministack(Child);

impl Ministack {
    /// Starts it and waits until it can be asked.
    fn start(world: &World, program: &Path, port: u16) -> Self {
        let root = root();
        let log = world.path("ministack.log");
        let mut command = world.command(program);
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
            let told = || fs::read_to_string(&log).unwrap();
            assert!(start.elapsed() < Duration::from_secs(60), "it does not start:\n{}", told());
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

/// The keys of the account's root.
fn root() -> Keys {
    Keys {
        access_key_id: "AKIAROOTOFMINISTACK2".into(),
        secret_access_key: "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".into(),
        session_token: None,
    }
}

/// `[default]`, with these keys.
fn section(id: &str, secret: &str) -> String {
    format!("[default]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n")
}

const SERIAL: &str = "arn:aws:iam::000000000000:mfa/carol";
const CAROLS_ARN: &str = "arn:aws:iam::000000000000:user/carol";
