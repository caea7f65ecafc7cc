//! Endpoints of STS and IAM: the same URLs and the same precedence as in AWS's own tools.

use std::{
    collections::BTreeMap,
    io::Write as _,
    process::{Command, Stdio},
    thread,
};

use loopback_sts::ALICE;
use mfa_session::sts::{Endpoint, Region, Service, Variant};
use serde_json::{Value, json};
use snapbox::str;

use crate::{
    sandbox::{PROGRAM, Sandbox, Table},
    tools,
};

#[test]
#[cfg_attr(windows, ignore = "needs botocore")]
fn every_region_and_variant_matches_botocore() {
    let Some(answers) = botocore(&[], &[]) else { return };
    let mut refused = 0;
    for answer in &answers {
        let text = |key: &str| answer[key].as_str().unwrap();
        let name = text("region");
        let mut variant = Variant {
            fips: answer["fips"].as_bool().unwrap(),
            dual_stack: answer["dual_stack"].as_bool().unwrap(),
            sts: text("sts").parse().unwrap(),
        };
        let region = match name.parse::<Region>() {
            Ok(region) => region,
            // botocore accepts `us-east-1-fips` as a region. We refuse it and suggest the region
            // with FIPS, which must have the same endpoint.
            Err(_) if name.ends_with("-fips") && !name.starts_with("iam-") => {
                variant.fips = true;
                name.trim_end_matches("-fips").parse().unwrap()
            }
            Err(_) => {
                assert!(["iam", "iam-fips", "iam-govcloud", "iam-govcloud-fips"].contains(&name));
                refused += 1;
                continue;
            }
        };
        let service = if text("service") == "sts" { Service::Sts } else { Service::Iam };
        let ours = Endpoint::of(service, &region, variant);
        // botocore refuses some variants that the endpoint rules of all AWS SDKs allow. We follow
        // the rules; `url` and `signing_region` are theirs then.
        assert_eq!(
            (ours.url().to_string().as_str(), ours.signing_region()),
            (text("url"), text("signing_region")),
            "{answer}"
        );
    }
    let by_rules = answers.iter().filter(|answer| answer["refused"].is_string()).count();
    let compared = answers.len() - refused;
    eprintln!("botocore: {compared} endpoints compared, {by_rules} of them by the rules alone");
    assert!(compared > 800);
}

/// The origins of a service's URL, highest precedence first. The port of each URL tells its origin.
const ORIGINS: [&str; 5] = ["flag", "variable", "variable for all", "services", "profile"];

/// The port of the other service's URL, which must be ignored.
const OTHER_SERVICE: u16 = 9;

/// A configuration of URLs for a service.
struct Configured {
    service: &'static str,
    flag: Option<String>,
    variables: BTreeMap<String, String>,
    config: String,
}

impl Configured {
    /// Configures each of [`ORIGINS`] whose bit is set.
    fn new(service: &'static str, origins: u32) -> Self {
        let given = |origin: usize| (origins & (1 << origin) != 0).then(|| url(origin));
        let other = if service == "sts" { "iam" } else { "sts" };
        let variable = |service: &str| format!("AWS_ENDPOINT_URL_{}", service.to_uppercase());
        let variables = [
            (variable(service), given(1)),
            ("AWS_ENDPOINT_URL".to_owned(), given(2)),
            (variable(other), Some(format!("http://127.0.0.1:{OTHER_SERVICE}/"))),
        ];
        let line = |key: &str, value: Option<String>| {
            value.map_or(String::new(), |value| format!("{key} = {value}\n"))
        };
        let nested = given(3).map_or(String::new(), |url| {
            format!("{service} =\n  endpoint_url = {url}\n  other = 1\n")
        });
        Self {
            service,
            flag: given(0),
            variables: variables.into_iter().filter_map(|(k, v)| Some((k, v?))).collect(),
            config: format!(
                "[default]\nregion = {REGION}\nservices = local\n{}[services local]\n{other} =\n  \
                 endpoint_url = http://127.0.0.1:{OTHER_SERVICE}/\n{nested}",
                line("endpoint_url", given(4)),
            ),
        }
    }

