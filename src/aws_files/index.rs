//! Finds the parts of a document by name, without copies of the names.

use std::{
    collections::HashMap,
    hash::{BuildHasher as _, BuildHasherDefault, Hasher, RandomState},
    iter,
};

/// Maps the hash of a name to parts.
#[derive(Default)]
pub(super) struct Index {
    /// Random, so that no file can make many names collide.
    hashes: RandomState,
    /// The first part with each hash.
    first: HashMap<u64, usize, BuildHasherDefault<HashedAlready>>,
    /// For each part, the next one with the same hash.
    next: Vec<Option<usize>>,
}

impl Index {
    /// From the names of all parts, in order.
    pub(super) fn new<N: AsRef<str>>(
        names: impl DoubleEndedIterator<Item = N> + ExactSizeIterator,
    ) -> Self {
        let hashes = RandomState::new();
        let mut first = HashMap::with_capacity_and_hasher(names.len(), BuildHasherDefault::new());
        let mut next = vec![None; names.len()];
        for (at, name) in names.enumerate().rev() {
            next[at] = first.insert(hashes.hash_one(name.as_ref()), at);
        }
        Self { hashes, first, next }
    }

    /// The positions of all parts called `name`, in order. Compare the names: hashes may collide.
    pub(super) fn candidates(&self, name: &str) -> impl Iterator<Item = usize> {
        let first = self.first.get(&self.hashes.hash_one(name)).copied();
        iter::successors(first, |at| self.next[*at])
    }
}

/// The hash of a number that is a hash.
#[derive(Default)]
struct HashedAlready(u64);

impl Hasher for HashedAlready {
    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn write(&mut self, _: &[u8]) {
        unreachable!("the keys of the index are numbers");
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
