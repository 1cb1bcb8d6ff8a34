//! Points from the centre outwards, and the order of the edges between them.

use rayon::prelude::*;

use crate::{DistanceMatrix, Scalar};

/// Two positions, the larger in the upper half; comparing the numbers breaks ties of length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct PackedEdge(u32);

impl PackedEdge {
    #[inline]
    pub(super) fn new(a: usize, b: usize) -> Self {
        let (larger, smaller) = if a > b { (a, b) } else { (b, a) };
        Self((larger as u32) << 16 | smaller as u32)
    }

    /// The larger position.
    #[inline]
    pub(super) fn larger(self) -> usize {
        (self.0 >> 16) as usize
    }

    /// The smaller position.
    #[inline]
    pub(super) fn smaller(self) -> usize {
        (self.0 & 0xFFFF) as usize
    }

    /// The edge as a key of a map.
    #[inline]
    pub(super) fn key(self) -> u64 {
        u64::from(self.0)
    }
}

/// When an edge enters: by length, then by position.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub(super) struct Moment<S> {
    pub(super) length: S,
    pub(super) edge: PackedEdge,
}

/// Puts edges in their order.
pub(super) fn sort<S: Scalar>(moments: &mut [Moment<S>]) {
    moments.par_sort_unstable_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
}

/// The order of edges. Points are numbered by *position*: those with the smallest mean dissimilarity come first, since
/// they lie in most lunes and a search that starts with them ends soon.
#[derive(Debug)]
pub(in crate::homology) struct EdgeOrder<'a, S> {
    distances: &'a DistanceMatrix<S>,
    points: Vec<u32>,
    positions: Vec<u32>,
}

impl<'a, S: Scalar> EdgeOrder<'a, S> {
    pub(in crate::homology) fn new(distances: &'a DistanceMatrix<S>) -> Self {
        let finite = |distance: S| if distance.is_finite() { distance.to_f64() } else { 0.0 };
        let sums = distances.fold_pairs(0.0, finite, |a, b| a + b);
        let mut points: Vec<u32> = (0..distances.n_points() as u32).collect();
        points.sort_by(|&a, &b| sums[a as usize].total_cmp(&sums[b as usize]));
        let mut positions = vec![0; points.len()];
        for (position, &point) in points.iter().enumerate() {
            positions[point as usize] = position as u32;
        }
        Self { distances, points, positions }
    }

    /// The edges up to a length, in their order.
    pub(super) fn moments_up_to(&self, threshold: S) -> Vec<Moment<S>> {
        let rows = (1..self.n_points()).into_par_iter();
        let edges = rows.flat_map_iter(|a| (0..a).map(move |b| self.moment(PackedEdge::new(a, b))));
        let mut moments: Vec<Moment<S>> = edges.filter(|moment| moment.length <= threshold).collect();
        sort(&mut moments);
        moments
    }

    pub(super) fn n_points(&self) -> usize {
        self.points.len()
    }

    /// The position of every point of the matrix.
    pub(super) fn positions(&self) -> &[u32] {
        &self.positions
    }

    pub(super) fn distances(&self) -> &'a DistanceMatrix<S> {
        self.distances
    }

    /// The point at a position.
    pub(super) fn point(&self, position: usize) -> usize {
        self.points[position] as usize
    }

    /// The edge between two points of the matrix.
    #[inline]
    pub(super) fn edge_between(&self, point: usize, other: usize) -> PackedEdge {
        PackedEdge::new(self.positions[point] as usize, self.positions[other] as usize)
    }

    /// The first point of the lune of an edge.
    pub(super) fn first_in_lune(&self, moment: Moment<S>) -> Option<usize> {
        let (u, v) = (moment.edge.larger(), moment.edge.smaller());
        (0..self.n_points())
            .find(|&w| w != u && w != v && self.is_earlier(u, w, moment) && self.is_earlier(v, w, moment))
    }

    /// The length of the edge between two positions.
    #[inline]
    pub(super) fn length(&self, a: usize, b: usize) -> S {
        self.distances.get(self.points[a] as usize, self.points[b] as usize)
    }

    #[inline]
    pub(super) fn moment(&self, edge: PackedEdge) -> Moment<S> {
        Moment { length: self.length(edge.larger(), edge.smaller()), edge }
    }

    /// Whether the edge between two positions enters before `moment`.
    #[inline]
    pub(super) fn is_earlier(&self, a: usize, b: usize, moment: Moment<S>) -> bool {
        let length = self.length(a, b);
        length < moment.length || (length == moment.length && PackedEdge::new(a, b) < moment.edge)
    }
}
