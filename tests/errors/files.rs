//! Files and profiles that are not as they should be.

use std::fs;

use loopback_sts::ALICE;

use crate::world::{World, all_are, error, keys};

#[test]
fn a_profile_that_can_not_be_used_is_told() {
    type Row = (&'static str, fn(&mut World), &'static str, &'static str);
    let rows: &[Row] = &[
        (
            "no file at all",
            |world| remove(world),
            "there is no profile `default` in ~/.aws/credentials or ~/.aws/config",
            "put the long-term keys there with `aws configure`, or into AWS_ACCESS_KEY_ID and \
             AWS_SECRET_ACCESS_KEY",
        ),
        (
            "an empty file",
            |world| world.write("credentials", ""),
            "there is no profile `default` in ~/.aws/credentials or ~/.aws/config",
            "put the long-term keys there with `aws configure`, or into AWS_ACCESS_KEY_ID and \
             AWS_SECRET_ACCESS_KEY",
        ),
        (
            "only comments",
            |world| world.write("credentials", "# nothing yet\n"),
            "there is no profile `default` in ~/.aws/credentials or ~/.aws/config",
            "put the long-term keys there with `aws configure`, or into AWS_ACCESS_KEY_ID and \
             AWS_SECRET_ACCESS_KEY",
        ),
        (
            "no such profile",
            |world| {
                world.write("credentials", &(keys("default") + "\n" + &keys("work-long-term")));
                world.write("config", "[profile home]\n[services x]\n[default]\n");
                world.set("AWS_PROFILE", "wrok");
            },
            "AWS_PROFILE: there is no profile `wrok` in ~/.aws/credentials or ~/.aws/config",
            "name one of these with --profile: default, work-long-term, home",
        ),
        (
            "many other profiles",
            |world| {
                let names = (0..12).map(|n| format!("[p{n}]\n"));
                world.write("credentials", &names.collect::<String>());
                world.set("AWS_DEFAULT_PROFILE", "p12");
            },
            "AWS_DEFAULT_PROFILE: there is no profile `p12` in ~/.aws/credentials or \
             ~/.aws/config",
            "name one of these with --profile: p0, p1, p2, p3, p4, p5, p6, p7, p8, p9, …",
        ),
        (
            "a session profile to come",
            |world| name(world, "default-mfa"),
            "AWS_PROFILE: there is no profile `default-mfa` in ~/.aws/credentials or \
             ~/.aws/config",
            "to get its session: --profile default",
        ),
        (
            "an escape sequence for a name",
            |world| name(world, "a\u{1b}[2Jb"),
            "AWS_PROFILE: there is no profile `a\\u{1b}[2Jb` in ~/.aws/credentials or \
             ~/.aws/config",
            "name one of these with --profile: default",
        ),
        (
            "a key without its secret",
            |world| world.write("credentials", "[default]\naws_access_key_id = AKIAX\n"),
            "[default] of ~/.aws/credentials has `aws_access_key_id` but no \
             `aws_secret_access_key`",
            "add the line `aws_secret_access_key = …` to it",
        ),
        (
            "a secret without its key id",
            |world| world.write("credentials", "[default]\naws_secret_access_key = hunter2\n"),
            "[default] of ~/.aws/credentials has `aws_secret_access_key` but no \
             `aws_access_key_id`",
            "add the line `aws_access_key_id = …` to it",
        ),
        (
            "temporary keys",
            |world| temporary(world, "aws_session_token = abc\n"),
            "the keys in [default] of ~/.aws/credentials are temporary",
            "a session is made from long-term keys: name their profile, --profile NAME",
        ),
        (
            "temporary keys by the older name",
            |world| temporary(world, "aws_security_token = abc\n"),
            "the keys in [default] of ~/.aws/credentials are temporary",
            "a session is made from long-term keys: name their profile, --profile NAME",
        ),
        (
            "temporary keys without their token",
            |world| {
                let text = keys("default").replace("AKIA", "ASIA");
                world.write("credentials", &text);
            },
            "the keys in [default] of ~/.aws/credentials are temporary",
            "a session is made from long-term keys: name their profile, --profile NAME",
        ),
        (
            "a profile with a role",
            |world| {
                world.write("config", "[profile admin]\nrole_arn = arn:aws:iam::1:role/x\n");
                world.set("AWS_PROFILE", "admin");
            },
            "`role_arn` in [profile admin] of ~/.aws/config has no `source_profile` beside it",
            "add the profile with the long-term keys: source_profile = NAME (`admin` itself, if \
             they are in it)",
        ),
        (
            "a profile without keys",
            |world| world.write("credentials", "[default]\nregion = eu-west-1\n"),
            "the profile `default` has no long-term keys",
            "name the profile with the user's keys: --profile NAME",
        ),
        (
            "a session whose source is gone",
            |world| {
                let session = "[work]\naws_access_key_id = ASIAX\naws_secret_access_key = xyz\n\
                               aws_session_token = abc\nmfa_session_source = work-old\n";
                world.write("credentials", &(keys("default") + session));
                world.set("AWS_PROFILE", "work");
            },
            "[work] is a session of the profile `work-old`, which is gone",
            "name the profile with the long-term keys: --profile NAME",
        ),
    ];
    all_are(rows.iter().map(|(name, prepare, what, hint)| {
        let mut world = World::new();
        prepare(&mut world);
        (*name, world.get([]), 1, error(what, &[hint]))
    }));
}

fn name(world: &mut World, profile: &str) {
    world.set("AWS_PROFILE", profile);
}

fn remove(world: &World) {
    fs::remove_file(world.path(".aws/credentials")).unwrap();
}

#[test]
fn a_malformed_file_is_told_with_its_line() {
    let rows = [
        (
            "a line before the first section",
            "region = x\n[default]\n",
            1,
            "expected a `[section]` before this line",
        ),
        (
            "an unclosed header",
            "[default]\n[work\n",
            2,
            "expected `]` at the end of the section's header",
        ),
        (
            "text behind a header",
            "[default] x\n",
            1,
            "expected `]` at the end of the section's header",
        ),
        ("a line without an equals sign", "[default]\nlonely\n", 2, "expected `key = value`"),
        ("a colon for the equals sign", "[default]\nregion: x\n", 2, "expected `key = value`"),
        ("no key", "[default]\n= x\n", 2, "expected a key before the `=`"),
        (
            "an indented line first",
            "[default]\n  region = x\n",
            2,
            "an indented line, but no property before it",
        ),
        (
            "an indented header",
            "[default]\nregion = x\n  [work]\n",
            3,
            "a section's header must not be indented here",
        ),
        (
            "a carriage return alone",
            "[default]\rregion = x\n",
            1,
            "a carriage return without a line feed",
        ),
        (
            "another white space first",
            "[default]\n\u{a0}region = x\n",
            2,
            "begins with a white space that is neither a space nor a tab",
        ),
        (
            "a comment cuts the header",
            "[default ; comment]\n",
            1,
            "expected `]` at the end of the section's header",
        ),
    ];
    all_are(rows.iter().flat_map(|(name, text, line, problem)| {
        ["credentials", "config"].map(|file| {
            let world = World::new();
            world.write(file, text);
            let what = format!("~/.aws/{file}, line {line}: {problem}");
            let hint = "correct the line: the AWS CLI or an SDK refuses it as well";
            (*name, world.get([]), 1, error(&what, &[hint]))
        })
    }));
}

#[test]
fn a_file_that_is_not_utf_8_is_told_with_its_line() {
    let world = World::new();
    let text = [b"[default]\n# caf".as_slice(), b"\xe9\n", keys("x").as_bytes()].concat();
    fs::write(world.path(".aws/credentials"), text).unwrap();
    world.get([]).is(
        1,
        "",
        "mfa-session: error: ~/.aws/credentials, line 2: not UTF-8\n\
             mfa-session: hint: correct the line: the AWS CLI or an SDK refuses it as well\n",
    );
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_told_and_never_waited_for() {
    use std::os::unix::fs::symlink;

    type Row = (&'static str, fn(&World), &'static str, &'static str);
    let rows: &[Row] = &[
        (
            "a directory",
            |world| fs::create_dir(world.path(".aws/credentials")).unwrap(),
            "cannot read ~/.aws/credentials: Is a directory (os error 21)",
            "make it a file that you can read, or name others: AWS_SHARED_CREDENTIALS_FILE, \
             AWS_CONFIG_FILE",
        ),
        (
            "a named pipe",
            |world| make_pipe(world, "credentials"),
            "~/.aws/credentials is a pipe, not a file",
            "make it a file that you can read, or name others: AWS_SHARED_CREDENTIALS_FILE, \
             AWS_CONFIG_FILE",
        ),
        (
            "a named pipe for the config",
            |world| make_pipe(world, "config"),
            "~/.aws/config is a pipe, not a file",
            "make it a file that you can read, or name others: AWS_SHARED_CREDENTIALS_FILE, \
             AWS_CONFIG_FILE",
        ),
        (
            "a loop of links",
            |world| symlink("credentials", world.path(".aws/credentials")).unwrap(),
            "cannot read ~/.aws/credentials: Too many levels of symbolic links (os error 40)",
            "make it a file that you can read, or name others: AWS_SHARED_CREDENTIALS_FILE, \
             AWS_CONFIG_FILE",
        ),
        (
            "a file in the place of the directory",
            |world| {
                fs::remove_dir_all(world.path(".aws")).unwrap();
                fs::write(world.path(".aws"), "").unwrap();
            },
            "cannot read ~/.aws/credentials: Not a directory (os error 20)",
            "make it a file that you can read, or name others: AWS_SHARED_CREDENTIALS_FILE, \
             AWS_CONFIG_FILE",
        ),
    ];
    all_are(rows.iter().map(|(name, prepare, what, hint)| {
        let mut world = World::new();
        world.set("AWS_ACCESS_KEY_ID", ALICE.access_key_id);
        world.set("AWS_SECRET_ACCESS_KEY", ALICE.secret_access_key);
        remove(&world);
        prepare(&world);
        (*name, world.get([]), 1, error(what, &[hint]))
    }));
}

#[cfg(unix)]
fn make_pipe(world: &World, name: &str) {
    let path = world.path(".aws").join(name);
    let made = std::process::Command::new("mkfifo").arg(path).status().unwrap();
    assert!(made.success());
}

#[cfg(unix)]
#[test]
fn a_link_to_a_file_that_is_not_there_yet_is_followed() {
    let mut world = World::new();
    world.set("AWS_ACCESS_KEY_ID", ALICE.access_key_id);
    world.set("AWS_SECRET_ACCESS_KEY", ALICE.secret_access_key);
    remove(&world);
    fs::create_dir(world.path("dotfiles")).unwrap();
    let link = world.path(".aws/credentials");
    std::os::unix::fs::symlink("../dotfiles/aws", &link).unwrap();
    world.get([]).wrote("default-mfa");
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert!(fs::read_to_string(world.path("dotfiles/aws")).unwrap().starts_with("[default-mfa]\n"));
}

/// Keys that are not a user's, and a line behind them.
fn temporary(world: &mut World, line: &str) {
    world.write("credentials", &(keys("default").replace("AKIA", "ASIA") + line));
}
