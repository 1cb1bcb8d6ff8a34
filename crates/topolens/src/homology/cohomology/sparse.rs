//! Neighbours as lists, for data of which few pairs become edges.

use std::ops::Range;

use super::edges::Edges;
use super::neighborhoods::{Lune, LuneGraph, NEVER, Neighborhoods};
use super::simplex::Few;

/// The neighbours of each point, ascending, with the ranks of the edges to them.
#[derive(Debug)]
pub(in crate::homology) struct Sparse {
    ends: Vec<usize>,
    neighbors: Vec<u16>,
    ranks: Vec<u32>,
}

impl Sparse {
    /// Of the edges between `n_points` positions.
    pub(in crate::homology) fn new(edges: &Edges, n_points: usize) -> Self {
        let mut pairs: Vec<(u16, u16, u32)> = Vec::with_capacity(2 * edges.ends().len());
        for (edge, rank) in edges.ends().iter().zip(0..) {
            let (a, b) = (edge.larger() as u16, edge.smaller() as u16);
            pairs.extend([(a, b, rank), (b, a, rank)]);
        }
        rayon::slice::ParallelSliceMut::par_sort_unstable(&mut pairs[..]);
        let mut ends = vec![0; n_points + 1];
        for &(point, ..) in &pairs {
            ends[usize::from(point) + 1] += 1;
        }
        for point in 0..n_points {
            ends[point + 1] += ends[point];
        }
        let neighbors = pairs.iter().map(|&(_, neighbor, _)| neighbor).collect();
        Self { ends, neighbors, ranks: pairs.iter().map(|&(.., rank)| rank).collect() }
    }

    fn range(&self, point: usize) -> Range<usize> {
        self.ends[point]..self.ends[point + 1]
    }

    fn lune(&self, u: usize, v: usize, rank: u32) -> Lune {
        let (shorter, longer) = if self.range(u).len() < self.range(v).len() { (u, v) } else { (v, u) };
        let near = self.range(shorter).filter(|&at| self.ranks[at] < rank).map(|at| self.neighbors[at]);
        let points: Vec<u16> = near.filter(|&point| self.rank(longer, point.into()) < rank).collect();
        let is_adjacent = |a: usize, b: usize| self.rank(a, b) < rank;
        if points.is_empty() {
            return Lune::Empty;
        }
        let is_tip = |&&tip: &&u16| points.iter().all(|&p| p == tip || is_adjacent(tip.into(), p.into()));
        match points.iter().find(is_tip) {
            Some(&tip) => Lune::Cone(tip.into()),
            None => Lune::Graph(LuneGraph::new(points, is_adjacent)),
        }
    }
}

impl Neighborhoods for Sparse {
    #[inline]
    fn rank(&self, a: usize, b: usize) -> u32 {
        let range = self.range(a);
        match self.neighbors[range.clone()].binary_search(&(b as u16)) {
            Ok(at) => self.ranks[range.start + at],
            Err(_) => NEVER,
        }
    }

    fn common_neighbors(&self, vertices: Few) -> impl Iterator<Item = usize> + '_ {
        let fewest = vertices.as_slice().iter().min_by_key(|&&vertex| self.range(vertex as usize).len());
        let fewest = fewest.map_or(0, |&vertex| vertex as usize);
        self.neighbors[self.range(fewest)].iter().map(|&neighbor| usize::from(neighbor)).filter(move |&w| {
            let mut others = vertices.as_slice().iter().map(|&vertex| vertex as usize);
            others.all(|vertex| vertex == fewest || self.rank(vertex, w) != NEVER)
        })
    }

    fn lunes(&self, edges: &Edges, ranks: Range<usize>, mut see: impl FnMut(usize, Lune)) {
        for rank in ranks {
            let edge = edges.ends()[rank];
            see(rank, self.lune(edge.larger(), edge.smaller(), rank as u32));
        }
    }
}
