//! Code commands: how a line is split, and which code is found in what is printed.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mfa_session::mfa::{Code, CodeCommand};

fuzz_target!(|text: &str| {
    split(text);
    let found = Code::find_in(text).map(|code| code.into_digits().expose().to_owned());
    assert_eq!(found.ok(), only_code(text), "{text:?}");
});

/// Words are a shell's only where a shell would do nothing else than to split them.
fn split(text: &str) {
    match text.parse() {
        Ok(CodeCommand::Words(words)) => {
            assert!(!words.is_empty());
            assert!(!text.contains(['|', '&', ';', '<', '>', '(', ')', '$', '`']), "{text:?}");
            assert_eq!(shlex::split(text).as_ref(), Some(&words));
            // Quoted again, they are the same words.
            if let Ok(quoted) = shlex::try_join(words.iter().map(String::as_str)) {
                assert_eq!(shlex::split(&quoted), Some(words));
            }
        }
        Ok(CodeCommand::Shell(line)) => assert_eq!(line, text),
        Err(unfit) => assert!(text.trim().is_empty() || !unfit.problem.contains(text.trim())),
    }
}

/// Written otherwise: the text without blanks, or the only number among its words.
fn only_code(text: &str) -> Option<String> {
    let is_code = |text: &str| text.len() == 6 && text.chars().all(|c| c.is_ascii_digit());
    let whole: String = text.split_whitespace().collect();
    if is_code(&whole) {
        return Some(whole);
    }
    let mut codes = Vec::new();
    let mut word = String::new();
    for c in text.chars().chain(['\n']) {
        if c.is_ascii_alphanumeric() {
            word.push(c);
        } else {
            codes.extend(Some(std::mem::take(&mut word)).filter(|word| is_code(word)));
        }
    }
    codes.dedup();
    codes.pop().filter(|_| codes.is_empty())
}
