//! Neighbours as lists, for data of which few pairs become edges.

use std::ops::Range;

use rayon::prelude::*;

use super::{Edges, Lune, LuneGraph, N_PARTS, NEVER, Neighborhoods};
use crate::homology::few::Few;

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
        pairs.par_sort_unstable();
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

    /// The neighbours of a point with the ranks of the edges to them.
    fn edges(&self, point: usize) -> impl Iterator<Item = (u16, u32)> + '_ {
        let range = self.range(point);
        self.neighbors[range.clone()].iter().copied().zip(self.ranks[range].iter().copied())
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

    /// The edges of a part are those down from some of the points.
    fn lunes(&self, _edges: &Edges, part: usize, mut see: impl FnMut(u32, Lune)) {
        let n_points = self.ends.len() - 1;
        let mut search = Search::new(self, n_points);
        for point in n_points * part / N_PARTS..n_points * (part + 1) / N_PARTS {
            search.stand_at(point);
            for (other, rank) in self.edges(point).take_while(|&(other, _)| usize::from(other) < point) {
                see(rank, search.lune(other.into(), rank));
            }
        }
    }
}

/// The search for the lunes of the edges at one point.
struct Search<'a> {
    neighbors: &'a Sparse,
    point: Option<usize>,
    /// By position, the rank of the edge to the point.
    ranks: Vec<u32>,
    /// By position, the last lune it was seen in.
    seen_in: Vec<u32>,
}

impl<'a> Search<'a> {
    fn new(neighbors: &'a Sparse, n_points: usize) -> Self {
        Self { neighbors, point: None, ranks: vec![NEVER; n_points], seen_in: vec![NEVER; n_points] }
    }

    fn stand_at(&mut self, point: usize) {
        if let Some(last) = self.point.replace(point) {
            self.neighbors.edges(last).for_each(|(other, _)| self.ranks[usize::from(other)] = NEVER);
        }
        self.neighbors.edges(point).for_each(|(other, rank)| self.ranks[usize::from(other)] = rank);
    }

    /// The lune of the edge of this rank to `other`.
    fn lune(&mut self, other: usize, rank: u32) -> Lune {
        let mut points = Vec::new();
        let mut nearest = (NEVER, 0);
        for (point, own) in self.neighbors.edges(other) {
            let latest = own.max(self.ranks[usize::from(point)]);
            if latest < rank {
                nearest = nearest.min((latest, point));
                points.push(point);
                self.seen_in[usize::from(point)] = rank;
            }
        }
        if points.is_empty() {
            return Lune::Empty;
        }
        // The point nearest to both ends sees most of the lune.
        let tip = std::iter::once(nearest.1).chain(points.iter().copied());
        let tip = { tip }.find(|&tip| self.n_adjacent(tip.into(), rank) + 1 == points.len());
        match tip {
            Some(tip) => Lune::Cone(tip.into()),
            None => Lune::Graph(LuneGraph::new(points, |a, b| self.neighbors.rank(a, b) < rank)),
        }
    }

    /// How many points of the lune of the edge of this rank are adjacent to one of them.
    fn n_adjacent(&self, point: usize, rank: u32) -> usize {
        let is_in = |&(other, own): &(u16, u32)| own < rank && self.seen_in[usize::from(other)] == rank;
        self.neighbors.edges(point).filter(is_in).count()
    }
}
