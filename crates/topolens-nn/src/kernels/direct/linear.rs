//! Contiguous rows times weights in single precision.

use rayon::prelude::*;

use super::{Columns, Panels, Runs, add_transposed_products, write_products};
use crate::kernels::{Finish, LinearShape};

/// Rows that one task handles.
const ROWS: usize = 192;
/// Rows whose part of a weight gradient is summed at once.
const ROWS_PER_PART: usize = 2048;

/// Writes rows · weights, finished.
pub(crate) fn multiply_rows(
    shape: &LinearShape,
    rows: &[f32],
    weights: &[f32],
    (outputs, finish): (&mut [f32], Finish<'_, f32>),
) {
    let LinearShape { n_in, n_out } = *shape;
    let panels = Panels::new(n_in, n_out, |row, column| weights[row * n_out + column]).finished(finish);
    multiply(rows, n_in, &panels, outputs, n_out);
}

/// Writes gradients · weightsᵀ.
pub(crate) fn rows_gradient(shape: &LinearShape, gradients: &[f32], weights: &[f32], rows: &mut [f32]) {
    let LinearShape { n_in, n_out } = *shape;
    let panels = Panels::new(n_out, n_in, |row, column| weights[column * n_out + row]);
    multiply(gradients, n_out, &panels, rows, n_in);
}

fn multiply(rows: &[f32], n_in: usize, panels: &Panels, outputs: &mut [f32], n_out: usize) {
    let places = |step: usize| -> Vec<usize> { (0..ROWS).map(|row| row * step).collect() };
    let (starts, targets) = (places(n_in), places(n_out));
    outputs.par_chunks_mut(ROWS * n_out).zip(rows.par_chunks(ROWS * n_in)).for_each(|(outputs, rows)| {
        let n_rows = rows.len() / n_in;
        let (starts, targets) = (&starts[..n_rows], &targets[..n_rows]);
        write_products(rows, starts, Runs::single(n_in), panels, (outputs, targets));
    });
}

/// Writes rowsᵀ · gradients; parts of a fixed number of rows are added in order.
pub(crate) fn transposed_product(shape: &LinearShape, rows: &[f32], gradients: &[f32], weights: &mut [f32]) {
    let LinearShape { n_in, n_out } = *shape;
    let starts: Vec<usize> = (0..ROWS_PER_PART).map(|row| row * n_in).collect();
    let partial = |(rows, gradients): (&[f32], &[f32])| {
        let mut sum = vec![0.0; n_in * n_out];
        let starts = &starts[..rows.len() / n_in];
        let others = Columns::all(gradients, n_out);
        add_transposed_products(rows, starts, Runs::single(n_in), &others, &mut sum);
        sum
    };
    let parts = rows.par_chunks(ROWS_PER_PART * n_in).zip(gradients.par_chunks(ROWS_PER_PART * n_out));
    let partials: Vec<Vec<f32>> = parts.map(partial).collect();
    weights.fill(0.0);
    for partial in partials {
        weights.iter_mut().zip(partial).for_each(|(sum, value)| *sum += value);
    }
}

/// Writes rows × `n_in` times `n_in` × `n_out`, which may lie as its transpose, on the calling thread.
pub(crate) fn multiply_once(
    [left, right]: [&[f32]; 2],
    [n_in, n_out]: [usize; 2],
    is_transposed: bool,
    product: &mut [f32],
) {
    let panels = if is_transposed {
        Panels::new(n_in, n_out, |row, column| right[column * n_in + row])
    } else {
        Panels::new(n_in, n_out, |row, column| right[row * n_out + column])
    };
    let places = |step: usize| -> Vec<usize> { (0..left.len() / n_in).map(|row| row * step).collect() };
    write_products(left, &places(n_in), Runs::single(n_in), &panels, (product, &places(n_out)));
}

/// Writes the transpose of rows × `n_left` times rows × `n_right`, on the calling thread.
pub(crate) fn transposed_once(
    [left, right]: [&[f32]; 2],
    [n_left, n_right]: [usize; 2],
    product: &mut [f32],
) {
    let starts: Vec<usize> = (0..left.len() / n_left).map(|row| row * n_left).collect();
    product.fill(0.0);
    add_transposed_products(left, &starts, Runs::single(n_left), &Columns::all(right, n_right), product);
}
