//! What the commands besides the main one yield is the same to botocore.

use std::{fs, path::Path};

use loopback_sts::BOB;
use serde_json::{Value, json};

use super::{botocore, json_of, with_profile, world_with_tls};
use crate::{
    tools,
    world::{PROGRAM, World},
};

#[test]
fn botocore_signs_with_what_every_command_wrote() {
    let Some(python) = tools::python("botocore") else { return };
    for world in [World::new(), world_with_tls()] {
        let (web, saml) = (world.sts().role_arn("web"), world.sts().role_arn("saml"));
        let token = world.sts().web_identity_token("app");
        let assertion = world.sts().saml_assertion(&saml, &world.sts().saml_provider_arn());
        for (name, proof) in [("token", token), ("assertion", assertion)] {
            world.hide(&proof);
            fs::write(world.path(name), proof).unwrap();
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
            let mut command = world.command(PROGRAM);
            command.args(arguments);
            world.outcome(command, "").wrote(&profile);
            let identity = answer(&world, &python, "GetCallerIdentity", &json!({}), &profile);
            assert_eq!(identity["Arn"], format!("arn:aws:sts::123456789012:{resource}"));
            assert_eq!(world.signer(), world.value(&profile, "aws_access_key_id").unwrap());
            let whoami = json_of(&world.run(["whoami", "--json", "--profile", &profile]));
            assert_eq!(whoami, identity, "{name}");
        }
    }
}

#[test]
fn botocore_is_answered_as_key_info_and_decode_are() {
    let Some(python) = tools::python("botocore") else { return };
    let world = World::new();
    let id = BOB.access_key_id;
    let parameters = json!({"AccessKeyId": id});
    let account = answer(&world, &python, "GetAccessKeyInfo", &parameters, "default");
    assert_eq!(json_of(&world.run(["key-info", id, "--json"])), account);

    let message = world.sts().encoded_message(r#"{"allowed": false, "context": {"a": "ü&<"}}"#);
    let parameters = json!({"EncodedMessage": message});
    let decoded = answer(&world, &python, "DecodeAuthorizationMessage", &parameters, "default");
    let decoded: Value = serde_json::from_str(decoded["DecodedMessage"].as_str().unwrap()).unwrap();
    assert_eq!(json_of(&world.run(["decode", &message])), decoded);
}

/// What STS answers to botocore, which asks with the keys of a profile.
fn answer(
    world: &World,
    python: &Path,
    operation: &str,
    parameters: &Value,
    profile: &str,
) -> Value {
    let command = botocore(world, python, ["sts", operation], parameters);
    let mut answer = json_of(&world.outcome(with_profile(command, world, profile), ""));
    answer.as_object_mut().unwrap().remove("ResponseMetadata");
    answer
}
