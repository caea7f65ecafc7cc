//! Failures with the credentials file and its directory.

use std::{io, path::Path};

use anyhow::Error;

use crate::{
    aws_files::SectionName,
    failure::{Failure, Status},
    system::files::is_in_use,
};

pub(super) fn unreadable(path: &Path, error: io::Error) -> Failure {
    let what = format!("cannot read {}", path.display());
    Failure::from(Error::new(error).context(what))
        .hint("make the file readable, or name another in AWS_SHARED_CREDENTIALS_FILE")
}

pub(super) fn unwritable(path: &Path, error: io::Error) -> Failure {
    let what = format!("cannot write {}", path.display());
    let remedy = if is_in_use(&error) {
        "close the program that has it open"
    } else {
        "make the file writable"
    };
    Failure::from(Error::new(error).context(what))
        .hint(format!("{remedy}, or don't keep the session: --export --no-write"))
}

pub(super) fn foreign_owner(path: &Path, error: io::Error) -> Failure {
    let what = format!("cannot keep the owner of {}", path.display());
    Failure::from(Error::new(error).context(what)).hint(
        "become the owner of the file (chown), or don't keep the session: --export --no-write",
    )
}

pub(super) fn not_a_file(path: &Path) -> Failure {
    Failure::new(Status::Local, format!("{} is not a file", path.display()))
        .hint("name the credentials file in AWS_SHARED_CREDENTIALS_FILE")
}

pub(super) fn broken_link(path: &Path) -> Failure {
    let what = format!("{} is a broken symbolic link", path.display());
    Failure::new(Status::Local, what)
        .hint("correct the link, or don't keep the session: --export --no-write")
}

pub(super) fn mounted(path: &Path) -> Failure {
    let what = format!("cannot replace {}: it is a mount point", path.display());
    Failure::new(Status::Local, what)
        .hint("mount its directory instead, or don't keep the session: --export --no-write")
}

pub(super) fn too_large(path: &Path, mebibytes: u64) -> Failure {
    let what = format!("cannot write {}: it is larger than {mebibytes} MiB", path.display());
    Failure::new(Status::Local, what).hint("make the file smaller, or print the session: --export")
}

pub(super) fn holds_long_term_keys(path: &Path, profile: &SectionName) -> Failure {
    let path = path.display();
    let what =
        format!("[{profile}] in {path} contains long-term keys, which are never overwritten");
    Failure::new(Status::Local, what).hint("name another session profile: --to NAME")
}

pub(super) fn cannot_change(directory: &Path, verb: &str, error: &io::Error) -> Failure {
    // `tempfile` appends the random name of its file.
    let why = error.to_string();
    let why = why.split(" at path ").next().unwrap_or_default();
    let what = format!("cannot {verb} {}: {why}", directory.display());
    Failure::new(Status::Local, what)
        .hint("make the directory writable, or don't keep the session: --export --no-write")
}

pub(super) fn cannot_lock(directory: &Path, error: io::Error) -> Failure {
    let what = format!("cannot lock {}", directory.display());
    Failure::from(Error::new(error).context(what))
        .hint("make the directory readable, or don't keep the session: --export --no-write")
}

pub(super) fn has_no_locks(directory: &Path, error: io::Error) -> Failure {
    let what = format!("cannot lock {}", directory.display());
    Failure::from(Error::new(error).context(what)).hint(
        "the file system seems to have no locks, as some network file systems: keep the file \
         elsewhere (AWS_SHARED_CREDENTIALS_FILE), or print the session: --export",
    )
}

pub(super) fn locked(directory: &Path) -> Failure {
    let what = format!("cannot lock {}: another program holds the lock", directory.display());
    Failure::new(Status::Local, what).hint("try again, or stop that program")
}
