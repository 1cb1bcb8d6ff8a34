//! Eigenvalues and eigenvectors of symmetric matrices.

use faer::diag::Diag;
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::evd::{ComputeEigenvectors, self_adjoint_evd, self_adjoint_evd_scratch};
use faer::{Mat, MatRef, Par, Spec};

use crate::error::Error;

/// An eigenvalue with its unit eigenvector.
pub(crate) struct EigenPair {
    pub(crate) value: f64,
    pub(crate) vector: Vec<f64>,
}

/// Eigenvalues, ascending, and eigenvectors of a symmetric matrix of the given order.
pub(crate) fn symmetric_eigen(matrix: &[f64], order: usize) -> Result<Vec<EigenPair>, Error> {
    let mut vectors = Mat::zeros(order, order);
    let values = decompose(matrix, order, Some(&mut vectors))?;
    let pair = |(at, value)| EigenPair { value, vector: (0..order).map(|row| vectors[(row, at)]).collect() };
    Ok(values.into_iter().enumerate().map(pair).collect())
}

/// Eigenvalues, ascending, of a symmetric matrix of the given order.
pub(crate) fn symmetric_eigenvalues(matrix: &[f64], order: usize) -> Result<Vec<f64>, Error> {
    decompose(matrix, order, None)
}

fn decompose(matrix: &[f64], order: usize, vectors: Option<&mut Mat<f64>>) -> Result<Vec<f64>, Error> {
    // The solver reads the lower triangle; by columns that is the upper triangle of these rows.
    let view = MatRef::from_column_major_slice(matrix, order, order);
    let wanted = if vectors.is_some() { ComputeEigenvectors::Yes } else { ComputeEigenvectors::No };
    let mut values = Diag::<f64>::zeros(order);
    let settings = Spec::default();
    let mut buffer = MemBuffer::new(self_adjoint_evd_scratch::<f64>(order, wanted, Par::Seq, settings));
    let stack = MemStack::new(&mut buffer);
    let vectors = vectors.map(Mat::as_mut);
    self_adjoint_evd(view, values.as_mut(), vectors, Par::Seq, stack, settings)
        .map_err(|_| Error::eigenvalues_did_not_converge(order))?;
    Ok((0..order).map(|at| values.column_vector()[at]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eigenpairs_of_a_known_matrix() {
        let pairs = symmetric_eigen(&[2.0, 1.0, 1.0, 2.0], 2).unwrap();
        assert!((pairs[0].value - 1.0).abs() < 1e-14 && (pairs[1].value - 3.0).abs() < 1e-14);
        let v = &pairs[1].vector;
        assert!((v[0] - v[1]).abs() < 1e-14 && (v[0].abs() - 0.5_f64.sqrt()).abs() < 1e-14);
        let values = symmetric_eigenvalues(&[2.0, 1.0, 1.0, 2.0], 2).unwrap();
        assert!((values[0] - 1.0).abs() < 1e-14 && (values[1] - 3.0).abs() < 1e-14);
    }
}
