//! Products of pairs of matrices, in parallel over the pairs.

use rayon::prelude::*;

use super::{Matrix, Write, direct, matrix_product};
use crate::tensor::Element;

/// Extents of a product: left rows × inner, right inner × columns, or its transpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ProductShape {
    pub(crate) n_rows: usize,
    pub(crate) n_inner: usize,
    pub(crate) n_columns: usize,
    /// The right matrices lie as columns × inner.
    pub(crate) is_transposed: bool,
}

impl ProductShape {
    /// Writes left · right of each pair.
    pub(crate) fn forward<E: Element>(&self, left: &[E], right: &[E], products: &mut [E]) {
        let Self { n_rows, n_inner, n_columns, is_transposed } = *self;
        let pairs = left.par_chunks(n_rows * n_inner).zip(right.par_chunks(n_inner * n_columns));
        products.par_chunks_mut(n_rows * n_columns).zip(pairs).for_each(|(product, (left, right))| {
            multiply([left, right], [n_inner, n_columns], is_transposed, product);
        });
    }

    /// Writes the gradient in the left matrices, gradient · rightᵀ.
    pub(crate) fn left_gradient<E: Element>(&self, gradients: &[E], right: &[E], left: &mut [E]) {
        let Self { n_rows, n_inner, n_columns, is_transposed } = *self;
        let pairs = gradients.par_chunks(n_rows * n_columns).zip(right.par_chunks(n_inner * n_columns));
        left.par_chunks_mut(n_rows * n_inner).zip(pairs).for_each(|(left, (gradient, right))| {
            multiply([gradient, right], [n_columns, n_inner], !is_transposed, left);
        });
    }

    /// Writes the gradient in the right matrices, leftᵀ · gradient.
    pub(crate) fn right_gradient<E: Element>(&self, left: &[E], gradients: &[E], right: &mut [E]) {
        let Self { n_rows, n_inner, n_columns, is_transposed } = *self;
        let pairs = left.par_chunks(n_rows * n_inner).zip(gradients.par_chunks(n_rows * n_columns));
        right.par_chunks_mut(n_inner * n_columns).zip(pairs).for_each(|(right, (left, gradient))| {
            if is_transposed {
                multiply_transposed([gradient, left], [n_columns, n_inner], right);
            } else {
                multiply_transposed([left, gradient], [n_inner, n_columns], right);
            }
        });
    }
}

/// Writes rows × `n_in` times `n_in` × `n_out`, which may lie as its transpose.
fn multiply<E: Element>(
    [left, right]: [&[E]; 2],
    [n_in, n_out]: [usize; 2],
    is_transposed: bool,
    product: &mut [E],
) {
    if let Some((left, right, product)) = direct::operands(left, right, product) {
        return direct::multiply_once([left, right], [n_in, n_out], is_transposed, product);
    }
    let right = if is_transposed {
        Matrix::new(right, n_out, n_in).transposed()
    } else {
        Matrix::new(right, n_in, n_out)
    };
    matrix_product(product, Matrix::new(left, left.len() / n_in, n_in), right, Write::Replace);
}

/// Writes the transpose of rows × `n_left` times rows × `n_right`.
fn multiply_transposed<E: Element>(
    [left, right]: [&[E]; 2],
    [n_left, n_right]: [usize; 2],
    product: &mut [E],
) {
    if let Some((left, right, product)) = direct::operands(left, right, product) {
        return direct::transposed_once([left, right], [n_left, n_right], product);
    }
    let n_rows = left.len() / n_left;
    let left = Matrix::new(left, n_rows, n_left).transposed();
    matrix_product(product, left, Matrix::new(right, n_rows, n_right), Write::Replace);
}
