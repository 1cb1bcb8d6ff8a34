//! Buffers that are used again instead of being given back to the system.

use std::collections::BTreeMap;

/// How much larger than asked for a buffer may be.
const SLACK: usize = 4;

/// Free buffers by capacity.
///
/// A training step needs the same lengths as the one before, so from the second step on nothing is allocated.
#[derive(Debug)]
pub(crate) struct Pool<E> {
    free: BTreeMap<usize, Vec<Vec<E>>>,
    /// Free since before the pass that is going on.
    old: BTreeMap<usize, Vec<Vec<E>>>,
}

impl<E> Default for Pool<E> {
    fn default() -> Self {
        Self { free: BTreeMap::new(), old: BTreeMap::new() }
    }
}

impl<E: Copy + Default> Pool<E> {
    /// A buffer of `length` numbers with arbitrary content.
    pub(crate) fn take(&mut self, length: usize) -> Vec<E> {
        match best(&mut self.free, length).or_else(|| best(&mut self.old, length)) {
            Some(mut buffer) => {
                buffer.resize(length, E::default());
                buffer
            }
            None => vec![E::default(); length],
        }
    }

    /// From now on it is known which buffers are used.
    pub(crate) fn start_pass(&mut self) {
        self.old = std::mem::take(&mut self.free);
    }

    /// Drops the buffers that were not used since the pass started.
    pub(crate) fn end_pass(&mut self) {
        self.old.clear();
    }

    /// A buffer of `length` zeros.
    pub(crate) fn take_zeros(&mut self, length: usize) -> Vec<E> {
        let mut buffer = self.take(length);
        buffer.fill(E::default());
        buffer
    }

    /// A copy of `values`.
    pub(crate) fn take_copy(&mut self, values: &[E]) -> Vec<E> {
        let mut buffer = self.take(values.len());
        buffer.copy_from_slice(values);
        buffer
    }

    /// Gives a buffer back.
    pub(crate) fn give(&mut self, buffer: Vec<E>) {
        if !buffer.is_empty() {
            self.free.entry(buffer.capacity()).or_default().push(buffer);
        }
    }
}

/// The smallest buffer that is large enough and not much too large.
fn best<E>(buffers: &mut BTreeMap<usize, Vec<Vec<E>>>, length: usize) -> Option<Vec<E>> {
    let mut candidates = buffers.range_mut(length..=length.saturating_mul(SLACK));
    candidates.find_map(|(_, buffers)| buffers.pop())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_comes_back_where_it_is_large_enough_and_not_too_large() {
        let mut pool = Pool::<f32>::default();
        pool.give(vec![7.0; 9]);
        assert_eq!(pool.take(2), [0.0, 0.0]);
        assert_eq!(pool.take(10), [0.0; 10]);
        let buffer = pool.take(3);
        assert_eq!((buffer.as_slice(), buffer.capacity()), (&[7.0; 3][..], 9));
        pool.give(buffer);
        assert_eq!(pool.take(4), [7.0, 7.0, 7.0, 0.0]);
        pool.give(vec![7.0; 3]);
        assert_eq!(pool.take(3), [7.0; 3]);
        pool.give(vec![7.0; 3]);
        assert_eq!(pool.take_zeros(3), [0.0; 3]);
    }

    #[test]
    fn what_a_pass_does_not_use_is_dropped() {
        let mut pool = Pool::<f32>::default();
        pool.give(vec![7.0; 3]);
        pool.give(vec![8.0; 2]);
        pool.start_pass();
        let used = pool.take(3);
        pool.give(used);
        pool.end_pass();
        assert_eq!((pool.take(3), pool.take(2)), (vec![7.0; 3], vec![0.0; 2]));
    }
}