    /// The host that the program would connect to.
    fn host(&self) -> String {
        let mut sandbox = Sandbox::new();
        sandbox.set("AWS_ENDPOINT_URL", "").write("config", &self.config);
        for (name, value) in &self.variables {
            sandbox.set(name, value);
        }
        let flag = self.flag.iter().flat_map(|url| ["--endpoint-url", url]);
        host_of(&sandbox, self.service, flag)
    }
}

fn url(origin: usize) -> String {
    format!("http://127.0.0.1:{}/", origin + 1)
}

/// The host in the report of `--dry-run`, which looks up no name.
fn host_of<'a>(sandbox: &Sandbox, service: &str, more: impl Iterator<Item = &'a str>) -> String {
    let mut command = sandbox.command(PROGRAM);
    command.args(["--dry-run", "--json"]).args(more);
    let outcome = sandbox.outcome(command, "");
    assert_eq!(outcome.status, 0, "{outcome:?}");
    let report: Value = serde_json::from_str(&outcome.stdout).unwrap();
    let id = if service == "sts" { "endpoint" } else { "iam_endpoint" };
    let url = report["settings"][id]["value"].as_str().unwrap();
    url.split('/').nth(2).unwrap().to_owned()
}

/// A region whose host names do not resolve on the internet.
const REGION: &str = "us-isof-south-1";
const STS: &str = "sts.us-isof-south-1.csp.hci.ic.gov";
const IAM: &str = "iam.us-isof-south-1.csp.hci.ic.gov";

#[test]
#[cfg_attr(windows, ignore = "takes minutes under Wine, nothing depends on the system")]
fn precedence_of_urls_matches_botocore() {
    let subsets = 0..1 << ORIGINS.len();
    let cases: Vec<_> =
        subsets.flat_map(|origins| ["sts", "iam"].map(|service| (service, origins))).collect();
    let mut hosts = Vec::new();
    for &(service, origins) in &cases {
        let host = Configured::new(service, origins).host();
        let own = if service == "sts" { STS } else { IAM };
        let expected = match origins.trailing_zeros() {
            first if origins != 0 => format!("127.0.0.1:{}", first + 1),
            _ => own.to_owned(),
        };
        assert_eq!(host, expected, "{service} {origins:05b} of {ORIGINS:?}");
        hosts.push(host);
    }
    assert_botocore_agrees(
        cases.iter().map(|&(service, origins)| Configured::new(service, origins)),
        &hosts,
    );
}

#[test]
fn ignores_configured_urls_on_request_but_never_the_flag() {
    let all = (1 << ORIGINS.len()) - 1;
    let ignore = |origins, variable: &str, key: &str| {
        let mut configured = Configured::new("sts", origins);
        if !variable.is_empty() {
            let name = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS".to_owned();
            configured.variables.insert(name, variable.to_owned());
        }
        let line = format!("[default]\nignore_configured_endpoint_urls = {key}\n");
        configured.config = configured.config.replace("[default]\n", &line);
        configured
    };
    let cases = [
        (ignore(all, "true", "false"), "127.0.0.1:1"),
        (ignore(all - 1, "true", "false"), STS),
        (ignore(all - 1, "TRUE", "false"), STS),
        (ignore(all - 1, "", "true"), STS),
        (ignore(all - 1, "false", "true"), "127.0.0.1:2"),
        (ignore(all - 1, "", "false"), "127.0.0.1:2"),
    ];
    for (configured, expected) in &cases {
        assert_eq!(configured.host(), *expected, "{:?}", configured.variables);
    }
    let expected = cases.each_ref().map(|(_, expected)| (*expected).to_owned());
    assert_botocore_agrees(cases.into_iter().map(|(configured, _)| configured), &expected);
}

