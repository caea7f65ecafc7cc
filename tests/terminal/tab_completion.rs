//! Tab completion in real shells: a name is completed as one word, and the shell runs nothing of
//! it.

use std::fs;

use super::Person;
use crate::{
    completion::{DEVICE, HOSTILE, ROLE, sandbox},
    generated::project,
    sandbox::{Sandbox, write_program},
    tools,
};

const PROMPT: &str = "ready> ";

/// Both print their arguments. The completions call the real program.
const SHOW_ARGUMENTS: &str = "mfa-session() { printf '<%s>' \"$@\"; echo; }\n\
                              mfa() { mfa-session \"$@\"; }\n";

/// A person at the prompt of a shell that has the completions.
fn prompt(sandbox: &Sandbox, shell: &str, startup_file: &str, startup: &str) -> Person {
    let text = format!("{startup}\n{SHOW_ARGUMENTS}PS1='{PROMPT}'\n");
    fs::create_dir_all(sandbox.path("bin")).unwrap();
    write_program(&sandbox.path("bin/tool-of-test"), "");
    fs::write(sandbox.path("file-of-test"), "").unwrap();
    fs::write(sandbox.path(startup_file), text).unwrap();
    let mut person = Person::runs_script(sandbox, &format!("exec {shell} >&0 2>&0"));
    person.reads(PROMPT);
    person
}

/// Types this and a tab. The program gets these words.
#[track_caller]
fn completes(person: &mut Person, typed: &str, words: &[&str]) {
    completes_line(person, &format!("mfa-session {typed}"), words);
}

/// Types this line and a tab. The program gets these words.
#[track_caller]
fn completes_line(person: &mut Person, line: &str, words: &[&str]) {
    person.types(&format!("{line}\t\r"));
    let words = format!("<{}>", words.join("><"));
    person.reads(&words);
    person.reads(PROMPT);
}

/// The function of `init` completes profiles, and the flags of the program.
fn completes_function(person: &mut Person) {
    // `clear` and `status` begin with the letters of two names.
    for name in HOSTILE.into_iter().filter(|name| !["c", "s"].contains(&&name[..1])) {
        completes_line(person, &format!("mfa {}", &name[..1]), &[name]);
    }
    completes_line(person, "mfa f:wi", &["f:with:colons"]);
    completes_line(person, "mfa 'a b", &["a blank"]);
    completes_line(person, "mfa st", &["status"]);
    completes_line(person, "mfa root --forc", &["root", "--force"]);
    completes_line(person, "mfa z --serial arn", &["z", "--serial", DEVICE]);
    completes_line(person, "mfa -p a", &["-p", "a blank"]);
    completes_line(person, "mfa status --shor", &["status", "--short"]);
}

/// The command of `exec` and its own arguments are completed.
fn completes_exec(person: &mut Person) {
    for exec in [
        "exec",
        "exec --",
        "-p z exec -p work --force --",
        "exec --serial arn:aws:x",
        "exec -p=a --",
    ] {
        let words: Vec<&str> = exec.split(' ').collect();
        let completes = |person: &mut Person, typed: &str, completed: &[&str]| {
            completes(person, &format!("{exec} {typed}"), &[&words, completed].concat());
        };
        completes(person, "tool-of-te", &["tool-of-test"]);
        completes(person, "tool-of-test alp", &["tool-of-test", "alpha"]);
        completes(person, "tool-of-test --profile bet", &["tool-of-test", "--profile", "beta"]);
        completes(person, "tool-of-test --forc", &["tool-of-test", "--forc"]);
    }
    completes(person, "exec --forc", &["exec", "--force"]);
    completes(person, "exec --force --profile a", &["exec", "--force", "--profile", "a blank"]);
    completes(person, "exec -- cat file-o", &["exec", "--", "cat", "file-of-test"]);
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
    completes_function(person);
    completes_exec(person);
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
        "source '{}'\neval \"$(mfa-session init bash)\"\nbind 'set enable-bracketed-paste off'\n\
         _tool() {{\n\
         [[ ${{COMP_LINE:0:COMP_POINT}} == 'tool-of-test '*\"$2\" ]] || return\n\
         local word=alpha; [[ ${{COMP_WORDS[COMP_CWORD - 1]}} != --profile ]] || word=beta\n\
         COMPREPLY=($(compgen -W \"$word\" -- \"$2\"))\n\
         }}; complete -F _tool tool-of-test\n\
         _completion_loader() {{ [[ $1 == loaded ]] && complete -W 'one two' loaded; }}",
        project("completions/mfa-session.bash").display()
    );
    let mut person = prompt(&sandbox, "bash --rcfile startup -i", "startup", &startup);
    // bash-completion loads the completions of a command at its first use.
    completes(&mut person, "exec -- loaded tw", &["exec", "--", "loaded", "two"]);
    completes_all(&sandbox, person);
}

#[test]
fn zsh_completes_any_name_as_one_word() {
    if tools::program("zsh").is_none() {
        return;
    }
    let mut sandbox = sandbox();
    sandbox.set("ZDOTDIR", sandbox.path(".").to_str().unwrap().to_owned());
    let compinit = format!(
        "fpath=('{}' ${{fpath[@]}})\nautoload -Uz compinit\ncompinit -u -D\n",
        project("completions").display()
    );
    let tool = "_tool() { compadd ${${${words[CURRENT-1]}:#--profile}:+alpha} beta }\n\
                compdef _tool tool-of-test\n";
    let compinit = compinit + tool;
    let init = "setopt no_unset ksh_arrays\neval \"$(mfa-session init zsh)\"\n";
    let options = "setopt no_beep no_prompt_sp no_prompt_cr";
    let person = prompt(&sandbox, "zsh -d -i", ".zshrc", &format!("{compinit}{init}{options}"));
    completes_all(&sandbox, person);

    let mut person = prompt(&sandbox, "zsh -d -i", ".zshrc", &format!("{init}{compinit}{options}"));
    completes_function(&mut person);
    person.types("exit\r");
    person.leaves();
}
