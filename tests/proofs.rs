//! Sessions of roles for a proof from an identity provider: no AWS keys are needed, and none used.

#![allow(clippy::too_many_lines, reason = "a table of cases is long")]

mod saml;
mod web_identity;

use std::fs;

use loopback_sts::{Account, Request, Sts};

use crate::world::{Outcome, PROGRAM, World};

/// A world without AWS files and keys.
fn world_of(account: Account) -> World {
    let world = World::with(Sts::start(account));
    fs::remove_dir_all(world.path(".aws")).unwrap();
    world
}

/// Runs a command with these arguments.
fn run(world: &World, arguments: &[&str]) -> Outcome {
    let mut command = world.command(PROGRAM);
    command.args(arguments);
    world.outcome(command, "")
}

/// Writes a file into the home.
fn file(world: &World, name: &str, text: impl AsRef<[u8]>) {
    fs::write(world.path(name), text).unwrap();
}

fn last_request(world: &World) -> Request {
    world.sts().requests().pop().unwrap()
}

/// The parameters of the last request, sorted, without those that are secret or always the same.
fn sent(world: &World, secret: &str) -> Vec<(String, String)> {
    let mut parameters = last_request(world).parameters;
    parameters.retain(|(name, _)| ![secret, "Action", "Version"].contains(&name.as_str()));
    parameters.sort();
    parameters
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
}

/// Nothing in the request tells of a key.
fn is_unsigned(request: &Request) -> bool {
    let of_signature = ["authorization", "x-amz-date", "x-amz-security-token"];
    request.operation() != "" && of_signature.iter().all(|name| request.header(name).is_none())
}

/// The keys that stand in a section of the credentials file.
fn names(world: &World, section: &str) -> Vec<String> {
    let text = world.read("credentials");
    let section = text.split_once(&format!("[{section}]\n")).unwrap().1;
    let names = section.lines().map_while(|line| line.split_once(" = "));
    names.map(|(name, _)| name.to_owned()).collect()
}

/// What a session for a proof is written as: there is neither a key nor a device behind it.
const KEYS: [&str; 6] = [
    "aws_access_key_id",
    "aws_secret_access_key",
    "aws_session_token",
    "x_security_token_expires",
    "mfa_session_source",
    "mfa_session_role",
];

const POLICY: &str = r#"{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#;
const READ_ONLY: &str = "arn:aws:iam::aws:policy/ReadOnlyAccess";
