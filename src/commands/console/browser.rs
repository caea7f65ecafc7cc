//! The browser that opens an address.

use std::{
    ffi::OsStr,
    io,
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use crate::{
    commands::exec::OWN_SECRETS,
    environment::Environment,
    failure::{Failure, Status},
    system::{
        browser::{COMMANDS, SEPARATOR},
        command::split,
        programs::is_executable,
        search::find_program,
    },
};

/// A browser, or a program that opens one.
pub(super) struct Browser {
    program: PathBuf,
    /// For messages.
    pub(super) name: String,
    arguments: Vec<String>,
}

impl Browser {
    /// The first program of `BROWSER` that exists, or else of the system's.
    pub(super) fn find(environment: &Environment) -> Result<Self, Failure> {
        let configured = environment.variable("BROWSER")?;
        let commands: Vec<Vec<String>> = match &configured {
            // As for xdg-open and Python: several commands, each with arguments.
            Some(list) => list.split(SEPARATOR).filter_map(split).collect(),
            None => COMMANDS.iter().map(|words| owned(words)).collect(),
        };
        let found = commands.iter().find_map(|words| Self::of_words(words));
        found.ok_or_else(|| {
            let what = match configured {
                Some(list) => format!("BROWSER: no such program: {list}"),
                None => format!("no program that opens a browser: {}", COMMANDS[0][0]),
            };
            Failure::new(Status::Local, what)
                .hint("set BROWSER to a program, or print the link: leave out --open")
        })
    }

    fn of_words(words: &[String]) -> Option<Self> {
        let (name, arguments) = words.split_first()?;
        let program = find_program(OsStr::new(name)).filter(|path| is_executable(path))?;
        let (name, mut arguments) = (name.clone(), arguments.to_vec());
        if !arguments.iter().any(|argument| argument.contains(ADDRESS)) {
            arguments.push(ADDRESS.to_owned());
        }
        Some(Self { program, name, arguments })
    }

    /// Starts the browser. It may outlive this process.
    pub(super) fn open(&self, address: &str) -> io::Result<Child> {
        let mut command = Command::new(&self.program);
        command.args(self.arguments.iter().map(|argument| argument.replace(ADDRESS, address)));
        for secret in OWN_SECRETS {
            command.env_remove(secret);
        }
        // Browsers write logs to the terminal.
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()
    }
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// The placeholder for the address in an argument.
const ADDRESS: &str = "%s";
