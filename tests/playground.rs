//! The playground of `loopback-sts`: a shell in which a person tries the program. Leaving it
//! removes everything.

use std::{
    fs,
    net::TcpStream,
    path::{Path, PathBuf},
    process::Command,
};

use regex_lite::Regex;
use snapbox::str;

use crate::{
    sandbox::{PROGRAM, Sandbox},
    terminal::{FULL_QUESTION, Person, until},
    tools,
};

const PROMPT: &str = "playground$ ";

/// A person in a playground, and what is there to remove.
struct Visit {
    person: Person,
    sandbox: Sandbox,
    welcome: String,
    host: String,
    home: PathBuf,
}

impl Visit {
    /// Enters with a shell of this machine. `None` if a program is missing.
    fn with(shell: &str) -> Option<Self> {
        Self::with_login_shell(tools::program(shell)?.to_str().unwrap())
    }

    /// Enters from a user's own home, whose startup files must not run.
    fn with_login_shell(shell: &str) -> Option<Self> {
        let server = server()?;
        let mut sandbox = Sandbox::new();
        for file in [".bashrc", ".zshenv", ".zshrc", ".profile", "startup"] {
            let file = sandbox.path(file);
            fs::write(&file, format!("echo ran >>'{}'\n", sandbox.path("ran").display())).unwrap();
        }
        let startup = sandbox.path("startup").to_str().unwrap().to_owned();
        let home = sandbox.path("").to_str().unwrap().to_owned();
        sandbox.set("ENV", &*startup).set("BASH_ENV", startup).set("ZDOTDIR", home);
        sandbox.set("AWS_PROFILE", "nobody").set("SHELL", shell);
        let server = server.display();
        let script = format!("exec {server} playground --program {PROGRAM} >&0 2>&0");
        let mut person = Person::runs_script(&sandbox, &script);
        let welcome = person.reads(PROMPT);
        let mut visit =
            Self { person, sandbox, welcome, host: String::new(), home: PathBuf::new() };
        let shown = visit.runs("echo $AWS_ENDPOINT_URL $HOME");
        let shown = Regex::new(r"https://(127\.0\.0\.1:\d+) (/\S+)").unwrap().captures(&shown);
        let shown = shown.expect("endpoint and home");
        (visit.host, visit.home) = (shown[1].into(), shown[2].into());
        assert!(visit.home.join(".aws/credentials").is_file());
        assert!(TcpStream::connect(&visit.host).is_ok());
        Some(visit)
    }

    /// Types a line at the prompt. Returns the output up to the next prompt.
    fn runs(&mut self, line: &str) -> String {
        self.person.types(&format!("{line}\r"));
        self.person.reads(PROMPT)
    }

    /// Types a line that the welcome proposes.
    fn tries(&mut self, line: &str) -> String {
        assert!(self.welcome.contains(line), "{line} is not in {:?}", self.welcome);
        self.runs(line)
    }

    /// Sends a signal to the playground.
    fn gets(&self, signal: &str) {
        let id = self.person.id().to_string();
        assert!(Command::new("kill").args(["-s", signal, &id]).status().unwrap().success());
    }

    fn is_removed(&self) {
        assert!(!self.home.exists());
        assert_eq!(fs::read_dir(self.sandbox.path("tmp")).unwrap().count(), 0);
        assert!(TcpStream::connect(&self.host).is_err(), "the STS still runs");
        assert_eq!(self.sandbox.files(), ["credentials"]);
        assert!(!self.sandbox.path("ran").exists(), "a startup file of the user ran");
    }
}

/// The program `loopback-sts`, for this platform or, where that was not built, for the host.
fn server() -> Option<PathBuf> {
    let directories = Path::new(PROGRAM).ancestors().skip(1);
    let names = ["loopback-sts", "debug/loopback-sts"];
    let mut files = directories.flat_map(|directory| names.map(|name| directory.join(name)));
    let found = files.find(|file| file.is_file());
    tools::needs("loopback-sts: `cargo build --package loopback-sts`", found)
}

