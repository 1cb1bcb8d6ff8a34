//! Disjoint sets of points.

/// A forest of parents, flattened as it is walked.
#[derive(Debug, Clone)]
pub(super) struct DisjointSets {
    parents: Vec<u32>,
}

impl DisjointSets {
    /// Every point on its own.
    pub(super) fn new(n_points: usize) -> Self {
        Self { parents: (0..n_points as u32).collect() }
    }

    /// The number of points.
    pub(super) fn len(&self) -> usize {
        self.parents.len()
    }

    /// The point that stands for the set of `point`.
    pub(super) fn root(&mut self, point: usize) -> usize {
        let mut at = point;
        while self.parents[at] as usize != at {
            let grandparent = self.parents[self.parents[at] as usize];
            self.parents[at] = grandparent;
            at = grandparent as usize;
        }
        at
    }

    /// Makes one set of two; whether they were two.
    pub(super) fn join(&mut self, a: usize, b: usize) -> bool {
        let (a, b) = (self.root(a), self.root(b));
        // The smaller index stays a root, whatever the order of the arguments.
        self.parents[a.max(b)] = a.min(b) as u32;
        a != b
    }
}
