//! Searches eight bytes at a time.
//!
//! Most lines are so short that a call of `memchr` for each would cost more than this.

use std::ops::BitOr;

/// The position of the first byte from `start` on that `marks` marks, or else the length.
pub(super) fn find(bytes: &[u8], start: usize, marks: impl Fn(Word) -> Marks) -> usize {
    let mut rest = &bytes[start..];
    while let Some((eight, after)) = rest.split_first_chunk() {
        let word = Word(u64::from_le_bytes(*eight));
        let candidates = marks(word).0 & HIGH_BITS;
        if candidates != 0 {
            let marked = candidates & !word.0;
            if marked != 0 {
                return bytes.len() - rest.len() + marked.trailing_zeros() as usize / 8;
            }
        }
        rest = after;
    }
    let is_marked =
        |byte: &u8| byte.is_ascii() && marks(Word(u64::MAX << 8 | u64::from(*byte))).0 & 0x80 != 0;
    bytes.len() - rest.len() + rest.iter().position(is_marked).unwrap_or(rest.len())
}

/// Eight bytes, the first one lowest.
#[derive(Clone, Copy)]
pub(super) struct Word(u64);

/// The high bit of each byte that was searched for, and perhaps of bytes above it and of bytes that
/// are not ASCII.
pub(super) struct Marks(u64);

impl Word {
    /// Marks the bytes less than `limit`, an ASCII character.
    pub(super) fn less(self, limit: u8) -> Marks {
        Marks(self.0.wrapping_sub(ONES * u64::from(limit)))
    }

    /// Marks the bytes equal to `byte`, an ASCII character.
    pub(super) fn equal(self, byte: u8) -> Marks {
        Self(self.0 ^ (ONES * u64::from(byte))).less(1)
    }
}

impl BitOr for Marks {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH_BITS: u64 = ONES << 7;

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*, sample::select};

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..<_>::default() })]

        #[test]
        fn finds_the_first_byte(
            bytes in vec(prop_oneof![any::<u8>(), select(b"[az]\n\x0b\x8a".as_slice())], 0..40),
            start in 0..40_usize,
            limit in 1..0x7f_u8,
        ) {
            let start = start.min(bytes.len());
            let position = |is_wanted: &dyn Fn(u8) -> bool| {
                let found = bytes[start..].iter().position(|byte| is_wanted(*byte));
                found.map_or(bytes.len(), |at| start + at)
            };
            let equal = |word: Word| word.equal(b'\n') | word.equal(limit);
            prop_assert_eq!(
                find(&bytes, start, equal),
                position(&|byte| [b'\n', limit].contains(&byte))
            );
            let less = |word: Word| word.less(limit) | word.equal(b']');
            prop_assert_eq!(
                find(&bytes, start, less),
                position(&|byte| byte < limit || byte == b']')
            );
        }
    }
}
