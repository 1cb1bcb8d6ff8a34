//! Rows times weights, in parallel over rows.

use rayon::prelude::*;

use super::{Finish, Matrix, Write, direct, matrix_product};
use crate::tensor::Element;

/// Rows that one task handles.
const ROWS: usize = 256;
/// Rows whose part of a weight gradient is summed at once.
const ROWS_PER_PART: usize = 2048;

/// Extents of a fully connected layer; weights are in × out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LinearShape {
    pub(crate) n_in: usize,
    pub(crate) n_out: usize,
}

impl LinearShape {
    /// Writes rows · weights, finished.
    pub(crate) fn forward<E: Element>(
        &self,
        rows: &[E],
        weights: &[E],
        outputs: &mut [E],
        finish: Finish<'_, E>,
    ) {
        if let Some(operands) = direct::operands(rows, weights, outputs).zip(finish.singles()) {
            let ((rows, weights, outputs), finish) = operands;
            return direct::multiply_rows(self, rows, weights, (outputs, finish));
        }
        let weights = Matrix::new(weights, self.n_in, self.n_out);
        multiply_rows(rows, self.n_in, weights, outputs, self.n_out);
        outputs.par_chunks_mut(ROWS * self.n_out).for_each(|outputs| finish.apply(outputs, self.n_out));
    }

    /// Writes gradients · weightsᵀ.
    pub(crate) fn input_gradient<E: Element>(&self, gradients: &[E], weights: &[E], rows: &mut [E]) {
        if let Some((gradients, weights, rows)) = direct::operands(gradients, weights, rows) {
            return direct::rows_gradient(self, gradients, weights, rows);
        }
        let weights = Matrix::new(weights, self.n_in, self.n_out).transposed();
        multiply_rows(gradients, self.n_out, weights, rows, self.n_in);
    }

    /// Writes rowsᵀ · gradients; parts of a fixed number of rows are added in order.
    pub(crate) fn weight_gradient<E: Element>(&self, rows: &[E], gradients: &[E], weights: &mut [E]) {
        if let Some((rows, gradients, weights)) = direct::operands(rows, gradients, weights) {
            return direct::transposed_product(self, rows, gradients, weights);
        }
        let (n_in, n_out) = (self.n_in, self.n_out);
        let partial = |(rows, gradients): (&[E], &[E])| {
            let n_rows = rows.len() / n_in;
            let mut sum = vec![E::ZERO; n_in * n_out];
            let rows = Matrix::new(rows, n_rows, n_in).transposed();
            matrix_product(&mut sum, rows, Matrix::new(gradients, n_rows, n_out), Write::Replace);
            sum
        };
        let rows = rows.par_chunks(ROWS_PER_PART * n_in);
        let partials: Vec<Vec<E>> =
            rows.zip(gradients.par_chunks(ROWS_PER_PART * n_out)).map(partial).collect();
        weights.fill(E::ZERO);
        for partial in partials {
            weights.iter_mut().zip(partial).for_each(|(sum, value)| *sum += value);
        }
    }
}

fn multiply_rows<E: Element>(
    rows: &[E],
    n_in: usize,
    weights: Matrix<'_, E>,
    outputs: &mut [E],
    n_out: usize,
) {
    outputs.par_chunks_mut(ROWS * n_out).zip(rows.par_chunks(ROWS * n_in)).for_each(|(outputs, rows)| {
        let rows = Matrix::new(rows, rows.len() / n_in, n_in);
        matrix_product(outputs, rows, weights, Write::Replace);
    });
}