#[test]
fn a_person_tries_all_that_the_playground_proposes() {
    for (shell, admin) in [("bash", "mfa ad\t"), ("zsh", "mfa ad\t"), ("sh", "mfa admin")] {
        let Some(mut visit) = Visit::with(shell) else { continue };
        visit.person.types("code; mfa-session\r");
        let shown = visit.person.reads(FULL_QUESTION);
        let code = Regex::new(r"\b\d{6}\b").unwrap().find(&shown).expect("a code").as_str();
        visit.person.types(&format!("{code}\r"));
        assert!(visit.person.reads(PROMPT).contains("[default-mfa] is valid"), "{shell}");
        visit.tries("export AWS_PROFILE=default-mfa");
        let of_session = visit.tries("mfa-session whoami");
        assert!(of_session.contains(":user/alice") && of_session.contains("[default-mfa]"));
        let reused = visit.runs("mfa-session");
        assert!(reused.contains("[default-mfa] is valid") && !reused.contains("MFA code for"));
        assert!(visit.tries("mfa-session status").contains("* default-mfa"));

        assert!(visit.welcome.contains("mfa admin"));
        assert!(visit.runs(admin).contains("[admin-mfa] is valid"), "{shell}");
        assert!(visit.runs("mfa-session whoami").contains(":assumed-role/admin/alice"));
        visit.tries("mfa clear");
        assert!(visit.runs("mfa-session whoami").contains(":user/alice"));
        let shown = visit.tries("mfa-session exec -p reader -- mfa-session whoami");
        assert!(shown.contains(":assumed-role/reader/alice"), "{shown:?}");

        visit.person.types("exit 3\r");
        assert_eq!(visit.person.leaves(), Some(0), "{shell}");
        visit.is_removed();
    }
}

#[test]
fn an_unknown_or_missing_shell_becomes_bash() {
    for shell in ["/usr/bin/fish", "/missing/zsh", ""] {
        let Some(mut visit) = Visit::with_login_shell(shell) else { return };
        assert!(visit.runs("echo $SHELL").contains("bash\r\n"), "{shell}");
        visit.person.types("exit\r");
        assert_eq!(visit.person.leaves(), Some(0), "{shell}");
    }
}

#[test]
fn ctrl_c_ends_a_command_but_not_the_playground() {
    for shell in ["bash", "zsh", "sh"] {
        let Some(mut visit) = Visit::with(shell) else { continue };
        visit.runs("left\x03");
        visit.person.types("mfa-session\r");
        visit.person.reads(FULL_QUESTION);
        visit.person.types("\x03");
        visit.person.reads(PROMPT);
        visit.person.types("\x04");
        assert_eq!(visit.person.leaves(), Some(0), "{shell}");
        visit.is_removed();
    }
}

#[test]
fn a_signal_ends_the_shell() {
    for (shell, signal) in [("bash", "INT"), ("zsh", "TERM"), ("sh", "HUP")] {
        let Some(mut visit) = Visit::with(shell) else { continue };
        visit.gets(signal);
        assert_eq!(visit.person.leaves(), Some(1), "{shell}");
        assert!(visit.person.echoes(), "{shell}");
        visit.is_removed();
    }
}

#[test]
fn a_signal_ends_the_job_in_the_foreground() {
    for shell in ["bash", "zsh", "sh"] {
        let Some(mut visit) = Visit::with(shell) else { continue };
        // The echo of this line does not contain "job".
        visit.person.types("sh -c 'echo j\"\"ob: $$.; exec sleep 600'\r");
        visit.person.reads("job: ");
        let job = visit.person.reads(".").trim_end_matches('.').to_owned();
        visit.gets("TERM");
        assert_eq!(visit.person.leaves(), Some(1), "{shell}");
        visit.is_removed();
        until(|| !Path::new("/proc").join(&job).exists());
    }
}

#[test]
fn a_failure_of_the_shell_is_reported() {
    let Some(mut visit) = Visit::with("bash") else { return };
    visit.person.types("kill -KILL $$\r");
    visit.person.reads("error: the shell failed: signal: 9 (SIGKILL)");
    assert_eq!(visit.person.leaves(), Some(1));
    visit.is_removed();
}

#[test]
fn the_playground_needs_a_terminal() {
    let Some(server) = server() else { return };
    let sandbox = Sandbox::new();
    let mut command = sandbox.command(server);
    command.args(["playground", "--program", PROGRAM]);
    sandbox.outcome(command, "").matches(str![[r#"
exit 1
--- stderr
loopback-sts: error: the playground needs a terminal; `demo` needs none
"#]]);
}
