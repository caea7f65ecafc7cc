//! Signals end the program at once, except while it delivers a session: then they wait.
//! `evidence` sends a signal at each system call.

use std::{
    ffi::OsStr,
    fs::{self, OpenOptions},
    io::Write as _,
    net::TcpListener,
    os::unix::{fs::OpenOptionsExt as _, process::ExitStatusExt as _},
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use loopback_sts::{ALICE, Answer, Fault};
use rustix::fs::OFlags;

use crate::{
    network::with_trusted_tls,
    sandbox::{PROGRAM, Sandbox, keys},
    terminal::within,
    tools,
};

#[test]
fn names_the_rescue_file_before_a_signal_ends_the_program() {
    let Some(strace) = tools::program("strace") else { return };
    let sandbox = Sandbox::new();
    let mut command = with_signals(strace);
    // The signal arrives before the renaming fails.
    command.args(["-o", "/dev/null", "-e", "trace=fsync,rename,renameat,renameat2"]);
    command.args(["-e", "inject=fsync:signal=TERM:when=1"]);
    command.args(["-e", "inject=rename,renameat,renameat2:error=EIO"]);
    command.args([PROGRAM, "--serial", ALICE.serial_number, "--code", &sandbox.code()]);
    sandbox.surround(&mut command);
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert_eq!(output.status.signal(), Some(15), "{output:?}");
    let stderr = String::from_utf8(output.stderr).unwrap();
    let (_, saved) = stderr.split_once("AWS_SHARED_CREDENTIALS_FILE=").unwrap();
    let saved = fs::read_to_string(saved.split_once(' ').unwrap().0).unwrap();
    assert!(sandbox.accepts(&saved));
    assert_eq!(sandbox.files(), ["credentials"]);
}

#[test]
fn a_signal_ends_a_write_to_a_full_pipe() {
    for (is_stdout, arguments) in [(true, &["--export"][..]), (false, &[])] {
        let sandbox = Sandbox::new();
        let path = sandbox.path("pipe");
        assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
        let mut options = OpenOptions::new();
        let flags = OFlags::NONBLOCK.bits().try_into().unwrap();
        let mut pipe = options.read(true).write(true).custom_flags(flags).open(&path).unwrap();
        while pipe.write(&[0; 4096]).is_ok() {}
        let mut command = own_command(&sandbox, arguments);
        let full = OpenOptions::new().write(true).open(&path).unwrap();
        if is_stdout {
            command.stdout(full)
        } else {
            command.stderr(full)
        };
        let mut child = command.spawn().unwrap();
        until(|| sandbox.asked() == ["GetSessionToken OK"]);
        thread::sleep(Duration::from_millis(200));
        send("TERM", &child);
        assert_eq!(ended(&mut child).signal(), Some(15));
    }
}

#[test]
fn a_signal_ends_the_wait_for_sts_at_once() {
    let throttling = Answer::error(400, "Throttling", "Rate exceeded");
    let waits = [
        ("a response", Fault::Hang),
        ("the rest of a response", Fault::SlowBody(Duration::from_secs(1))),
        ("a retry", Fault::Answer(throttling.header("x-amz-retry-after", "5000"))),
    ];
    for (what, fault) in waits {
        for sandbox in [Sandbox::new(), with_trusted_tls()] {
            sandbox.sts().inject(fault.clone().on_calls());
            let child = own_command(&sandbox, &[]).spawn().unwrap();
            until(|| !sandbox.asked().is_empty());
            thread::sleep(Duration::from_millis(100));
            ends_at_once(what, child, &sandbox);
        }
    }
}

#[test]
fn a_signal_ends_the_wait_for_a_connection_at_once() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = server.local_addr().unwrap();
    let mut sandbox = Sandbox::new();
    sandbox.set("AWS_ENDPOINT_URL", format!("https://{address}"));
    for proxy in [String::new(), format!("http://{address}")] {
        sandbox.set("HTTPS_PROXY", proxy);
        let child = own_command(&sandbox, &[]).spawn().unwrap();
        // It never gets an answer.
        let _connection = server.accept().unwrap();
        ends_at_once("a connection", child, &sandbox);
    }
}

fn ends_at_once(what: &str, mut child: Child, sandbox: &Sandbox) {
    let start = Instant::now();
    send("INT", &child);
    assert_eq!(ended(&mut child).signal(), Some(2), "{what}");
    assert!(start.elapsed() < Duration::from_secs(2), "{what}: {:?}", start.elapsed());
    assert_eq!(sandbox.files(), ["credentials"], "{what}");
    assert_eq!(sandbox.read("credentials"), keys("default"), "{what}");
}

