//! `status` on a terminal: colours and widths.

use std::fs;

use snapbox::{IntoData as _, assert_data_eq, str};

use super::{MADE, ROLE, session};
use crate::{
    sandbox::{PROGRAM, Sandbox},
    terminal::{Person, STAY},
};

/// A sandbox with one more session, which expires soon.
fn sandbox() -> Sandbox {
    let sandbox = super::sandbox();
    let soon = session("soon-mfa", 14, MADE);
    sandbox.write("credentials", &(sandbox.read("credentials") + &soon));
    sandbox
}

/// What a terminal of so many columns shows, with `ESC` for the control character.
fn shown(sandbox: &Sandbox, columns: usize, command: &str) -> String {
    let script = format!("stty cols {columns}; {command} >/dev/tty; {STAY}");
    let shown = Person::runs_script(sandbox, &script).finishes();
    sandbox.normalize(&shown.replace('\r', "").replace('\x1b', "ESC"))
}

fn status() -> String {
    format!("{PROGRAM} status")
}

#[test]
fn colours_the_time_left() {
    assert_data_eq!(shown(&sandbox(), 80, &status()), str![[r#"
ESC[1m  profileESC[0m      ESC[1mleftESC[0m      ESC[1muntilESC[0m      ESC[1msourceESC[0m   ESC[1maccountESC[0m       ESC[1mrole/deviceESC[0m
ESC[1m* default-mfaESC[0m  ESC[32m1h 30mESC[0m    DAY HH:MM  default  -             GAHT12345678
  saml         ESC[32m1h 1mESC[0m     DAY HH:MM  -        -             -
  plain        unknown   -          -        -             -
  soon-mfa     ESC[33monly 14mESC[0m  DAY HH:MM  default  -             GAHT12345678
  admin-mfa    ESC[31mexpiredESC[0m   DAY HH:MM  admin    123456789012  role/admin

"#]].raw());
}

#[test]
fn has_no_colours_where_they_are_not_wanted() {
    let without_colours = shown(&sandbox(), 80, &format!("{} | cat", status()));
    assert!(!without_colours.contains("ESC"), "{without_colours}");
    for line in ["NO_COLOR=1", "TERM=dumb", "env -u TERM"] {
        assert_eq!(
            shown(&sandbox(), 80, &format!("{line} {}", status())),
            without_colours,
            "{line}"
        );
    }
    let with_colours = shown(&sandbox(), 80, &format!("NO_COLOR= {}", status()));
    assert!(with_colours.contains("ESC[32m1h 30mESC[0m"), "{with_colours}");
    for flag in ["--short", "--json"] {
        let output = shown(&sandbox(), 80, &format!("{} {flag}", status()));
        assert!(!output.contains("ESC"), "{output}");
    }
}

#[test]
fn cuts_long_names_to_the_width_of_the_terminal() {
    let mut sandbox = sandbox();
    sandbox.set("NO_COLOR", "1");
    let long = [
        session("生产环境-主账号-管理员-eu-west-1-会话", 45, MADE),
        session("team-one-production-administrator", 45, ROLE),
        session("evil\x1b[2J\u{9b}31mprofile", 45, &ROLE.replace("admin", "a\u{202e}b")),
        session("s", 45, &ROLE.replace("role/admin", "role/path/TheAdministratorOfTheDepartment")),
    ];
    sandbox.write("credentials", &(sandbox.read("credentials") + &long.concat()));
    let narrow = shown(&sandbox, 80, &status());
    assert!(narrow.lines().all(|line| width(line) <= 80), "{narrow}");
    assert_data_eq!(
        &narrow,
        str![[r#"
  profile            left      until      source      account       role/device
* default-mfa        1h 30m    DAY HH:MM  default     -             GAHT12345678
  saml               1h 1m     DAY HH:MM  -           -             -
  plain              unknown   -          -           -             -
  soon-mfa           only 14m  DAY HH:MM  default     -             GAHT12345678
  生产环…st-1-会话   45m       DAY HH:MM  default     -             GAHT12345678
  team-on…nistrator  45m       DAY HH:MM  admin       123456789012  role/admin
  evil\u{…1mprofile  45m       DAY HH:MM  a\u{202e}b  123456789012  role/a…02e}b
  s                  45m       DAY HH:MM  admin       123456789012  role/T…tment
  admin-mfa          expired   DAY HH:MM  admin       123456789012  role/admin

"#]]
        .raw()
    );
    // The rows of a narrower table wrap.
    let narrowest = shown(&sandbox, 60, &status());
    assert!(narrowest.lines().all(|line| width(line) <= 76), "{narrowest}");
    assert_eq!(shown(&sandbox, 20, &status()), narrowest);
    let wide = shown(&sandbox, 200, &status());
    assert!(wide.contains("team-one-production-administrator"), "{wide}");
    assert!(wide.contains(" role/TheAdministratorOfTheDepartment\n"), "{wide}");
    // A file has no width.
    let mut person = Person::runs_script(&sandbox, &format!("stty cols 80; {} >stdout", status()));
    assert_eq!(person.leaves(), Some(0));
    let file = sandbox.normalize(&fs::read_to_string(sandbox.path("stdout")).unwrap());
    assert_eq!(file, wide);
}

/// The columns of a line, where each Chinese character takes two.
fn width(line: &str) -> usize {
    line.chars().map(|c| if ('一'..='龥').contains(&c) { 2 } else { 1 }).sum()
}
