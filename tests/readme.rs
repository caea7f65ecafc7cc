//! The commands in the README, in the guides and in the help do what they promise.

#![cfg(unix)] // needs POSIX shells

use std::{
    fs, iter,
    os::unix::fs::{PermissionsExt as _, symlink},
};

use loopback_sts::{ALICE, Account, Role, Sts};
use mfa_session::{EXAMPLES, USES, output::FORMATS};
use regex_lite::Regex;

use crate::{
    documents::guides,
    generated::text,
    sandbox::{Outcome, PROGRAM, Sandbox, keys},
    tools,
};

/// Blocks that are not run here: the first line and the reason.
const NOT_RUN: [(&str, &str); 11] = [
    ("[profile work-sdk]", "a file: see `credential_process`"),
    (JOB_PROFILE, "a file: see `jobs`"),
    ("$ mfa-session", "a person types the code: see below"),
    ("cargo run --package loopback-sts -- demo", "see `.ci/run` and `playground`"),
    ("cargo install --path .", "would change this machine"),
    ("PS1='$(mfa-session status --short 2>/dev/null)'\" $PS1\"", "a prompt: see below"),
    ("# ~/.config/starship.toml", "a file: see below"),
    ("#!/bin/sh", "askpass programs: see `askpass`"),
    ("[profile work-ide]", "a file: see `askpass`"),
    ("[default-mfa]", "a file: see below"),
    ("cargo test --workspace", "this is part of it"),
];

/// The first line of a profile for long jobs.
pub(crate) const JOB_PROFILE: &str = "[profile admin-sdk]";

/// Commands for formats that no shell here reads.
const NOT_RUN_FORMATS: [(&str, &str); 2] = [
    (
        "mfa-session --format powershell | Out-String | Invoke-Expression",
        "see formats::shell_syntax",
    ),
    (
        "for /f \"delims=\" %i in ('mfa-session --format cmd') do @%i",
        "cmd runs on Windows only: see formats::shell_syntax",
    ),
];

#[test]
fn readme_commands_succeed() {
    let blocks = blocks();
    let first = |block: &String| block.lines().next().unwrap().to_owned();
    for (start, _) in NOT_RUN {
        assert!(blocks.iter().any(|block| first(block) == start), "no block begins with `{start}`");
    }
    let run = blocks.iter().filter(|block| NOT_RUN.iter().all(|(start, _)| first(block) != *start));
    let mut count = 0;
    for block in run {
        let is_command = |line: &str| line.starts_with("mfa-session") || line.starts_with("eval");
        let is_list = block.lines().all(is_command);
        let commands = if is_list { block.lines().collect() } else { vec![block.as_str()] };
        for command in commands {
            assert_succeeds(command);
            count += 1;
        }
    }
    assert!(count > 20, "only {count} commands were found");
}

#[test]
fn help_examples_succeed() {
    for (command, _) in USES.iter().chain(&EXAMPLES) {
        assert_succeeds(command);
    }
}

#[test]
fn readme_shows_a_working_command_for_every_format() {
    let section = section("What is printed");
    let rows: Vec<&str> = section.lines().filter(|line| line.starts_with("| `")).collect();
    for (row, format) in rows.iter().zip(FORMATS) {
        assert!(row.starts_with(&format!("| `{}`", format.name)), "{row}");
    }
    assert_eq!(rows.len(), FORMATS.len());
    let commands =
        rows.iter().map(|row| row.trim_end_matches("` |").rsplit(" | `").next().unwrap());
    let commands: Vec<String> = commands.map(|command| command.replace("\\|", "|")).collect();
    for (line, _) in NOT_RUN_FORMATS {
        assert!(commands.iter().any(|command| command == line), "no table has `{line}`");
    }
    let is_run = |command: &&String| NOT_RUN_FORMATS.iter().all(|(line, _)| line != *command);
    for command in commands.iter().filter(is_run) {
        assert_succeeds(command);
    }
}

#[cfg(target_os = "linux")] // needs pseudo-terminals of Linux
#[test]
fn readme_shows_the_real_prompt_and_output() {
    use crate::{
        sandbox::good_until,
        terminal::{FULL_QUESTION, Person, STAY},
    };
    let block = block("$ mfa-session");
    let lines: Vec<&str> = block.lines().collect();
    assert_eq!(lines[1], format!("{FULL_QUESTION}123456"));
    assert_eq!(lines[2].split(" until ").next().unwrap(), "mfa-session: [default-mfa] is valid");
    let sandbox = sandbox_of(lines[0]);
    let script = format!("{} </dev/null >stdout 2>/dev/tty; {STAY}", &lines[0][2..]);
    let mut person = Person::runs_script(&sandbox, &script);
    person.reads(FULL_QUESTION);
    person.types(&format!("{}\n", sandbox.code()));
    let screen = sandbox.normalize(&person.finishes().replace('\r', ""));
    let shown = format!("{}{}\n", good_until("default-mfa"), lines[3]);
    assert!(screen.ends_with(&shown), "{screen:?}");
    let commands = format!("{}\n{}", &lines[4][2..], &lines[5][2..]);
    let outcome = in_shell("bash", &sandbox, &commands, None).unwrap();
    assert!(outcome.status == 0 && outcome.stdout.contains("user/alice"), "{outcome:?}");
}