/// The program is stopped, so that the signal certainly comes after the response and before the
/// program reads it.
#[test]
fn a_signal_waits_until_a_response_that_has_arrived_is_delivered() {
    for sandbox in [Sandbox::new(), with_trusted_tls()] {
        sandbox.sts().inject(Fault::Delay(Duration::from_millis(300)).on_calls());
        let mut child = own_command(&sandbox, &[]).spawn().unwrap();
        until(|| !sandbox.asked().is_empty());
        send("STOP", &child);
        thread::sleep(Duration::from_secs(1));
        send("INT", &child);
        send("CONT", &child);
        assert_eq!(ended(&mut child).signal(), Some(2));
        assert_eq!(sandbox.files(), ["credentials"]);
        let file = sandbox.read("credentials");
        assert!(sandbox.accepts(file.split_once("[default-mfa]").unwrap().1));
    }
}

/// Else a signal could end the program there while the main thread delivers a session.
#[test]
fn other_threads_keep_signals_blocked_while_they_connect() {
    const HUP_INT_QUIT_TERM: u64 = 0x4007;
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut sandbox = Sandbox::new();
    let url = format!("https://{}", server.local_addr().unwrap());
    sandbox.set("AWS_ENDPOINT_URL", url).set("MFA_SESSION_CODE_COMMAND", "sleep 5");
    let mut command = with_signals(PROGRAM);
    sandbox.surround(&mut command);
    command.args(["--serial", ALICE.serial_number]).stdin(Stdio::null()).stderr(Stdio::null());
    let child = command.spawn().unwrap();
    // The handshake never ends.
    let _connection = server.accept().unwrap();
    thread::sleep(Duration::from_millis(100));
    let threads = fs::read_dir(format!("/proc/{}/task", child.id())).unwrap();
    let blocked = threads.map(|thread| {
        let status = fs::read_to_string(thread.unwrap().path().join("status")).unwrap();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigBlk:\t")).unwrap();
        u64::from_str_radix(mask, 16).unwrap() & HUP_INT_QUIT_TERM
    });
    let (blocked, unblocked): (Vec<_>, Vec<_>) =
        blocked.partition(|mask| *mask == HUP_INT_QUIT_TERM);
    assert_eq!((blocked.is_empty(), unblocked), (false, vec![0]), "only the main thread is not");
    ends_at_once("a connection", child, &sandbox);
}

#[test]
fn exec_blocks_no_signal_and_keeps_ignored_signals_ignored() {
    let sandbox = Sandbox::new();
    let script = format!(
        "trap '' HUP; exec {PROGRAM} exec --code {} -- grep '^Sig[BI]' /proc/self/status",
        sandbox.code()
    );
    let mut command = with_signals("sh");
    sandbox.surround(&mut command);
    command.args(["-c", &script]).env("MFA_SESSION_SERIAL", ALICE.serial_number);
    let outcome = sandbox.outcome(command, "");
    let masks = outcome.stdout.lines().map(|line| {
        let (name, mask) = line.split_once(":\t").unwrap();
        // Signals from the 32nd on are for threads.
        (name, u64::from_str_radix(mask, 16).unwrap() & 0x7fff_ffff)
    });
    assert_eq!(masks.collect::<Vec<_>>(), [("SigBlk", 0), ("SigIgn", 1)], "{outcome:?}");
}

/// The program without a shell around it, so that signals reach it.
fn own_command(sandbox: &Sandbox, arguments: &[&str]) -> Command {
    let mut command = with_signals(PROGRAM);
    command.args(["--serial", ALICE.serial_number, "--code", &sandbox.code()]).args(arguments);
    sandbox.surround(&mut command);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// A command with the default action for each signal. Tests that run in the background ignore some
/// signals, and child processes inherit that.
pub(crate) fn with_signals(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new("env");
    command.arg("--default-signal").arg(program);
    command
}

fn send(signal: &str, child: &Child) {
    let (signal, id) = (format!("-{signal}"), child.id().to_string());
    assert!(Command::new("kill").args([signal, id]).status().unwrap().success());
}

fn ended(child: &mut Child) -> ExitStatus {
    let mut status = None;
    until(|| {
        status = child.try_wait().unwrap();
        status.is_some()
    });
    status.unwrap()
}

fn until(holds: impl FnMut() -> bool) {
    within(Duration::from_secs(10), holds);
}
