//! A simplex as two numbers: the rank of its longest edge, and its other vertices.

use std::cmp::Ordering;

use crate::homology::few::Few;

/// A simplex with a coefficient.
///
/// `others` holds the labels of the vertices beside the longest edge, ascending, the first in the highest place: the hub
/// of the edge is 0, any other vertex one more than its position. The greater of two entries is the *earlier* in the
/// filtration, so that a heap yields the pivot first.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    pub(super) others: u64,
    pub(super) rank: u32,
    pub(super) coefficient: u32,
}

impl Entry {
    /// The simplex without its coefficient.
    #[inline]
    pub(super) fn simplex(self) -> (u32, u64) {
        (self.rank, self.others)
    }
}

impl Ord for Entry {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        other.simplex().cmp(&self.simplex())
    }
}

impl PartialOrd for Entry {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.simplex() == other.simplex()
    }
}

impl Eq for Entry {}

/// Labels in one number.
#[derive(Debug, Clone, Copy)]
pub(super) struct Labels {
    bits: u32,
}

impl Labels {
    /// For positions below `n_points`.
    pub(super) fn new(n_points: usize) -> Self {
        Self { bits: usize::BITS - n_points.leading_zeros() }
    }

    /// How many fit.
    pub(super) fn most(self) -> usize {
        (u64::BITS / self.bits.max(1)) as usize
    }

    #[inline]
    pub(super) fn pack(self, labels: &[u32]) -> u64 {
        labels.iter().fold(0, |packed, &label| packed << self.bits | u64::from(label))
    }

    #[inline]
    pub(super) fn unpack(self, packed: u64, n_labels: usize) -> Few {
        let mask = (1 << self.bits) - 1;
        let mut labels = Few::default();
        for place in (0..n_labels as u32).rev() {
            labels.push((packed >> (place * self.bits) & mask) as u32);
        }
        labels
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_come_back_and_keep_their_order() {
        let labels = Labels::new(1000);
        assert_eq!(labels.most(), 6);
        let (a, b) = (labels.pack(&[0, 1000, 1000]), labels.pack(&[1, 2, 3]));
        assert!(a < b);
        assert_eq!(labels.unpack(a, 3).as_slice(), [0, 1000, 1000]);
        let mut few = labels.unpack(b, 3);
        few.insert(0);
        few.insert(3);
        assert_eq!(few.as_slice(), [0, 1, 2, 3, 3]);
    }

    #[test]
    fn the_greater_entry_is_the_earlier() {
        let entry = |rank, others| Entry { others, rank, coefficient: 1 };
        assert!(entry(1, 9) > entry(2, 0) && entry(2, 0) > entry(2, 1));
    }
}
