//! `--dry-run` shows every setting and where it was said; it asks nothing and sends nothing.

use loopback_sts::ALICE;
use mfa_session::settings::SETTINGS;
use serde_json::{Value, json};

use crate::world::{World, keys};

#[test]
fn every_setting_is_shown_with_its_origin() {
    let mut world = World::new();
    world.write("config", "[default]\nregion = eu-west-1\n");
    world.set("MFA_SESSION_DURATION", "1h").set("AWS_ENDPOINT_URL", "");
    let outcome = world.run(["--dry-run", "--serial", ALICE.serial_number]);
    let rows = [
        (
            "access key id",
            ALICE.access_key_id,
            "`aws_access_key_id` in [default] of ~/.aws/credentials",
        ),
        ("MFA device", ALICE.serial_number, "--serial"),
        ("duration", "1h", "MFA_SESSION_DURATION"),
        ("region", "eu-west-1", "`region` in [default] of ~/.aws/config"),
        ("STS endpoint", "https://sts.eu-west-1.amazonaws.com/", "the default"),
        ("MFA code", "asked on the terminal", "the default"),
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
    assert_eq!(outcome.stdout.lines().count(), SETTINGS.len() + 1);
    assert_eq!((outcome.status, outcome.stderr.as_str()), (0, ""));
    assert_eq!(world.sts().connections(), 0);
}

#[test]
fn programs_get_it_as_json() {
    let world = World::new();
    let settings = report(&world, []);
    assert_eq!(
        settings["endpoint"],
        json!({ "value": "http://STS/", "origin": "AWS_ENDPOINT_URL" })
    );
    assert_eq!(settings["region"], json!({ "value": "us-east-1", "origin": "the default" }));
    let ids = SETTINGS.iter().map(|setting| setting.id).chain(["access_key_id"]);
    assert!(ids.clone().all(|id| settings[id]["origin"].is_string()));
    assert_eq!(settings.as_object().unwrap().len(), ids.count());
}

#[test]
fn legacy_is_the_endpoint_for_the_whole_world_where_it_was_one() {
    let mut world = World::new();
    world.set("AWS_STS_REGIONAL_ENDPOINTS", "legacy").set("AWS_ENDPOINT_URL", "");
    for (region, url) in [
        ("eu-west-1", "https://sts.amazonaws.com/"),
        ("ap-east-1", "https://sts.ap-east-1.amazonaws.com/"),
    ] {
        assert_eq!(report(&world, ["--region", region])["endpoint"]["value"], url);
    }
}

#[test]
fn what_is_secret_is_not_shown() {
    let mut world = World::new();
    world.set("HTTPS_PROXY", "http://somebody:hunter2@proxy.example:3128");
    let settings = report(&world, ["--code", "271828"]);
    assert_eq!(settings["code"], json!({ "value": "given, and not shown", "origin": "--code" }));
    assert_eq!(settings["https_proxy"]["value"], "proxy.example:3128");
    let all = settings.to_string();
    assert!(!all.contains("271828") && !all.contains("hunter2"));
}

#[test]
fn what_does_not_fit_is_refused_as_in_earnest() {
    let world = World::new();
    let outcome = world.run(["--dry-run", "--duration", "1m"]);
    outcome.is(
        2,
        "",
        "mfa-session: error: --duration: `1m` is not within 15 minutes and 36 hours\n\
         mfa-session: hint: STS gives sessions of 15m to 36h (900 to 129600 seconds)\n",
    );
    world.write("credentials", &keys("work"));
    assert_eq!(world.run(["--dry-run"]).status, 1);
}

fn report<const N: usize>(world: &World, more: [&str; N]) -> Value {
    let mut command = world.command(crate::world::PROGRAM);
    command.args(["--dry-run", "--json"]).args(more);
    let outcome = world.outcome(command, "");
    assert_eq!((outcome.status, outcome.stderr.as_str()), (0, ""));
    assert!(world.asked().is_empty());
    let report: Value = serde_json::from_str(&outcome.stdout).unwrap();
    report["settings"].clone()
}
