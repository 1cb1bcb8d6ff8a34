//! An edge of two points on its way into the tree.

use std::cmp::Ordering;

use super::Edge;
use crate::Scalar;

/// Two points and their dissimilarity, ordered by length, then by decreasing index.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Link<S> {
    pub(super) length: S,
    larger: u32,
    smaller: u32,
}

impl<S: Scalar> Link<S> {
    pub(super) fn new(length: S, a: usize, b: usize) -> Self {
        Self { length, larger: a.max(b) as u32, smaller: a.min(b) as u32 }
    }

    /// The two points.
    pub(super) fn ends(self) -> (usize, usize) {
        (self.larger as usize, self.smaller as usize)
    }

    pub(super) fn edge(self) -> Edge {
        let (first, second) = self.ends();
        Edge { first, second, length: self.length.to_f64() }
    }
}

impl<S: Scalar> PartialOrd for Link<S> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        let by_index = (other.larger, other.smaller).cmp(&(self.larger, self.smaller));
        self.length.partial_cmp(&other.length).map(|by_length| by_length.then(by_index))
    }
}
