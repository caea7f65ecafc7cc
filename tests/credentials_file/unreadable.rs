//! AWS files with syntax errors, profiles without usable keys, and paths that are not files.

use std::fs;

use loopback_sts::ALICE;
use snapbox::str;

use crate::sandbox::{Sandbox, Table, keys};

#[test]
fn explains_why_a_profile_is_unusable() {
    type Row = (&'static str, fn(&mut Sandbox));
    let rows: &[Row] = &[
        ("no file at all", |sandbox| remove(sandbox)),
        ("an empty file", |sandbox| sandbox.write("credentials", "")),
        ("only comments", |sandbox| sandbox.write("credentials", "# nothing yet\n")),
        ("no such profile", |sandbox| {
            sandbox.write("credentials", &(keys("default") + "\n" + &keys("work-long-term")));
            sandbox.write("config", "[profile home]\n[services x]\n[default]\n");
            sandbox.set("AWS_PROFILE", "wrok");
        }),
        ("many other profiles", |sandbox| {
            let names = (0..12).map(|n| format!("[p{n}]\n"));
            sandbox.write("credentials", &names.collect::<String>());
            sandbox.set("AWS_DEFAULT_PROFILE", "p12");
        }),
        ("a session profile to come", |sandbox| name(sandbox, "default-mfa")),
        ("an escape sequence for a name", |sandbox| name(sandbox, "a\u{1b}[2Jb")),
        ("a key without its secret", |sandbox| {
            sandbox.write("credentials", "[default]\naws_access_key_id = AKIAX\n");
        }),
        ("a secret without its key id", |sandbox| {
            sandbox.write("credentials", "[default]\naws_secret_access_key = hunter2\n");
        }),
        ("temporary keys", |sandbox| temporary(sandbox, "aws_session_token = abc\n")),
        ("temporary keys by the older name", |sandbox| {
            temporary(sandbox, "aws_security_token = abc\n");
        }),
        ("temporary keys without their token", |sandbox| {
            let text = keys("default").replace("AKIA", "ASIA");
            sandbox.write("credentials", &text);
        }),
        ("a profile with a role", |sandbox| {
            sandbox.write("config", "[profile admin]\nrole_arn = arn:aws:iam::1:role/x\n");
            sandbox.set("AWS_PROFILE", "admin");
        }),
        ("a profile without keys", |sandbox| {
            sandbox.write("credentials", "[default]\nregion = eu-west-1\n");
        }),
        ("a session whose source is gone", |sandbox| {
            let session = "[work]\naws_access_key_id = ASIAX\naws_secret_access_key = xyz\n\
                               aws_session_token = abc\nmfa_session_source = work-old\n";
            sandbox.write("credentials", &(keys("default") + session));
            sandbox.set("AWS_PROFILE", "work");
        }),
    ];
    Table::of(rows.iter().map(|(name, prepare)| {
        let mut sandbox = Sandbox::new();
        prepare(&mut sandbox);
        (*name, sandbox.get([]))
    }))
    .matches_file("unreadable/profiles");
}

fn name(sandbox: &mut Sandbox, profile: &str) {
    sandbox.set("AWS_PROFILE", profile);
}

fn remove(sandbox: &Sandbox) {
    fs::remove_file(sandbox.path(".aws/credentials")).unwrap();
}

#[test]
fn names_the_line_of_a_syntax_error() {
    let rows = [
        ("a line before the first section", "region = x\n[default]\n"),
        ("an unclosed header", "[default]\n[work\n"),
        ("text behind a header", "[default] x\n"),
        ("a line without an equals sign", "[default]\nlonely\n"),
        ("a colon for the equals sign", "[default]\nregion: x\n"),
        ("no key", "[default]\n= x\n"),
        ("an indented line first", "[default]\n  region = x\n"),
        ("an indented header", "[default]\nregion = x\n  [work]\n"),
        ("a carriage return alone", "[default]\rregion = x\n"),
        ("another white space first", "[default]\n\u{a0}region = x\n"),
        ("a comment cuts the header", "[default ; comment]\n"),
    ];
    Table::of(rows.iter().flat_map(|(name, text)| {
        ["credentials", "config"].map(|file| {
            let sandbox = Sandbox::new();
            sandbox.write(file, text);
            (format!("{name}, in {file}"), sandbox.get([]))
        })
    }))
    .matches_file("unreadable/malformed");
}

#[test]
fn warns_of_files_that_only_the_aws_cli_cannot_read() {
    let repeated = keys("default") + "[x]\nregion = a\n[x]\nregion = b\n";
    let rows = [
        ("a byte order mark", "\u{feff}".to_owned() + &keys("default")),
        ("a section twice", repeated),
    ];
    Table::of(rows.map(|(name, text)| {
        let sandbox = Sandbox::new();
        sandbox.write("credentials", &text);
        (name, sandbox.get([]))
    }))
    .matches(str![[r#"
=== a byte order mark
exit 0
--- stderr
mfa-session: warning: the AWS CLI cannot read ~/.aws/credentials: it begins with a byte order mark
mfa-session: [default-mfa] is valid until [TIME] ([LEFT] left)

=== a section twice
exit 0
--- stderr
mfa-session: warning: the AWS CLI cannot read ~/.aws/credentials: it has more than one section [x]
mfa-session: [default-mfa] is valid until [TIME] ([LEFT] left)
"#]]);
}

#[test]
fn names_the_line_that_is_not_utf_8() {
    let sandbox = Sandbox::new();
    let text = [b"[default]\n# caf".as_slice(), b"\xe9\n", keys("x").as_bytes()].concat();
    fs::write(sandbox.path(".aws/credentials"), text).unwrap();
    sandbox.get([]).matches(str![[r#"
exit 1
--- stderr
mfa-session: error: ~/.aws/credentials, line 2: not UTF-8
mfa-session: hint: correct the line: the AWS CLI and the SDKs refuse it, too
"#]]);
}

#[cfg(unix)] // needs named pipes and links
#[test]
fn refuses_a_path_that_is_not_a_file_at_once() {
    use std::os::unix::fs::symlink;

    type Row = (&'static str, fn(&Sandbox));
    let rows: &[Row] = &[
        ("a directory", |sandbox| fs::create_dir(sandbox.path(".aws/credentials")).unwrap()),
        ("a named pipe", |sandbox| make_pipe(sandbox, "credentials")),
        ("a named pipe for the config", |sandbox| make_pipe(sandbox, "config")),
        ("a loop of links", |sandbox| {
            symlink("credentials", sandbox.path(".aws/credentials")).unwrap();
        }),
        ("a file in the place of the directory", |sandbox| {
            fs::remove_dir_all(sandbox.path(".aws")).unwrap();
            fs::write(sandbox.path(".aws"), "").unwrap();
        }),
    ];
    Table::of(rows.iter().map(|(name, prepare)| {
        let mut sandbox = Sandbox::new();
        sandbox.set("AWS_ACCESS_KEY_ID", ALICE.access_key_id);
        sandbox.set("AWS_SECRET_ACCESS_KEY", ALICE.secret_access_key);
        remove(&sandbox);
        prepare(&sandbox);
        (*name, sandbox.get([]))
    }))
    .matches_file("unreadable/not_a_file");
}

#[cfg(unix)]
fn make_pipe(sandbox: &Sandbox, name: &str) {
    let path = sandbox.path(".aws").join(name);
    let made = std::process::Command::new("mkfifo").arg(path).status().unwrap();
    assert!(made.success());
}

#[cfg(unix)] // needs symbolic links
#[test]
fn creates_the_target_of_a_dangling_link() {
    let mut sandbox = Sandbox::new();
    sandbox.set("AWS_ACCESS_KEY_ID", ALICE.access_key_id);
    sandbox.set("AWS_SECRET_ACCESS_KEY", ALICE.secret_access_key);
    remove(&sandbox);
    fs::create_dir(sandbox.path("dotfiles")).unwrap();
    let link = sandbox.path(".aws/credentials");
    std::os::unix::fs::symlink("../dotfiles/aws", &link).unwrap();
    sandbox.get([]).wrote("default-mfa");
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert!(
        fs::read_to_string(sandbox.path("dotfiles/aws")).unwrap().starts_with("[default-mfa]\n")
    );
}

/// Writes temporary keys to `[default]`, followed by a line.
fn temporary(sandbox: &mut Sandbox, line: &str) {
    sandbox.write("credentials", &(keys("default").replace("AKIA", "ASIA") + line));
}

#[test]
fn refuses_to_write_a_file_past_the_limit_of_what_it_reads() {
    let sandbox = Sandbox::new();
    let comment = format!("# {}\n", "x".repeat((1 << 20) - 3));
    let text = format!("{}{}", comment.repeat(63), keys("default"));
    sandbox.write("credentials", &text);
    let printed = sandbox.get(["--export"]);
    assert_eq!(printed.status, 0, "{}", printed.stderr);
    let asked = sandbox.asked().len();
    sandbox.get([]).matches(str![[r#"
exit 1
--- stderr
mfa-session: error: cannot write ~/.aws/credentials: it is larger than 63 MiB
mfa-session: hint: make the file smaller, or print the session: --export
"#]]);
    assert_eq!(sandbox.asked().len(), asked);
    assert!(sandbox.read("credentials") == text);
}
