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
        self.search(part, |search, other, rank| see(rank, search.lune(other, rank)));
    }
}

impl Sparse {
    /// Shows the ranks of one of [`N_PARTS`] parts of the edges with a point in each component of their lunes.
    pub(in crate::homology) fn components(&self, part: usize, mut see: impl FnMut(u32, &[u16])) {
        self.search(part, |search, other, rank| {
            search.find_components(other, rank);
            see(rank, &search.components);
        });
    }

    fn search(&self, part: usize, mut visit: impl FnMut(&mut Search<'_>, usize, u32)) {
        let n_points = self.ends.len() - 1;
        let mut search = Search::new(self, n_points);
        for point in n_points * part / N_PARTS..n_points * (part + 1) / N_PARTS {
            search.stand_at(point);
            for (other, rank) in self.edges(point).take_while(|&(other, _)| usize::from(other) < point) {
                visit(&mut search, other.into(), rank);
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
    /// By position, the last edge in whose lune it was seen; reset once it is reached.
    seen_in: Vec<u32>,
    /// By position, its place in the last lune it was seen in.
    places: Vec<u16>,
    /// The lune, ascending.
    points: Vec<u16>,
    /// A point in each component of the lune.
    components: Vec<u16>,
    /// Points that are reached and whose neighbours are not yet.
    reached: Vec<u16>,
}

impl<'a> Search<'a> {
    fn new(neighbors: &'a Sparse, n_points: usize) -> Self {
        Self {
            neighbors,
            point: None,
            ranks: vec![NEVER; n_points],
            seen_in: vec![NEVER; n_points],
            places: vec![0; n_points],
            points: Vec::new(),
            components: Vec::new(),
            reached: Vec::new(),
        }
    }

    fn stand_at(&mut self, point: usize) {
        if let Some(last) = self.point.replace(point) {
            self.neighbors.edges(last).for_each(|(other, _)| self.ranks[usize::from(other)] = NEVER);
        }
        self.neighbors.edges(point).for_each(|(other, rank)| self.ranks[usize::from(other)] = rank);
    }

    /// Finds the points of the lune of the edge of this rank to `other`; the one nearest to both ends.
    fn find_points(&mut self, other: usize, rank: u32) -> Option<u16> {
        self.points.clear();
        let mut nearest = (NEVER, 0);
        for (point, own) in self.neighbors.edges(other) {
            let latest = own.max(self.ranks[usize::from(point)]);
            if latest < rank {
                nearest = nearest.min((latest, point));
                self.seen_in[usize::from(point)] = rank;
                self.places[usize::from(point)] = self.points.len() as u16;
                self.points.push(point);
            }
        }
        (!self.points.is_empty()).then_some(nearest.1)
    }

    fn lune(&mut self, other: usize, rank: u32) -> Lune {
        let Some(nearest) = self.find_points(other, rank) else { return Lune::Empty };
        // The point nearest to both ends sees most of the lune.
        let mut tips = std::iter::once(nearest).chain(self.points.iter().copied());
        if let Some(tip) = tips.find(|&tip| self.adjacent(tip, rank).count() + 1 == self.points.len()) {
            return Lune::Cone(tip.into());
        }
        let words_per_row = self.points.len().div_ceil(64);
        let mut rows = vec![0_u64; self.points.len() * words_per_row];
        for (place, &point) in self.points.iter().enumerate() {
            for other in self.adjacent(point, rank).map(|other| usize::from(self.places[usize::from(other)]))
            {
                rows[place * words_per_row + other / 64] |= 1 << (other % 64);
            }
        }
        let place = |point: usize| usize::from(self.places[point]);
        let is_adjacent =
            |a: usize, b: usize| rows[place(a) * words_per_row + place(b) / 64] >> (place(b) % 64) & 1 == 1;
        Lune::Graph(LuneGraph::new(self.points.clone(), is_adjacent))
    }

    /// Finds a point in each component of the lune: the first is the one nearest to both ends, since it reaches most.
    fn find_components(&mut self, other: usize, rank: u32) {
        self.components.clear();
        let Some(nearest) = self.find_points(other, rank) else { return };
        let points = std::mem::take(&mut self.points);
        let mut n_left = points.len();
        for start in std::iter::once(nearest).chain(points.iter().copied()) {
            if n_left > 0 && self.seen_in[usize::from(start)] == rank {
                self.components.push(start);
                self.seen_in[usize::from(start)] = NEVER;
                n_left -= 1 + self.reach_from(start, rank, n_left - 1);
            }
        }
        self.points = points;
    }

    /// Reaches the points of the lune that are connected with one, at most so many; how many.
    fn reach_from(&mut self, start: u16, rank: u32, most: usize) -> usize {
        let mut n_reached = 0;
        self.reached.clear();
        self.reached.push(start);
        while let Some(point) = self.reached.pop() {
            if n_reached == most {
                return n_reached;
            }
            for (other, own) in self.neighbors.edges(point.into()) {
                let seen_in = &mut self.seen_in[usize::from(other)];
                if own < rank && *seen_in == rank {
                    *seen_in = NEVER;
                    n_reached += 1;
                    self.reached.push(other);
                }
            }
        }
        n_reached
    }

    /// The points of the lune of the edge of this rank that are adjacent to one of them.
    fn adjacent(&self, point: u16, rank: u32) -> impl Iterator<Item = u16> + '_ {
        let is_in = move |&(other, own): &(u16, u32)| own < rank && self.seen_in[usize::from(other)] == rank;
        self.neighbors.edges(point.into()).filter(is_in).map(|(other, _)| other)
    }
}
