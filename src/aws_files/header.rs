//! The headers of the config file, such as `[profile work]` and `[services local]`.
//!
//! botocore, and thus the AWS CLI, splits such a header into words as a shell does, and ignores it
//! unless it has two words. The AWS CLI quotes a name with white space. Headers of the credentials
//! file are literal.

use std::borrow::Cow;

/// The header for a name: `profile work`, `profile 'team a'`.
#[must_use]
pub fn config_header(kind: &str, name: &str) -> String {
    let is_one_word = is_plain(name) || split(name).is_some_and(|words| words == [name]);
    let quoted = if is_one_word { Ok(name.into()) } else { shlex::try_quote(name) };
    // The quoting fails only for a NUL character, which no header has.
    [kind, " ", &quoted.unwrap_or_default()].concat()
}

/// The name in a header of this kind; `None` if it is another header.
#[must_use]
pub fn name_in_header<'a>(header: &'a str, kind: &str) -> Option<Cow<'a, str>> {
    let plain = header.strip_prefix(kind).and_then(|rest| rest.strip_prefix(' '));
    if let Some(name) = plain.filter(|name| is_plain(name)) {
        return Some(name.into());
    }
    match <[String; 2]>::try_from(split(header)?) {
        Ok([first, name]) if first == kind && header.starts_with(kind) => Some(name.into()),
        _ => None,
    }
}

/// The header as [`config_header`] writes it, if it may differ. A header that botocore ignores
/// stays as it is.
pub(super) fn canonical(header: &str) -> Option<String> {
    // At the very end, each of these leaves a quote open, which `split` refuses.
    let mut pairs = header.as_bytes().windows(2);
    if !pairs.any(|pair| matches!(pair, [b'\'' | b'"' | b'\\' | b'\t', _] | [b' ', b' '])) {
        return None;
    }
    match split(header)?.as_slice() {
        [kind, name] if header.starts_with(kind) => Some(config_header(kind, name)),
        _ => None,
    }
}

/// Whether a name is a word without quotes to every reader. Most names are.
fn is_plain(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    !name.is_empty() && name.bytes().all(is_plain)
}

/// Splits as Python's `shlex` does; `None` if a quote is not closed. The crate also removes a
/// backslash before `$` and a backtick in double quotes, which Python keeps: refuse that.
fn split(text: &str) -> Option<Vec<String>> {
    let differs = text.contains('"') && (text.contains("\\$") || text.contains("\\`"));
    shlex::split(text).filter(|_| !differs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_quoted_name_as_botocore_does() {
        for (header, canonical_header, name) in [
            ("profile work", "profile work", Some("work")),
            ("profile  \t work", "profile work", Some("work")),
            ("profile 'team a'", "profile 'team a'", Some("team a")),
            ("profile \"team a\"", "profile 'team a'", Some("team a")),
            ("profile team\\ a", "profile 'team a'", Some("team a")),
            ("profile \"q\"", "profile q", Some("q")),
            ("profile 'a'\"b\"", "profile ab", Some("ab")),
            ("profile \"it's\"", "profile \"it's\"", Some("it's")),
            ("profile a,b", "profile a,b", Some("a,b")),
            ("profile ''", "profile ''", Some("")),
            ("profile team b", "profile team b", None),
            ("profile it's", "profile it's", None),
            ("profile \"a\\$b\"", "profile \"a\\$b\"", None),
            ("'profile' a", "'profile' a", None),
            ("services local", "services local", None),
            ("default", "default", None),
        ] {
            let found = canonical(header);
            assert_eq!(found.as_deref().unwrap_or(header), canonical_header, "{header}");
            assert_eq!(name_in_header(header, "profile").as_deref(), name, "{header}");
            if let Some(name) = name {
                assert_eq!(config_header("profile", name), canonical_header);
            }
        }
    }
}
