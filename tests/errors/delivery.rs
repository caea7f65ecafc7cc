//! The session that STS granted can't be delivered: it is not lost.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::{Duration, Instant},
};

use loopback_sts::{ALICE, Fault};

use crate::world::{Outcome, World, keys};

/// Gets a session, and does something to the world between STS's answer and its arrival.
fn meanwhile(world: &World, change: impl FnOnce(&World), arguments: &[&str]) -> Outcome {
    world.sts().weather(Fault::Delay(Duration::from_millis(500)).on_calls());
    let mut command = world.command(crate::world::PROGRAM);
    command.args(["--serial", ALICE.serial_number, "--code", &world.code()]).args(arguments);
    thread::scope(|threads| {
        let run = threads.spawn(|| world.outcome(command, ""));
        while world.asked().is_empty() {
            thread::sleep(Duration::from_millis(5));
        }
        change(world);
        run.join().unwrap()
    })
}

/// The only file in the directory for temporary ones.
fn rescued(world: &World) -> PathBuf {
    let mut files = fs::read_dir(world.path("tmp")).unwrap();
    let file = files.next().unwrap().unwrap().path();
    assert!(files.next().is_none());
    file
}

/// Whether STS takes the session in a file of its own.
fn works(world: &World, file: &Path) -> bool {
    let text = fs::read_to_string(file).unwrap();
    assert!(text.starts_with("[default-mfa]\n"));
    world.sts().clear_weather();
    world.accepts(&text)
}

#[test]
fn a_session_for_a_file_that_became_a_directory_is_saved_elsewhere() {
    let world = World::new();
    let change = |world: &World| {
        fs::remove_file(world.path(".aws/credentials")).unwrap();
        fs::create_dir(world.path(".aws/credentials")).unwrap();
    };
    meanwhile(&world, change, &[]).is(
        1,
        "",
        "mfa-session: error: ~/.aws/credentials is not a file\n\
             mfa-session: hint: name the credentials file in AWS_SHARED_CREDENTIALS_FILE\n\
             mfa-session: hint: the session is not lost: \
             AWS_SHARED_CREDENTIALS_FILE=~/tmp/mfa-session-RANDOM AWS_PROFILE=default-mfa\n",
    );
    let file = rescued(&world);
    assert!(works(&world, &file));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn long_term_keys_that_came_meanwhile_are_not_overwritten() {
    let world = World::new();
    let change = |world: &World| {
        world.write("credentials", &(keys("default") + &keys("default-mfa")));
    };
    meanwhile(&world, change, &[]).is(
        1,
        "",
        "mfa-session: error: [default-mfa] in ~/.aws/credentials holds long-term keys, which \
             are never overwritten\n\
             mfa-session: hint: name another session profile: --to NAME\n\
             mfa-session: hint: the session is not lost: \
             AWS_SHARED_CREDENTIALS_FILE=~/tmp/mfa-session-RANDOM AWS_PROFILE=default-mfa\n",
    );
    assert_eq!(world.read("credentials"), keys("default") + &keys("default-mfa"));
    assert_eq!(world.files(), ["credentials"]);
    assert!(works(&world, &rescued(&world)));
}

#[test]
fn a_file_that_became_malformed_is_left_as_it_is() {
    let world = World::new();
    let change = |world: &World| world.write("credentials", "[default\n");
    meanwhile(&world, change, &[]).is(
        1,
        "",
        "mfa-session: error: ~/.aws/credentials, line 1: expected `]` at the end of the \
             section's header\n\
             mfa-session: hint: correct the line: the AWS CLI or an SDK refuses it as well\n\
             mfa-session: hint: the session is not lost: \
             AWS_SHARED_CREDENTIALS_FILE=~/tmp/mfa-session-RANDOM AWS_PROFILE=default-mfa\n",
    );
    assert_eq!(world.read("credentials"), "[default\n");
    assert!(works(&world, &rescued(&world)));
}

#[test]
fn where_the_session_can_not_be_saved_either_that_is_told() {
    let mut world = World::new();
    let file = world.path(".aws/credentials").to_str().unwrap().to_owned();
    let home = world.path("nowhere").to_str().unwrap().to_owned();
    world.set("AWS_SHARED_CREDENTIALS_FILE", file).set("HOME", home);
    let change = |world: &World| {
        fs::remove_dir(world.path("tmp")).unwrap();
        world.write("credentials", "[default\n");
    };
    meanwhile(&world, change, &[]).is(
        1,
        "",
        "mfa-session: error: ~/.aws/credentials, line 1: expected `]` at the end of the \
             section's header\n\
             mfa-session: hint: correct the line: the AWS CLI or an SDK refuses it as well\n\
             mfa-session: hint: the session is lost, and the code is spent: give the next one\n",
    );
}

#[test]
fn what_was_written_meanwhile_stays() {
    let world = World::new();
    let change = |world: &World| {
        world.write("credentials", &(keys("default") + "# a note\n" + &keys("other")));
    };
    meanwhile(&world, change, &[]).wrote("default-mfa");
    let before = keys("default") + "# a note\n" + &keys("other");
    assert!(world.read("credentials").starts_with(&before));
}

#[test]
#[cfg(unix)]
fn a_session_for_a_file_that_became_a_pipe_is_saved_elsewhere_at_once() {
    let world = World::new();
    let path = world.path(".aws/credentials");
    let change = |_: &World| {
        fs::remove_file(&path).unwrap();
        assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
    };
    let begin = Instant::now();
    let outcome = meanwhile(&world, change, &[]);
    assert!(begin.elapsed() < Duration::from_secs(10));
    assert_eq!(outcome.status, 1);
    assert!(outcome.stderr.contains("error: ~/.aws/credentials is not a file\n"), "{outcome:?}");
    assert!(works(&world, &rescued(&world)));
}

#[test]
#[cfg(unix)]
fn a_file_that_became_a_link_stays_one() {
    let world = World::new();
    let (path, far) = (world.path(".aws/credentials"), world.path("dotfiles"));
    let change = |_: &World| {
        fs::rename(&path, &far).unwrap();
        std::os::unix::fs::symlink(&far, &path).unwrap();
    };
    meanwhile(&world, change, &[]).wrote("default-mfa");
    assert_eq!(fs::read_link(&path).unwrap(), far);
    assert!(fs::read_to_string(&far).unwrap().starts_with(&keys("default")));
    assert_eq!(world.files(), ["credentials"]);
}