/// Compares with the hosts that botocore would connect to.
fn assert_botocore_agrees(cases: impl Iterator<Item = Configured>, hosts: &[String]) {
    let cases: Vec<_> = cases
        .map(|Configured { service, flag, variables, config }| {
            json!({"service": service, "region": REGION, "flag": flag, "variables": variables,
                   "config": config})
        })
        .collect();
    let Some(answers) = botocore(&["configured"], &cases) else { return };
    assert_eq!(answers.len(), hosts.len());
    for ((answer, host), case) in answers.iter().zip(hosts).zip(cases) {
        let url = answer["url"].as_str().unwrap();
        assert_eq!(url.split('/').nth(2).unwrap(), host, "{case}");
    }
}

#[test]
fn variables_override_the_profile_for_variants() {
    for (fips, key_fips, dual_stack, key_dual_stack, host) in [
        ("", "", "", "", "sts.us-isof-south-1.csp.hci.ic.gov"),
        ("true", "", "", "", "sts-fips.us-isof-south-1.csp.hci.ic.gov"),
        ("", "true", "", "", "sts-fips.us-isof-south-1.csp.hci.ic.gov"),
        ("False", "true", "", "", "sts.us-isof-south-1.csp.hci.ic.gov"),
        ("", "", "TRUE", "", "sts.us-isof-south-1.api.aws.hci.ic.gov"),
        ("", "", "", "True", "sts.us-isof-south-1.api.aws.hci.ic.gov"),
        ("", "", "false", "true", "sts.us-isof-south-1.csp.hci.ic.gov"),
        ("true", "", "", "true", "sts-fips.us-isof-south-1.api.aws.hci.ic.gov"),
    ] {
        let mut sandbox = Sandbox::new();
        let config = format!(
            "[default]\nregion = {REGION}\nuse_fips_endpoint = {key_fips}\n\
             use_dualstack_endpoint = {key_dual_stack}\n"
        );
        sandbox.set("AWS_ENDPOINT_URL", "").write("config", &config);
        sandbox.set("AWS_USE_FIPS_ENDPOINT", fips).set("AWS_USE_DUALSTACK_ENDPOINT", dual_stack);
        assert_eq!(host_of(&sandbox, "sts", [].into_iter()), host);
    }
}

