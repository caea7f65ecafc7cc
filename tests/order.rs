//! What can fail without a code fails before one is asked for, and before anything is sent.

use loopback_sts::ALICE;

use crate::world::{World, error, keys};

#[test]
fn a_code_gets_a_session_which_is_written_and_reused() {
    let world = World::new();
    let code = world.code();
    world.run(["--serial", ALICE.serial_number, "--code", &code]).wrote("default-mfa");
    assert_eq!(world.asked(), ["GetSessionToken OK"]);
    world.run([]).wrote("default-mfa");
    assert_eq!(world.asked().len(), 1);
    assert!(world.read("credentials").starts_with(&keys("default")));
    assert_eq!(world.files(), ["credentials"]);
}

#[test]
fn no_code_and_nobody_to_ask_is_said_before_anything_is_sent() {
    let hint = "give it with --code 123456, with `--code -` on standard input, in \
                MFA_SESSION_CODE, by a --code-command, or at a terminal without --no-prompt";
    let rows: [(&[&str], &str, &str); 4] = [
        (&[], "", "there is no terminal to ask on"),
        (&[], "0", "there is no terminal to ask on"),
        (&["--no-prompt"], "0", "--no-prompt forbids to ask for it"),
        (&[], "yes", "MFA_SESSION_NO_PROMPT forbids to ask for it"),
    ];
    for (arguments, variable, why) in rows {
        let mut world = World::new();
        world.set("MFA_SESSION_NO_PROMPT", variable);
        let mut command = world.command(crate::world::PROGRAM);
        command.args(arguments);
        let what = format!("a code is needed, and {why}");
        world.outcome(command, "").is(3, "", &error(&what, &[hint]));
        assert_eq!(world.sts().connections(), 0, "{why}");
        assert_eq!(world.read("credentials"), keys("default"), "{why}");
    }
}

#[cfg(unix)]
#[allow(clippy::too_many_lines, reason = "a table of cases is long")]
mod permissions {
    use std::{
        collections::BTreeMap,
        fs::{self, File, Permissions},
        io::Seek as _,
        os::unix::fs::PermissionsExt as _,
        path::{Path, PathBuf},
        process::Stdio,
    };

    use loopback_sts::ALICE;

    use crate::world::{World, all_are, error, keys};

    #[test]
    fn what_can_fail_fails_before_a_code_is_read_and_changes_nothing() {
        let rows = rows();
        all_are(rows.iter().map(|(name, prepare, arguments, status, what, hints)| {
            let mut world = World::new();
            world.set("MFA_SESSION_SERIAL", ALICE.serial_number);
            fs::write(world.path("code"), "123456\n").unwrap();
            prepare(&mut world);
            let mut command = world.powerless();
            let before = tree(&world.path(""));

            let mut code = File::open(world.path("code")).unwrap();
            command.args(["--code", "-"]).args(*arguments);
            command.stdin(code.try_clone().unwrap()).stdout(Stdio::piped()).stderr(Stdio::piped());
            let outcome = world.finish(command.spawn().unwrap());

            assert_eq!(code.stream_position().unwrap(), 0, "{name}: the code was read");
            assert_eq!(world.sts().connections(), 0, "{name}: something was sent");
            assert!(tree(&world.path("")) == before, "{name}: something was changed");
            // So that the world can be cleared away.
            for closed in [".aws", "closed"].into_iter().filter(|path| world.path(path).is_dir()) {
                mode(&world, closed, 0o700);
            }
            (*name, outcome, *status, error(what, hints))
        }));
    }

