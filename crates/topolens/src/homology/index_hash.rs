//! A hash for simplex indices, which are already well-spread integers of our own making.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A map from simplex indices.
pub(super) type IndexMap<K, V> = HashMap<K, V, BuildHasherDefault<IndexHasher>>;

/// Multiplication by an odd constant, with the high bits folded into the low ones.
#[derive(Debug, Default)]
pub(super) struct IndexHasher {
    state: u64,
}

impl Hasher for IndexHasher {
    fn finish(&self) -> u64 {
        self.state
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_u64(u64::from(byte));
        }
    }

    fn write_u32(&mut self, index: u32) {
        self.write_u64(index.into());
    }

    fn write_u64(&mut self, index: u64) {
        // The fractional part of the golden ratio, as in Fibonacci hashing.
        let product = (self.state ^ index).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.state = product ^ (product >> 32);
    }
}
