//! `loopback-sts playground`: a shell in a temporary home directory with `mfa-session`, the
//! function of `mfa-session init`, completions, and an MFA device. When the shell ends, the
//! directory is removed.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, ErrorKind, IsTerminal};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Child;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use loopback_sts::{Account, Certificate, Sts};
use nix::sys::signal::{SigSet, Signal::SIGTTOU};
use rustix::process::{Pid, Signal, getpgrp, kill_process, kill_process_group};
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcgetpgrp, tcsetattr};

use crate::home::{Home, Program};
use crate::{check, say};

/// Opens the shell, and removes everything when it ends or when a signal arrives.
pub(crate) fn run(program: Program) -> io::Result<()> {
    check(io::stdin().is_terminal(), "the playground needs a terminal; `demo` needs none")?;
    let program = program.find()?;
    // Ctrl-C in the shell sends no signal here: the shell has a process group of its own.
    let (sender, signals) = mpsc::channel();
    let handler = move || sender.send(()).unwrap_or_default();
    ctrlc::set_handler(handler).map_err(io::Error::other)?;
    let sts = Sts::builder().account(Account::default()).tls(Certificate::Good).start()?;
    let home = Home::new(&sts)?;
    furnish(&home, &program, &sts)?;
    let terminal = tcgetattr(io::stdin())?;
    say(WELCOME)?;
    let ended = wait(&mut start_shell(&home)?, &signals);
    restore(&terminal);
    drop(sts);
    home.remove()?;
    ended?;
    say("The playground is removed.\n")
}

const WELCOME: &str = "
A playground on this machine: the user alice, her keys, her MFA device, and an
STS with two roles. `exit` leaves it and removes everything. Try, in this order:

  1  code; mfa-session         `code` shows the six digits of her device: type
                               them at the prompt of `mfa-session`
  2  export AWS_PROFILE=default-mfa
     mfa-session whoami        now this shell uses the session; so would `aws`
  3  mfa-session               reuses the session: no prompt, no request
     mfa-session status        shows each session and the time it has left
  4  mfa admin                 puts a session of the role admin into this shell,
     mfa-session whoami        without a prompt, and unsets AWS_PROFILE; `mfa` is
     mfa clear                 a shell function; `mfa clear` removes the session
  5  mfa-session exec -p reader -- mfa-session whoami
                               gives a session of the role reader to one command

In bash and zsh, Tab completes commands, flags and profiles. Of AWS, only STS and
a little of IAM run here: with the AWS CLI, try `aws sts get-caller-identity`.

";

/// Writes the files of the home, next to the credentials file.
fn furnish(home: &Home, program: &Path, sts: &Sts) -> io::Result<()> {
    for (name, text) in FILES {
        home.write(name, text)?;
    }
    let profile = |role| {
        let arn = sts.role_arn(role);
        format!("\n[profile {role}]\nrole_arn = {arn}\nsource_profile = default\n")
    };
    let profiles = ROLES.map(profile).concat();
    home.write(".aws/config", &format!("[default]\nregion = eu-west-1\n{profiles}"))?;
    fs::create_dir(home.path(TEMPORARY))?;
    // Links: the file system may forbid to run the files on it.
    fs::create_dir(home.path(PROGRAMS))?;
    symlink(program, home.path(PROGRAMS).join("mfa-session"))?;
    symlink(env::current_exe()?, home.path(PROGRAMS).join("loopback-sts"))
}

const ROLES: [&str; 2] = ["admin", "reader"];

const FILES: [(&str, &str); 7] = [
    (
        ".bashrc",
        "source ~/.completions/mfa-session.bash\n\
         eval \"$(mfa-session init bash)\"\n\
         source ~/.all-shells\n",
    ),
    (
        ".zshrc",
        "fpath=(~/.completions $fpath)\n\
         autoload -Uz compinit\n\
         compinit -u -D\n\
         eval \"$(mfa-session init zsh)\"\n\
         source ~/.all-shells\n",
    ),
    (STARTUP_OF_SH, "eval \"$(mfa-session init sh)\"\n. ~/.all-shells\n"),
    (".all-shells", "alias code='loopback-sts code'\nPS1='playground$ '\n"),
    (".completions/mfa-session.bash", include_str!("../../../completions/mfa-session.bash")),
    (".completions/_mfa-session", include_str!("../../../completions/_mfa-session")),
    // Without it, Ubuntu's bash explains sudo.
    (".hushlogin", ""),
];