#[test]
fn refuses_variants_of_a_custom_endpoint() {
    let mut sandbox = Sandbox::new();
    sandbox.set("AWS_USE_FIPS_ENDPOINT", "true");
    sandbox.run([]).matches(str![[r#"
exit 1
--- stderr
mfa-session: error: AWS_ENDPOINT_URL: Invalid Configuration: FIPS and custom endpoint are not supported
mfa-session: hint: remove either AWS_USE_FIPS_ENDPOINT or AWS_ENDPOINT_URL
"#]]);
    sandbox.run(["--endpoint-url", "https://sts.example"]).matches(str![[r#"
exit 2
--- stderr
mfa-session: error: --endpoint-url: Invalid Configuration: FIPS and custom endpoint are not supported
mfa-session: hint: remove either AWS_USE_FIPS_ENDPOINT or --endpoint-url
"#]]);
    sandbox.set("AWS_USE_FIPS_ENDPOINT", "").set("AWS_ENDPOINT_URL", "").write(
        "config",
        "[default]\nuse_dualstack_endpoint = true\nservices = local\n\
         [services local]\niam =\n  endpoint_url = https://iam.example\n",
    );
    sandbox.run([]).matches(str![[r#"
exit 1
--- stderr
mfa-session: error: `iam.endpoint_url` in [services local] of ~/.aws/config: Invalid Configuration: Dualstack and custom endpoint are not supported
mfa-session: hint: remove either `use_dualstack_endpoint` in [default] of ~/.aws/config or `iam.endpoint_url` in [services local] of ~/.aws/config
"#]]);
    assert!(sandbox.asked().is_empty());
}

#[test]
fn refuses_a_missing_services_section() {
    let mut sandbox = Sandbox::new();
    sandbox.write("config", "[profile x]\n[services other]\n[default]\nservices = local\n");
    sandbox.set("AWS_ENDPOINT_URL", "");
    sandbox.run([]).matches(str![[r#"
exit 1
--- stderr
mfa-session: error: `services` in [default] of ~/.aws/config: ~/.aws/config has no section [services local]
mfa-session: hint: add the section, or remove the line `services = local`
"#]]);
}

#[test]
fn refuses_invalid_values_and_names_their_origin() {
    let mut table = Table::default();
    for (variable, key, value) in [
        ("AWS_STS_REGIONAL_ENDPOINTS", "sts_regional_endpoints", "global"),
        ("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint", "1"),
        ("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint", "yes"),
        ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "ignore_configured_endpoint_urls", "on"),
    ] {
        let mut sandbox = Sandbox::new();
        sandbox.write("config", &format!("[default]\n{key} = {value}\n"));
        table.add(key, &sandbox.run([]));
        sandbox.set(variable, value);
        table.add(variable, &sandbox.run([]));
    }
    table.matches_file("endpoints/invalid_values");
}

/// ureq would connect to port 80 or 443 instead.
#[test]
fn refuses_an_invalid_port_and_names_its_origin() {
    let mut table = Table::default();
    let mut refused = |name: &str, sandbox: &Sandbox, flags: &[&str]| {
        let mut command = sandbox.command(PROGRAM);
        command.args(["--serial", ALICE.serial_number, "--code", "-"]).args(flags);
        table.add(name, &sandbox.outcome(command, "123456").spell(name));
    };
    for port in ["99999", "abc", "-1", "4566x", "0", ""] {
        let url = format!("http://127.0.0.1:{port}");
        refused(&url, &Sandbox::new(), &["--endpoint-url", &url]);
    }
    for variable in ["AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL"] {
        let mut sandbox = Sandbox::new();
        sandbox.set(variable, "http://localhost:99999");
        refused(variable, &sandbox, &[]);
    }
    for variable in ["HTTPS_PROXY", "https_proxy"] {
        let mut sandbox = Sandbox::new();
        sandbox.set(variable, "http://alice:hunter2@proxy.example:99999").hide("hunter2");
        refused(variable, &sandbox, &[]);
    }
    for (name, config) in [
        ("endpoint_url", "[default]\nendpoint_url = https://sts.example:4566x\n"),
        (
            "services",
            "[default]\nservices = local\n\
             [services local]\nsts =\n  endpoint_url = http://[::1]:0\n",
        ),
        (
            "services for IAM",
            "[default]\nservices = local\n\
             [services local]\niam =\n  endpoint_url = http://h:x\n",
        ),
    ] {
        let mut sandbox = Sandbox::new();
        sandbox.set("AWS_ENDPOINT_URL", "").write("config", config);
        refused(name, &sandbox, &[]);
    }
    table.matches_file("endpoints/invalid_ports");
}

/// The lines that `tests/endpoints/botocore_endpoints.py` prints; `None` without botocore.
fn botocore(arguments: &[&str], lines: &[Value]) -> Option<Vec<Value>> {
    let script = tools::script("endpoints/botocore_endpoints.py");
    let child = Command::new("python3")
        .arg(&script)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let output = child.ok().map(|mut child| {
        let mut stdin = child.stdin.take().unwrap();
        let lines: Vec<_> = lines.iter().map(Value::to_string).collect();
        let writer = thread::spawn(move || stdin.write_all((lines.join("\n") + "\n").as_bytes()));
        let output = child.wait_with_output().unwrap();
        let _ = writer.join();
        output
    });
    let output = output.filter(|output| output.status.code() != Some(NO_BOTOCORE));
    let output = tools::needs("python3 with botocore 1.44", output)?;
    assert!(output.status.success(), "{} fails", script.display());
    let answers = String::from_utf8(output.stdout).unwrap();
    Some(answers.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

const NO_BOTOCORE: i32 = 77;
