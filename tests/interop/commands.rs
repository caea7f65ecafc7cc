//! The other commands: botocore signs with their sessions and gets the same answers.

use std::{fs, path::Path};

use loopback_sts::BOB;
use serde_json::{Value, json};

use super::{botocore, json_of, sandbox_with_tls, with_profile};
use crate::{
    sandbox::{PROGRAM, Sandbox},
    tools,
};

#[test]
#[cfg_attr(windows, ignore = "needs botocore")]
fn botocore_signs_with_the_session_of_every_command() {
    let Some(python) = tools::python("botocore") else { return };
    for sandbox in [Sandbox::new(), sandbox_with_tls()] {
        let (web, saml) = (sandbox.sts().role_arn("web"), sandbox.sts().role_arn("saml"));
        let token = sandbox.sts().web_identity_token("app");
        let assertion = sandbox.sts().saml_assertion(&saml, &sandbox.sts().saml_provider_arn());
        for (name, content) in [("token", token), ("assertion", assertion)] {
            sandbox.hide(&content);
            fs::write(sandbox.path(name), content).unwrap();
        }
        let policy = "arn:aws:iam::aws:policy/ReadOnlyAccess";
        let rows: [(&[&str], _, _); 3] = [
            (&["federate", "carol", "--policy-arn", policy], "carol", "federated-user/carol"),
            (
                &["web-identity", "--role-arn", &web, "--token-file", "token"],
                "web",
                "assumed-role/web/app",
            ),
            (
                &["saml", "--assertion-file", "assertion"],
                "saml",
                "assumed-role/saml/alice@example.com",
            ),
        ];
        for (arguments, name, resource) in rows {
            let profile = format!("default-{name}");
            let mut command = sandbox.command(PROGRAM);
            command.args(arguments);
            sandbox.outcome(command, "").wrote(&profile);
            let identity = answer(&sandbox, &python, "GetCallerIdentity", &json!({}), &profile);
            assert_eq!(identity["Arn"], format!("arn:aws:sts::123456789012:{resource}"));
            assert_eq!(sandbox.signer(), sandbox.value(&profile, "aws_access_key_id").unwrap());
            let whoami = json_of(&sandbox.run(["whoami", "--json", "--profile", &profile]));
            assert_eq!(whoami, identity, "{name}");
        }
    }
}

#[test]
#[cfg_attr(windows, ignore = "needs botocore")]
fn key_info_and_decode_agree_with_botocore() {
    let Some(python) = tools::python("botocore") else { return };
    let sandbox = Sandbox::new();
    let id = BOB.access_key_id;
    let parameters = json!({"AccessKeyId": id});
    let account = answer(&sandbox, &python, "GetAccessKeyInfo", &parameters, "default");
    assert_eq!(json_of(&sandbox.run(["key-info", id, "--json"])), account);

    let message = sandbox.sts().encoded_message(r#"{"allowed": false, "context": {"a": "ü&<"}}"#);
    let parameters = json!({"EncodedMessage": message});
    let decoded = answer(&sandbox, &python, "DecodeAuthorizationMessage", &parameters, "default");
    let decoded: Value = serde_json::from_str(decoded["DecodedMessage"].as_str().unwrap()).unwrap();
    assert_eq!(json_of(&sandbox.run(["decode", &message])), decoded);
}

/// The answer of STS to botocore, signed with the keys of a profile.
fn answer(
    sandbox: &Sandbox,
    python: &Path,
    operation: &str,
    parameters: &Value,
    profile: &str,
) -> Value {
    let command = botocore(sandbox, python, ["sts", operation], parameters);
    let mut answer = json_of(&sandbox.outcome(with_profile(command, sandbox, profile), ""));
    answer.as_object_mut().unwrap().remove("ResponseMetadata");
    answer
}
