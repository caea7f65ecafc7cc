//! `--dry-run` shows each setting and where it comes from. It never prompts and sends nothing.

use loopback_sts::ALICE;
use mfa_session::SETTINGS;
use serde_json::{Value, json};
use snapbox::str;

use crate::sandbox::{PROGRAM, Sandbox, keys};

#[test]
fn shows_each_setting_with_its_origin() {
    let mut sandbox = Sandbox::new();
    sandbox.write("config", "[default]\nregion = eu-west-1\n");
    sandbox.set("MFA_SESSION_DURATION", "1h").set("AWS_ENDPOINT_URL", "");
    let outcome = sandbox.run(["--dry-run", "--serial", ALICE.serial_number]);
    let rows = [
        (
            "access key id",
            ALICE.access_key_id,
            "`aws_access_key_id` in [default] of ~/.aws/credentials",
        ),
        ("keep the session", "true", "the default"),
        ("MFA device", ALICE.serial_number, "--serial"),
        ("duration", "1h", "MFA_SESSION_DURATION"),
        ("region", "eu-west-1", "`region` in [default] of ~/.aws/config"),
        ("STS endpoint", "https://sts.eu-west-1.amazonaws.com/", "the default"),
        ("MFA code", "prompt on the terminal", "the default"),
    ];
    for (name, value, origin) in rows {
        let row = outcome.stdout.lines().find(|line| line.starts_with(&format!("{name}  ")));
        let columns: Vec<_> =
            row.unwrap().split("  ").filter(|column| !column.is_empty()).collect();
        assert_eq!(
            columns.iter().map(|column| column.trim()).collect::<Vec<_>>(),
            [name, value, origin]
        );
    }
    assert_eq!(outcome.stdout.lines().count(), OF_MFA.len() + 1);
    assert_eq!((outcome.status, outcome.stderr.as_str()), (0, ""));
    assert_eq!(sandbox.sts().connections(), 0);
}

#[test]
fn prints_json() {
    let sandbox = Sandbox::new();
    let settings = report(&sandbox, []);
    assert_eq!(
        settings["endpoint"],
        json!({ "value": "http://STS/", "origin": "AWS_ENDPOINT_URL" })
    );
    assert_eq!(settings["region"], json!({ "value": "us-east-1", "origin": "the default" }));
    assert_eq!(ids(&settings), with_key(&OF_MFA));
}

/// The settings of the main command, including those of every command.
const OF_MFA: [&str; 27] = [
    "write",
    "ca_bundle",
    "allow_http",
    "askpass",
    "code",
    "code_command",
    "config_file",
    "credentials_file",
    "duration",
    "endpoint",
    "https_proxy",
    "http_proxy",
    "iam_endpoint",
    "ignore_configured_endpoint_urls",
    "max_attempts",
    "min_remaining",
    "no_prompt",
    "no_proxy",
    "profile",
    "region",
    "role_arn",
    "serial",
    "session_profile",
    "sts_regional_endpoints",
    "totp_seed",
    "use_dualstack_endpoint",
    "use_fips_endpoint",
];

const ONLY_OF_MFA: [&str; 12] = [
    "askpass",
    "write",
    "code",
    "code_command",
    "duration",
    "iam_endpoint",
    "min_remaining",
    "no_prompt",
    "role_arn",
    "serial",
    "session_profile",
    "totp_seed",
];

