//! Rows times panels.

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
        for (panel, column, n_columns) in self.panels.iter() {
            let (panel, _) = S::as_simd_f32s(panel);
            let mut write = |tile: &Tile<S, TILE_ROWS>, targets: &[usize]| {
                for (row, target) in tile.iter().zip(targets) {
                    let output = &mut self.output[target + column..][..n_columns];
                    store::<S>(simd, row, output);
                }
            };
            for (starts, targets) in starts.iter().zip(targets) {
                write(&product(simd, self.input, starts, self.runs, panel), targets);
            }
            if let Some(first) = last.first() {
                // Rows that are missing are the first one again; what they give is not written.
                let starts = std::array::from_fn(|row| *last.get(row).unwrap_or(first));
                write(&product(simd, self.input, &starts, self.runs, panel), last_targets);
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
    panel: &[S::f32s],
) -> Tile<S, TILE_ROWS> {
    let mut tile = [[simd.splat_f32s(0.0); TILE_REGISTERS]; TILE_ROWS];
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

#[inline(always)]
fn store<S: Simd>(simd: S, row: &[S::f32s; TILE_REGISTERS], output: &mut [f32]) {
    if output.len() == row.len() * S::F32_LANES {
        let (whole, _) = S::as_mut_simd_f32s(output);
        return whole.copy_from_slice(row);
    }
    for (values, output) in row.iter().zip(output.chunks_mut(S::F32_LANES)) {
        simd.partial_store_f32s(output, *values);
    }
}
