//! Matrix products.

use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatMut, MatRef, Par};

use crate::Scalar;

/// The matrix of scalar products of `n_rows` rows: $X X^T$, row-major.
pub(crate) fn gram(rows: &[f64], n_rows: usize) -> Vec<f64> {
    let x = MatRef::from_row_major_slice(rows, n_rows, rows.len() / n_rows);
    let mut product = Mat::<f64>::zeros(n_rows, n_rows);
    matmul(product.as_mut(), Accum::Replace, x, x.transpose(), 1.0, Par::Seq);
    (0..n_rows * n_rows).map(|at| product[(at / n_rows, at % n_rows)]).collect()
}

/// The scalar products of the rows of one matrix with those of another, row-major: $A B^T$.
pub(crate) fn row_products<S: Scalar>(a: &[S], b: &[S], n_columns: usize, products: &mut [S]) {
    let (n_a, n_b) = (a.len() / n_columns, b.len() / n_columns);
    let a = MatRef::from_row_major_slice(a, n_a, n_columns);
    let b = MatRef::from_row_major_slice(b, n_b, n_columns);
    let products = MatMut::from_row_major_slice_mut(products, n_a, n_b);
    matmul(products, Accum::Replace, a, b.transpose(), S::from_f64(1.0), Par::Seq);
}

/// $A^T B$ for $A$ and $B$ of `n_rows` rows each: scalar products of columns.
pub(crate) fn transposed_product(a: &[f64], b: &[f64], n_rows: usize) -> Vec<f64> {
    let (n_a, n_b) = (a.len() / n_rows, b.len() / n_rows);
    let a = MatRef::from_row_major_slice(a, n_rows, n_a);
    let b = MatRef::from_row_major_slice(b, n_rows, n_b);
    let mut product = vec![0.0; n_a * n_b];
    let out = MatMut::from_row_major_slice_mut(&mut product, n_a, n_b);
    matmul(out, Accum::Replace, a.transpose(), b, 1.0, Par::Seq);
    product
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_of_known_rows() {
        assert_eq!(gram(&[1.0, 2.0, 3.0, 4.0], 2), [5.0, 11.0, 11.0, 25.0]);
        assert_eq!(transposed_product(&[1.0, 2.0, 3.0, 4.0], &[5.0, 6.0], 2), [23.0, 34.0]);
    }
}
