//! Finds the parts of a document by name, without copies of the names.

use std::{
    hash::{BuildHasher as _, Hasher as _},
    iter,
};

use foldhash::fast::RandomState;

/// A hash table with chains. It holds the numbers of the parts.
#[derive(Default)]
pub(super) struct Index {
    /// Random, so that no file can make many names collide.
    hashes: RandomState,
    /// The first part of each chain.
    chains: Vec<Option<usize>>,
    /// For each part, the next one of its chain.
    next: Vec<Option<usize>>,
}

impl Index {
    /// From the names of all parts, in order.
    pub(super) fn new<'a>(
        names: impl DoubleEndedIterator<Item = &'a [u8]> + ExactSizeIterator,
    ) -> Self {
        let chains = vec![None; names.len().next_power_of_two()];
        let next = vec![None; names.len()];
        let mut index = Self { hashes: RandomState::default(), chains, next };
        for (part, name) in names.enumerate().rev() {
            let chain = index.chain(name);
            index.next[part] = index.chains[chain].replace(part);
        }
        index
    }

    /// The parts that may be called `name`, in order.
    pub(super) fn candidates(&self, name: &[u8]) -> impl Iterator<Item = usize> {
        let first = self.chains.get(self.chain(name)).copied().flatten();
        iter::successors(first, |part| self.next[*part])
    }

    fn chain(&self, name: &[u8]) -> usize {
        let mut hasher = self.hashes.build_hasher();
        hasher.write(name);
        let mask = self.chains.len().saturating_sub(1);
        usize::try_from(hasher.finish() & mask as u64).unwrap_or(mask)
    }
}
