//! The edges in slabs: ranges of the filtration of about equal numbers of edges, without an order inside.
//!
//! A run of slabs is an *epoch*; only the edges of one are held at a time.

use std::ops::Range;

use rayon::prelude::*;

use crate::Scalar;
use crate::distances::row_parts;
use crate::homology::adjacency::{Adjacency, Heads};
use crate::homology::edge_order::{EdgeOrder, Moment, PackedEdge};

/// Slabs at most. More make the adjacency at a slab's ends closer to that at each edge, fewer save updates of it.
const MOST_SLABS: usize = 512;
/// Slabs of an epoch.
const SLABS_PER_EPOCH: usize = 32;
/// Edges of a slab at least.
const FEWEST_EDGES: usize = 256;
/// Edges sampled per slab to place the cuts.
const SAMPLES_PER_SLAB: usize = 48;
/// Cells of the table that finds a slab by length.
const N_CELLS: usize = 8192;

/// Where each slab but the first begins, with a table from lengths to slabs.
#[derive(Debug)]
pub(super) struct Cuts<S> {
    threshold: S,
    moments: Vec<Moment<S>>,
    cells_per_unit: f64,
    /// Per cell, how many slabs begin in earlier cells.
    first: Vec<u16>,
}

impl<S: Scalar> Cuts<S> {
    /// Cuts of the edges up to `threshold`, placed by a sample of them.
    pub(super) fn new(order: &EdgeOrder<'_, S>, threshold: S) -> Self {
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
        let mut cuts = Self { threshold, moments, cells_per_unit, first: vec![0; N_CELLS] };
        let cells: Vec<usize> = cuts.moments.iter().map(|moment| cuts.cell(moment.length)).collect();
        for (cell, first) in cuts.first.iter_mut().enumerate() {
            *first = cells.partition_point(|&of_cut| of_cut < cell) as u16;
        }
        cuts
    }

    pub(super) fn n_epochs(&self) -> usize {
        (self.moments.len() + 1).div_ceil(SLABS_PER_EPOCH)
    }

    /// Grows with the length, so that cuts in earlier cells are shorter.
    #[inline]
    #[expect(clippy::cast_sign_loss, reason = "lengths are not negative")]
    fn cell(&self, length: S) -> usize {
        ((length.to_f64() * self.cells_per_unit) as usize).min(N_CELLS - 1)
    }

    #[inline]
    fn slab(&self, moment: Moment<S>) -> usize {
        let cell = self.cell(moment.length);
        let first = usize::from(self.first[cell]);
        let end = self.first.get(cell + 1).map_or(self.moments.len(), |&end| usize::from(end));
        // Many cuts fall into one cell only where many edges are equally long.
        first + self.moments[first..end].partition_point(|cut| *cut <= moment)
    }

    /// The slabs of an epoch.
    fn slabs(&self, epoch: usize) -> Range<usize> {
        epoch * SLABS_PER_EPOCH..((epoch + 1) * SLABS_PER_EPOCH).min(self.moments.len() + 1)
    }

    /// The epoch in which an edge enters.
    pub(super) fn epoch(&self, moment: Moment<S>) -> usize {
        self.slab(moment) / SLABS_PER_EPOCH
    }

