//! Traces every system call that creates, changes, renames or removes a file. Other users can never
//! read a created file, and the manual names every path.

use std::{collections::BTreeSet, fs, path::Path};

use loopback_sts::ALICE;
use regex_lite::Regex;

use super::record;
use crate::{
    generated::text,
    sandbox::{PROGRAM, Sandbox},
    tools::{self, STAYS_DUMPABLE},
};

#[test]
fn creates_private_files_whatever_the_umask() {
    let Some(strace) = tools::program("strace") else { return };
    let (mut created, mut violations) = (0, Vec::new());
    for umask in ["0", "022", "0277", "0777"] {
        for (sandbox, arguments) in flows() {
            let trace = trace(&sandbox, &strace, umask, &arguments);
            let calls: Vec<_> = trace.lines().filter_map(mode).collect();
            created += calls.len();
            let open = calls.iter().filter(|(mode, _)| mode & 0o077 != 0);
            violations.extend(open.map(|(_, call)| format!("umask {umask}: {arguments}: {call}")));
        }
    }
    record("modes of files that are made", created, &violations);
}

#[test]
fn writes_only_to_paths_in_the_manual() {
    let Some(strace) = tools::program("strace") else { return };
    let named = named();
    let (mut written, mut unseen) = (0, named.iter().collect::<BTreeSet<_>>());
    let mut violations = Vec::new();
    for (sandbox, arguments) in flows() {
        for path in paths(&trace(&sandbox, &strace, "022", &arguments), &sandbox) {
            written += 1;
            let place = named.iter().find(|place| is_at(&path, place));
            match place {
                Some(place) => drop(unseen.remove(place)),
                None => violations.push(format!("{arguments}: {path}")),
            }
        }
    }
    // The config file is only read; a rescue file goes to the home only without a temporary
    // directory, and a lock to the latter only in the home of another user.
    let expected = ["~/.aws/config", "~/mfa-session-*", "~/tmp/mfa-session-locks-UID/"];
    violations
        .extend((!unseen.iter().eq(&expected)).then(|| format!("not written to: {unseen:?}")));
    record("paths written to, against FILES", written, &violations);
}

/// Sandboxes with the arguments of a run.
fn flows() -> Vec<(Sandbox, String)> {
    let with_code = |sandbox: Sandbox, arguments: &str| {
        let arguments = format!("{arguments} --code {}", sandbox.code());
        (sandbox, arguments)
    };
    let with = |name: &str, value: &str| {
        let mut sandbox = Sandbox::new();
        sandbox.set(name, sandbox.path(value).to_str().unwrap());
        fs::create_dir(sandbox.path(value)).unwrap();
        sandbox
    };
    let mut flows = vec![
        with_code(Sandbox::new(), ""),
        with_code(with("XDG_RUNTIME_DIR", "run"), ""),
        with_code(Sandbox::new(), "--export"),
        with_code(Sandbox::new(), "--format process --write"),
        with_code(Sandbox::new(), "--role-arn arn:aws:iam::123456789012:role/admin"),
        (Sandbox::new(), "federate carol".into()),
        (Sandbox::new(), "whoami".into()),
        (Sandbox::new(), "status".into()),
        (Sandbox::new(), "complete profiles".into()),
        (Sandbox::new(), "--help".into()),
    ];
    let sandbox = Sandbox::new();
    let arguments = format!("exec --write --code {} true", sandbox.code());
    flows.push((sandbox, arguments));
    let sandbox = Sandbox::new();
    sandbox.get([]).wrote("default-mfa");
    flows.push((sandbox, "clear".into()));
    let mut sandbox = Sandbox::new();
    fs::remove_dir_all(sandbox.path(".aws")).unwrap();
    sandbox.set("AWS_ACCESS_KEY_ID", ALICE.access_key_id);
    sandbox.set("AWS_SECRET_ACCESS_KEY", ALICE.secret_access_key);
    flows.push(with_code(sandbox, ""));
    // Printing fails: the session goes to a rescue file.
    for sandbox in [Sandbox::new(), with("XDG_RUNTIME_DIR", "run")] {
        flows.push(with_code(sandbox, "--export --no-write >/dev/full"));
    }
    let mut sandbox = Sandbox::new();
    let github = sandbox.path("github");
    fs::write(&github, "").unwrap();
    sandbox.set("GITHUB_ENV", github.to_str().unwrap()).set("GITHUB_ACTIONS", "true");
    flows.push(with_code(sandbox, "--format github"));
    flows
}