    type Row = (
        &'static str,
        fn(&mut World),
        &'static [&'static str],
        i32,
        &'static str,
        &'static [&'static str],
    );

    fn rows() -> Vec<Row> {
        vec![
            (
                "a file that can not be written",
                |world| mode(world, ".aws/credentials", 0o400),
                &[],
                1,
                "cannot write ~/.aws/credentials: Permission denied (os error 13)",
                &["make the file writable for you, or print the session: --export"],
            ),
            (
                "a file that can not be read",
                |world| mode(world, ".aws/credentials", 0o200),
                &[],
                1,
                "cannot read ~/.aws/credentials: Permission denied (os error 13)",
                &["make it a file that you can read, or name others: \
                   AWS_SHARED_CREDENTIALS_FILE, AWS_CONFIG_FILE"],
            ),
            (
                "a directory that can not be written",
                |world| mode(world, ".aws", 0o500),
                &[],
                1,
                "cannot write in ~/.aws: Permission denied (os error 13)",
                &["make the directory writable for you, or print the session: --export"],
            ),
            (
                "a directory that can not be made",
                |world| {
                    fs::create_dir(world.path("closed")).unwrap();
                    mode(world, "closed", 0o500);
                    keys_in_environment(world);
                    world.set("AWS_SHARED_CREDENTIALS_FILE", "~/closed/new/credentials");
                },
                &[],
                1,
                "cannot create ~/closed/new: Permission denied (os error 13)",
                &["make the directory writable for you, or print the session: --export"],
            ),
            (
                "a file below a file",
                |world| {
                    keys_in_environment(world);
                    world.set("AWS_SHARED_CREDENTIALS_FILE", "~/code/credentials");
                },
                &[],
                1,
                "cannot read ~/code/credentials: Not a directory (os error 20)",
                &["make it a file that you can read, or name others: \
                   AWS_SHARED_CREDENTIALS_FILE, AWS_CONFIG_FILE"],
            ),
            (
                "a device in the place of the file",
                |world| {
                    keys_in_environment(world);
                    world.set("AWS_SHARED_CREDENTIALS_FILE", "/dev/null");
                },
                &[],
                1,
                "/dev/null is not a file",
                &["name the credentials file in AWS_SHARED_CREDENTIALS_FILE"],
            ),
            (
                "long-term keys in the session profile",
                |world| world.write("credentials", &(keys("default") + &keys("work"))),
                &["--to", "work"],
                1,
                "[work] in ~/.aws/credentials holds long-term keys, which are never overwritten",
                &["name another session profile: --to NAME"],
            ),
            (
                "half of a key in the session profile",
                |world| {
                    let half = "[work]\naws_secret_access_key = hunter2\n";
                    world.write("credentials", &(keys("default") + half));
                },
                &["--to", "work"],
                1,
                "[work] in ~/.aws/credentials holds long-term keys, which are never overwritten",
                &["name another session profile: --to NAME"],
            ),
            (
                "the source for the session profile",
                |world| {
                    world.write("credentials", &(keys("default") + "mfa_session_to = default\n"));
                },
                &[],
                1,
                "[default] in ~/.aws/credentials holds long-term keys, which are never \
                 overwritten",
                &["name another session profile: --to NAME"],
            ),
            (
                "no name for the session profile",
                |_| (),
                &["--to", "a b"],
                2,
                "--to: the session profile `a b` holds a character other than A-Z a-z 0-9 - _ / . \
                 % @ : +",
                &["name another one: --to NAME"],
            ),
            (
                "a bad serial",
                |_| (),
                &["--serial", "alice"],
                2,
                "--serial: `alice` is not 9 to 256 characters long",
                &["give arn:aws:iam::123456789012:mfa/NAME or a hardware token's serial; `aws \
                     iam list-mfa-devices` shows it"],
            ),
            (
                "a bad duration",
                |_| (),
                &["--duration", "37h"],
                2,
                "--duration: `37h` is not within 15 minutes and 36 hours",
                &["STS gives sessions of 15m to 36h (900 to 129600 seconds)"],
            ),
            (
                "another partition's region",
                |_| (),
                &["--region", "cn-north-1"],
                2,
                "--region: the region cn-north-1 is in partition aws-cn, the MFA device in aws",
                &["name a region of that partition: --region NAME"],
            ),
            (
                "a missing profile",
                |_| (),
                &["--profile", "wrok"],
                2,
                "--profile: there is no profile `wrok` in ~/.aws/credentials or ~/.aws/config",
                &["name one of these with --profile: default"],
            ),
            (
                "a malformed file",
                |world| world.write("config", "[default\n"),
                &[],
                1,
                "~/.aws/config, line 1: expected `]` at the end of the section's header",
                &["correct the line: the AWS CLI or an SDK refuses it as well"],
            ),
            (
                "a missing CA bundle",
                |_| (),
                &["--ca-bundle", "~/nowhere.pem"],
                2,
                "--ca-bundle: cannot read ~/nowhere.pem: No such file or directory (os error 2)",
                &["give a PEM file with one certificate or more to trust"],
            ),
            (
                "a CA bundle without a certificate",
                |_| (),
                &["--ca-bundle", "~/code"],
                2,
                "--ca-bundle: ~/code holds no certificate",
                &["give a PEM file with one certificate or more to trust"],
            ),
            (
                "a CA bundle that is cut off",
                |world| {
                    fs::write(world.path("ca.pem"), "-----BEGIN CERTIFICATE-----\nMII").unwrap();
                },
                &["--ca-bundle", "~/ca.pem"],
                2,
                "--ca-bundle: ~/ca.pem is not a PEM file",
                &["give a PEM file with one certificate or more to trust"],
            ),
        ]
    }

    fn mode(world: &World, path: &str, mode: u32) {
        fs::set_permissions(world.path(path), Permissions::from_mode(mode)).unwrap();
    }

    fn keys_in_environment(world: &mut World) {
        world.set("AWS_ACCESS_KEY_ID", ALICE.access_key_id);
        world.set("AWS_SECRET_ACCESS_KEY", ALICE.secret_access_key);
    }

    /// Everything below a directory: path, mode and, of files, content.
    fn tree(directory: &Path) -> BTreeMap<PathBuf, (u32, Vec<u8>)> {
        let mut found = BTreeMap::new();
        for entry in fs::read_dir(directory).into_iter().flatten() {
            let path = entry.unwrap().path();
            let mode = fs::metadata(&path).unwrap().permissions().mode();
            if path.is_dir() {
                found.extend(tree(&path));
            }
            let content = fs::read(&path).unwrap_or_default();
            found.insert(path, (mode, content));
        }
        found
    }
}
