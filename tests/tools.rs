//! Tools that we did not write and that a machine may lack. On a person's machine a check without
//! its tool is skipped, and says so; where `CI` is set, that is a failure.
//!
//! All are looked for in `PATH`; `.ci/run` puts those first that it installs for the tests alone.

#![allow(dead_code, reason = "the unit tests, which read this file too, need less of it")]

use std::{
    env,
    ffi::OsStr,
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// The program of this name.
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    let file = format!("{name}{}", env::consts::EXE_SUFFIX);
    let path = env::var_os("PATH").unwrap_or_default();
    let mut places = env::split_paths(&path).map(|directory| directory.join(&file));
    needs(name, places.find(|place| place.is_file()))
}

/// For strace, where `prctl` is traced: the program stays dumpable. An ordinary user's strace can't
/// read paths otherwise.
pub(crate) const STAYS_DUMPABLE: &str = "--inject=prctl:retval=0";

/// Python with this module.
pub(crate) fn python(module: &str) -> Option<PathBuf> {
    // What is in `PATH` may be a shim, which needs the environment that a test takes away.
    let itself = format!("import sys, {module}; print(sys.executable)");
    needs(&format!("python3 with {module}"), output("python3", ["-c", &itself]).map(PathBuf::from))
}

/// Node with this package, which is looked for in `NODE_PATH`.
pub(crate) fn node(package: &str) -> Option<PathBuf> {
    let itself = format!("require('{package}'); console.log(process.execPath)");
    needs(&format!("node with {package}"), output("node", ["-e", &itself]).map(PathBuf::from))
}

/// curl that signs: 7.75, or newer.
pub(crate) fn signing_curl() -> Option<PathBuf> {
    let help = output("curl", ["--help", "all"]).unwrap_or_default();
    let signs = help.contains("--aws-sigv4");
    needs("curl 7.75", signs.then(|| program("curl")).flatten())
}

/// What was found; or `None`, said aloud.
pub(crate) fn needs<T>(what: &str, found: Option<T>) -> Option<T> {
    if found.is_none() {
        assert!(env::var_os("CI").is_none(), "CI lacks {what}");
        // Not `eprintln!`: of a test that passes, that is not shown.
        let _ = writeln!(io::stderr(), "skipped: needs {what}");
    }
    found
}

/// What a command prints, if it succeeds.
fn output<const N: usize>(program: impl AsRef<OsStr>, arguments: [&str; N]) -> Option<String> {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

/// A file that stands with the tests.
pub(crate) fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name)
}
