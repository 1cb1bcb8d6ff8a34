//! Neighbours as bits, for data of which most pairs become edges.

use super::{Edges, Lune, LuneGraph, NEVER, Neighborhoods};
use crate::homology::adjacency::{Adjacency, positions_in};
use crate::homology::cavities;
use crate::homology::few::Few;

/// A row of bits and one of ranks per point.
#[derive(Debug)]
pub(in crate::homology) struct Dense {
    n_points: usize,
    adjacency: Adjacency,
    ranks: Vec<u32>,
}

impl Dense {
    /// Of the edges between `n_points` positions.
    pub(in crate::homology) fn new(edges: &Edges, n_points: usize) -> Self {
        let mut ranks = vec![NEVER; n_points * n_points];
        for (edge, rank) in edges.ends().iter().zip(0..) {
            ranks[edge.larger() * n_points + edge.smaller()] = rank;
            ranks[edge.smaller() * n_points + edge.larger()] = rank;
        }
        let mut adjacency = Adjacency::new(n_points);
        adjacency.insert(edges.ends().iter());
        Self { n_points, adjacency, ranks }
    }
}

impl Neighborhoods for Dense {
    #[inline]
    fn rank(&self, a: usize, b: usize) -> u32 {
        self.ranks[a * self.n_points + b]
    }

    fn common_neighbors(&self, vertices: Few) -> impl Iterator<Item = usize> + '_ {
        (0..self.n_points.div_ceil(64)).flat_map(move |word| {
            let words = vertices.as_slice().iter().map(|&vertex| self.adjacency.row(vertex as usize)[word]);
            let common = words.fold(u64::MAX, |common, word| common & word);
            // A point is its own neighbour in the rows.
            positions_in(word, common).filter(move |&at| !vertices.as_slice().contains(&(at as u32)))
        })
    }

    fn lunes(&self, edges: &Edges, part: usize, mut see: impl FnMut(u32, Lune)) {
        let edges = edges.ends();
        cavities::each_lune(self.n_points, edges, part, |rank, lune| see(rank as u32, kind(lune)));
    }
}

fn kind(lune: cavities::Lune<'_>) -> Lune {
    if lune.bits.iter().all(|&word| word == 0) {
        return Lune::Empty;
    }
    if let Some(tip) = lune.tip() {
        return Lune::Cone(tip);
    }
    let points = lune.points().map(|point| point as u16).collect();
    Lune::Graph(LuneGraph::new(points, |a, b| a != b && lune.adjacency.contains(a, b)))
}
