//! The Vietoris–Rips filtration, never built: its simplices are enumerated when needed.

use super::critical::Critical;
use super::reduction::{Pivots, reduce};
use super::simplex::{Entry, Labels};
use crate::error::{Error, SettingKind};
use crate::homology::few::{Few, MAX_VERTICES};
use crate::homology::field::PrimeField;
use crate::homology::neighborhoods::{Edges, Neighborhoods};
use crate::{Diagram, Diagrams};

/// The hub of an edge with an empty lune.
pub(super) const NO_HUB: u16 = u16::MAX;

/// What a simplex of the filtration needs to be known.
#[derive(Debug)]
pub(in crate::homology) struct Filtration<N> {
    pub(super) edges: Edges,
    pub(super) neighborhoods: N,
    pub(super) labels: Labels,
    pub(super) hubs: Vec<u16>,
    pub(super) field: PrimeField,
    n_points: usize,
    critical: Vec<Vec<Entry>>,
}

impl<N: Neighborhoods> Filtration<N> {
    /// For homology up to a dimension of at least 1.
    pub(in crate::homology) fn new(
        edges: Edges,
        neighborhoods: N,
        n_points: usize,
        max_homology_dimension: usize,
        field: PrimeField,
    ) -> Result<Self, Error> {
        let labels = Labels::new(n_points);
        if max_homology_dimension > labels.most() || max_homology_dimension + 2 > MAX_VERTICES {
            return Err(SettingKind::TooManySimplices { n_points, max_homology_dimension }.into());
        }
        let Critical { hubs, simplices } =
            Critical::new(&edges, &neighborhoods, labels, max_homology_dimension);
        Ok(Self { edges, neighborhoods, labels, hubs, field, n_points, critical: simplices })
    }

    /// The diagrams of dimensions 0 to the highest.
    pub(in crate::homology) fn diagrams(mut self) -> Diagrams {
        let joining = self.edges.joining(self.n_points);
        let mut diagrams = vec![self.edges.components(&joining, self.n_points)];
        let mut critical = std::mem::take(&mut self.critical);
        critical[1].retain(|edge| joining.binary_search(&edge.rank).is_err());
        let mut pivots = Pivots::default();
        for (mut columns, dimension) in critical.into_iter().zip(0..).skip(1) {
            columns.retain(|column| !pivots.contains(*column));
            // Entries compare as greater when they are earlier: the last comes first.
            columns.sort_unstable();
            let (intervals, next) = reduce(&self, dimension, &columns);
            diagrams.push(Diagram::new(dimension, intervals));
            pivots = next;
        }
        diagrams
    }

    /// The value at which a simplex enters.
    pub(super) fn length(&self, entry: Entry) -> f64 {
        self.edges.length(entry.rank)
    }

    /// The hub of an edge, unless its lune is empty.
    #[inline]
    pub(super) fn hub(&self, rank: u32) -> Option<usize> {
        let hub = self.hubs[rank as usize];
        (hub != NO_HUB).then_some(hub.into())
    }

    /// How a vertex beside the edge is written.
    #[inline]
    pub(super) fn label(&self, rank: u32, position: u32) -> u32 {
        if u32::from(self.hubs[rank as usize]) == position { 0 } else { position + 1 }
    }

    /// The ends of the longest edge, the larger position first, then the other vertices in their order.
    #[inline]
    pub(super) fn vertices(&self, entry: Entry, dimension: usize) -> Few {
        let ends = self.edges.ends()[entry.rank as usize];
        let mut vertices = Few::default();
        vertices.push(ends.larger() as u32);
        vertices.push(ends.smaller() as u32);
        for &label in self.labels.unpack(entry.others, dimension - 1).as_slice() {
            vertices.push(if label == 0 { self.hubs[entry.rank as usize].into() } else { label - 1 });
        }
        vertices
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::homology::loops::LowDimensions;
    use crate::homology::neighborhoods::{Dense, Sparse};
    use crate::{PointCloud, SparseDistances, synthetic};

    fn diagrams<N: Neighborhoods>(
        distances: &SparseDistances<f64>,
        modulus: u32,
        layout: impl Fn(&Edges, usize) -> N,
    ) -> Diagrams {
        let (n_points, field) = (distances.n_points(), PrimeField::new(modulus).unwrap());
        let edges = Edges::of_pairs(distances, f64::INFINITY);
        let neighborhoods = layout(&edges, n_points);
        Filtration::new(edges, neighborhoods, n_points, 3, field).unwrap().diagrams()
    }

    fn loops(distances: &SparseDistances<f64>, modulus: u32) -> Diagrams {
        let (n_points, field) = (distances.n_points(), PrimeField::new(modulus).unwrap());
        let edges = Edges::of_pairs(distances, f64::INFINITY);
        let neighborhoods = Sparse::new(&edges, n_points);
        LowDimensions::of_lists(&edges, &neighborhoods, n_points, &field).diagrams(n_points)
    }

    /// Points on a lattice, which coincide and whose distances tie, up to a threshold.
    fn lattice_points(seed: u64) -> SparseDistances<f64> {
        let cloud = synthetic::gaussian(40, 1 + seed as usize % 5, seed).unwrap();
        let rounded = cloud.values().iter().map(|x| (x * 4.0).round() / 4.0).collect();
        let rounded = PointCloud::new(rounded, 40, cloud.n_features()).unwrap();
        SparseDistances::within(&rounded, 1.0 + 0.1 * seed as f64).unwrap()
    }

    /// Dissimilarities without any geometry, which have homology in every dimension.
    fn noise(seed: u64) -> SparseDistances<f64> {
        let values = synthetic::gaussian(24, 24, seed).unwrap();
        let value = |i: usize, j: usize| values.point(i)[j].abs();
        let pairs: Vec<_> =
            (1..24).flat_map(|i| (0..i).map(move |j| (i, j))).map(|(i, j)| (i, j, value(i, j))).collect();
        SparseDistances::from_pairs(&pairs, 24).unwrap()
    }

    #[test]
    fn both_layouts_of_the_neighbors_give_the_same_diagrams() {
        let mut n_intervals = [0; 4];
        for distances in (0..20).flat_map(|seed| [lattice_points(seed), noise(seed)]) {
            for modulus in [2, 3] {
                let dense = diagrams(&distances, modulus, Dense::new);
                assert_eq!(dense, diagrams(&distances, modulus, Sparse::new));
                assert_eq!(&dense[..2], &loops(&distances, modulus)[..]);
                for (count, diagram) in n_intervals.iter_mut().zip(&dense) {
                    *count += diagram.intervals().len();
                }
            }
        }
        assert!(n_intervals.iter().all(|&count| count > 5), "{n_intervals:?}");
    }

    #[test]
    fn too_many_vertices_for_a_label_are_an_error() {
        let near = SparseDistances::from_pairs(&[(0, 1, 1.0)], 60_000).unwrap();
        let edges = Edges::of_pairs(&near, f64::INFINITY);
        let neighborhoods = Sparse::new(&edges, 60_000);
        let filtration =
            Filtration::new(edges, neighborhoods, 60_000, 5, PrimeField::new(2).unwrap()).map(drop);
        assert!(filtration.unwrap_err().to_string().contains("`max_homology_dimension` = 5"));
    }
}