fn trace(sandbox: &Sandbox, strace: &Path, umask: &str, arguments: &str) -> String {
    let (strace, serial) = (strace.display(), ALICE.serial_number);
    let script = format!(
        ": >trace; umask {umask}; exec {strace} -f -qq -z -s 4096 -o trace -e trace={CALLS} \
         {STAYS_DUMPABLE} {PROGRAM} {arguments}"
    );
    let mut command = sandbox.command("sh");
    command.args(["-c", &script]).env("MFA_SESSION_SERIAL", serial);
    sandbox.outcome(command, "");
    fs::read_to_string(sandbox.path("trace")).unwrap()
}

/// `?` makes strace ignore a call that the architecture lacks.
const CALLS: &str = "?open,openat,openat2,?creat,?mkdir,mkdirat,?mknod,mknodat,?rename,?renameat,\
                     renameat2,?link,linkat,?symlink,symlinkat,truncate,?chmod,fchmod,fchmodat,\
                     ?fchmodat2,?unlink,unlinkat,?rmdir,?chown,fchown,?lchown,fchownat,setxattr,\
                     prctl";

/// The mode that a call gives a file, with the call.
fn mode(call: &str) -> Option<(u32, &str)> {
    let makes = call.contains("O_CREAT") || ["mkdir", "chmod"].iter().any(|it| call.contains(it));
    // strace aligns the return value in a column.
    let given = call.rsplit_once(" = ")?.0.trim_end().strip_suffix(')')?;
    let mode = given.rsplit(", ").next()?;
    makes.then(|| (u32::from_str_radix(mode, 8).unwrap_or(0o777), call))
}

/// The paths that calls write to.
fn paths(trace: &str, sandbox: &Sandbox) -> BTreeSet<String> {
    let quoted = Regex::new(r#""([^"]*)""#).unwrap();
    let reads = |call: &&str| {
        let opens = call.contains(" open");
        let writes = ["O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC", "O_APPEND"];
        opens && !writes.iter().any(|flag| call.contains(flag))
    };
    let calls = trace.lines().filter(|call| !reads(call) && !call.contains(" prctl("));
    let paths = calls.flat_map(|call| quoted.captures_iter(call).map(|found| found[1].to_owned()));
    let home = sandbox.path("").display().to_string();
    // Terminals and the null device.
    let paths = paths.filter(|path| !path.starts_with("/dev/"));
    paths.map(|path| path.replace(&home, "~/")).collect()
}

/// The paths in the manual's list of files, as they are in this sandbox.
fn named() -> Vec<String> {
    let page = text("man/mfa-session.1");
    let files = page.split(".SH FILES\n").nth(1).unwrap().split(".SH ").next().unwrap();
    let entries = files.split(".TP ").skip(1).map(|entry| entry.lines().nth(1).unwrap());
    let names = entries.flat_map(|entry| entry.split(", "));
    let plain = |name: &str| {
        let name = name.replace("\\fI", "").replace("\\fR", "").replace("\\(ti", "~");
        let name = name.replace("\\-", "-").replace("$XDG_RUNTIME_DIR", "~/run");
        name.replace("$TMPDIR", "~/tmp").replace("$GITHUB_ENV", "~/github")
    };
    names.map(plain).collect()
}

/// Whether a path is the place, below it, or a parent of it.
fn is_at(path: &str, place: &str) -> bool {
    let leads = place.starts_with(&format!("{path}/"));
    let is_below = place.ends_with('/') && path.starts_with(place);
    let is_alike = place.strip_suffix('*').is_some_and(|start| path.starts_with(start));
    path == place || leads || ((is_below || is_alike) && !path.contains("/../"))
}
