//! Products of single-precision matrices whose left rows lie in an image: convolution without patches.
//!
//! The values under a pixel are a few *runs*, one per kernel row, each contiguous in an image with its margin. A tile of pixels ×
//! columns stays in registers while the runs pass. The vector instructions are chosen at run time (AVX-512, AVX2 or NEON); where
//! there are none, callers use the portable products.

#![expect(clippy::inline_always, reason = "inlined into functions compiled for the vector instructions")]

mod convolution;
mod correlation;
mod linear;
mod panels;
mod products;
mod transposed;

pub(super) use convolution::{forward, input_gradient, weight_gradient};
pub(super) use linear::{multiply_once, multiply_rows, rows_gradient, transposed_once, transposed_product};
use panels::Panels;
use products::write_products;
use transposed::{Columns, add_transposed_products};

use pulp::{Arch, Simd, WithSimd};

use crate::tensor::Element;

/// Rows of a tile.
const TILE_ROWS: usize = 6;
/// Registers of a row of a tile.
const TILE_REGISTERS: usize = 2;

/// Sums of products in registers.
type Tile<S, const ROWS: usize> = [[<S as Simd>::f32s; TILE_REGISTERS]; ROWS];

/// Adds to every row of a tile its value times `others`.
#[inline(always)]
fn add_products<S: Simd, const ROWS: usize>(
    simd: S,
    tile: Tile<S, ROWS>,
    values: [f32; ROWS],
    others: &[S::f32s; TILE_REGISTERS],
) -> Tile<S, ROWS> {
    let mut next = tile;
    for row in 0..ROWS {
        let value = simd.splat_f32s(values[row]);
        for register in 0..TILE_REGISTERS {
            next[row][register] = simd.mul_add_e_f32s(value, others[register], tile[row][register]);
        }
    }
    next
}

/// The operands of a product, if they are in single precision and this machine has vector instructions.
pub(super) fn operands<'a, E: Element>(
    left: &'a [E],
    right: &'a [E],
    output: &'a mut [E],
) -> Option<(&'a [f32], &'a [f32], &'a mut [f32])> {
    if !is_available() {
        return None;
    }
    Some((E::singles(left)?, E::singles(right)?, E::singles_mut(output)?))
}

fn is_available() -> bool {
    !matches!(Arch::new(), Arch::Scalar)
}

/// Where the values of a row are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Runs {
    /// Runs of a row.
    pub(super) count: usize,
    /// Values of a run.
    pub(super) length: usize,
    /// From the start of a run to that of the next.
    pub(super) stride: usize,
}

impl Runs {
    /// A row that is contiguous.
    pub(super) fn single(length: usize) -> Self {
        Self { count: 1, length, stride: length }
    }

    /// Values of a row.
    pub(super) fn row_len(self) -> usize {
        self.count * self.length
    }
}

/// Columns of a tile on this machine.
fn tile_columns() -> usize {
    struct Lanes;
    impl WithSimd for Lanes {
        type Output = usize;

        #[inline(always)]
        fn with_simd<S: Simd>(self, _: S) -> usize {
            S::F32_LANES
        }
    }
    TILE_REGISTERS * Arch::new().dispatch(Lanes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pseudo(i: usize) -> f32 {
        ((i * 7919) % 31) as f32 - 15.0
    }

    /// Rows of every number up to two tiles, columns that do and do not fill panels, one run and several.
    #[test]
    fn both_products_equal_the_definition() {
        if !is_available() {
            return;
        }
        for (n_rows, n_columns) in [(1, 1), (5, 16), (6, 17), (11, 40), (12, 3), (13, 33)] {
            for runs in [Runs::single(7), Runs { count: 3, length: 4, stride: 9 }] {
                check(n_rows, n_columns, runs);
            }
        }
    }

    /// The numbers are integers: all sums are exact.
    fn check(n_rows: usize, n_columns: usize, runs: Runs) {
        let step = 5;
        let input: Vec<f32> = (0..n_rows * step + runs.count * runs.stride).map(pseudo).collect();
        let starts: Vec<usize> = (0..n_rows).map(|row| row * step).collect();
        let value =
            |row: usize, k: usize| input[starts[row] + k / runs.length * runs.stride + k % runs.length];
        let weight = |k: usize, column: usize| pseudo(3 * k + 17 * column + 5);
        let panels = Panels::new(runs.row_len(), n_columns, weight);
        // Row after row, from the last to the first.
        let targets: Vec<usize> = (0..n_rows).rev().map(|row| row * n_columns).collect();
        let mut output = vec![f32::NAN; n_rows * n_columns];
        write_products(&input, &starts, runs, &panels, (&mut output, &targets));
        let mut sum = vec![1.0; runs.row_len() * n_columns];
        add_transposed_products(&input, &starts, runs, &Columns::all(&output, n_columns), &mut sum);
        for (row, target) in targets.iter().enumerate() {
            for column in 0..n_columns {
                let expected: f32 = (0..runs.row_len()).map(|k| value(row, k) * weight(k, column)).sum();
                assert_eq!(output[target + column], expected, "{n_rows} {n_columns} {runs:?}");
            }
        }
        for k in 0..runs.row_len() {
            for column in 0..n_columns {
                let terms = (0..n_rows).map(|row| value(row, k) * output[row * n_columns + column]);
                assert_eq!(sum[k * n_columns + column], 1.0 + terms.sum::<f32>(), "{runs:?}");
            }
        }
    }
}
