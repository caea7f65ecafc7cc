//! Finds the parts of a document by name, without copies of the names.

use std::{collections::HashMap, hash::BuildHasher as _, iter};

/// Maps the hash of a name to parts.
#[derive(Default)]
pub(super) struct Index {
    /// The first part with each hash.
    first: HashMap<u64, usize>,
    /// For each part, the next one with the same hash.
    next: Vec<Option<usize>>,
}

impl Index {
    /// From the names of all parts, in order.
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

    /// The positions of all parts called `name`, in order. Compare the names: hashes may collide.
    pub(super) fn candidates(&self, name: &str) -> impl Iterator<Item = usize> {
        let first = self.first.get(&self.first.hasher().hash_one(name)).copied();
        iter::successors(first, |at| self.next[*at])
    }
}
