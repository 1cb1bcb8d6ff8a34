//! The edges of the filtration in their order.

use rayon::prelude::*;

use crate::homology::disjoint_sets::DisjointSets;
use crate::homology::edge_order::{EdgeOrder, Moment, PackedEdge, sort};
use crate::homology::loops::components_diagram;
use crate::{Diagram, DistanceMatrix, Scalar, SparseDistances};

/// The edges between positions, shortest first: an edge's *rank* is its place among them.
#[derive(Debug)]
pub(in crate::homology) struct Edges {
    ends: Vec<PackedEdge>,
    lengths: Vec<f64>,
}

impl Edges {
    /// The edges of a matrix up to a length.
    pub(in crate::homology) fn of_matrix<S: Scalar>(distances: &DistanceMatrix<S>, threshold: S) -> Self {
        Self::of_moments(&EdgeOrder::new(distances).moments_up_to(threshold))
    }

    /// The edges between pairs up to a length; points in many pairs come first, since they lie in most lunes.
    pub(in crate::homology) fn of_pairs<S: Scalar>(distances: &SparseDistances<S>, threshold: f64) -> Self {
        let n_points = distances.n_points();
        let mut n_pairs = vec![0_u32; n_points];
        let near: Vec<_> = distances.pairs().filter(|(.., length)| length.to_f64() <= threshold).collect();
        for &(a, b, _) in &near {
            n_pairs[a] += 1;
            n_pairs[b] += 1;
        }
        let mut points: Vec<usize> = (0..n_points).collect();
        points.sort_by_key(|&point| std::cmp::Reverse(n_pairs[point]));
        let mut positions = vec![0; n_points];
        for (position, &point) in points.iter().enumerate() {
            positions[point] = position;
        }
        let moment = |&(a, b, length): &(usize, usize, S)| Moment {
            length,
            edge: PackedEdge::new(positions[a], positions[b]),
        };
        let mut moments: Vec<Moment<S>> = near.par_iter().map(moment).collect();
        sort(&mut moments);
        Self::of_moments(&moments)
    }

    fn of_moments<S: Scalar>(sorted: &[Moment<S>]) -> Self {
        Self {
            ends: sorted.iter().map(|moment| moment.edge).collect(),
            lengths: sorted.iter().map(|moment| moment.length.to_f64()).collect(),
        }
    }

    pub(in crate::homology) fn ends(&self) -> &[PackedEdge] {
        &self.ends
    }

    pub(in crate::homology) fn length(&self, rank: u32) -> f64 {
        self.lengths[rank as usize]
    }

    /// The ranks of the edges that join two components, ascending.
    pub(in crate::homology) fn joining(&self, n_points: usize) -> Vec<u32> {
        let mut sets = DisjointSets::new(n_points);
        let ranks = (0..).zip(&self.ends);
        ranks.filter(|(_, edge)| sets.join(edge.larger(), edge.smaller())).map(|(rank, _)| rank).collect()
    }

    /// The diagram of dimension 0.
    pub(in crate::homology) fn components(&self, joining: &[u32], n_points: usize) -> Diagram {
        components_diagram(joining.iter().map(|&rank| self.length(rank)).collect(), n_points)
    }
}
