//! An observer that tries to read the memory of its child, as the same user. Yama, a Linux security
//! module, allows a parent more than any other process.

use std::{fs, path::Path, process::Command};

use rustix::process::{Pid, Signal, kill_process_group};

use crate::{
    sandbox::Sandbox,
    terminal::{Person, until},
    tools,
};

/// The ways into a process: files in its `/proc` directory, and attaching as a debugger.
pub(super) const WAYS: [&str; 4] = ["environ", "maps", "mem", "ptrace"];

/// Runs its arguments, tries to open the files of a process, and becomes a debugger that stays
/// attached or reports why it cannot attach.
const OBSERVER: &str = r#"
strace=$1
shift
"$@" >stdout 2>stderr &
echo $! >child
until [ -s observed ]; do sleep 0.01; done
read -r pid <observed
for file in environ maps mem; do
    { echo "$file" >>opened; } 2>/dev/null 3<"/proc/$pid/$file"
done
exec "$strace" -qq -o /dev/null -p "$pid" 2>refused
"#;

/// A sandbox for an ordinary user.
pub(super) struct Home {
    pub(super) sandbox: Sandbox,
    /// A path at which that user can run the program.
    pub(super) program: String,
    user: Option<u32>,
}

impl Home {
    pub(super) fn of(sandbox: Sandbox) -> Self {
        fs::write(sandbox.path("observe"), OBSERVER).unwrap();
        fs::write(sandbox.path("observed"), "").unwrap();
        let (program, user) = sandbox.give_away();
        Self { sandbox, program: program.to_str().unwrap().into(), user }
    }

    /// A command of the user.
    pub(super) fn command(&self, program: &Path) -> Command {
        use std::os::unix::process::CommandExt as _;
        let mut command = self.sandbox.command(program);
        if let Some(user) = self.user {
            command.uid(user).gid(user);
        }
        command
    }

    /// Starts a command at a terminal, as the child of an observer.
    pub(super) fn observed(&self, command: &str) -> Run<'_> {
        let strace = tools::program("strace").map(|path| path.display().to_string());
        let strace = strace.unwrap_or_else(|| "no-strace".into());
        self.run("", &format!("sh observe {strace} {command}"))
    }

    /// Starts a command at a terminal, with default signal handlers and no limit on core dumps.
    pub(super) fn dumping(&self, command: &str) -> Run<'_> {
        let limit = "ulimit -c unlimited 2>/dev/null;";
        self.run(limit, &format!("env --default-signal {command} >stdout 2>stderr"))
    }

    fn run(&self, before: &str, command: &str) -> Run<'_> {
        // Recreated for each run; the observer waits until it has a process id.
        fs::write(self.sandbox.path("observed"), "").unwrap();
        for name in ["child", "opened", "refused", "waiting"] {
            let _ = fs::remove_file(self.sandbox.path(name));
        }
        let user = self.user.map(|id| format!("setpriv --reuid={id} --regid={id} --clear-groups "));
        let user = user.unwrap_or_default();
        let script = format!("{before} exec {user}{command}");
        let calls = self.calls();
        Run { home: self, calls, person: Person::runs_script(&self.sandbox, &script) }
    }

    /// How many requests STS has got, without probes.
    fn calls(&self) -> usize {
        self.sandbox.asked().iter().filter(|request| *request != "HEAD").count()
    }
}

/// A process at a terminal and its descendants. Dropping this kills them.
pub(super) struct Run<'a> {
    home: &'a Home,
    /// How many requests STS had got before.
    calls: usize,
    pub(super) person: Person,
}

impl Run<'_> {
    pub(super) fn id(&self) -> u32 {
        self.person.id()
    }

    /// Whether STS has got a request of this run.
    pub(super) fn has_asked(&self) -> bool {
        self.home.calls() > self.calls
    }

    /// The process that the observer started.
    pub(super) fn child(&self) -> u32 {
        let mut child = None;
        until(|| {
            let text = fs::read_to_string(self.home.sandbox.path("child")).unwrap_or_default();
            child = text.trim().parse().ok();
            child.is_some()
        });
        child.unwrap()
    }

    /// The last of the chain of processes below the observer.
    pub(super) fn descendant(&self) -> u32 {
        let mut last = self.child();
        while let Some(child) = first_child(last) {
            last = child;
        }
        last
    }

    /// The ways that are open to the observer.
    pub(super) fn ways_into(&self, process: u32) -> Vec<String> {
        let path = |name| self.home.sandbox.path(name);
        fs::write(path("observed"), format!("{process}\n")).unwrap();
        let mut is_attached = false;
        until(|| {
            is_attached = field(process, "TracerPid").is_some_and(|id| id != "0");
            is_attached || !fs::read_to_string(path("refused")).unwrap_or_default().is_empty()
        });
        let opened = fs::read_to_string(path("opened")).unwrap_or_default();
        let attached = is_attached.then_some("ptrace");
        opened.lines().chain(attached).map(ToOwned::to_owned).collect()
    }

    /// The names of the files in its working directory.
    pub(super) fn files(&self) -> Vec<String> {
        let files = fs::read_dir(self.home.sandbox.path("")).unwrap();
        files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect()
    }
}

impl Drop for Run<'_> {
    fn drop(&mut self) {
        // Fails if they have ended.
        let group = Pid::from_raw(self.id().try_into().unwrap()).unwrap();
        let _ = kill_process_group(group, Signal::KILL);
    }
}

/// A line of `/proc/PID/status`, which every user can read.
fn field(process: u32, name: &str) -> Option<String> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let mut lines = status.lines().filter_map(|line| line.split_once(":\t"));
    lines.find(|(found, _)| *found == name).map(|(_, value)| value.to_owned())
}

/// The first child of any thread of the process.
fn first_child(process: u32) -> Option<u32> {
    let threads = fs::read_dir(format!("/proc/{process}/task")).ok()?;
    let mut ids = threads.filter_map(|thread| {
        let children = fs::read_to_string(thread.ok()?.path().join("children")).ok()?;
        children.split(' ').next()?.parse().ok()
    });
    ids.next()
}
