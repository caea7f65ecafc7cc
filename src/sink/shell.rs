//! Exports for sh, bash, dash, ksh and zsh, made for `eval`, quoted and unquoted: each statement
//! ends in a semicolon, there are no comments, and values stand in single quotes.

use std::{
    borrow::Cow,
    io::{self, Write as _},
};

use anyhow::Context as _;
use zeroize::Zeroizing;

use crate::{
    credentials::{Session, is_plain},
    failure::{Failure, Status},
    stored,
};

/// Makes sure that the exports will go somewhere. Where standard output is closed, the null device
/// stands in for it.
pub(super) fn open() -> Result<(), Failure> {
    if !is_null_device() {
        return Ok(());
    }
    Err(Failure::new(Status::Here, "standard output is closed, or the null device")
        .hint("let a shell read the exports: eval $(mfa-session --export)"))
}

#[cfg(unix)]
fn is_null_device() -> bool {
    use rustix::fs::{fstat, stat};
    let is = |null: rustix::fs::Stat| {
        fstat(io::stdout()).is_ok_and(|it| (it.st_rdev, it.st_ino) == (null.st_rdev, null.st_ino))
    };
    stat("/dev/null").is_ok_and(is)
}

#[cfg(not(unix))]
fn is_null_device() -> bool {
    false
}

/// Prints what makes a shell use the session.
pub(super) fn print(session: &Session, region: Option<&str>) -> Result<(), Failure> {
    write(&exports(session, region)).context("cannot write the exports to standard output")?;
    Ok(())
}

/// Prints what makes `eval` fail: to `eval` nothing would be a success, and a script would go on
/// with the keys that it had before.
pub fn print_failure() {
    // Nobody reads it: nobody needs it.
    let _ = write("false;\n");
}

pub(super) fn write(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}

fn exports(session: &Session, region: Option<&str>) -> Zeroizing<String> {
    let expires = stored::timestamp(session.expires);
    let mut variables = vec![
        ("AWS_ACCESS_KEY_ID", session.key.id.as_str()),
        ("AWS_SECRET_ACCESS_KEY", session.key.secret.expose()),
        ("AWS_SESSION_TOKEN", session.token.expose()),
        ("AWS_CREDENTIAL_EXPIRATION", &expires),
    ];
    // An unquoted `$(…)` splits a value at blanks and looks for files that match it, in spite of
    // the quotes: what is not plain is left out.
    let source = Some(session.made_from.source.as_str()).filter(|source| is_plain(source));
    variables.extend(source.map(|source| ("MFA_SESSION_SOURCE", source)));
    for name in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
        variables.extend(region.map(|region| (name, region)));
    }
    // A string that grows leaves its old self behind, unwiped: there is room for all of it.
    let room =
        variables.iter().map(|(name, value)| name.len() + value.len() + 12).sum::<usize>() + 99;
    let mut text = Zeroizing::new(String::with_capacity(room));
    for (name, value) in variables {
        text.push_str("export ");
        text.push_str(name);
        text.push('=');
        push_quoted(&mut text, value);
        text.push_str(";\n");
    }
    text.push_str(UNSET);
    text.push_str(if source.is_some() { ";\n" } else { " MFA_SESSION_SOURCE;\n" });
    text
}

/// The value for a command line that a person copies: quoted where it must be.
pub(super) fn quoted_for_shell(value: &str) -> Cow<'_, str> {
    if value.chars().all(|c| c.is_ascii_alphanumeric() || "/._+@%:,=~-".contains(c)) {
        return Cow::Borrowed(value);
    }
    let mut text = String::with_capacity(2 * value.len());
    push_quoted(&mut text, value);
    Cow::Owned(text)
}

/// In single quotes nothing means anything but the quote itself.
fn push_quoted(text: &mut String, value: &str) {
    text.push('\'');
    for c in value.chars() {
        match c {
            '\'' => text.push_str(r"'\''"),
            c => text.push(c),
        }
    }
    text.push('\'');
}

/// Each of these goes before the keys above, or contradicts them, in one SDK or another.
const UNSET: &str = "unset AWS_PROFILE AWS_DEFAULT_PROFILE AWS_SECURITY_TOKEN";
