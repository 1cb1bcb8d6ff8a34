//! The edges in slabs: ranges of the filtration of about equal numbers of edges, without an order inside.

use std::ops::Range;

use rayon::prelude::*;

use super::edge_order::{EdgeOrder, Moment, PackedEdge};
use crate::Scalar;

/// Slabs at most. More make the adjacency at a slab's ends closer to that at each edge, fewer save updates of it.
const MOST_SLABS: usize = 512;
/// Edges of a slab at least.
const FEWEST_EDGES: usize = 64;
/// Edges sampled per slab to place its ends.
const SAMPLES_PER_SLAB: usize = 48;
/// Parts of the matrix that are distributed independently.
const N_PARTS: usize = 64;
/// Cells of the table that finds a slab by length.
const N_CELLS: usize = 8192;

/// All edges up to a threshold.
#[derive(Debug)]
pub(super) struct Slabs {
    n_slabs: usize,
    /// Per part of the matrix, per slab, its edges.
    parts: Vec<Vec<Vec<PackedEdge>>>,
}

impl Slabs {
    pub(super) fn new<S: Scalar>(order: &EdgeOrder<'_, S>, threshold: S) -> Self {
        let ends = Ends::new(order, threshold);
        let n_slabs = ends.moments.len() + 1;
        let parts = row_ranges(order.n_points()).into_par_iter();
        let parts = parts.map(|rows| distribute(order, threshold, &ends, rows)).collect();
        Self { n_slabs, parts }
    }

    pub(super) fn len(&self) -> usize {
        self.n_slabs
    }

    /// The edges of a slab, in pieces.
    pub(super) fn pieces(&self, slab: usize) -> impl Iterator<Item = &[PackedEdge]> {
        self.parts.iter().map(move |part| part[slab].as_slice()).filter(|piece| !piece.is_empty())
    }

    pub(super) fn edges(&self, slab: usize) -> impl Iterator<Item = &PackedEdge> {
        self.pieces(slab).flatten()
    }
}

/// Where each slab but the first begins, with a table from lengths to slabs.
#[derive(Debug)]
struct Ends<S> {
    moments: Vec<Moment<S>>,
    cells_per_unit: f64,
    /// Per cell, how many slabs begin in earlier cells.
    first: Vec<u16>,
}

impl<S: Scalar> Ends<S> {
    fn new(order: &EdgeOrder<'_, S>, threshold: S) -> Self {
        let n_points = order.n_points();
        let n_pairs = n_points * (n_points - 1) / 2;
        let n_slabs = (n_pairs / FEWEST_EDGES).clamp(1, MOST_SLABS);
        let stride = (n_pairs / (n_slabs * SAMPLES_PER_SLAB)).max(1);
        let sample_row = |i: usize| {
            // The start moves from row to row so that no pattern of the matrix is missed.
            let start = i.wrapping_mul(7919) % stride;
            (start..i).step_by(stride).map(move |j| (i, j))
        };
        let pairs = (1..n_points).flat_map(sample_row);
        let mut samples: Vec<Moment<S>> = pairs
            .map(|(i, j)| Moment { length: order.distances().get(i, j), edge: order.edge_between(i, j) })
            .filter(|moment| moment.length <= threshold)
            .collect();
        samples.par_sort_unstable_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
        let per_slab = samples.len().div_ceil(n_slabs).max(1);
        let moments: Vec<Moment<S>> = samples.iter().skip(per_slab).step_by(per_slab).copied().collect();
        let longest = moments.last().map_or(0.0, |moment| moment.length.to_f64());
        let cells_per_unit = if longest > 0.0 { (N_CELLS - 1) as f64 / longest } else { 0.0 };
        let mut ends = Self { moments, cells_per_unit, first: vec![0; N_CELLS] };
        let cells: Vec<usize> = ends.moments.iter().map(|moment| ends.cell(moment.length)).collect();
        for (cell, first) in ends.first.iter_mut().enumerate() {
            *first = cells.partition_point(|&of_end| of_end < cell) as u16;
        }
        ends
    }

    /// Grows with the length, so that ends in earlier cells are shorter.
    #[inline]
    #[expect(clippy::cast_sign_loss, reason = "lengths are not negative")]
    fn cell(&self, length: S) -> usize {
        ((length.to_f64() * self.cells_per_unit) as usize).min(N_CELLS - 1)
    }

    #[inline]
    fn slab(&self, moment: Moment<S>) -> usize {
        let mut slab = usize::from(self.first[self.cell(moment.length)]);
        while slab < self.moments.len() && self.moments[slab] <= moment {
            slab += 1;
        }
        slab
    }
}

/// Rows of the lower triangle in ranges of about as many pairs each.
fn row_ranges(n_points: usize) -> Vec<Range<usize>> {
    #[expect(clippy::cast_sign_loss, reason = "a part of the rows")]
    let end = |part: usize| ((part as f64 / N_PARTS as f64).sqrt() * n_points as f64).round() as usize;
    (0..N_PARTS).map(|part| end(part)..end(part + 1)).collect()
}

fn distribute<S: Scalar>(
    order: &EdgeOrder<'_, S>,
    threshold: S,
    ends: &Ends<S>,
    rows: Range<usize>,
) -> Vec<Vec<PackedEdge>> {
    let mut counts = vec![0; ends.moments.len() + 1];
    visit_edges(order, threshold, rows.clone(), |moment| counts[ends.slab(moment)] += 1);
    let mut slabs: Vec<Vec<PackedEdge>> = counts.into_iter().map(Vec::with_capacity).collect();
    visit_edges(order, threshold, rows, |moment| slabs[ends.slab(moment)].push(moment.edge));
    slabs
}

#[inline]
fn visit_edges<S: Scalar>(
    order: &EdgeOrder<'_, S>,
    threshold: S,
    rows: Range<usize>,
    mut visit: impl FnMut(Moment<S>),
) {
    for i in rows {
        for (j, &length) in order.distances().row_below(i).iter().enumerate() {
            if length <= threshold {
                visit(Moment { length, edge: order.edge_between(i, j) });
            }
        }
    }
}
