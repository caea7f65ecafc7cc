//! Text that is not shown by accident, and is wiped when dropped; and the stack, on which libraries
//! leave pieces of it.
//!
//! There is no `Display`, and `Debug` is mute: whoever wants the text calls [`Secret::expose`], so
//! that `grep -rn 'expose()' src` is the complete list of places where a secret is used.

use std::{fmt, hint};

use zeroize::Zeroizing;

/// A secret access key, a session token, an MFA code, or a text that holds one.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes the text over; the caller keeps no copy.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<Zeroizing<String>> for Secret {
    fn from(text: Zeroizing<String>) -> Self {
        Self(text)
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self::new(text.to_owned())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// Overwrites what calls that have returned left on this thread's stack. Where the stack is small,
/// that is less: who runs out of it dies.
pub fn wipe_stack() {
    match most_of_the_stack() {
        DEEPEST.. => wipe::<DEEPEST>(),
        SMALL.. => wipe::<SMALL>(),
        _ => {}
    }
}

#[inline(never)]
fn wipe<const LENGTH: usize>() {
    let mut below = [0_u8; LENGTH];
    hint::black_box(&mut below);
}

/// What can surely be used of the stack, in bytes: arguments and variables stand on it, too.
fn most_of_the_stack() -> usize {
    #[cfg(unix)]
    if let Some(limit) = rustix::process::getrlimit(rustix::process::Resource::Stack).current {
        return usize::try_from(limit / 2).unwrap_or(usize::MAX);
    }
    usize::MAX
}

/// In bytes: several times what the deepest calls take, those of a build without optimization.
const DEEPEST: usize = 256 << 10;
/// In bytes, where there is no room for that.
const SMALL: usize = 64 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_does_not_show_the_text() {
        assert_eq!(format!("{:?}", Secret::new("hunter2".into())), "Secret(..)");
    }
}