#[test]
fn each_command_shows_only_its_own_settings() {
    let mut sandbox = Sandbox::new();
    let role = sandbox.sts().role_arn("reader");
    let config = format!("[profile reader]\nrole_arn = {role}\nsource_profile = default\n");
    sandbox.write("config", &config);
    sandbox.set("AWS_ROLE_ARN", &role).set("AWS_WEB_IDENTITY_TOKEN_FILE", "token");
    let common: Vec<&str> = OF_MFA.into_iter().filter(|id| !ONLY_OF_MFA.contains(id)).collect();
    let with = |more: &[&'static str]| with_key(&[&common, more].concat());
    let key = "access_key_id";
    assert_eq!(ids(&report(&sandbox, ["whoami"])), with(&[]));
    assert_eq!(ids(&report(&sandbox, ["key-info", ALICE.access_key_id])), with(&[]));
    assert_eq!(ids(&report(&sandbox, ["decode", "x"])), with(&[]));
    assert_eq!(
        ids(&report(&sandbox, ["federate", "bob"])),
        with(&["session_profile", "duration", "write"])
    );
    let of_role = ["role_session_name", "external_id", "source_identity", "duration_seconds"];
    assert_eq!(
        ids(&report(&sandbox, ["--profile", "reader"])),
        with_key(&[&OF_MFA[..], &of_role].concat())
    );
    let signin = ["service", "signin_endpoint"];
    assert_eq!(
        ids(&report(&sandbox, ["console", "--profile", "reader"])),
        with_key(&[&OF_MFA[..], &of_role, &signin].concat())
    );
    let without_key =
        |more: &[&'static str]| with(more).into_iter().filter(|id| id != key).collect::<Vec<_>>();
    assert_eq!(
        ids(&report(&sandbox, ["web-identity"])),
        without_key(&[
            "audience",
            "duration_seconds",
            "min_remaining",
            "session_profile",
            "write",
            "web_identity_role_arn",
            "web_identity_session_name",
            "web_identity_token_file",
        ])
    );
    assert_eq!(
        ids(&report(&sandbox, ["saml"])),
        without_key(&[
            "askpass",
            "assertion_file",
            "duration_seconds",
            "no_prompt",
            "principal_arn",
            "role_arn",
            "session_profile",
            "write",
        ])
    );
}

#[test]
fn shows_the_effective_settings_of_a_role() {
    type Row<'a> = (&'a [&'a str], [(&'a str, &'a str, &'a str); 6]);
    let sandbox = Sandbox::new();
    sandbox.write("credentials", &keys("work"));
    let config = "[profile work]\nmfa_session_to = mine\nrole_session_name = of-work\n\
                  mfa_session_duration = 2h\n\
                  [profile admin]\nrole_arn = ARN/admin\nsource_profile = work\n\
                  role_session_name = of-admin\nexternal_id = x-admin\nduration_seconds = 1800\n\
                  mfa_session_to = admins\nmfa_session_duration = 3h\n\
                  [profile deploy]\nrole_arn = ARN/deploy\nsource_profile = admin\n";
    sandbox.write("config", &config.replace("ARN", "arn:aws:iam::123456789012:role"));
    let default = "the default";
    let (none, user) = ("none", "the name of the IAM user");
    let (admin, deploy) =
        ("arn:aws:iam::123456789012:role/admin", "arn:aws:iam::123456789012:role/deploy");
    let rows: &[Row<'_>] = &[
        (
            &["--profile", "admin"],
            [
                ("session_profile", "admins", "`mfa_session_to` in [profile admin]"),
                ("role_arn", admin, "`role_arn` in [profile admin]"),
                ("role_session_name", "of-admin", "`role_session_name` in [profile admin]"),
                ("external_id", "x-admin", "`external_id` in [profile admin]"),
                ("duration_seconds", "1800s", "`duration_seconds` in [profile admin]"),
                ("duration", "7200s", "`mfa_session_duration` in [profile work]"),
            ],
        ),
        (
            &["--profile", "deploy", "--external-id", "y-2"],
            [
                ("session_profile", "deploy-mfa", default),
                ("role_arn", deploy, "`role_arn` in [profile deploy]"),
                ("role_session_name", user, default),
                ("external_id", "y-2", "--external-id"),
                ("duration_seconds", "1h", default),
                ("duration", "7200s", "`mfa_session_duration` in [profile work]"),
            ],
        ),
        (
            &["--profile", "admin", "--role-arn", deploy, "--duration", "20m"],
            [
                ("session_profile", "work-deploy", default),
                ("role_arn", deploy, "--role-arn"),
                ("role_session_name", user, default),
                ("external_id", none, default),
                ("duration_seconds", "1200s", "--duration"),
                ("duration", "7200s", "`mfa_session_duration` in [profile work]"),
            ],
        ),
    ];
    for (arguments, expected) in rows {
        let mut command = sandbox.command(PROGRAM);
        command.args(["--dry-run", "--json"]).args(*arguments);
        let outcome = sandbox.outcome(command, "");
        assert_eq!((outcome.status, outcome.stderr.as_str()), (0, ""), "{arguments:?}");
        let report: Value = serde_json::from_str(&outcome.stdout).unwrap();
        for (id, value, origin) in expected {
            let shown = &report["settings"][id];
            let shown_origin = shown["origin"].as_str().unwrap().replace(" of ~/.aws/config", "");
            assert_eq!(
                (shown["value"].as_str(), shown_origin.as_str()),
                (Some(*value), *origin),
                "{id} of {arguments:?}"
            );
        }
    }
}

