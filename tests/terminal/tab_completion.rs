//! Tab completion in real shells: a name is completed as one word, and the shell runs nothing of
//! it.

use std::fs;

use super::Person;
use crate::{
    completion::{DEVICE, HOSTILE, ROLE, sandbox},
    generated::project,
    sandbox::Sandbox,
    tools,
};

const PROMPT: &str = "ready> ";

/// Prints its arguments. The completions call the real program.
const SHOWS_ARGUMENTS: &str = "mfa-session() { printf '<%s>' \"$@\"; echo; }\n";

/// A person at the prompt of a shell that has the completions.
fn prompt(sandbox: &Sandbox, shell: &str, startup_file: &str, startup: &str) -> Person {
    let text = format!("{startup}\n{SHOWS_ARGUMENTS}PS1='{PROMPT}'\n");
    fs::write(sandbox.path(startup_file), text).unwrap();
    let mut person = Person::runs_script(sandbox, &format!("exec {shell} >&0 2>&0"));
    person.reads(PROMPT);
    person
}

/// Types this and a tab. The program gets these words.
#[track_caller]
fn completes(person: &mut Person, typed: &str, words: &[&str]) {
    person.types(&format!("mfa-session {typed}\t\r"));
    let words = format!("<{}>", words.join("><"));
    person.reads(&words);
    person.reads(PROMPT);
}

/// Both shells complete the same.
fn completes_all(sandbox: &Sandbox, mut person: Person) {
    let person = &mut person;
    for name in HOSTILE {
        completes(person, &format!("--profile {}", &name[..1]), &["--profile", name]);
    }
    completes(person, "--profile=a", &["--profile=a blank"]);
    completes(person, "--profile=f:wi", &["--profile=f:with:colons"]);
    completes(person, "--profile 'f:wi", &["--profile", "f:with:colons"]);
    completes(person, "--profile a\\ b", &["--profile", "a blank"]);
    completes(person, "status -p \"a b", &["status", "-p", "a blank"]);
    completes(person, "exec -s arn:aws:i", &["exec", "-s", DEVICE]);
    completes(person, "--serial arn", &["--serial", DEVICE]);
    completes(person, "saml --role-arn \"arn:aws", &["saml", "--role-arn", ROLE]);
    assert!(!sandbox.path("ran").exists());
    for name in HOSTILE {
        for quote in ['\'', '"'] {
            person.types(&format!("mfa-session --profile {quote}{}\t", &name[..1]));
            // Ctrl-U deletes the line.
            person.types("\x15\r");
            person.reads(PROMPT);
        }
    }
    assert!(!sandbox.path("ran").exists());
    person.types("exit\r");
    person.leaves();
}

#[test]
fn bash_completes_any_name_as_one_word() {
    if tools::program("bash").is_none() {
        return;
    }
    let mut sandbox = sandbox();
    sandbox.set("INPUTRC", "/dev/null");
    let startup = format!(
        "source '{}'\nbind 'set enable-bracketed-paste off'",
        project("completions/mfa-session.bash").display()
    );
    let person = prompt(&sandbox, "bash --rcfile startup -i", "startup", &startup);
    completes_all(&sandbox, person);
}

#[test]
fn zsh_completes_any_name_as_one_word() {
    if tools::program("zsh").is_none() {
        return;
    }
    let mut sandbox = sandbox();
    sandbox.set("ZDOTDIR", sandbox.path(".").to_str().unwrap().to_owned());
    let startup = format!(
        "fpath=('{}' $fpath)\nautoload -Uz compinit\ncompinit -u -D\n\
         setopt no_beep no_prompt_sp no_prompt_cr",
        project("completions").display()
    );
    let person = prompt(&sandbox, "zsh -d -i", ".zshrc", &startup);
    completes_all(&sandbox, person);
}