    /// Shows the edges of some slabs in some rows of the matrix, row by row, with their slab; pairs of points that are
    /// not wanted are passed over.
    #[inline]
    fn visit(
        &self,
        order: &EdgeOrder<'_, S>,
        (rows, slabs): (Range<usize>, &Range<usize>),
        is_wanted: impl Fn(usize, usize) -> bool,
        mut visit: impl FnMut(usize, PackedEdge),
    ) {
        let shortest = if slabs.start == 0 { S::ZERO } else { self.moments[slabs.start - 1].length };
        let longest = self.moments.get(slabs.end - 1).map_or(self.threshold, |moment| moment.length);
        let start = slabs.start.checked_sub(1).map(|cut| self.moments[cut]);
        let end = self.moments.get(slabs.end - 1);
        let is_inside = |moment: &Moment<S>| {
            start.is_none_or(|start| start <= *moment) && end.is_none_or(|end| moment < end)
        };
        let mut columns = Vec::new();
        for i in rows {
            let row = order.distances().row_below(i);
            columns_within(row, shortest, longest, &mut columns);
            for &j in columns.iter().filter(|&&j| is_wanted(i, j as usize)) {
                let moment = Moment { length: row[j as usize], edge: order.edge_between(i, j as usize) };
                if is_inside(&moment) {
                    visit(self.slab(moment), moment.edge);
                }
            }
        }
    }
}

/// The columns of a row whose length lies in a range, without a branch that could be mispredicted.
#[inline]
fn columns_within<S: Scalar>(row: &[S], shortest: S, longest: S, columns: &mut Vec<u32>) {
    columns.resize(row.len(), 0);
    let mut found = 0;
    for (j, &length) in row.iter().enumerate() {
        columns[found] = j as u32;
        found += usize::from(length >= shortest && length <= longest);
    }
    columns.truncate(found);
}

/// The edges of one epoch.
#[derive(Debug)]
pub(super) struct Epoch {
    n_slabs: usize,
    /// Per part of the matrix, per slab, in the order of the matrix.
    parts: Vec<Vec<Vec<PackedEdge>>>,
}

impl Epoch {
    pub(super) fn of<S: Scalar>(order: &EdgeOrder<'_, S>, cuts: &Cuts<S>, epoch: usize) -> Self {
        let slabs = cuts.slabs(epoch);
        let distribute = |rows: Range<usize>| {
            let mut pieces = vec![Vec::new(); slabs.len()];
            cuts.visit(
                order,
                (rows, &slabs),
                |_, _| true,
                |slab, edge| pieces[slab - slabs.start].push(edge),
            );
            pieces
        };
        let parts = row_parts(order.n_points()).into_par_iter().map(distribute).collect();
        Self { n_slabs: slabs.len(), parts }
    }

    pub(super) fn n_slabs(&self) -> usize {
        self.n_slabs
    }

    /// The edges of a slab, in pieces.
    pub(super) fn pieces(&self, slab: usize) -> impl Iterator<Item = &[PackedEdge]> {
        self.parts.iter().map(move |part| part[slab].as_slice())
    }

    pub(super) fn edges(&self, slab: usize) -> impl Iterator<Item = &PackedEdge> {
        self.pieces(slab).flatten()
    }

    pub(super) fn all_edges(&self) -> impl Iterator<Item = &PackedEdge> {
        self.parts.iter().flatten().flatten()
    }
}

/// The edges from an epoch on whose lune is empty, in the order of the filtration.
///
/// `known` holds edges of earlier epochs: an edge whose ends have a neighbour in common there has it in its lune. What
/// that does not decide is decided one by one.
pub(super) fn empty_lunes_from<S: Scalar>(
    order: &EdgeOrder<'_, S>,
    cuts: &Cuts<S>,
    epoch: usize,
    known: &Adjacency,
) -> Vec<Moment<S>> {
    let slabs = cuts.slabs(epoch).start..cuts.moments.len() + 1;
    let known = Heads::of(known, order.positions());
    let search = |rows: Range<usize>| {
        let mut empty = Vec::new();
        let is_undecided = |i: usize, j: usize| !known.have_common_neighbor(i, j);
        cuts.visit(order, (rows, &slabs), is_undecided, |_, edge| {
            let moment = order.moment(edge);
            if order.first_in_lune(moment).is_none() {
                empty.push(moment);
            }
        });
        empty
    };
    let mut empty: Vec<Moment<S>> =
        row_parts(order.n_points()).into_par_iter().flat_map_iter(search).collect();
    empty.sort_unstable_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
    empty
}
