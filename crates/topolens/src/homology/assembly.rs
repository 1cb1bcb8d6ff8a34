//! Which simplices need a column: all but those known to be paired.

use rayon::prelude::*;

use super::cohomology::Pivots;
use super::column::Entry;
use super::components::SpanningTree;
use super::filtration::Filtration;
use crate::Scalar;

impl<S: Scalar> Filtration<'_, S> {
    /// The edges up to the threshold, in index order.
    pub(super) fn edges(&self) -> Vec<Entry<S>> {
        let n_points = self.distances.n_points();
        let pairs = (1..n_points).flat_map(|i| (0..i).map(move |j| (i, j)));
        let edges = pairs.zip(0_u64..).map(|((i, j), index)| {
            let diameter = self.distances.get(i, j);
            Entry { diameter, index, coefficient: 1 }
        });
        edges.filter(|edge| edge.diameter <= self.threshold).collect()
    }

    /// The columns of dimension 1: edges that neither join two components nor start an apparent pair, last first.
    pub(super) fn edge_columns(&self, edges: &[Entry<S>], tree: &SpanningTree) -> Vec<Entry<S>> {
        let joining = |edge: &super::Edge| self.binomials.get(edge.first, 2) + edge.second as u64;
        let mut joining: Vec<u64> = tree.edges().iter().map(joining).collect();
        joining.sort_unstable();
        let needed = edges.par_iter().filter(|edge| {
            self.zero_apparent_cofacet(**edge, 1).is_none() && joining.binary_search(&edge.index).is_err()
        });
        latest_first(needed.copied().collect())
    }

    /// The simplices one dimension up, in the order of their facets.
    pub(super) fn simplices_above(&self, simplices: &[Entry<S>], dimension: usize) -> Vec<Entry<S>> {
        let above =
            simplices.par_iter().flat_map_iter(|&s| self.cofacets(s, dimension).with_new_largest_vertex());
        above.map(|entry| Entry { coefficient: 1, ..entry }).collect()
    }

    /// The columns of `dimension` ≥ 2, made from the simplices one below and cleared by its pivots, last first.
    pub(super) fn columns_above(
        &self,
        simplices: &[Entry<S>],
        dimension: usize,
        pivots: &Pivots,
    ) -> Vec<Entry<S>> {
        let above = simplices.par_iter().flat_map_iter(|&simplex| {
            let cofacets = self.cofacets(simplex, dimension - 1).with_new_largest_vertex();
            cofacets.map(|entry| Entry { coefficient: 1, ..entry })
        });
        let needed = above.filter(|&entry| {
            !pivots.contains(entry.index)
                && self.zero_apparent_cofacet(entry, dimension).is_none()
                && self.zero_apparent_facet(entry, dimension).is_none()
        });
        latest_first(needed.collect())
    }
}

fn latest_first<S: Scalar>(mut columns: Vec<Entry<S>>) -> Vec<Entry<S>> {
    // Entries compare as greater when they are earlier.
    columns.par_sort_unstable();
    columns
}
