//! The shell function of `init`, in real shells. PowerShell does not run here: tree-sitter parses
//! the text, as in `formats::shell_syntax`.

use std::{collections::BTreeMap, fs, path::PathBuf};

use loopback_sts::{ALICE, Fault};
use snapbox::str;

use crate::{
    completion::HOSTILE,
    sandbox::{Outcome, PROGRAM, Sandbox, Table, good_until, keys, write_program},
    shells::{self, granted, run, variables},
    tools,
};

/// A shell that loads the function.
struct Shell {
    name: &'static str,
    path: PathBuf,
    options: &'static [&'static str],
    load: &'static str,
    /// A script in which the statement after `A` runs only if `A` fails.
    on_failure: &'static str,
}

/// The shells that this machine has.
#[expect(clippy::print_stderr, reason = "the output of a failed test names the shell")]
fn in_every_shell(check: impl Fn(&Shell)) {
    let posix = "A || B";
    for (name, options, load, on_failure) in [
        ("bash", &["-c"][..], r#"eval "$(mfa-session init bash)""#, posix),
        ("zsh", &["-c"], r#"eval "$(mfa-session init zsh)""#, posix),
        ("dash", &["-c"], r#"eval "$(mfa-session init sh)""#, posix),
        ("ksh", &["-c"], r#"eval "$(mfa-session init posix)""#, posix),
        ("bash", &["--posix", "-c"], r#"eval "$(mfa-session init sh)""#, posix),
        ("fish", &["--no-config", "-c"], "mfa-session init fish | source", "A; or B"),
        ("nu", &["--no-config-file", "-c"], "source mfa.nu", "try { A } catch { B }"),
    ] {
        if let Some(path) = tools::program(name) {
            eprintln!("in {name}");
            check(&Shell { name, path, options, load, on_failure });
        }
    }
}

impl Shell {
    /// Loads the function and runs a script.
    fn run(&self, sandbox: &Sandbox, script: &str) -> Outcome {
        self.run_as(sandbox, script, &[])
    }

    /// The same with flags for `init`.
    fn run_as(&self, sandbox: &Sandbox, script: &str, flags: &[&str]) -> Outcome {
        let mut load = self.load.to_owned();
        if self.name == "nu" {
            let mut command = sandbox.command(PROGRAM);
            command.args(["init", "nu"]).args(flags);
            let text = sandbox.outcome(command, "");
            fs::write(sandbox.path("mfa.nu"), text.stdout).unwrap();
        } else {
            load = load.replace(" init ", &format!(" init {} ", flags.join(" ")));
        }
        let script = format!("{load}; {script}");
        run(sandbox, &self.path, &[self.options, &[&script]].concat(), "")
    }

    /// A script that runs `then` only if `command` fails.
    fn if_fails(&self, command: &str, then: &str) -> String {
        self.on_failure.replace('A', command).replace('B', then)
    }
}

/// A sandbox with Alice's keys in some profiles.
fn sandbox() -> Sandbox {
    let sandbox = shells::sandbox();
    let profiles = ["default", "work", "status", "a b", "bad"];
    sandbox.write("credentials", &profiles.map(keys).join("\n"));
    sandbox.write("config", "[profile bad]\nmfa_session_duration = long\n");
    sandbox
}

fn granted_for(profile: &str) -> BTreeMap<String, String> {
    let mut variables = granted();
    variables.insert("MFA_SESSION_SOURCE".into(), profile.into());
    variables
}

#[test]
#[cfg_attr(windows, ignore = "needs POSIX shells, fish, nu")]
fn puts_the_session_of_a_profile_into_the_shell() {
    in_every_shell(|shell| {
        for (words, profile) in [("", "default"), ("work", "work"), ("-p status", "status")] {
            let mut sandbox = sandbox();
            sandbox.set("AWS_PROFILE", if profile == "default" { "default" } else { "nobody" });
            let script = format!("mfa {words} --code {}; env -0", sandbox.code());
            let outcome = shell.run(&sandbox, &script);
            let until = "is valid until [TIME] ([LEFT] left)\n";
            assert!(outcome.stderr.ends_with(until), "{outcome:?}");
            assert_eq!(variables(&outcome), granted_for(profile));
        }
    });
}

#[test]
#[cfg_attr(windows, ignore = "needs POSIX shells, fish, nu")]
fn takes_a_profile_name_with_a_blank() {
    in_every_shell(|shell| {
        let sandbox = sandbox();
        let script = format!("mfa 'a b' --to work-mfa --code {}; env -0", sandbox.code());
        let outcome = shell.run(&sandbox, &script);
        assert_eq!(outcome.stderr, good_until("work-mfa"));
        let mut variables = variables(&outcome);
        // POSIX exports omit such a name.
        variables.entry("MFA_SESSION_SOURCE".into()).or_insert("a b".into());
        assert_eq!(variables, granted_for("a b"));
    });
}

#[test]
#[cfg_attr(windows, ignore = "needs POSIX shells, fish, nu")]
fn clear_removes_the_session_from_the_shell() {
    in_every_shell(|shell| {
        let sandbox = sandbox();
        let script = format!("mfa --code {}; mfa clear; env -0", sandbox.code());
        assert_eq!(variables(&shell.run(&sandbox, &script)), BTreeMap::new());
        // The kept session stays: `mfa` puts it back.
        assert!(sandbox.value("default-mfa", "aws_session_token").is_some());
    });
}

#[test]
#[cfg_attr(windows, ignore = "needs POSIX shells, fish, nu")]
fn other_texts_go_to_standard_output() {
    in_every_shell(|shell| {
        let sandbox = sandbox();
        sandbox.run(["-p", "work", "--code", &sandbox.code()]);
        for (words, arguments) in [
            ("status", "status"),
            ("status --short -p work", "status --short -p work"),
            ("work --dry-run", "-p work --dry-run"),
            ("-p work --dry-run --json", "-p work --dry-run --json"),
            ("--help", "--help"),
            ("work -h", "-h"),
            ("status -h", "status -h"),
            ("-V", "-V"),
            ("--version", "--version"),
            ("work --format json", "-p work --format json"),
            ("work --format=fish", "-p work --format=fish"),
            ("work --export=zsh", "-p work --export=zsh"),
            ("work -e=zsh", "-p work -e=zsh"),
            ("clear --format=fish", "clear --format=fish"),
            ("clear -p nobody", "clear -p nobody"),
        ] {
            let by_itself = || {
                let mut command = sandbox.command("sh");
                command.args(["-c", &format!("exec {PROGRAM} {arguments}")]);
                sandbox.outcome(command, "").to_string()
            };
            let mut expected = by_itself();
            let printed = shell.run(&sandbox, &format!("mfa {words}")).to_string();
            if printed != expected {
                // A minute may have ended between the two.
                expected = by_itself();
            }
            assert_eq!(printed, expected);
        }
        sandbox.run(["-p", "work", "status"]);
        let cleared = shell.run(&sandbox, "mfa clear -p work");
        cleared.printed("mfa-session: cleared the session in [work-mfa]\n");
    });
}

#[test]
#[cfg_attr(windows, ignore = "needs POSIX shells, fish, nu")]
fn fails_with_the_status_of_the_program_and_changes_nothing() {
    in_every_shell(|shell| {
        for (status, words) in [
            (1, "bad --code 123456"),
            (2, "work --bogus"),
            (2, "work status"),
            (125, "work exec -- env"),
            (3, "work"),
            (4, "work --code 000000"),
            (5, "work --code 123456 --endpoint-url http://127.0.0.1:1"),
        ] {
            let mut sandbox = sandbox();
            let outcome = shell.run(&sandbox, &format!("mfa {words}"));
            assert_eq!((outcome.status, &*outcome.stdout), (status, ""), "{words}: {outcome:?}");

            sandbox.set("AWS_ACCESS_KEY_ID", "before").set("AWS_SESSION_TOKEN", "before");
            sandbox.set("AWS_SECRET_ACCESS_KEY", "before");
            let script = shell.if_fails(&format!("mfa {words}"), "env -0");
            let left = variables(&shell.run(&sandbox, &script));
            assert!(left.len() == 3 && left.values().all(|value| value == "before"), "{left:?}");
        }
    });
}

#[test]
#[cfg_attr(windows, ignore = "needs POSIX shells, fish, nu")]
fn a_killed_program_is_a_failure() {
    in_every_shell(|shell| {
        let sandbox = sandbox();
        fs::create_dir(sandbox.path("bin")).unwrap();
        write_program(&sandbox.path("bin/mfa-session"), "#!/bin/sh\nkill -KILL $$\n");
        let bin = sandbox.path("bin");
        let bin = bin.display();
        let path = match shell.name {
            "fish" => format!("set PATH {bin} $PATH"),
            "nu" => format!("$env.PATH = [{bin}]"),
            _ => format!("PATH={bin}:$PATH"),
        };
        let script = format!("{path}; {}", shell.if_fails("mfa work", "echo failed"));
        assert_eq!(shell.run(&sandbox, &script).stdout, "failed\n");
    });
}

#[test]
#[cfg_attr(windows, ignore = "needs POSIX shells, fish, nu")]
fn works_with_errexit_and_nounset() {
    in_every_shell(|shell| {
        if ["fish", "nu"].contains(&shell.name) {
            return;
        }
        let sandbox = sandbox();
        let script = format!(
            "set -eu; mfa work --code {}; mfa --dry-run >/dev/null; mfa clear; mfa clear -p work; \
             mfa nobody || echo $?; mfa nobody; echo not reached",
            sandbox.code()
        );
        let outcome = shell.run(&sandbox, &script);
        assert_eq!((outcome.status, &*outcome.stdout), (2, "2\n"), "{outcome:?}");
    });
}

/// Options that change how zsh parses, and aliases of a user, which replace words as the function
/// is parsed.
#[test]
#[cfg_attr(windows, ignore = "needs POSIX shells")]
fn works_with_options_and_aliases_of_the_user() {
    for (name, before) in [
        (
            "zsh",
            "setopt no_unset err_exit ksh_arrays sh_word_split ksh_glob extended_glob rc_quotes \
             posix_builtins warn_create_global glob_subst no_multi_func_def no_case_match\n\
             alias mfa=no command=no set=no test=no printf=no return=no shift=no eval=no \
             unalias=no typeset=no\n\
             alias -g -- -h='-h | no' --help='--help | no' status=no clear=no mfa=no\n\
             \\eval \"$(mfa-session init zsh)\"\n\
             \\unalias -m '*'\n",
        ),
        (
            "bash",
            "set -eu; shopt -s expand_aliases nullglob failglob extglob; set -f; IFS=\n\
             alias mfa=no command=no set=no test=no printf=no return=no shift=no eval=no \
             unalias=no local=no\n\
             \\eval \"$(mfa-session init bash)\"\n\
             \\unalias -a\n",
        ),
        ("ksh", "alias mfa=no command=no; \\eval \"$(mfa-session init sh)\"\n\\unalias -a\n"),
        ("dash", "alias mfa=no command=no; \\eval \"$(mfa-session init sh)\"\n\\unalias -a\n"),
    ] {
        let Some(shell) = tools::program(name) else { continue };
        let sandbox = sandbox();
        let script = format!(
            "{before}mfa work --code {}\nmfa --help >/dev/null\nmfa nobody || env -0\n",
            sandbox.code()
        );
        fs::write(sandbox.path("script"), script).unwrap();
        let outcome = run(&sandbox, &shell, &["script"], "");
        assert_eq!(variables(&outcome), granted_for("work"), "{name}");
    }
}

#[test]
#[cfg_attr(windows, ignore = "needs POSIX shells, fish, nu")]
fn has_the_name_that_cmd_gives() {
    in_every_shell(|shell| {
        let sandbox = sandbox();
        let script = format!("m_2 work --code {}; env -0", sandbox.code());
        let outcome = shell.run_as(&sandbox, &script, &["--cmd", "m_2"]);
        assert_eq!(variables(&outcome), granted_for("work"));
    });
}

#[test]
fn refuses_a_name_with_shell_syntax() {
    let mut table = Table::default();
    for name in ["", "-x", "1a", "a b", "a;b", "$(b)", "a-b", "é", "a\n", "eval", "If"] {
        table.add(
            format!("{name:?}"),
            &Sandbox::new().run(["init", "sh", &format!("--cmd={name}")]),
        );
    }
    table.add("41 letters", &Sandbox::new().run(["init", "sh", "--cmd", &"a".repeat(41)]));
    table.add("no shell", &Sandbox::new().run(["init"]));
    table.add("csh", &Sandbox::new().run(["init", "csh"]));
    table.matches_file("init/refused");
}

#[test]
#[cfg_attr(windows, ignore = "needs nu")]
fn nu_completes_the_profile() {
    let Some(nu) = tools::program("nu") else { return };
    let sandbox = crate::completion::sandbox();
    let init = sandbox.run(["init", "nu"]).stdout;
    let offered = |line: &str| {
        let text = format!("{init}\n{line}");
        fs::write(sandbox.path("line.nu"), &text).unwrap();
        let mut command = sandbox.command(&nu);
        command.args(["--no-config-file", "--ide-complete", &text.len().to_string(), "line.nu"]);
        sandbox.outcome(command, "").stdout
    };
    assert_eq!(offered("mfa z"), "{\"completions\": [\"z\"]}\n");
    assert_eq!(offered("mfa st"), "{\"completions\": [\"status\"]}\n");
    assert_eq!(offered("mfa z z"), "{\"completions\": []}\n");
    let all = offered("mfa ");
    for name in HOSTILE {
        // nu escapes nothing of what it would insert.
        let quoted = format!("\"{}\"", serde_json::to_string(name).unwrap());
        assert!(all.contains(&quoted), "{quoted} is not in {all}");
    }
}

#[test]
#[cfg_attr(windows, ignore = "needs fish")]
fn fish_completes_profiles_and_flags() {
    let Some(fish) = tools::program("fish") else { return };
    let sandbox = crate::completion::sandbox();
    let completions = crate::generated::project("completions/mfa-session.fish");
    let offered = |line: &str| {
        let mut command = sandbox.command(&fish);
        let script = "source $argv[1]; mfa-session init fish | source; complete -C $argv[2]";
        command.args(["--no-config", "-c", script]).arg(&completions).arg(line);
        let outcome = sandbox.outcome(command, "");
        assert_eq!((outcome.status, outcome.stderr.as_str()), (0, ""), "{line}");
        let lines = outcome.stdout.lines();
        lines.map(|line| line.split('\t').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let mut names = offered("mfa ");
    names.sort();
    let mut expected = [&HOSTILE[..], &["clear", "default", "status", "z"]].concat();
    expected.sort_unstable();
    assert_eq!(names, expected);
    assert_eq!(offered("mfa a\\ b"), ["a blank"]);
    assert!(offered("mfa z ").is_empty());
    assert_eq!(offered("mfa z --fo"), ["--force", "--format"]);
    assert_eq!(offered("mfa z --format git"), ["github"]);
    assert_eq!(offered("mfa root --serial arn:"), [crate::completion::DEVICE]);
    assert_eq!(offered("mfa -p z"), ["z"]);
    assert_eq!(offered("mfa status --sh"), ["--short"]);
    assert!(!sandbox.path("ran").exists());
}

#[test]
#[cfg_attr(windows, ignore = "needs tree-sitter")]
fn powershell_text_has_valid_syntax() {
    let Some(python) = tools::python("tree_sitter, tree_sitter_powershell") else { return };
    let text = Sandbox::new().run(["init", "pwsh", "--cmd", "m_2"]).stdout;
    assert!(text.is_ascii() && text.contains("function global:m_2 {"), "{text}");
    let parse = "import sys, tree_sitter, tree_sitter_powershell as powershell\n\
                 language = tree_sitter.Language(powershell.language())\n\
                 root = tree_sitter.Parser(language).parse(sys.stdin.buffer.read()).root_node\n\
                 print(root.has_error, [node.type for node in root.children[0].children])";
    let sandbox = Sandbox::new();
    let mut command = sandbox.command(&python);
    command.args(["-c", parse]);
    sandbox.outcome(command, &text).matches(str![[r#"
exit 0
--- stdout
False ['pipeline', 'comment', 'function_statement', 'comment', 'pipeline']
"#]]);
}

#[cfg(target_os = "linux")] // needs pseudo-terminals of Linux
#[test]
fn prompts_on_the_terminal() {
    use crate::terminal::{Person, QUESTION};
    in_every_shell(|shell| {
        let sandbox = sandbox();
        sandbox.write("config", &format!("[default]\nmfa_serial = {}\n", ALICE.serial_number));
        let script = format!(
            "{}; mfa work --serial {}; sh -c 'env -0 >variables'",
            shell.load, ALICE.serial_number
        );
        fs::write(sandbox.path("script"), script).unwrap();
        let init = sandbox.run(["init", "nu"]).stdout;
        fs::write(sandbox.path("mfa.nu"), init).unwrap();
        let directory = std::path::Path::new(PROGRAM).parent().unwrap();
        let mut sandbox = sandbox;
        sandbox.set("PATH", format!("{}:/usr/bin:/bin", directory.display()));
        let options = shell.options.join(" ");
        let person = format!("exec {} {options} \"$(cat script)\" 2>&0", shell.path.display());
        let mut person = Person::runs_script(&sandbox, &person);
        person.reads(&format!("MFA code for work {QUESTION}"));
        sandbox.sts().inject(Fault::Grant(shells::usual()).on_calls());
        person.types(&format!("{}\n", sandbox.code()));
        assert_eq!(person.leaves(), Some(0));
        let stdout = fs::read_to_string(sandbox.path("variables")).unwrap();
        let outcome = Outcome { status: 0, stdout, stderr: String::new() };
        assert_eq!(variables(&outcome), granted_for("work"));
    });
}
