//! Code commands: the words of a line, and the code in an output.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mfa_session::{child::CommandLine, mfa::Code};

fuzz_target!(|text: &str| {
    check_words(text);
    let found = Code::find_in(text).map(|code| code.into_digits().expose().to_owned());
    assert_eq!(found.ok(), only_code(text), "{text:?}");
});

/// A line runs without a shell only if a shell would do nothing but split it.
fn check_words(text: &str) {
    match CommandLine::parse(text) {
        Ok(CommandLine::Words(words)) => {
            assert!(!words.is_empty());
            assert!(!text.contains(['|', '&', ';', '<', '>', '(', ')', '$', '`', '~']), "{text:?}");
            assert_eq!(shlex::split(text).as_ref(), Some(&words));
            // Quoting restores the words.
            if let Ok(quoted) = shlex::try_join(words.iter().map(String::as_str)) {
                assert_eq!(shlex::split(&quoted), Some(words));
            }
        }
        Ok(CommandLine::Shell(line)) => assert_eq!(line, text),
        Err(problem) => assert!(!problem.is_empty()),
    }
}

/// A second implementation: the text without spaces, or the only code among its words.
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
