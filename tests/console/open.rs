//! `--open`: the browser gets the address of a redirect, which works once.

use std::{
    fs,
    os::unix::fs::{MetadataExt as _, symlink},
    thread,
    time::{Duration, Instant},
};

use snapbox::str;

use super::{console, sandbox, with_code};
use crate::{
    sandbox::{Outcome, Sandbox, Table, write_program},
    tools,
};

/// A sandbox with the session of a role and a browser, a script.
fn with_browser(script: &str) -> Sandbox {
    let mut sandbox = sandbox();
    assert_eq!(with_code(&sandbox, &["--profile", "admin"]).status, 0);
    let browser = sandbox.path("browser");
    write_program(&browser, &format!("#!/bin/sh\n{script}\n"));
    sandbox.set("BROWSER", browser.to_str().unwrap());
    sandbox
}

fn open(sandbox: &Sandbox) -> Outcome {
    console(sandbox, &["--profile", "admin", "--open"])
}

/// The content of a file that the browser writes last.
fn written(sandbox: &Sandbox, name: &str) -> String {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        match fs::read_to_string(sandbox.path(name)) {
            Ok(text) if text.ends_with('\n') => return text.trim_end().to_owned(),
            _ => assert!(Instant::now() < deadline, "the browser wrote no {name}"),
        }
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn the_redirect_works_once_and_the_link_is_in_no_argument_list() {
    if tools::program("curl").is_none() {
        return;
    }
    let sandbox = with_browser(
        r#"echo "$1" >address
list() { for file in /proc/[0-9]*/cmdline; do tr '\0' ' ' <"$file"; echo; done 2>/dev/null; }
list >arguments
curl -s -w '%{redirect_url}' "$1" >first
list >>arguments
curl -s "$1" >second
echo $? >status"#,
    );
    open(&sandbox).matches(str![[r#"
exit 0
--- stderr
mfa-session: the browser signs in with the session of arn:aws:iam::123456789012:role/admin; the console session ends [TIME] ([LEFT] left)
"#]]);
    // 7: nothing listens any more.
    assert_eq!(written(&sandbox, "status"), "7");
    let address = written(&sandbox, "address");
    let (host, path) = address.strip_prefix("http://").unwrap().split_once('/').unwrap();
    assert!(host.starts_with("127.0.0.1:") && path.len() == 64, "{address}");
    let link = fs::read_to_string(sandbox.path("first")).unwrap();
    let (_, token) = link.split_once("&SigninToken=").unwrap();
    let arguments = written(&sandbox, "arguments");
    assert!(arguments.contains("browser") && arguments.contains(&address));
    assert!(!arguments.contains(token) && !arguments.contains("SigninToken"), "{arguments}");
    assert!(super::follow(&link).is_ok());
}

#[test]
fn another_user_cannot_fetch_the_link() {
    let is_root = fs::metadata("/proc/self").unwrap().uid() == 0;
    let tools = [tools::program("setpriv"), tools::program("curl")];
    if !is_root || tools.contains(&None) {
        return;
    }
    let sandbox = with_browser(
        r#"as_other() { setpriv --reuid 65534 --clear-groups curl -s "$1"; echo $?; }
as_other "$1" >other
# A socket for IPv6 reaches IPv4, too.
as_other "http://[::ffff:127.0.0.1]:${1##*:}" >other6
curl -s -w '%{redirect_url}' "$1" >first; echo >done"#,
    );
    assert_eq!(open(&sandbox).status, 0);
    written(&sandbox, "done");
    for other in ["other", "other6"] {
        assert_ne!(written(&sandbox, other), "0");
    }
    assert!(fs::read_to_string(sandbox.path("first")).unwrap().contains("SigninToken"));
}

#[test]
fn runs_the_first_browser_that_exists() {
    if tools::program("curl").is_none() {
        return;
    }
    let mut sandbox = with_browser(r#"curl -s "$2" >/dev/null; echo "$1 $3" >arguments"#);
    let browser = sandbox.path("browser");
    sandbox.set("BROWSER", format!("no-such-browser -x:{} '-a b' %s -c", browser.display()));
    assert_eq!(open(&sandbox).status, 0);
    assert_eq!(written(&sandbox, "arguments"), "-a b -c");
}

#[test]
fn the_browser_gets_no_means_to_get_a_session() {
    if tools::program("curl").is_none() {
        return;
    }
    let mut sandbox = with_browser(r#"curl -s "$1" >/dev/null; env >env; echo >>env"#);
    sandbox.set("MFA_SESSION_TOTP_SEED", "GEZDGNBVGY3TQOJQ").set("MFA_SESSION_CODE", "271828");
    assert_eq!(open(&sandbox).status, 0);
    let environment = written(&sandbox, "env");
    assert!(environment.contains("HOME=") && !environment.contains("MFA_SESSION_"));
}

#[test]
fn saves_a_session_that_is_not_kept_if_the_link_is_lost() {
    let sandbox = with_browser("exit 3");
    let outcome = with_code(&sandbox, &["--profile", "admin", "--force", "--no-write", "--open"]);
    outcome.matches(str![[r#"
exit 1
--- stderr
mfa-session: warning: saved the session in another file; to use it, set AWS_SHARED_CREDENTIALS_FILE=~/tmp/mfa-session-[RANDOM] AWS_PROFILE=admin-mfa
mfa-session: error: ~/browser failed: exit status: 3
mfa-session: hint: print the link instead: leave out --open
"#]]);
}

#[test]
fn explains_a_browser_that_fails() {
    let mut sandbox = with_browser("exit 3");
    let mut table = Table::default();
    table.add("it fails", &open(&sandbox));
    let calls = sandbox.asked().len();
    sandbox.set("BROWSER", "no-such-browser:no-other");
    table.add("none of BROWSER", &open(&sandbox));
    // No browser of this machine may open.
    let bin = sandbox.path("bin");
    fs::create_dir(&bin).unwrap();
    symlink(tools::program("setsid").unwrap(), bin.join("setsid")).unwrap();
    sandbox.set("BROWSER", "").set("PATH", bin.to_str().unwrap());
    table.add("none at all", &open(&sandbox));
    table.matches_file("console/browsers");
    assert_eq!(sandbox.asked().len(), calls);
}

#[test]
#[ignore = "waits 30 seconds"]
fn the_redirect_is_gone_after_30_seconds() {
    let sandbox = with_browser(r#"echo "$1" >address"#);
    let start = Instant::now();
    open(&sandbox).matches(str![[r#"
exit 1
--- stderr
mfa-session: error: the browser did not open the page within 30s
mfa-session: hint: print the link instead: leave out --open
"#]]);
    assert!((30..40).contains(&start.elapsed().as_secs()));
    let address = written(&sandbox, "address");
    let host = address.strip_prefix("http://").unwrap().split('/').next().unwrap();
    assert!(std::net::TcpStream::connect(host).is_err());
}
