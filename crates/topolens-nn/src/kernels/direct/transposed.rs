//! The transpose of rows times other rows: gradients in weights.

use std::ops::Range;

use pulp::{Arch, Simd, WithSimd};

use super::{Runs, TILE_REGISTERS, TILE_ROWS, add_products, tile_columns};

/// Rows that are worked on at a time, so that they stay in cache.
const BLOCK: usize = 128;

/// Some columns of a matrix.
#[derive(Debug, Clone)]
pub(crate) struct Columns<'a> {
    pub(crate) rows: &'a [f32],
    /// Columns of the whole matrix.
    pub(crate) row_len: usize,
    pub(crate) range: Range<usize>,
}

impl<'a> Columns<'a> {
    /// All of them.
    pub(crate) fn all(rows: &'a [f32], row_len: usize) -> Self {
        Self { rows, row_len, range: 0..row_len }
    }
}

/// Adds to `sum`, row length × columns, the products of every value of a row with the row of `others` of the same number, summed over
/// the rows, which start at `starts` in `input`.
pub(crate) fn add_transposed_products(
    input: &[f32],
    starts: &[usize],
    runs: Runs,
    others: &Columns<'_>,
    sum: &mut [f32],
) {
    let width = tile_columns();
    let mut panel = vec![0.0; BLOCK * width];
    for (starts, rows) in starts.chunks(BLOCK).zip(others.rows.chunks(BLOCK * others.row_len)) {
        for first in others.range.clone().step_by(width) {
            let columns = first..(first + width).min(others.range.end);
            for (cells, row) in panel.chunks_exact_mut(width).zip(rows.chunks_exact(others.row_len)) {
                cells[..columns.len()].copy_from_slice(&row[columns.clone()]);
            }
            let panel = &panel[..starts.len() * width];
            let place = (first - others.range.start, columns.len(), others.range.len());
            Arch::new().dispatch(TransposedProducts { input, starts, runs, panel, place, sum });
        }
    }
}

struct TransposedProducts<'a> {
    input: &'a [f32],
    starts: &'a [usize],
    runs: Runs,
    /// As many columns of the other rows as a tile has.
    panel: &'a [f32],
    /// The first of the columns, their number, and that of all columns of the sum.
    place: (usize, usize, usize),
    sum: &'a mut [f32],
}

impl WithSimd for TransposedProducts<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { input, starts, runs, sum, .. } = self;
        let (panel, _) = S::as_simd_f32s(self.panel);
        let (panel, _) = panel.as_chunks::<TILE_REGISTERS>();
        for run in 0..runs.count {
            for first in (0..runs.length).step_by(TILE_ROWS) {
                let n_rows = TILE_ROWS.min(runs.length - first);
                let offset = run * runs.stride + first;
                let target = (run * runs.length + first, self.place);
                match n_rows {
                    1 => add_tile::<S, 1>(simd, (input, starts, offset), panel, sum, target),
                    2 => add_tile::<S, 2>(simd, (input, starts, offset), panel, sum, target),
                    3 => add_tile::<S, 3>(simd, (input, starts, offset), panel, sum, target),
                    4 => add_tile::<S, 4>(simd, (input, starts, offset), panel, sum, target),
                    5 => add_tile::<S, 5>(simd, (input, starts, offset), panel, sum, target),
                    _ => add_tile::<S, TILE_ROWS>(simd, (input, starts, offset), panel, sum, target),
                }
            }
        }
    }
}

/// Adds the products of the `N` values at `offset` behind each start.
#[inline(always)]
fn add_tile<S: Simd, const N: usize>(
    simd: S,
    (input, starts, offset): (&[f32], &[usize], usize),
    panel: &[[S::f32s; TILE_REGISTERS]],
    sum: &mut [f32],
    (row, (column, n_filled, n_columns)): (usize, (usize, usize, usize)),
) {
    let mut tile = [[simd.splat_f32s(0.0); TILE_REGISTERS]; N];
    for (start, others) in starts.iter().zip(panel) {
        let Some(values) = input[start + offset..].first_chunk::<N>() else { break };
        tile = add_products(simd, tile, *values, others);
    }
    for (k, sums) in tile.iter().enumerate() {
        let cells = &mut sum[(row + k) * n_columns + column..][..n_filled];
        for (values, cells) in sums.iter().zip(cells.chunks_mut(S::F32_LANES)) {
            let before = simd.partial_load_f32s(cells);
            simd.partial_store_f32s(cells, simd.add_f32s(before, *values));
        }
    }
}
