//! The sweep through the slabs.

use rayon::prelude::*;

use super::adjacency::Adjacency;
use super::chains::Chains;
use super::edge_order::{EdgeOrder, PackedEdge};
use super::lune::{Finding, Lunes};
use super::slabs::Slabs;
use crate::homology::disjoint_sets::DisjointSets;
use crate::homology::field::PrimeField;
use crate::{DistanceMatrix, Interval, Scalar};

/// The most points whose pairs fit into the packed form.
pub(in crate::homology) const MAX_POINTS: usize = 1 << 16;

/// Edges that one task looks at.
const EDGES_PER_TASK: usize = 1024;

/// What happens in dimensions 0 and 1.
#[derive(Debug)]
pub(in crate::homology) struct LowDimensions {
    /// The lengths at which components merge, ascending.
    pub(in crate::homology) merges: Vec<f64>,
    /// The intervals of dimension 1.
    pub(in crate::homology) loops: Vec<Interval>,
}

impl LowDimensions {
    /// Of the filtration up to `threshold`, which is finite.
    pub(in crate::homology) fn new<S: Scalar>(
        distances: &DistanceMatrix<S>,
        threshold: S,
        field: &PrimeField,
    ) -> Self {
        let order = EdgeOrder::new(distances);
        let slabs = Slabs::new(&order, threshold);
        let empty = Adjacency::new(distances.n_points());
        let mut sweep = Sweep {
            order: &order,
            before: empty.clone(),
            after: empty,
            components: DisjointSets::new(distances.n_points()),
            chains: Chains::new(&order, field),
            merges: Vec::new(),
        };
        sweep.after.insert(slabs.edges(0));
        for slab in 0..slabs.len() {
            sweep.enter(&slabs, slab);
        }
        Self { merges: sweep.merges, loops: sweep.chains.finish() }
    }
}

struct Sweep<'a, S> {
    order: &'a EdgeOrder<'a, S>,
    before: Adjacency,
    after: Adjacency,
    components: DisjointSets,
    chains: Chains<'a, S>,
    merges: Vec<f64>,
}

impl<S: Scalar> Sweep<'_, S> {
    /// Enters the edges of a slab: first those that join or give birth, then those that fill loops. A loop that is
    /// filled in a slab is made of edges before the one that fills it, so births after it do not matter to it.
    fn enter(&mut self, slabs: &Slabs, slab: usize) {
        let tasks: Vec<&[PackedEdge]> =
            slabs.pieces(slab).flat_map(|piece| piece.chunks(EDGES_PER_TASK)).collect();
        for Finding { moment, .. } in self.search(&tasks, |lunes, edges| lunes.empty(edges)) {
            if self.components.join(moment.edge.larger(), moment.edge.smaller()) {
                self.merges.push(moment.length.to_f64());
                self.chains.join(moment.edge);
            } else {
                self.chains.give_birth(moment.edge);
            }
        }
        if self.chains.n_alive() > 0 {
            for Finding { moment, components } in self.search(&tasks, |lunes, edges| lunes.split(edges)) {
                self.chains.fill(moment.edge, &components);
            }
        }
        let next = slab + 1;
        let (before, after) = (&mut self.before, &mut self.after);
        rayon::join(
            || before.insert(slabs.edges(slab)),
            || (next < slabs.len()).then(|| after.insert(slabs.edges(next))),
        );
    }

    /// What a search finds, in the order of the filtration.
    fn search(
        &self,
        tasks: &[&[PackedEdge]],
        search: impl Fn(Lunes<'_, S>, &[PackedEdge]) -> Vec<Finding<S>> + Sync,
    ) -> Vec<Finding<S>> {
        let lunes = Lunes { order: self.order, before: &self.before, after: &self.after };
        let mut found: Vec<Finding<S>> =
            tasks.par_iter().flat_map_iter(|edges| search(lunes, edges)).collect();
        found.sort_unstable_by(|a, b| a.moment.partial_cmp(&b.moment).unwrap_or(std::cmp::Ordering::Equal));
        found
    }
}
