//! A temporary home directory with Alice's long-term keys, and the program that runs in it.

use std::env;
use std::ffi::OsStr;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{self, Path, PathBuf};
use std::process::Command;

use clap::Args;
use loopback_sts::{ALICE, Sts};
use tempfile::TempDir;

use crate::check;

/// The first lines of the credentials file.
pub(crate) const LONG_TERM: &str = "# Keys of the demo account\n[default]\n";

/// `mfa-session`.
#[derive(Args)]
pub(crate) struct Program {
    /// Program to run; the default is a build of this project
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
}

impl Program {
    /// The absolute path of the program. Builds it if the command line names none.
    pub(crate) fn find(self) -> io::Result<PathBuf> {
        let program = path::absolute(self.program.map_or_else(build, Ok)?)?;
        check(program.is_file(), &format!("{} is not a file", program.display()))?;
        Ok(program)
    }
}

/// Builds `mfa-session` with the Cargo profile of this program, into the same directory.
fn build() -> io::Result<PathBuf> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let profile = if cfg!(debug_assertions) { "dev" } else { "release" };
    let mut command = Command::new(cargo);
    command
        .args(["build", "--package", "mfa-session", "--bin", "mfa-session", "--profile", profile])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    for (name, _) in env::vars_os().filter(|(name, _)| is_set_by_cargo_run(name)) {
        command.env_remove(name);
    }
    check(command.status()?.success(), "mfa-session does not build")?;
    let program = env::current_exe()?.with_file_name("mfa-session");
    Ok(program.with_extension(env::consts::EXE_EXTENSION))
}

/// Whether a variable describes the package that Cargo runs. If such a variable changes, Cargo
/// compiles ring again.
fn is_set_by_cargo_run(name: &OsStr) -> bool {
    ["CARGO_MANIFEST_", "CARGO_PKG_"]
        .iter()
        .any(|start| name.as_encoded_bytes().starts_with(start.as_bytes()))
}

/// A temporary home directory. Dropping it removes the directory.
pub(crate) struct Home {
    directory: TempDir,
    endpoint: String,
}

impl Home {
    pub(crate) fn new(sts: &Sts) -> io::Result<Self> {
        let directory = tempfile::Builder::new().prefix("mfa-session-demo-").tempdir()?;
        let home = Self { directory, endpoint: sts.url() };
        home.write("ca.pem", &sts.ca_pem())?;
        fs::create_dir(home.path(".aws"))?;
        let mut file = private_file(&home.path(CREDENTIALS))?;
        write!(
            file,
            "{LONG_TERM}aws_access_key_id = {}\naws_secret_access_key = {}\n",
            ALICE.access_key_id, ALICE.secret_access_key
        )?;
        Ok(home)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Writes a file, and the directory that it is in.
    pub(crate) fn write(&self, name: &str, text: &str) -> io::Result<()> {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap_or(&path))?;
        fs::write(path, text)
    }

    pub(crate) fn credentials(&self) -> io::Result<String> {
        fs::read_to_string(self.path(CREDENTIALS))
    }

    /// A command that gets the settings for this home, and no other variable of this process.
    pub(crate) fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        command
            .env_clear()
            .env("HOME", self.directory.path())
            .env("AWS_ENDPOINT_URL", &self.endpoint)
            .env("AWS_CA_BUNDLE", self.path("ca.pem"))
            .env("AWS_EC2_METADATA_DISABLED", "true");
        command
    }

    /// Removes the directory. Reports an error, unlike dropping.
    #[cfg(unix)]
    pub(crate) fn remove(self) -> io::Result<()> {
        self.directory.close()
    }
}

fn private_file(path: &Path) -> io::Result<fs::File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

const CREDENTIALS: &str = ".aws/credentials";
