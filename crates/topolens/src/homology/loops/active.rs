//! The edges whose annotation is not zero, point by point.

use crate::homology::edge_order::PackedEdge;

/// Per position the other ends of its active edges.
#[derive(Debug)]
pub(super) struct ActiveEdges {
    ends: Vec<Vec<u16>>,
}

impl ActiveEdges {
    pub(super) fn new(n_points: usize) -> Self {
        Self { ends: vec![Vec::new(); n_points] }
    }

    /// The other ends of the active edges at a position, ascending.
    #[inline]
    pub(super) fn at(&self, position: usize) -> &[u16] {
        &self.ends[position]
    }

    #[inline]
    pub(super) fn contains(&self, a: usize, b: usize) -> bool {
        let (a, b) = if self.ends[a].len() < self.ends[b].len() { (a, b) } else { (b, a) };
        !self.ends[a].is_empty() && self.ends[a].binary_search(&(b as u16)).is_ok()
    }

    pub(super) fn insert(&mut self, edge: PackedEdge) {
        for (from, to) in [(edge.larger(), edge.smaller()), (edge.smaller(), edge.larger())] {
            if let Err(at) = self.ends[from].binary_search(&(to as u16)) {
                self.ends[from].insert(at, to as u16);
            }
        }
    }

    pub(super) fn remove(&mut self, edge: PackedEdge) {
        for (from, to) in [(edge.larger(), edge.smaller()), (edge.smaller(), edge.larger())] {
            if let Ok(at) = self.ends[from].binary_search(&(to as u16)) {
                self.ends[from].remove(at);
            }
        }
    }
}
