//! The flows whose system calls fail, each with the contents that its file may have afterwards.

use std::{fs, os::unix::fs::symlink, path::PathBuf};

use loopback_sts::{ALICE, Fault};

use crate::{
    sandbox::{PROGRAM, Sandbox, keys},
    shells::usual,
};

/// A run that makes the same system calls each time.
#[derive(Clone)]
pub(super) struct Flow {
    pub(super) name: &'static str,
    prepare: fn(&mut Sandbox),
    arguments: &'static [&'static str],
    /// The arguments of runs that lead from the old file to the new one.
    steps: &'static [&'static [&'static str]],
    /// The file that is written, below the home.
    file: &'static str,
    /// Its allowed contents, from old to new; `None` if it may be missing.
    pub(super) states: Vec<Option<String>>,
}

pub(super) fn flows() -> Vec<Flow> {
    let flow = |name, prepare, file, arguments, steps| {
        Flow { name, prepare, arguments, steps, file, states: Vec::new() }.with_states()
    };
    vec![
        flow("a file that is there", prepare_nothing, FILE, &[], ONCE),
        flow("no file, and no directory", remove_directory, FILE, &[], ONCE),
        flow("a link to another directory", link, LINKED, &[], ONCE),
        flow("clear", fill, FILE, &["clear"], &[&["clear"]]),
        flow("a session that is reused", fill, FILE, &[], &[]),
        flow("printed, and written", prepare_nothing, FILE, &["--export", "--write"], ONCE),
        flow("printed", prepare_nothing, FILE, &["--export", "--no-write"], &[]),
        flow("appended for the next steps", give_github, "github", GITHUB, &[GITHUB]),
        flow("a role, and the session below", prepare_role, FILE, ROLE, &[&[], ROLE]),
        flow("a role, printed", prepare_role, FILE, PRINTED_ROLE, &[]),
    ]
}

impl Flow {
    /// A fresh sandbox.
    pub(super) fn sandbox(&self) -> Sandbox {
        let mut sandbox = Sandbox::new();
        sandbox.write("credentials", &before());
        sandbox.set("MFA_SESSION_SERIAL", ALICE.serial_number);
        (self.prepare)(&mut sandbox);
        sandbox.sts().inject(Fault::Grant(usual()).on_calls());
        sandbox
    }

    pub(super) fn arguments(&self, sandbox: &Sandbox) -> Vec<String> {
        arguments(self.arguments, sandbox)
    }

    pub(super) fn file(&self, sandbox: &Sandbox) -> PathBuf {
        sandbox.path(self.file)
    }

    pub(super) fn is_simplest(&self) -> bool {
        self.arguments.is_empty()
    }

    /// Whether the credentials file is a link to the file that is written.
    pub(super) fn is_linked(&self) -> bool {
        self.file == LINKED
    }

    /// The content of the file, without the random part of a heredoc delimiter.
    pub(super) fn state(&self, sandbox: &Sandbox) -> Option<String> {
        let text = fs::read_to_string(self.file(sandbox)).ok()?;
        let end = regex_lite::Regex::new("end_[0-9a-f]{32}").unwrap();
        Some(end.replace_all(&text, "end_").into_owned())
    }

    fn with_states(mut self) -> Self {
        let sandbox = self.sandbox();
        self.states.push(self.state(&sandbox));
        for step in self.steps {
            let mut command = sandbox.command(PROGRAM);
            command.args(arguments(step, &sandbox));
            let outcome = sandbox.outcome(command, "");
            assert_eq!(outcome.status, 0, "{}: {outcome:?}", self.name);
            assert!(!self.states.contains(&self.state(&sandbox)), "{}", self.name);
            self.states.push(self.state(&sandbox));
        }
        self
    }
}

fn arguments(fixed: &[&str], sandbox: &Sandbox) -> Vec<String> {
    let mut arguments: Vec<_> = fixed.iter().map(|&argument| argument.to_owned()).collect();
    if fixed != ["clear"] {
        arguments.extend(["--code".to_owned(), sandbox.code()]);
    }
    arguments
}

fn prepare_nothing(_: &mut Sandbox) {}

fn remove_directory(sandbox: &mut Sandbox) {
    fs::remove_dir_all(sandbox.path(".aws")).unwrap();
    sandbox.set("AWS_ACCESS_KEY_ID", ALICE.access_key_id);
    sandbox.set("AWS_SECRET_ACCESS_KEY", ALICE.secret_access_key);
}

fn link(sandbox: &mut Sandbox) {
    fs::create_dir(sandbox.path("dotfiles")).unwrap();
    fs::rename(sandbox.path(FILE), sandbox.path(LINKED)).unwrap();
    symlink("../dotfiles/aws", sandbox.path(FILE)).unwrap();
}

fn fill(sandbox: &mut Sandbox) {
    sandbox.sts().inject(Fault::Grant(usual()).on_calls());
    sandbox.get([]).wrote("default-mfa");
}

fn give_github(sandbox: &mut Sandbox) {
    // The last line has no newline.
    fs::write(sandbox.path("github"), "A=b").unwrap();
    sandbox.set("GITHUB_ENV", sandbox.path("github").to_str().unwrap());
}

fn prepare_role(sandbox: &mut Sandbox) {
    let source = format!("[default]\nmfa_serial = {}\n", ALICE.serial_number);
    sandbox.write("config", &source);
}

const FILE: &str = ".aws/credentials";
const LINKED: &str = "dotfiles/aws";
const ROLE: &[&str] = &["--role-arn", "arn:aws:iam::123456789012:role/admin"];
const PRINTED_ROLE: &[&str] = &[ROLE[0], ROLE[1], "--export", "--no-write"];
const GITHUB: &[&str] = &["--format", "github", "--no-write"];

/// One run without further arguments.
const ONCE: &[&[&str]] = &[&[]];

/// A file with comments, trailing blanks and no final newline; all must stay.
fn before() -> String {
    let keys = keys("default");
    format!("# mine\n\n; theirs\n{keys}region=eu-west-1 \n\n[other] \n  \noutput = json\n# the end")
}
