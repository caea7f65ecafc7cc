//! Helpers for the tests of `saml` and `web-identity`. Both commands get a role session for a token
//! of an identity provider, without AWS keys.

use std::fs;

use loopback_sts::{Account, Answer, Fault, Request, Sts};

use crate::sandbox::{Outcome, PROGRAM, Sandbox, Table};

/// A sandbox without AWS files and keys.
pub(crate) fn sandbox_of(account: Account) -> Sandbox {
    let sandbox = Sandbox::with(Sts::start(account));
    fs::remove_dir_all(sandbox.path(".aws")).unwrap();
    sandbox
}

/// Runs a command with these arguments.
pub(crate) fn run(sandbox: &Sandbox, arguments: &[&str]) -> Outcome {
    let mut command = sandbox.command(PROGRAM);
    command.args(arguments);
    sandbox.outcome(command, "")
}

/// Runs a command against each error that its STS operation declares.
pub(crate) fn refusals(sandbox: fn() -> Sandbox, operation: &str, arguments: &[&str]) -> Table {
    let denied = format!("Not authorized to perform sts:{operation}");
    let mut rows = vec![
        ("a claim that is taken back", 403, "IDPRejectedClaim", "No longer."),
        ("an unknown provider", 400, "InvalidIdentityToken", "No provider."),
        ("an expired token", 400, "ExpiredTokenException", "Too late."),
        ("an invalid policy", 400, "MalformedPolicyDocument", "Syntax."),
        ("large policies", 400, "PackedPolicyTooLarge", "By 10%."),
        ("STS off in a region", 403, "RegionDisabledException", "STS is not activated"),
        ("no trust", 403, "AccessDenied", &*denied),
    ];
    // STS calls the provider for this operation only; the program retries.
    if operation == "AssumeRoleWithWebIdentity" {
        rows.push(("a provider that can't be reached", 400, UNREACHABLE, "No answer."));
    }
    let outcome = |(name, http, code, message)| {
        let sandbox = sandbox();
        sandbox.sts().inject(Fault::Answer(Answer::error(http, code, message)));
        let outcome = run(&sandbox, arguments);
        let times = if code == UNREACHABLE { 3 } else { 1 };
        assert_eq!(sandbox.asked(), vec![format!("{operation} Answer"); times], "{name}");
        assert!(!sandbox.path(".aws/credentials").exists(), "{name}");
        (name, outcome)
    };
    Table::of(rows.into_iter().map(outcome))
}

const UNREACHABLE: &str = "IDPCommunicationError";

/// Writes a file into the home.
pub(crate) fn file(sandbox: &Sandbox, name: &str, text: impl AsRef<[u8]>) {
    fs::write(sandbox.path(name), text).unwrap();
}

pub(crate) fn last_request(sandbox: &Sandbox) -> Request {
    sandbox.sts().requests().pop().unwrap()
}

/// The parameters of the last request, sorted, without the secret one and the constant ones.
pub(crate) fn sent(sandbox: &Sandbox, secret: &str) -> Vec<(String, String)> {
    let mut parameters = last_request(sandbox).parameters;
    parameters.retain(|(name, _)| ![secret, "Action", "Version"].contains(&name.as_str()));
    parameters.sort();
    parameters
}

pub(crate) fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
}

/// Whether a request carries neither a signature nor a session token.
pub(crate) fn is_unsigned(request: &Request) -> bool {
    let of_signature = ["authorization", "x-amz-date", "x-amz-security-token"];
    request.operation() != "" && of_signature.iter().all(|name| request.header(name).is_none())
}

/// The keys in a section of the credentials file.
pub(crate) fn names(sandbox: &Sandbox, section: &str) -> Vec<String> {
    let text = sandbox.read("credentials");
    let section = text.split_once(&format!("[{section}]\n")).unwrap().1;
    let names = section.lines().map_while(|line| line.split_once(" = "));
    names.map(|(name, _)| name.to_owned()).collect()
}

/// The keys of the session profile: no long-term key and no MFA device.
pub(crate) const KEYS: [&str; 7] = [
    "aws_access_key_id",
    "aws_secret_access_key",
    "aws_session_token",
    "aws_account_id",
    "x_security_token_expires",
    "mfa_session_source",
    "mfa_session_role",
];

pub(crate) const POLICY: &str =
    r#"{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#;
pub(crate) const READ_ONLY: &str = "arn:aws:iam::aws:policy/ReadOnlyAccess";
