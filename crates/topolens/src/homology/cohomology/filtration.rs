//! The Vietoris–Rips filtration, never built: its simplices are enumerated when needed.

use super::critical::Critical;
use super::neighborhoods::Neighborhoods;
use super::reduction::reduce;
use super::simplex::{Entry, Few, Labels, MAX_VERTICES};
use crate::error::{Error, SettingKind};
use crate::homology::disjoint_sets::DisjointSets;
use crate::homology::edge_order::{Moment, PackedEdge};
use crate::homology::field::PrimeField;
use crate::{Diagram, Diagrams, Interval, Scalar};

/// The hub of an edge with an empty lune.
pub(super) const NO_HUB: u16 = u16::MAX;

/// The edges, shortest first: an edge's *rank* is its place among them.
#[derive(Debug)]
pub(in crate::homology) struct Edges {
    ends: Vec<PackedEdge>,
    lengths: Vec<f64>,
}

impl Edges {
    pub(in crate::homology) fn new<S: Scalar>(sorted: &[Moment<S>]) -> Self {
        Self {
            ends: sorted.iter().map(|moment| moment.edge).collect(),
            lengths: sorted.iter().map(|moment| moment.length.to_f64()).collect(),
        }
    }

    pub(super) fn ends(&self) -> &[PackedEdge] {
        &self.ends
    }
}

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
        let Critical { hubs, simplices } = Critical::new(&edges, &neighborhoods, labels, max_homology_dimension);
        Ok(Self { edges, neighborhoods, labels, hubs, field, n_points, critical: simplices })
    }

    /// The diagrams of dimensions 0 to the highest.
    pub(in crate::homology) fn diagrams(mut self) -> Diagrams {
        let mut critical = std::mem::take(&mut self.critical).into_iter().skip(1);
        let (components, columns) = self.components(critical.next().unwrap_or_default());
        let (loops, mut pivots) = reduce(&self, 1, &columns);
        let mut diagrams = vec![components, Diagram::new(1, loops)];
        for (mut columns, dimension) in critical.zip(2..) {
            columns.retain(|column| !pivots.contains(*column));
            // Entries compare as greater when they are earlier: the last comes first.
            columns.sort_unstable();
            let (intervals, next) = reduce(&self, dimension, &columns);
            diagrams.push(Diagram::new(dimension, intervals));
            pivots = next;
        }
        diagrams
    }

    /// The diagram of dimension 0, and the edges with an empty lune that join nothing, last first.
    fn components(&self, empty: Vec<Entry>) -> (Diagram, Vec<Entry>) {
        let mut sets = DisjointSets::new(self.n_points);
        let mut deaths = Vec::new();
        let mut columns = Vec::new();
        for entry in empty {
            let ends = self.edges.ends[entry.rank as usize];
            if sets.join(ends.larger(), ends.smaller()) {
                deaths.push(self.length(entry));
            } else {
                columns.push(entry);
            }
        }
        columns.reverse();
        let essential = std::iter::repeat_n(f64::INFINITY, self.n_points - deaths.len());
        let intervals = deaths.into_iter().chain(essential).map(|death| Interval { birth: 0.0, death });
        (Diagram::new(0, intervals.collect()), columns)
    }

    /// The value at which a simplex enters.
    pub(super) fn length(&self, entry: Entry) -> f64 {
        self.edges.lengths[entry.rank as usize]
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
        let ends = self.edges.ends[entry.rank as usize];
        let mut vertices = Few::default();
        vertices.push(ends.larger() as u32);
        vertices.push(ends.smaller() as u32);
        for &label in self.labels.unpack(entry.others, dimension - 1).as_slice() {
            vertices.push(if label == 0 { self.hubs[entry.rank as usize].into() } else { label - 1 });
        }
        vertices
    }
}
