//! Preflight checks: failures that need no code come before the prompt and before any request.

use loopback_sts::ALICE;

use crate::sandbox::{Sandbox, Table, keys};

#[test]
fn gets_writes_and_reuses_a_session() {
    let sandbox = Sandbox::new();
    let code = sandbox.code();
    sandbox.run(["--serial", ALICE.serial_number, "--code", &code]).wrote("default-mfa");
    assert_eq!(sandbox.asked(), ["GetSessionToken OK"]);
    sandbox.run([]).wrote("default-mfa");
    assert_eq!(sandbox.asked().len(), 1);
    assert!(sandbox.read("credentials").starts_with(&keys("default")));
    assert_eq!(sandbox.files(), ["credentials"]);
}

#[test]
fn fails_before_connecting_without_code_and_terminal() {
    let mut table = Table::default();
    let rows: [(&[&str], &str); 4] = [(&[], ""), (&[], "0"), (&["--no-prompt"], "0"), (&[], "yes")];
    for (arguments, variable) in rows {
        let mut sandbox = Sandbox::new();
        sandbox.set("MFA_SESSION_NO_PROMPT", variable);
        let mut command = sandbox.command(crate::sandbox::PROGRAM);
        command.args(arguments);
        let heading = format!("{arguments:?}, MFA_SESSION_NO_PROMPT={variable}");
        table.add(&heading, &sandbox.outcome(command, ""));
        assert_eq!(sandbox.sts().connections(), 0, "{heading}");
        assert_eq!(sandbox.read("credentials"), keys("default"), "{heading}");
    }
    table.matches_file("preflight/no_code");
}

#[cfg(unix)] // needs modes of files and directories
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

    use crate::sandbox::{Sandbox, Table, keys};

    #[test]
    fn fails_before_reading_the_code_and_changes_nothing() {
        let rows = rows();
        Table::of(rows.iter().map(|(name, prepare, arguments)| {
            let mut sandbox = Sandbox::new();
            sandbox.set("MFA_SESSION_SERIAL", ALICE.serial_number);
            fs::write(sandbox.path("code"), "123456\n").unwrap();
            prepare(&mut sandbox);
            let mut command = sandbox.powerless();
            let before = tree(&sandbox.path(""));

            let mut code = File::open(sandbox.path("code")).unwrap();
            command.args(["--code", "-"]).args(*arguments);
            command.stdin(code.try_clone().unwrap()).stdout(Stdio::piped()).stderr(Stdio::piped());
            let outcome = sandbox.finish(command.spawn().unwrap());

            assert_eq!(code.stream_position().unwrap(), 0, "{name}: the code was read");
            assert_eq!(sandbox.sts().connections(), 0, "{name}: the program connected");
            assert!(tree(&sandbox.path("")) == before, "{name}: a file was changed");
            // The sandbox must be removable.
            for closed in [".aws", "closed"].into_iter().filter(|path| sandbox.path(path).is_dir())
            {
                mode(&sandbox, closed, 0o700);
            }
            (*name, outcome)
        }))
        .matches_file("preflight/before_the_code");
    }

    type Row = (&'static str, fn(&mut Sandbox), &'static [&'static str]);

    fn rows() -> Vec<Row> {
        vec![
            (
                "a file that can not be written",
                |sandbox| mode(sandbox, ".aws/credentials", 0o400),
                &[],
            ),
            (
                "a file that can not be read",
                |sandbox| mode(sandbox, ".aws/credentials", 0o200),
                &[],
            ),
            ("a directory that can not be written", |sandbox| mode(sandbox, ".aws", 0o500), &[]),
            (
                "a directory that can not be made",
                |sandbox| {
                    fs::create_dir(sandbox.path("closed")).unwrap();
                    mode(sandbox, "closed", 0o500);
                    keys_in_environment(sandbox);
                    sandbox.set("AWS_SHARED_CREDENTIALS_FILE", "~/closed/new/credentials");
                },
                &[],
            ),
            (
                "a file below a file",
                |sandbox| {
                    keys_in_environment(sandbox);
                    sandbox.set("AWS_SHARED_CREDENTIALS_FILE", "~/code/credentials");
                },
                &[],
            ),
            (
                "a device in the place of the file",
                |sandbox| {
                    keys_in_environment(sandbox);
                    sandbox.set("AWS_SHARED_CREDENTIALS_FILE", "/dev/null");
                },
                &[],
            ),
            (
                "long-term keys in the session profile",
                |sandbox| sandbox.write("credentials", &(keys("default") + &keys("work"))),
                &["--to", "work"],
            ),
            (
                "half of a key in the session profile",
                |sandbox| {
                    let half = "[work]\naws_secret_access_key = hunter2\n";
                    sandbox.write("credentials", &(keys("default") + half));
                },
                &["--to", "work"],
            ),
            (
                "the source for the session profile",
                |sandbox| {
                    sandbox.write("credentials", &(keys("default") + "mfa_session_to = default\n"));
                },
                &[],
            ),
            ("no name for the session profile", |_| (), &["--to", "a b"]),
            ("a bad serial", |_| (), &["--serial", "alice"]),
            ("a bad duration", |_| (), &["--duration", "37h"]),
            ("another partition's region", |_| (), &["--region", "cn-north-1"]),
            ("a missing profile", |_| (), &["--profile", "wrok"]),
            ("a malformed file", |sandbox| sandbox.write("config", "[default\n"), &[]),
            ("a missing CA bundle", |_| (), &["--ca-bundle", "~/nowhere.pem"]),
            ("a CA bundle without a certificate", |_| (), &["--ca-bundle", "~/code"]),
            (
                "a CA bundle that is cut off",
                |sandbox| {
                    fs::write(sandbox.path("ca.pem"), "-----BEGIN CERTIFICATE-----\nMII").unwrap();
                },
                &["--ca-bundle", "~/ca.pem"],
            ),
        ]
    }

    fn mode(sandbox: &Sandbox, path: &str, mode: u32) {
        fs::set_permissions(sandbox.path(path), Permissions::from_mode(mode)).unwrap();
    }

    fn keys_in_environment(sandbox: &mut Sandbox) {
        sandbox.set("AWS_ACCESS_KEY_ID", ALICE.access_key_id);
        sandbox.set("AWS_SECRET_ACCESS_KEY", ALICE.secret_access_key);
    }

    /// Everything below a directory: path, mode, and the content of files.
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