const STARTUP_OF_SH: &str = ".shrc";

const PROGRAMS: &str = "bin";

const TEMPORARY: &str = "tmp";

/// Starts the first shell that this machine has.
fn start_shell(home: &Home) -> io::Result<Child> {
    let login_shell = env::var_os("SHELL").unwrap_or_default();
    let login_shell = Path::new(&login_shell);
    let is_known =
        login_shell.file_name().is_some_and(|name| SHELLS.map(OsStr::new).contains(&name));
    let first = is_known.then_some(login_shell);
    for shell in first.into_iter().chain(["bash", "sh"].map(Path::new)) {
        match spawn(home, shell) {
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            started => return started,
        }
    }
    Err(io::Error::other("this machine has no shell"))
}

const SHELLS: [&str; 3] = ["bash", "zsh", "sh"];

fn spawn(home: &Home, shell: &Path) -> io::Result<Child> {
    let mut path = OsString::from(home.path(PROGRAMS));
    path.push(":");
    path.push(env::var_os("PATH").unwrap_or("/usr/bin:/bin".into()));
    let mut command = home.command(shell);
    if shell.ends_with("zsh") {
        // Skips the startup files of the system.
        command.arg("-d");
    }
    command
        .arg("-i")
        .env("PATH", path)
        .env("SHELL", shell)
        .env("ENV", home.path(STARTUP_OF_SH))
        .env("TMPDIR", home.path(TEMPORARY))
        .envs(env::vars_os().filter(|(name, _)| is_passed_on(name)))
        .current_dir(home.path(""))
        .spawn()
}

/// Whether a variable describes the terminal, the language or the user. No other variable reaches
/// the shell: it could name the user's own files or AWS account.
fn is_passed_on(name: &OsStr) -> bool {
    let names = [
        "COLORTERM",
        "LANG",
        "LOGNAME",
        "NO_COLOR",
        "TERM",
        "TERMINFO",
        "TERMINFO_DIRS",
        "TZ",
        "USER",
    ];
    name.to_str().is_some_and(|name| names.contains(&name) || name.starts_with("LC_"))
}

/// Waits for the shell. Ends it if a signal arrives.
fn wait(shell: &mut Child, signals: &Receiver<()>) -> io::Result<()> {
    while signals.recv_timeout(PAUSE).is_err() {
        if let Some(status) = shell.try_wait()? {
            let failure = format!("the shell failed: {status}");
            return check(status.code().is_some(), &failure);
        }
    }
    hang_up(shell);
    for _ in 0..PAUSES {
        if shell.try_wait()?.is_some() {
            break;
        }
        thread::sleep(PAUSE);
    }
    // Does nothing if the shell has ended.
    shell.kill()?;
    shell.wait()?;
    Err(io::Error::other("ended by a signal"))
}

const PAUSE: Duration = Duration::from_millis(50);

/// How many times to wait for a shell that gets SIGHUP.
const PAUSES: u32 = 40;

/// Sends SIGHUP to the shell and to its job in the foreground, as if the terminal was closed. An
/// interactive shell ignores SIGTERM.
fn hang_up(shell: &Child) {
    let shell = Pid::from_child(shell);
    let foreground = tcgetpgrp(io::stdin()).ok().filter(|group| *group != getpgrp());
    // They may have ended meanwhile.
    if let Some(group) = foreground {
        let _ = kill_process_group(group, Signal::HUP);
    }
    if foreground != Some(shell) {
        let _ = kill_process(shell, Signal::HUP);
    }
}

/// Restores the settings of the terminal: zsh leaves its own if a signal ends it.
fn restore(terminal: &Termios) {
    // Otherwise the system stops this process where the shell has left it in the background.
    let _ = SigSet::from(SIGTTOU).thread_block();
    // The terminal may be closed.
    let _ = tcsetattr(io::stdin(), OptionalActions::Now, terminal);
}