/// The ids in a report, sorted.
fn ids(report: &Value) -> Vec<String> {
    let mut ids: Vec<String> = report.as_object().unwrap().keys().cloned().collect();
    ids.sort();
    assert!(ids.iter().all(|id| report[id]["origin"].is_string()));
    let known = |id: &String| SETTINGS.iter().any(|setting| setting.id == id);
    assert!(ids.iter().all(|id| id == "access_key_id" || known(id)));
    ids
}

/// The ids and `access_key_id`, sorted.
fn with_key(ids: &[&str]) -> Vec<String> {
    let mut ids: Vec<String> =
        ids.iter().chain(&["access_key_id"]).map(|&id| id.to_owned()).collect();
    ids.sort();
    ids
}

#[test]
fn legacy_uses_the_global_endpoint_only_in_older_regions() {
    let mut sandbox = Sandbox::new();
    sandbox.set("AWS_STS_REGIONAL_ENDPOINTS", "legacy").set("AWS_ENDPOINT_URL", "");
    for (region, url) in [
        ("eu-west-1", "https://sts.amazonaws.com/"),
        ("ap-east-1", "https://sts.ap-east-1.amazonaws.com/"),
    ] {
        assert_eq!(report(&sandbox, ["--region", region])["endpoint"]["value"], url);
    }
}

#[test]
fn never_shows_secrets() {
    let mut sandbox = Sandbox::new();
    sandbox.set("HTTPS_PROXY", "http://somebody:hunter2@proxy.example:3128");
    let settings = report(&sandbox, ["--code", "271828"]);
    assert_eq!(settings["code"], json!({ "value": "given, and not shown", "origin": "--code" }));
    assert_eq!(settings["https_proxy"]["value"], "proxy.example:3128");
    sandbox.set("MFA_SESSION_TOTP_SEED", "GEZDGNBVGY3TQOJQ");
    let settings = report(&sandbox, []);
    let origin = "MFA_SESSION_TOTP_SEED";
    assert_eq!(settings["code"]["value"], "made from the device's seed");
    assert_eq!(settings["totp_seed"], json!({ "value": "not shown", "origin": origin }));
    let command = report(&sandbox, ["--code-command", "oathtool --totp GEZDGNBVGY3TQOJQ"]);
    let all = [settings, command].map(|report| report.to_string()).concat();
    assert!(!all.contains("GEZDGNBV"));
    assert!(!all.contains("271828") && !all.contains("hunter2"));
}

#[test]
fn escapes_control_characters() {
    let mut sandbox = Sandbox::new();
    let file = sandbox.path("con\u{9b}2J\u{202e}fig").to_str().unwrap().to_owned();
    sandbox.set("AWS_CONFIG_FILE", file);
    assert!(report(&sandbox, [])["config_file"]["value"].as_str().unwrap().contains('\u{9b}'));
    for form in [&["--dry-run"][..], &["--dry-run", "--json"]] {
        let mut command = sandbox.command(PROGRAM);
        command.args(form);
        let shown = sandbox.outcome(command, "").stdout;
        assert!(!shown.contains(['\u{9b}', '\u{202e}']), "{shown}");
    }
}

#[test]
fn refuses_invalid_settings() {
    let sandbox = Sandbox::new();
    let outcome = sandbox.run(["--dry-run", "--duration", "1m"]);
    outcome.matches(str![[r#"
exit 2
--- stderr
mfa-session: error: --duration: `1m` is not between 15m and 36h
mfa-session: hint: a session lasts 15m to 36h (900 to 129600 seconds)
"#]]);
    sandbox.write("credentials", &keys("work"));
    assert_eq!(sandbox.run(["--dry-run"]).status, 1);
}

fn report<const N: usize>(sandbox: &Sandbox, more: [&str; N]) -> Value {
    let mut command = sandbox.command(PROGRAM);
    command.args(["--dry-run", "--json"]).args(more);
    let outcome = sandbox.outcome(command, "");
    assert_eq!((outcome.status, outcome.stderr.as_str()), (0, ""));
    assert!(sandbox.asked().is_empty());
    let report: Value = serde_json::from_str(&outcome.stdout).unwrap();
    report["settings"].clone()
}
