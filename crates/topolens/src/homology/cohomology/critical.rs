//! Which simplices need a column: all but the halves of apparent pairs.

use rayon::prelude::*;

use super::filtration::NO_HUB;
use super::simplex::{Entry, Labels};
use crate::homology::adjacency::{positions, positions_in};
use crate::homology::few::Few;
use crate::homology::neighborhoods::{Edges, Lune, LuneGraph, N_PARTS, Neighborhoods};

/// The hub of every edge, and the simplices that are in no apparent pair.
#[derive(Debug)]
pub(super) struct Critical {
    /// [`NO_HUB`] where the lune is empty.
    pub(super) hubs: Vec<u16>,
    /// By dimension: edges with an empty lune at 1, nothing at 0.
    pub(super) simplices: Vec<Vec<Entry>>,
}

impl Critical {
    /// Up to `max_dimension`, which is at least 1.
    pub(super) fn new<N: Neighborhoods>(
        edges: &Edges,
        neighborhoods: &N,
        labels: Labels,
        max_dimension: usize,
    ) -> Self {
        let none = || vec![Vec::new(); max_dimension + 1];
        let parts: Vec<Part> = (0..N_PARTS)
            .into_par_iter()
            .map(|part| {
                let mut found = Part { hubs: Vec::new(), simplices: none() };
                neighborhoods.lunes(edges, part, |rank, lune| found.add(rank, &lune, labels));
                found
            })
            .collect();
        let mut all = Self { hubs: vec![NO_HUB; edges.ends().len()], simplices: none() };
        for part in parts {
            for (rank, hub) in part.hubs {
                all.hubs[rank as usize] = hub;
            }
            for (all, part) in all.simplices.iter_mut().zip(part.simplices) {
                all.extend(part);
            }
        }
        all
    }
}

/// What is found in one part of the edges.
struct Part {
    hubs: Vec<(u32, u16)>,
    simplices: Vec<Vec<Entry>>,
}

impl Part {
    fn add(&mut self, rank: u32, lune: &Lune, labels: Labels) {
        match lune {
            Lune::Empty => self.simplices[1].push(Entry { others: 0, rank, coefficient: 1 }),
            Lune::Cone(tip) => self.hubs.push((rank, *tip as u16)),
            Lune::Graph(graph) => {
                self.hubs.push((rank, graph.points()[0]));
                if self.simplices.len() > 2 {
                    Search { graph, rank, labels }.run(&mut self.simplices[2..]);
                }
            }
        }
    }
}

/// The search for the critical simplices over one edge.
///
/// Of the simplices over the edge the first cofacet adds the first common neighbour m of the other vertices, and the last
/// facet leaves out the first of them. So a simplex is in an apparent pair if m comes before its other vertices, or if its
/// first other vertex is the m of the rest. One whose vertices are all adjacent to the hub is, or contains it.
struct Search<'a> {
    graph: &'a LuneGraph,
    rank: u32,
    labels: Labels,
}

/// Some vertices beside the edge, ascending by place.
#[derive(Clone, Copy)]
struct Others<'a> {
    places: Few,
    /// The common neighbours of all, and of all but the first.
    common: &'a [u64],
    without_first: &'a [u64],
}

impl Search<'_> {
    /// Adds what it finds, by the number of other vertices from 1.
    fn run(&self, found: &mut [Vec<Entry>]) {
        let all = self.graph.all();
        let mut outside: Vec<u64> =
            all.iter().zip(self.graph.row(0)).map(|(all, near)| all & !near).collect();
        outside[0] &= !1;
        let mut allowed = all.clone();
        for first_outside in positions(&outside) {
            allowed[first_outside / 64] &= !(1 << (first_outside % 64));
            let mut places = Few::default();
            places.push(first_outside as u32);
            let others = Others { places, common: self.graph.row(first_outside), without_first: &all };
            self.note(
                &mut found[0],
                others.places,
                first(others.common.iter().copied()),
                first(all.iter().copied()),
            );
            self.extend(&mut found[1..], others, &allowed, 0);
        }
    }

    /// Adds allowed vertices from the place `start` on.
    fn extend(&self, found: &mut [Vec<Entry>], others: Others<'_>, allowed: &[u64], start: usize) {
        let Some((here, above)) = found.split_first_mut() else { return };
        let smallest = others.places.as_slice()[0] as usize;
        let candidates = others.common.iter().zip(allowed).map(|(common, allowed)| common & allowed);
        let candidates = candidates.enumerate().skip(start / 64);
        for place in
            candidates.flat_map(|(word, bits)| positions_in(word, bits)).filter(|&place| place >= start)
        {
            let row = self.graph.row(place);
            let mut places = others.places;
            places.insert(place as u32);
            let meet = |bits: &'_ [u64]| first(bits.iter().zip(row).map(|(a, b)| a & b));
            let of_rest = if place < smallest {
                first(others.common.iter().copied())
            } else {
                meet(others.without_first)
            };
            self.note(here, places, meet(others.common), of_rest);
            if above.is_empty() {
                continue;
            }
            let with = |bits: &[u64]| -> Vec<u64> { bits.iter().zip(row).map(|(a, b)| a & b).collect() };
            let common = with(others.common);
            let without_first =
                if place < smallest { others.common.to_vec() } else { with(others.without_first) };
            let others = Others { places, common: &common, without_first: &without_first };
            self.extend(above, others, allowed, place + 1);
        }
    }

    /// Adds the simplex unless it is half of an apparent pair, by the first common neighbours of its other vertices and
    /// of all of these but the first.
    fn note(&self, found: &mut Vec<Entry>, places: Few, of_all: Option<u32>, of_rest: Option<u32>) {
        let smallest = places.as_slice()[0];
        if of_all.is_none_or(|first| first > smallest) && of_rest != Some(smallest) {
            found.push(self.entry(places.as_slice()));
        }
    }

    fn entry(&self, places: &[u32]) -> Entry {
        let mut labels = Few::default();
        for &place in places {
            // The hub, at place 0, is never among them.
            labels.push(u32::from(self.graph.points()[place as usize]) + 1);
        }
        Entry { others: self.labels.pack(labels.as_slice()), rank: self.rank, coefficient: 1 }
    }
}

/// The first set bit.
fn first(words: impl Iterator<Item = u64>) -> Option<u32> {
    let (word, bits) = words.enumerate().find(|(_, bits)| *bits != 0)?;
    Some(word as u32 * 64 + bits.trailing_zeros())
}
