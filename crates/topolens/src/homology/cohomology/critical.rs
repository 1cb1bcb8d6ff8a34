//! Which simplices need a column: all but the halves of apparent pairs.

use rayon::prelude::*;

use super::filtration::{Edges, NO_HUB};
use super::neighborhoods::{Lune, LuneGraph, Neighborhoods};
use super::simplex::{Entry, Few, Labels};
use crate::homology::adjacency::positions_in;

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
        const N_CHUNKS: usize = 16;
        let n_edges = edges.ends().len();
        let chunk = |at: usize| n_edges * at / N_CHUNKS;
        let parts: Vec<Self> = (0..N_CHUNKS)
            .into_par_iter()
            .map(|at| {
                let mut part = Self { hubs: Vec::new(), simplices: vec![Vec::new(); max_dimension + 1] };
                neighborhoods.lunes(edges, chunk(at)..chunk(at + 1), |rank, lune| {
                    part.add(rank as u32, &lune, labels);
                });
                part
            })
            .collect();
        let mut all = Self { hubs: Vec::with_capacity(n_edges), simplices: vec![Vec::new(); max_dimension + 1] };
        for part in parts {
            all.hubs.extend(part.hubs);
            for (all, part) in all.simplices.iter_mut().zip(part.simplices) {
                all.extend(part);
            }
        }
        all
    }

    fn add(&mut self, rank: u32, lune: &Lune, labels: Labels) {
        let hub = match lune {
            Lune::Empty => {
                self.simplices[1].push(Entry { others: 0, rank, coefficient: 1 });
                NO_HUB
            }
            Lune::Cone(tip) => *tip as u16,
            Lune::Graph(graph) => {
                if self.simplices.len() > 2 {
                    let search = Search { graph, rank, labels };
                    search.extend(&mut self.simplices[2..], Few::default(), &graph.all(), &graph.all());
                }
                graph.points()[0]
            }
        };
        self.hubs.push(hub);
    }
}

/// The search for the critical simplices over one edge.
///
/// Of the simplices over the edge the first cofacet adds the first common neighbour m of the other vertices, and the last
/// facet leaves out the first of them. So a simplex is in an apparent pair if m comes before its other vertices, or if its
/// first other vertex is the m of the rest.
struct Search<'a> {
    graph: &'a LuneGraph,
    rank: u32,
    labels: Labels,
}

impl Search<'_> {
    /// Adds vertices after the last of `places`: `common` are the common neighbours of all, `without_first` of all but
    /// the first.
    fn extend(&self, found: &mut [Vec<Entry>], places: Few, common: &[u64], without_first: &[u64]) {
        let Some((here, above)) = found.split_first_mut() else { return };
        let start = places.as_slice().last().map_or(0, |&last| last as usize + 1);
        let later = common.iter().enumerate().flat_map(|(word, &bits)| positions_in(word, bits));
        for place in later.filter(|&place| place >= start) {
            let row = self.graph.row(place);
            let with = |bits: &[u64]| -> Vec<u64> { bits.iter().zip(row).map(|(a, b)| a & b).collect() };
            let mut places = places;
            places.push(place as u32);
            let common = with(common);
            let without_first =
                if places.as_slice().len() == 1 { without_first.to_vec() } else { with(without_first) };
            let smallest = places.as_slice()[0];
            if first(&common).is_none_or(|m| m > smallest) && first(&without_first) != Some(smallest) {
                here.push(self.entry(places.as_slice()));
            }
            if !above.is_empty() {
                self.extend(above, places, &common, &without_first);
            }
        }
    }

    fn entry(&self, places: &[u32]) -> Entry {
        let mut labels = Few::default();
        for &place in places {
            let point = u32::from(self.graph.points()[place as usize]);
            labels.push(if place == 0 { 0 } else { point + 1 });
        }
        Entry { others: self.labels.pack(labels.as_slice()), rank: self.rank, coefficient: 1 }
    }
}

/// The first set bit.
fn first(bits: &[u64]) -> Option<u32> {
    let at = bits.iter().position(|&word| word != 0)?;
    Some(at as u32 * 64 + bits[at].trailing_zeros())
}