#[test]
fn shell_prompts_show_the_session() {
    let prompt = block("PS1=");
    let sandbox = sandbox_of("status");
    for (shell, script) in [
        ("bash", format!("PS1='> '\n{prompt}\necho \"${{PS1@P}}\"")),
        ("zsh", format!("setopt prompt_subst\nPS1='> '\n{prompt}\nprint -P \"$PS1\"")),
    ] {
        let Some(outcome) = in_shell(shell, &sandbox, &script, None) else { continue };
        assert!(outcome.stdout.starts_with("default-mfa "), "{shell}: {outcome:?}");
        assert!(outcome.stdout.ends_with("> \n"), "{shell}: {outcome:?}");
    }
    let Some(python) = tools::python("tomllib") else { return };
    let read = "import sys, tomllib; module = tomllib.loads(sys.stdin.read())['custom']['mfa']; \
                print(module['command']); print(module['when'])";
    let mut command = sandbox.command(python);
    command.args(["-c", read]);
    let outcome = sandbox.outcome(command, &block("# ~/.config/starship.toml"));
    assert_eq!(outcome.status, 0, "{outcome:?}");
    for line in outcome.stdout.lines() {
        let outcome = in_shell("sh", &sandbox, line, None).unwrap();
        assert!(outcome.status == 0 && outcome.stdout.starts_with("default-mfa "), "{outcome:?}");
    }
}

#[test]
fn readme_shows_the_keys_of_a_session_profile() {
    let sandbox = Sandbox::new();
    sandbox.write("config", "[default]\nregion = eu-west-1\n");
    sandbox.get([]).wrote("default-mfa");
    let written = sandbox.read("credentials");
    let (_, written) = written.split_once("[default-mfa]\n").unwrap();
    let written = written.lines().map_while(|line| line.split_once(" = "));
    let written: Vec<&str> = written.map(|(key, _)| key).collect();
    let block = block("[default-mfa]");
    let shown = block.lines().skip(1).map(|line| line.split_once(" = ").unwrap().0);
    assert_eq!(written, shown.collect::<Vec<_>>());
}

/// The README and the guides. `pipelines` tests the guide to CI systems.
fn documents() -> Vec<String> {
    let guides = guides().into_iter().filter(|guide| guide != "man/ci.md");
    iter::once("README.md".to_owned()).chain(guides).map(|path| text(&path)).collect()
}

/// The indented and fenced blocks of these documents.
pub(crate) fn blocks() -> Vec<String> {
    let mut blocks: Vec<String> = vec![];
    let (mut is_fenced, mut is_inside) = (false, false);
    for line in documents().join("\n").lines() {
        let is_fence = line.starts_with("```");
        is_fenced ^= is_fence;
        let content = if is_fenced { Some(line) } else { line.strip_prefix("    ") };
        let content = content.filter(|_| !is_fence && !line.is_empty());
        if let Some(content) = content {
            if is_inside {
                let block = blocks.last_mut().unwrap();
                block.push('\n');
                block.push_str(content);
            } else {
                blocks.push(content.to_owned());
            }
        }
        is_inside = content.is_some();
    }
    blocks
}

/// The block with this start.
pub(crate) fn block(start: &str) -> String {
    blocks().into_iter().find(|block| block.starts_with(start)).expect(start)
}

/// Runs a command in each shell that it is for, in a separate sandbox.
#[track_caller]
fn assert_succeeds(command: &str) {
    let shells: &[&str] = match command {
        _ if command.contains("| source") => &["fish"],
        _ if command.contains("load-env") => &["nu"],
        _ if command.contains("init bash") => &["bash"],
        _ if command.contains("eval ") => &["bash", "dash", "ksh", "zsh"],
        _ => &["bash"],
    };
    for shell in shells {
        let mut sandbox = sandbox_of(command);
        let code = sandbox.code();
        let command = command.trim_start_matches("credential_process = ").replace("run: ", "");
        let shown_code = Regex::new(r"\b123456\b").unwrap();
        let mut script = shown_code.replace_all(&command, &*code).into_owned();
        for (shown, here) in [
            ("iam::210987654321:", "iam::123456789012:"),
            ("mfa/ci", "mfa/alice"),
            ("AKIAIOSFODNN7EXAMPLE", ALICE.access_key_id),
            (" …", " amazon/aws-cli sts get-caller-identity"),
            ("> FILE", "> file"),
        ] {
            script = script.replace(shown, here);
        }
        let is_for_shell = ["eval ", "| source", "load-env"].iter().any(|it| script.contains(it));
        if is_for_shell {
            script.push_str("; mfa-session whoami");
        }
        fs::write(sandbox.path("code"), &code).unwrap();
        sandbox.set("CODE", &*code);
        let is_given = script.contains(&code) || script.contains("--code");
        let outcome = in_shell(shell, &sandbox, &script, (!is_given).then_some(&code));
        let Some(outcome) = outcome else { continue };
        assert_eq!(outcome.status, 0, "{shell}: {script}\n{outcome:?}");
        if is_for_shell {
            assert!(sandbox.signer().starts_with("ASIA"), "{shell}: {script}");
        }
    }
}

