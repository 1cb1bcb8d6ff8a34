//! The sweep through a filtration of few edges, whose lunes are known one by one.

use rayon::prelude::*;

use super::LowDimensions;
use super::chains::Chains;
use crate::homology::disjoint_sets::DisjointSets;
use crate::homology::edge_order::Moment;
use crate::homology::field::PrimeField;
use crate::homology::neighborhoods::{Edges, N_PARTS, Sparse};

/// The lunes of one part of the edges.
#[derive(Default)]
struct Part {
    /// By rank, a point of the lune; edges whose lune is empty are left out.
    around: Vec<(u32, u16)>,
    /// By rank, a point in each component of a lune with several.
    splits: Vec<(u32, Vec<u16>)>,
}

impl Part {
    fn add(&mut self, rank: u32, components: &[u16]) {
        if let Some(&first) = components.first() {
            self.around.push((rank, first));
        }
        if components.len() > 1 {
            self.splits.push((rank, components.to_vec()));
        }
    }
}

impl LowDimensions {
    /// Of all edges between `n_points` positions.
    pub(in crate::homology) fn of_lists(
        edges: &Edges,
        neighborhoods: &Sparse,
        n_points: usize,
        field: &PrimeField,
    ) -> Self {
        let mut parts: Vec<Part> = (0..N_PARTS)
            .into_par_iter()
            .map(|part| {
                let mut found = Part::default();
                neighborhoods.components(part, |rank, components| found.add(rank, components));
                found
            })
            .collect();
        let mut around = vec![None; edges.ends().len()];
        for &(rank, point) in parts.iter().flat_map(|part| &part.around) {
            around[rank as usize] = Some(usize::from(point));
        }
        let mut splits: Vec<(u32, Vec<u16>)> =
            parts.iter_mut().flat_map(|part| std::mem::take(&mut part.splits)).collect();
        splits.par_sort_unstable();
        sweep(edges, &around, &splits, n_points, field)
    }
}

fn sweep(
    edges: &Edges,
    around: &[Option<usize>],
    splits: &[(u32, Vec<u16>)],
    n_points: usize,
    field: &PrimeField,
) -> LowDimensions {
    let mut components = DisjointSets::new(n_points);
    let mut chains = Chains::new(n_points, field);
    let mut merges = Vec::new();
    let mut splits = splits.iter().peekable();
    for ((&edge, &around), rank) in edges.ends().iter().zip(around).zip(0..) {
        let moment = Moment { length: edges.length(rank), edge };
        match around {
            Some(w) => {
                let active = chains.active();
                if active.contains(edge.larger(), w) || active.contains(w, edge.smaller()) {
                    chains.go_around(edge, w);
                }
            }
            None if components.join(edge.larger(), edge.smaller()) => merges.push(moment.length),
            None => chains.give_birth(moment),
        }
        if let Some((_, parts)) = splits.next_if(|split| split.0 == rank) {
            let parts: Vec<u32> = parts.iter().map(|&point| point.into()).collect();
            chains.fill(moment, &parts);
        }
    }
    LowDimensions { merges, loops: chains.finish() }
}
