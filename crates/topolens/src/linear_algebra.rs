//! The only place that knows the matrix library. Single-threaded, so that bits do not depend on threads.

use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatMut, MatRef, Par, Side};

use crate::Scalar;
use crate::error::Error;

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

/// An eigenvalue with its unit eigenvector.
pub(crate) struct EigenPair {
    pub(crate) value: f64,
    pub(crate) vector: Vec<f64>,
}

/// Eigenvalues, ascending, and eigenvectors of a symmetric matrix of the given order.
pub(crate) fn symmetric_eigen(matrix: &[f64], order: usize) -> Result<Vec<EigenPair>, Error> {
    let view = MatRef::from_row_major_slice(matrix, order, order);
    let decomposition =
        view.self_adjoint_eigen(Side::Lower).map_err(|_| Error::eigenvalues_did_not_converge(order))?;
    let (values, vectors) = (decomposition.S(), decomposition.U());
    let pair = |at: usize| EigenPair {
        value: values[at],
        vector: (0..order).map(|row| vectors[(row, at)]).collect(),
    };
    Ok((0..order).map(pair).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gram_of_known_rows() {
        assert_eq!(gram(&[1.0, 2.0, 3.0, 4.0], 2), [5.0, 11.0, 11.0, 25.0]);
    }

    #[test]
    fn eigenpairs_of_a_known_matrix() {
        let pairs = symmetric_eigen(&[2.0, 1.0, 1.0, 2.0], 2).unwrap();
        assert!((pairs[0].value - 1.0).abs() < 1e-14 && (pairs[1].value - 3.0).abs() < 1e-14);
        let v = &pairs[1].vector;
        assert!((v[0] - v[1]).abs() < 1e-14 && (v[0].abs() - 0.5_f64.sqrt()).abs() < 1e-14);
    }
}
