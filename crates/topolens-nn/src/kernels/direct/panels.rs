//! Weights in the order in which tiles read them.

use super::tile_columns;
use crate::kernels::Finish;

/// A matrix cut into panels of as many columns as a tile has; the last is filled up with zeros.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Panels {
    values: Vec<f32>,
    /// What the sums of each panel's columns start from.
    starts: Vec<f32>,
    /// What they are brought into.
    pub(super) bounds: Option<[f32; 2]>,
    n_rows: usize,
    n_columns: usize,
    width: usize,
}

impl Panels {
    /// The matrix with `value(row, column)` in it.
    pub(crate) fn new(n_rows: usize, n_columns: usize, value: impl Fn(usize, usize) -> f32) -> Self {
        let width = tile_columns();
        let mut values = vec![0.0; n_columns.div_ceil(width) * n_rows * width];
        for (panel, values) in values.chunks_exact_mut(n_rows * width).enumerate() {
            let first = panel * width;
            let columns = first..(first + width).min(n_columns);
            for (row, values) in values.chunks_exact_mut(width).enumerate() {
                values.iter_mut().zip(columns.clone()).for_each(|(cell, column)| *cell = value(row, column));
            }
        }
        let starts = vec![0.0; n_columns.div_ceil(width) * width];
        Self { values, starts, bounds: None, n_rows, n_columns, width }
    }

    /// The same with what follows the products.
    pub(crate) fn finished(mut self, finish: Finish<'_, f32>) -> Self {
        if let Some(bias) = finish.bias {
            self.starts[..self.n_columns].copy_from_slice(bias);
        }
        self.bounds = finish.bounds;
        self
    }

    /// Each panel with what its sums start from, its first column and the number of its columns that are not filled up.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&[f32], &[f32], usize, usize)> {
        let Self { n_columns, width, .. } = *self;
        let panels = self.values.chunks_exact(self.n_rows * width).zip(self.starts.chunks_exact(width));
        panels.enumerate().map(move |(panel, (values, starts))| {
            let first = panel * width;
            (values, starts, first, width.min(n_columns - first))
        })
    }
}
