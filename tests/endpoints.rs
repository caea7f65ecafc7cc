//! Which STS and IAM are asked: where AWS's own tools would ask, and by the same precedence.

use std::{
    collections::BTreeMap,
    io::Write as _,
    process::{Command, Stdio},
    thread,
};

use mfa_session::sts::{Endpoint, Region, Service, Variant};
use serde_json::{Value, json};
use snapbox::str;

use crate::{
    sandbox::{PROGRAM, Sandbox, Table},
    tools,
};

#[test]
fn every_region_and_variant_is_where_botocore_has_it() {
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
            // An endpoint's name, which botocore takes for a region; what we say to give instead
            // must come to the same.
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
        // Where botocore refuses a variant that the rules of all AWS SDKs have an endpoint for,
        // these are `url` and `signing_region`: no region is refused for its variant.
        assert_eq!(
            (ours.url().to_string().as_str(), ours.signing_region()),
            (text("url"), text("signing_region")),
            "{answer}"
        );
    }
    let rules = answers.iter().filter(|answer| answer["refused"].is_string()).count();
    let compared = answers.len() - refused;
    eprintln!("botocore: {compared} endpoints compared, {rules} of them by the rules alone");
    assert!(compared > 800);
}

/// Where a URL may be given for a service, first the place that goes before the others. The port
/// of the URL says which place it came from.
const PLACES: [&str; 5] = ["flag", "variable", "variable for all", "services", "profile"];

/// Another service's URL, to be passed over.
const OTHERS: u16 = 9;

/// One way to give URLs for a service.
struct Configured {
    service: &'static str,
    flag: Option<String>,
    variables: BTreeMap<String, String>,
    config: String,
}

impl Configured {
    /// At those of [`PLACES`] whose bit is set.
    fn at(service: &'static str, places: u32) -> Self {
        let given = |place: usize| (places & (1 << place) != 0).then(|| url(place));
        let other = if service == "sts" { "iam" } else { "sts" };
        let variable = |service: &str| format!("AWS_ENDPOINT_URL_{}", service.to_uppercase());
        let variables = [
            (variable(service), given(1)),
            ("AWS_ENDPOINT_URL".to_owned(), given(2)),
            (variable(other), Some(format!("http://127.0.0.1:{OTHERS}/"))),
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
                 endpoint_url = http://127.0.0.1:{OTHERS}/\n{nested}",
                line("endpoint_url", given(4)),
            ),
        }
    }

    /// The host that would be asked.
    fn asked(&self) -> String {
        let mut sandbox = Sandbox::new();
        sandbox.set("AWS_ENDPOINT_URL", "").write("config", &self.config);
        for (name, value) in &self.variables {
            sandbox.set(name, value);
        }
        let flag = self.flag.iter().flat_map(|url| ["--endpoint-url", url]);
        host_of(&sandbox, self.service, flag)
    }
}

fn url(place: usize) -> String {
    format!("http://127.0.0.1:{}/", place + 1)
}

/// The host that would be asked; no name is looked up for that.
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

/// A region whose names mean nothing outside of its own network.
const REGION: &str = "us-isof-south-1";
const STS: &str = "sts.us-isof-south-1.csp.hci.ic.gov";
const IAM: &str = "iam.us-isof-south-1.csp.hci.ic.gov";

#[test]
fn of_the_places_where_a_url_is_given_the_first_counts_as_for_botocore() {
    let subsets = 0..1 << PLACES.len();
    let cases: Vec<_> =
        subsets.flat_map(|places| ["sts", "iam"].map(|service| (service, places))).collect();
    let mut asked = Vec::new();
    for &(service, places) in &cases {
        let found = Configured::at(service, places).asked();
        let own = if service == "sts" { STS } else { IAM };
        let expected = match places.trailing_zeros() {
            first if places != 0 => format!("127.0.0.1:{}", first + 1),
            _ => own.to_owned(),
        };
        assert_eq!(found, expected, "{service} {places:05b} of {PLACES:?}");
        asked.push(found);
    }
    agrees(cases.iter().map(|&(service, places)| Configured::at(service, places)), &asked);
}

#[test]
fn configured_urls_are_ignored_on_request_but_not_the_flag() {
    let all = (1 << PLACES.len()) - 1;
    let ignore = |places, variable: &str, key: &str| {
        let mut configured = Configured::at("sts", places);
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
        assert_eq!(configured.asked(), *expected, "{:?}", configured.variables);
    }
    let expected = cases.each_ref().map(|(_, expected)| (*expected).to_owned());
    agrees(cases.into_iter().map(|(configured, _)| configured), &expected);
}

/// Compares with the hosts that botocore would ask.
fn agrees(cases: impl Iterator<Item = Configured>, asked: &[String]) {
    let cases: Vec<_> = cases
        .map(|Configured { service, flag, variables, config }| {
            json!({"service": service, "region": REGION, "flag": flag, "variables": variables,
                   "config": config})
        })
        .collect();
    let Some(answers) = botocore(&["configured"], &cases) else { return };
    assert_eq!(answers.len(), asked.len());
    for ((answer, asked), case) in answers.iter().zip(asked).zip(cases) {
        let url = answer["url"].as_str().unwrap();
        assert_eq!(url.split('/').nth(2).unwrap(), asked, "{case}");
    }
}

#[test]
fn the_variant_is_chosen_by_the_environment_before_the_profile() {
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
fn a_custom_endpoint_has_no_variants() {
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
fn a_missing_services_section_is_an_error() {
    let mut sandbox = Sandbox::new();
    sandbox.write("config", "[profile x]\n[services other]\n[default]\nservices = local\n");
    sandbox.set("AWS_ENDPOINT_URL", "");
    sandbox.run([]).matches(str![[r#"
exit 1
--- stderr
mfa-session: error: `services` in [default] of ~/.aws/config: there is no section [services local] in ~/.aws/config
mfa-session: hint: add the section, or remove the line `services = local`
"#]]);
}

#[test]
fn a_value_that_means_nothing_is_an_error_with_its_origin() {
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

/// What `tests/endpoints/botocore_endpoints.py` says, a line each; `None` where botocore is not on
/// this machine. In CI it must be.
#[allow(clippy::print_stderr, reason = "a test that is skipped says so")]
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
