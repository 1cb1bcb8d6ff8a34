//! Rows times panels.

use std::ops::Range;

use pulp::{Arch, Simd, WithSimd};

use super::{Panels, Runs, TILE_REGISTERS, TILE_ROWS, Tile, add_products};

/// Writes the product of row i, which starts at `starts[i]` in `input`, with all panels to `targets[i]` … of the output.
pub(crate) fn write_products(
    input: &[f32],
    starts: &[usize],
    runs: Runs,
    panels: &Panels,
    (output, targets): (&mut [f32], &[usize]),
) {
    Arch::new().dispatch(Products { input, starts, runs, panels, output, targets });
}

struct Products<'a> {
    input: &'a [f32],
    starts: &'a [usize],
    runs: Runs,
    panels: &'a Panels,
    output: &'a mut [f32],
    targets: &'a [usize],
}

impl WithSimd for Products<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let (starts, last) = self.starts.as_chunks::<TILE_ROWS>();
        let (targets, last_targets) = self.targets.as_chunks::<TILE_ROWS>();
        #[expect(clippy::manual_map, reason = "a closure is not compiled for the vector instructions")]
        let bounds = match self.panels.bounds {
            Some([least, greatest]) => Some([simd.splat_f32s(least), simd.splat_f32s(greatest)]),
            None => None,
        };
        for (panel, sums, column, n_columns) in self.panels.iter() {
            let (panel, _) = S::as_simd_f32s(panel);
            let (sums, _) = S::as_simd_f32s(sums);
            let sums = [sums[0], sums[1]];
            let columns = column..column + n_columns;
            for (starts, targets) in starts.iter().zip(targets) {
                let tile = product(simd, self.input, starts, self.runs, (panel, sums));
                store(simd, &bounded(simd, tile, bounds), (self.output, targets), &columns);
            }
            if let Some(first) = last.first() {
                // Rows that are missing are the first one again; what they give is not written.
                let starts = std::array::from_fn(|row| *last.get(row).unwrap_or(first));
                let tile = product(simd, self.input, &starts, self.runs, (panel, sums));
                store(simd, &bounded(simd, tile, bounds), (self.output, last_targets), &columns);
            }
        }
    }
}

#[inline(always)]
fn product<S: Simd>(
    simd: S,
    input: &[f32],
    starts: &[usize; TILE_ROWS],
    runs: Runs,
    (panel, sums): (&[S::f32s], [S::f32s; TILE_REGISTERS]),
) -> Tile<S, TILE_ROWS> {
    let mut tile = [sums; TILE_ROWS];
    for (run, panel) in panel.chunks_exact(TILE_REGISTERS * runs.length).enumerate() {
        let row = |tile_row: usize| &input[starts[tile_row] + run * runs.stride..][..runs.length];
        let (a, b, c, d, e, f) = (row(0), row(1), row(2), row(3), row(4), row(5));
        let (weights, _) = panel.as_chunks::<TILE_REGISTERS>();
        // One chain of iterators: no bounds are left to be checked inside.
        for ((((((weights, a), b), c), d), e), f) in weights.iter().zip(a).zip(b).zip(c).zip(d).zip(e).zip(f)
        {
            tile = add_products(simd, tile, [*a, *b, *c, *d, *e, *f], weights);
        }
    }
    tile
}

/// The tile brought into bounds; what is no number stays so: the second operand is what such a comparison gives.
#[inline(always)]
fn bounded<S: Simd>(
    simd: S,
    mut tile: Tile<S, TILE_ROWS>,
    bounds: Option<[S::f32s; 2]>,
) -> Tile<S, TILE_ROWS> {
    let Some([least, greatest]) = bounds else { return tile };
    for row in &mut tile {
        for sums in row {
            *sums = simd.min_f32s(greatest, simd.max_f32s(least, *sums));
        }
    }
    tile
}

/// Writes `columns` of the rows at `targets`.
#[inline(always)]
fn store<S: Simd>(
    simd: S,
    tile: &Tile<S, TILE_ROWS>,
    (output, targets): (&mut [f32], &[usize]),
    columns: &Range<usize>,
) {
    for (row, target) in tile.iter().zip(targets) {
        let output = &mut output[target + columns.start..target + columns.end];
        if output.len() == row.len() * S::F32_LANES {
            let (whole, _) = S::as_mut_simd_f32s(output);
            whole.copy_from_slice(row);
        } else {
            for (values, output) in row.iter().zip(output.chunks_mut(S::F32_LANES)) {
                simd.partial_store_f32s(output, *values);
            }
        }
    }
}