fn in_shell(
    shell: &str,
    sandbox: &Sandbox,
    script: &str,
    code: Option<&String>,
) -> Option<Outcome> {
    let mut command = sandbox.command(tools::program(shell)?);
    command.args(["-c", script]).envs(code.map(|code| ("MFA_SESSION_CODE", code)));
    Some(sandbox.outcome(command, "exit\n"))
}

/// A home with all files that the documents name, and with a session if the command needs one.
fn sandbox_of(command: &str) -> Sandbox {
    let roles = [
        Role::new("Audit").trust_account().requires_mfa(),
        Role::new("deploy").trust_web_identity(),
    ];
    let account = roles.into_iter().fold(Account::default(), Account::role);
    let mut sandbox = Sandbox::with(Sts::start(account));
    bin(&mut sandbox);
    sandbox.set("SHELL", "/bin/sh");
    sandbox.write("credentials", &format!("{}\n{}", keys("default"), keys("work")));
    let serial = format!("mfa_serial = {}\n", ALICE.serial_number);
    let admin = sandbox.sts().role_arn("admin");
    let saml = sandbox.sts().role_arn("saml");
    let config = format!(
        "[default]\n{serial}[profile work]\n{serial}\
         [profile admin]\nrole_arn = {admin}\nsource_profile = work\n"
    );
    sandbox.write("config", &config);
    let assertion = sandbox.sts().saml_assertion(&saml, &sandbox.sts().saml_provider_arn());
    for (name, content) in [
        ("policy.json", r#"{"Version": "2012-10-17", "Statement": []}"#.to_owned()),
        ("token", sandbox.sts().web_identity_token("app")),
        ("response.b64", assertion),
        ("message.txt", sandbox.sts().encoded_message(r#"{"allowed": false}"#)),
        (".seed", "GEZDGNBV\n".to_owned()),
        ("github-env", String::new()),
    ] {
        fs::write(sandbox.path(name), content).unwrap();
    }
    let file = sandbox.path("github-env").to_str().unwrap().to_owned();
    sandbox.set("GITHUB_ENV", file);
    let needs_session = ["status", "clear", "-mfa"].iter().any(|it| command.contains(it));
    if needs_session {
        let profile = if command.contains("work") { "work" } else { "default" };
        let code = sandbox.code();
        sandbox.run(["--profile", profile, "--code", &code]).wrote(&format!("{profile}-mfa"));
    }
    sandbox
}

/// A section, without its heading.
fn section(heading: &str) -> String {
    let documents = documents().join("\n## End\n");
    let (_, rest) = documents.split_once(&format!("\n## {heading}\n")).expect(heading);
    rest.split("\n## ").next().unwrap().to_owned()
}

/// Puts stubs of foreign programs into `~/bin`: generators of codes print `~/code`, clients of AWS
/// run `whoami`.
pub(crate) fn bin(sandbox: &mut Sandbox) {
    let bin = sandbox.path("bin");
    fs::create_dir_all(&bin).unwrap();
    symlink(PROGRAM, bin.join("mfa-session")).unwrap();
    for (name, script) in STUBS {
        let path = bin.join(name);
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    sandbox.set("PATH", format!("{}:/usr/local/bin:/usr/bin:/bin", bin.display()));
}

const STUBS: [(&str, &str); 8] = [
    ("aws", "exec mfa-session whoami"),
    ("terraform", "exec mfa-session whoami"),
    ("ykman", r#"[ "$*" = "oath accounts code --single aws" ] && cat ~/code"#),
    ("pass", r#"[ "$*" = "otp aws/work" ] && cat ~/code"#),
    ("gopass", r#"[ "$*" = "otp --password aws" ] && cat ~/code"#),
    ("op", r#"[ "$*" = "item get AWS work --otp" ] && cat ~/code"#),
    ("oathtool", r#"[ "$* $(cat)" = "--base32 --totp - GEZDGNBV" ] && cat ~/code"#),
    ("docker", DOCKER),
];

/// Reads `--env-file` by docker's rules and runs `whoami` with nothing but its variables.
const DOCKER: &str = r#"[ "$1 $2" = "run --env-file" ] || exit 2
file=$3; shift 3
set -- sh -c 'exec mfa-session whoami'
while IFS= read -r line; do set -- "$line" "$@"; done < "$file"
exec env -i PATH="$PATH" HOME=/nowhere AWS_ENDPOINT_URL="$AWS_ENDPOINT_URL" "$@""#;
