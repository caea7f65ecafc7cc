//! Finds the parts of a document by name, without a copy of each name.

use std::{collections::HashMap, hash::BuildHasher as _, iter};

/// Maps the hash of a name to the parts with that hash.
#[derive(Default)]
pub(super) struct Index {
    /// The first part of each hash.
    first: HashMap<u64, usize>,
    /// For each part, the next one of the same hash.
    next: Vec<Option<usize>>,
}

impl Index {
    /// Takes the name of every part, in the order of the parts.
    pub(super) fn new<N: AsRef<str>>(
        names: impl DoubleEndedIterator<Item = N> + ExactSizeIterator,
    ) -> Self {
        let mut first = HashMap::with_capacity(names.len());
        let mut next = vec![None; names.len()];
        for (at, name) in names.enumerate().rev() {
            let hash = first.hasher().hash_one(name.as_ref());
            next[at] = first.insert(hash, at);
        }
        Self { first, next }
    }

    /// The positions of all parts called `name`, in their order. Another name may have the same
    /// hash: the caller compares.
    pub(super) fn candidates(&self, name: &str) -> impl Iterator<Item = usize> {
        let first = self.first.get(&self.first.hasher().hash_one(name)).copied();
        iter::successors(first, |at| self.next[*at])
    }
}
