//! Third-party tools that tests need. Without its tool a test prints that it is skipped; where `CI`
//! is set, it fails, but on Windows: CI installs the tools on Debian only.
//!
//! `PATH` is searched for the tools; `.ci/run` puts the tools that it installs first.

#![allow(dead_code, reason = "the unit tests include this file and use less of it")]

use std::{
    env,
    ffi::OsStr,
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Finds a program in `PATH`.
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    let file = format!("{name}{}", env::consts::EXE_SUFFIX);
    let path = env::var_os("PATH").unwrap_or_default();
    let mut candidates = env::split_paths(&path).map(|directory| directory.join(&file));
    needs(name, candidates.find(|candidate| candidate.is_file()))
}

/// An option for strace, which must trace `prctl`: the program stays dumpable. Otherwise strace of
/// an ordinary user cannot read paths.
pub(crate) const STAYS_DUMPABLE: &str = "--inject=prctl:retval=0";

/// Finds a Python that has a module.
pub(crate) fn python(module: &str) -> Option<PathBuf> {
    // The `python3` in `PATH` may be a shim, which fails in the empty environment of a test.
    let itself = format!("import sys, {module}; print(sys.executable)");
    needs(&format!("python3 with {module}"), output("python3", ["-c", &itself]).map(PathBuf::from))
}

/// Finds Node if `NODE_PATH` has a package.
pub(crate) fn node(package: &str) -> Option<PathBuf> {
    let itself = format!("require('{package}'); console.log(process.execPath)");
    needs(&format!("node with {package}"), output("node", ["-e", &itself]).map(PathBuf::from))
}

/// Finds a curl with `--aws-sigv4`: 7.75 or later.
pub(crate) fn signing_curl() -> Option<PathBuf> {
    let help = output("curl", ["--help", "all"]).unwrap_or_default();
    let signs = help.contains("--aws-sigv4");
    needs("curl 7.75", signs.then(|| program("curl")).flatten())
}

/// Passes on what was found. If a tool is missing, prints that, or panics where `CI` is set.
pub(crate) fn needs<T>(what: &str, found: Option<T>) -> Option<T> {
    if found.is_none() {
        assert!(cfg!(windows) || env::var_os("CI").is_none(), "CI lacks {what}");
        // The test harness hides `eprintln!` of tests that pass.
        let _ = writeln!(io::stderr(), "skipped: needs {what}");
    }
    found
}

/// Standard output of a command, if it succeeds.
fn output<const N: usize>(program: impl AsRef<OsStr>, arguments: [&str; N]) -> Option<String> {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

/// The path of a file in `tests/`.
pub(crate) fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name)
}
