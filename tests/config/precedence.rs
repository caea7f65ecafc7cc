//! A flag overrides variables, then come the key in the credentials file, the key in the config
//! file and the default. Each test observes what the program sends and writes.

use std::fs;

use loopback_sts::{ALICE, Answer, BOB, Fault, Request, Sts};
use mfa_session::SETTINGS;
use time::{Duration, OffsetDateTime, format_description::well_known::Rfc3339};

use super::setting_origins::{Origin, configure, origins, setting};
use crate::sandbox::{Outcome, PROGRAM, Sandbox, Table, keys};

/// How to observe the value of a setting from outside.
struct Probe {
    name: &'static str,
    sandbox: fn() -> Sandbox,
    /// Two values, each with its observed effect.
    values: fn(&Sandbox, &Sts) -> [(String, &'static str); 2],
    /// The observed effect of the default.
    default: &'static str,
    /// The end of the credentials file, after the long-term keys.
    rest: fn() -> String,
    arguments: fn(&Sandbox) -> Vec<String>,
    observe: fn(&Sandbox, &Sts, &Outcome) -> String,
}

const PROBE: Probe = Probe {
    name: "",
    sandbox: Sandbox::new,
    values: |_, _| [(String::new(), ""), (String::new(), "")],
    default: "",
    rest: String::new,
    arguments: |sandbox| flags(["--serial", ALICE.serial_number, "--code", &sandbox.code()]),
    observe: |_, _, _| String::new(),
};

const PROBES: &[Probe] = &[
    Probe {
        name: "profile",
        values: |_, _| {
            [("bob".into(), BOB.access_key_id), ("other".into(), "AKIAOTHEROTHEROTHER2")]
        },
        default: ALICE.access_key_id,
        rest: || {
            let bob = keys("bob").replace(ALICE.access_key_id, BOB.access_key_id);
            bob + &keys("other").replace(ALICE.access_key_id, "AKIAOTHEROTHEROTHER2")
        },
        observe: |sandbox, _, _| scope(sandbox, 0),
        ..PROBE
    },
    Probe {
        name: "session profile",
        values: |_, _| [("left".into(), "left"), ("right".into(), "right")],
        default: "default-mfa",
        observe: |_, _, outcome| between(&outcome.stderr, "[", "]"),
        ..PROBE
    },
    Probe {
        name: "MFA device",
        values: |_, _| {
            [("GAHT00000001".into(), "GAHT00000001"), ("GAHT00000002".into(), "GAHT00000002")]
        },
        default: ALICE.serial_number,
        arguments: |sandbox| flags(["--code", &sandbox.code()]),
        observe: |sandbox, _, _| parameter(sandbox, "SerialNumber"),
        ..PROBE
    },
    Probe {
        name: "MFA code",
        values: |_, _| [("000 001".into(), "000001"), ("000002".into(), "000002")],
        arguments: |_| flags(["--serial", ALICE.serial_number]),
        observe: |sandbox, _, _| parameter(sandbox, "TokenCode"),
        ..PROBE
    },
    Probe {
        name: "duration",
        values: |_, _| [("900".into(), "900"), ("1h30m".into(), "5400")],
        default: "43200",
        observe: |sandbox, _, _| parameter(sandbox, "DurationSeconds"),
        ..PROBE
    },
    Probe {
        name: "reuse while this is left",
        values: |_, _| [("1h".into(), "reused"), ("3h".into(), "asked")],
        default: "reused",
        rest: session_of_two_hours,
        observe: |sandbox, _, _| {
            if sandbox.asked().is_empty() { "reused".into() } else { "asked".into() }
        },
        ..PROBE
    },
    Probe {
        name: "region",
        values: |_, _| [("eu-west-1".into(), "eu-west-1"), ("sa-east-1".into(), "sa-east-1")],
        default: "us-east-1",
        observe: |sandbox, _, _| scope(sandbox, 2),
        ..PROBE
    },
    Probe {
        name: "STS endpoint",
        values: |sandbox, other| [(sandbox.sts().url(), "this"), (other.url(), "other")],
        observe: |sandbox, other, _| receiver(sandbox, other, "GetSessionToken"),
        ..PROBE
    },
    Probe {
        name: "IAM endpoint",
        sandbox: || {
            let mut sandbox = Sandbox::new();
            let url = sandbox.sts().url();
            sandbox.set("AWS_ENDPOINT_URL_STS", url);
            sandbox
        },
        values: |sandbox, other| [(sandbox.sts().url(), "this"), (other.url(), "other")],
        arguments: |sandbox| flags(["--code", &sandbox.code()]),
        observe: |sandbox, other, _| receiver(sandbox, other, "ListMFADevices"),
        ..PROBE
    },
    Probe {
        name: "certificates to trust",
        sandbox: Sandbox::with_tls,
        values: |_, _| [("~/ca.pem".into(), "safe"), ("~/nowhere.pem".into(), "missing")],
        default: "not safe",
        observe: |_, _, outcome| {
            let is_missing = outcome.stderr.contains("nowhere.pem");
            let failure = if is_missing { "missing" } else { "not safe" };
            if outcome.status == 0 { "safe" } else { failure }.into()
        },
        ..PROBE
    },
    Probe {
        name: "proxy",
        sandbox: Sandbox::with_tls,
        values: |_, _| {
            [("http://127.0.0.1:1", "127.0.0.1:1"), ("127.0.0.1:2", "127.0.0.1:2")]
                .map(|(url, seen)| (url.into(), seen))
        },
        default: "none",
        observe: |_, _, outcome| proxy(outcome),
        ..PROBE
    },
    Probe {
        name: "proxy for plain http",
        sandbox: || {
            let mut sandbox = Sandbox::new();
            // 0.0.0.0 reaches this machine but does not count as loopback.
            let url = sandbox.sts().url().replace("127.0.0.1", "0.0.0.0");
            sandbox.set("AWS_ENDPOINT_URL", url);
            sandbox
        },
        values: |_, _| {
            [("http://127.0.0.1:1", "127.0.0.1:1"), ("127.0.0.1:2", "127.0.0.1:2")]
                .map(|(url, seen)| (url.into(), seen))
        },
        default: "none",
        arguments: |sandbox| {
            let code = sandbox.code();
            flags(["--allow-http", "--serial", ALICE.serial_number, "--code", &code])
        },
        observe: |_, _, outcome| proxy(outcome),
        ..PROBE
    },
    Probe {
        name: "hosts without a proxy",
        sandbox: || {
            let mut sandbox = Sandbox::with_tls();
            sandbox.set("https_proxy", "http://127.0.0.1:1");
            sandbox
        },
        values: |_, _| [("127.0.0.0/8".into(), "none"), ("other.example".into(), "127.0.0.1:1")],
        default: "127.0.0.1:1",
        observe: |_, _, outcome| proxy(outcome),
        ..PROBE
    },
    Probe {
        name: "attempts",
        sandbox: || {
            let sandbox = Sandbox::new();
            let answer = Answer::error(503, "ServiceUnavailable", "Come back later");
            sandbox.sts().inject(Fault::Answer(answer));
            sandbox
        },
        values: |_, _| [("1".into(), "1"), ("2".into(), "2")],
        default: "3",
        arguments: |sandbox| flags(["--code", &sandbox.code()]),
        observe: |sandbox, _, _| sandbox.asked().len().to_string(),
        ..PROBE
    },
    Probe {
        name: "credentials file",
        values: |sandbox, _| {
            let bob = keys("default").replace(ALICE.access_key_id, BOB.access_key_id);
            fs::write(sandbox.path("bob"), bob).unwrap();
            let path = sandbox.path(".aws/credentials").to_str().unwrap().to_owned();
            [("~/bob".into(), BOB.access_key_id), (path, ALICE.access_key_id)]
        },
        default: ALICE.access_key_id,
        observe: |sandbox, _, _| scope(sandbox, 0),
        ..PROBE
    },
    Probe {
        name: "config file",
        values: |sandbox, _| {
            fs::write(sandbox.path("one"), "[default]\nregion = eu-west-1\n").unwrap();
            fs::write(sandbox.path("two"), "[default]\nregion = sa-east-1\n").unwrap();
            let path = sandbox.path("two").to_str().unwrap().to_owned();
            [("~/one".into(), "eu-west-1"), (path, "sa-east-1")]
        },
        default: "us-east-1",
        observe: |sandbox, _, _| scope(sandbox, 2),
        ..PROBE
    },
];

#[test]
#[cfg_attr(windows, ignore = "takes minutes under Wine, nothing depends on the system")]
fn each_origin_overrides_the_ones_below_it() {
    for probe in PROBES {
        let mut origins = origins(setting(probe.name));
        // On Windows, the names of variables have no case.
        origins.retain(|origin| !(cfg!(windows) && origin.to_string().ends_with("_proxy")));
        for at in 0..origins.len() {
            for [first, second] in [[0, 1], [1, 0]] {
                let origin = origins[at];
                let (expected, seen) = run(probe, &origins[at..], first, second);
                assert_eq!(seen, expected, "{}: {origin:?} is overridden", probe.name);
            }
        }
    }
}

#[test]
fn uses_defaults_when_nothing_is_configured() {
    for probe in PROBES {
        // The default endpoints are those of AWS.
        if probe.name.ends_with("endpoint") {
            continue;
        }
        let (_, seen) = run(probe, &[], 0, 0);
        assert_eq!(seen, probe.default, "{}", probe.name);
    }
}

#[test]
fn every_setting_has_a_test() {
    let probed = PROBES.iter().map(|probe| probe.name);
    let mut tested: Vec<_> = probed
        .chain(["access key id", "keep the session", "never prompt", "plain http"])
        .chain(TESTED_WITH_CODES)
        .chain(TESTED_WITH_ENDPOINTS)
        .chain(TESTED_WITH_CONSOLE)
        .collect();
    tested.extend(TESTED_WITH_ROLES);
    let mut all: Vec<_> = SETTINGS.iter().map(|setting| setting.name).collect();
    tested.sort_unstable();
    all.sort_unstable();
    assert_eq!(tested, all);
}

/// See `askpass` and `code_sources`.
const TESTED_WITH_CODES: [&str; 3] = ["askpass program", "code command", "TOTP seed"];

/// See `console`.
const TESTED_WITH_CONSOLE: [&str; 2] = ["console service", "sign-in endpoint"];

/// See `roles`, `saml` and `web_identity`.
const TESTED_WITH_ROLES: [&str; 11] = [
    "role",
    "duration of a role's session",
    "role session name",
    "external id",
    "source identity",
    "role for web-identity",
    "role session name for web-identity",
    "web identity token",
    "audience of GitHub's token",
    "SAML provider",
    "SAML assertion",
];

/// See `endpoints`.
const TESTED_WITH_ENDPOINTS: [&str; 4] = [
    "FIPS endpoint",
    "dual-stack endpoint (IPv6)",
    "ignore configured endpoints",
    "regional or legacy STS",
];

#[test]
fn reads_no_prompt_from_the_flag_or_the_variable() {
    let mut table = Table::default();
    for (flag, variable) in
        [(true, "0"), (false, "1"), (false, "TRUE"), (false, "off"), (false, "")]
    {
        let mut sandbox = Sandbox::new();
        sandbox.set("MFA_SESSION_NO_PROMPT", variable);
        let mut command = sandbox.command(PROGRAM);
        command.args(flag.then_some("--no-prompt"));
        let heading = format!("flag {flag}, MFA_SESSION_NO_PROMPT={variable}");
        table.add(heading, &sandbox.outcome(command, ""));
    }
    table.matches_file("precedence/no_prompt");
}

/// Configures one value in the first origin and another in the rest. Returns the expected and the
/// observed effect.
fn run(probe: &Probe, origins: &[Origin], first: usize, rest: usize) -> (&'static str, String) {
    let mut sandbox = (probe.sandbox)();
    let other = Sts::builder().start().unwrap();
    let values = (probe.values)(&sandbox, &other);
    let value = |(at, origin): (usize, &Origin)| {
        (*origin, values[if at == 0 { first } else { rest }].0.as_str())
    };
    let configured: Vec<_> = origins.iter().enumerate().map(value).collect();
    let flags = configure(&mut sandbox, &configured, &(probe.rest)());
    let mut command = sandbox.command(PROGRAM);
    command.args((probe.arguments)(&sandbox)).args(flags);
    let outcome = sandbox.outcome(command, "");
    (values[first].1, (probe.observe)(&sandbox, &other, &outcome))
}

/// The unreachable proxy that the error names.
fn proxy(outcome: &Outcome) -> String {
    let is_named = outcome.stderr.contains("the proxy ");
    if is_named { between(&outcome.stderr, "the proxy ", " (") } else { "none".into() }
}

fn flags<const N: usize>(arguments: [&str; N]) -> Vec<String> {
    arguments.map(Into::into).to_vec()
}

fn calls(sandbox: &Sandbox) -> Vec<Request> {
    let mut requests = sandbox.sts().requests();
    requests.retain(|request| request.operation() == "GetSessionToken");
    requests
}

fn parameter(sandbox: &Sandbox, name: &str) -> String {
    let call = calls(sandbox).pop();
    call.and_then(|call| Some(call.parameter(name)?.to_owned())).unwrap_or_default()
}

/// A part of the credential scope of the signature: 0 is the key id, 2 the region.
fn scope(sandbox: &Sandbox, part: usize) -> String {
    let call = calls(sandbox).pop().unwrap();
    let credential = between(call.header("authorization").unwrap(), "Credential=", ",");
    credential.split('/').nth(part).unwrap().to_owned()
}

/// The server that got the operation.
fn receiver(sandbox: &Sandbox, other: &Sts, operation: &str) -> String {
    let received = |sts: &Sts| sts.requests().iter().any(|it| it.operation() == operation);
    match (received(sandbox.sts()), received(other)) {
        (true, false) => "this".into(),
        (false, true) => "other".into(),
        both => format!("{both:?}"),
    }
}

fn between(text: &str, start: &str, end: &str) -> String {
    let rest = text.split_once(start).unwrap_or_else(|| panic!("no {start} in {text}")).1;
    rest.split_once(end).unwrap().0.to_owned()
}

fn session_of_two_hours() -> String {
    let end = (OffsetDateTime::now_utc() + Duration::hours(2)).format(&Rfc3339).unwrap();
    format!(
        "[default-mfa]\naws_access_key_id = ASIAEXAMPLE\naws_secret_access_key = secret\n\
         aws_session_token = token\nx_security_token_expires = {end}\n\
         mfa_session_source = default\nmfa_session_key = {}\nmfa_session_serial = {}\n",
        ALICE.access_key_id, ALICE.serial_number
    )
}
