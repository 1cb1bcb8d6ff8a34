//! Cofacets (one vertex more), and the facet of an apparent pair, with their signs.

use super::filtration::Filtration;
use super::simplex::Entry;
use crate::homology::few::Few;
use crate::homology::neighborhoods::Neighborhoods;

impl<N: Neighborhoods> Filtration<N> {
    /// The cofacets in no particular order, with the coefficients of the coboundary.
    pub(super) fn cofacets(&self, entry: Entry, dimension: usize) -> impl Iterator<Item = Entry> + '_ {
        let vertices = self.vertices(entry, dimension);
        let common = self.neighborhoods.common_neighbors(vertices);
        common.map(move |w| self.cofacet(entry, &vertices, w))
    }

    /// The simplex with one vertex more.
    #[inline]
    fn cofacet(&self, entry: Entry, vertices: &Few, w: usize) -> Entry {
        let (mut rank, mut end) = (entry.rank, None);
        for &vertex in vertices.as_slice() {
            let other = self.neighborhoods.rank(vertex as usize, w);
            if other > rank {
                (rank, end) = (other, Some(vertex));
            }
        }
        let mut labels = Few::default();
        let coefficient = self.signed(entry.coefficient, vertices, w);
        match end {
            None => {
                for &vertex in &vertices.as_slice()[2..] {
                    labels.push(self.label(rank, vertex));
                }
                labels.insert(self.label(rank, w as u32));
            }
            Some(end) => {
                for &vertex in vertices.as_slice().iter().filter(|&&vertex| vertex != end) {
                    labels.insert(self.label(rank, vertex));
                }
            }
        }
        Entry { others: self.labels.pack(labels.as_slice()), rank, coefficient }
    }

    /// The first cofacet of all, if it enters together with the simplex.
    pub(super) fn simultaneous_cofacet(&self, entry: Entry, dimension: usize) -> Option<Entry> {
        let hub = self.hub(entry.rank)?;
        let vertices = self.vertices(entry, dimension);
        let is_in = |w: usize| self.is_simultaneous(entry.rank, vertices.as_slice(), w);
        let is_new_hub = !vertices.as_slice().contains(&(hub as u32));
        if is_new_hub && is_in(hub) {
            return Some(self.cofacet(entry, &vertices, hub));
        }
        let first = self.neighborhoods.common_neighbors(vertices).find(|&w| is_in(w))?;
        Some(self.cofacet(entry, &vertices, first))
    }

    /// The facet that forms an apparent pair with the simplex: without the first of its other vertices, unless an earlier
    /// vertex goes with the rest.
    pub(super) fn apparent_facet(&self, entry: Entry, dimension: usize) -> Option<Entry> {
        let hub = self.hub(entry.rank)?;
        let vertices = self.vertices(entry, dimension);
        let (&first, rest) = vertices.as_slice()[2..].split_first()?;
        let mut kept = Few::default();
        for &vertex in vertices.as_slice()[..2].iter().chain(rest) {
            kept.push(vertex);
        }
        if first as usize != hub {
            let is_in = |w: usize| self.is_simultaneous(entry.rank, kept.as_slice(), w);
            let mut earlier = self.neighborhoods.common_neighbors(kept).take_while(|&w| w < first as usize);
            if is_in(hub) || earlier.any(is_in) {
                return None;
            }
        }
        let mut labels = Few::default();
        for &vertex in rest {
            labels.push(self.label(entry.rank, vertex));
        }
        let coefficient = self.signed(entry.coefficient, &kept, first as usize);
        Some(Entry { others: self.labels.pack(labels.as_slice()), rank: entry.rank, coefficient })
    }

    /// Whether all edges from a point to the vertices are earlier than an edge.
    #[inline]
    fn is_simultaneous(&self, rank: u32, vertices: &[u32], w: usize) -> bool {
        vertices.iter().all(|&vertex| self.neighborhoods.rank(vertex as usize, w) < rank)
    }

    /// The coefficient by the place of a vertex among the others.
    #[inline]
    fn signed(&self, coefficient: u32, others: &Few, w: usize) -> u32 {
        let n_below = others.as_slice().iter().filter(|&&vertex| (vertex as usize) < w).count();
        if n_below.is_multiple_of(2) { coefficient } else { self.field.negate(coefficient) }
    }
}
