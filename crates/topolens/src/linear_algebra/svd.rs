//! Singular values and vectors.

use faer::diag::Diag;
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::svd::{ComputeSvdVectors, svd, svd_scratch};
use faer::{Mat, MatRef, Par, Spec};

use crate::error::{Error, InputKind};

/// $A = U \operatorname{diag}(s) V^T$ with $r = \min(\text{rows}, \text{columns})$ terms.
pub(crate) struct Svd {
    /// Orthonormal columns, rows × r, row-major.
    pub(crate) left: Vec<f64>,
    /// Descending.
    pub(crate) values: Vec<f64>,
    /// Orthonormal columns, columns × r, row-major.
    pub(crate) right: Vec<f64>,
}

/// The thin singular value decomposition.
pub(crate) fn thin_svd(matrix: &[f64], n_rows: usize) -> Result<Svd, Error> {
    let n_columns = matrix.len() / n_rows;
    let rank = n_rows.min(n_columns);
    let (mut left, mut right) = (Mat::zeros(n_rows, rank), Mat::zeros(n_columns, rank));
    let values = decompose(matrix, n_rows, Some((&mut left, &mut right)))?;
    let row_major = |m: &Mat<f64>| (0..m.nrows() * rank).map(|at| m[(at / rank, at % rank)]).collect();
    Ok(Svd { left: row_major(&left), values, right: row_major(&right) })
}

/// The singular values of a matrix, descending: as many as it has rows or columns, whichever are fewer.
///
/// # Shape
///
/// `matrix`: row-major, `n_rows` rows of equal length.
///
/// # Errors
///
/// If the matrix is empty or has no whole rows, a number is not finite, or the iteration does not converge.
///
/// # Complexity
///
/// $O(r^2 c)$ for $r$ rows and $c$ columns, $r$ the fewer.
///
/// # Examples
///
/// ```
/// let values = topolens::singular_values(&[3.0, 0.0, 0.0, 0.0, 4.0, 0.0], 2)?;
/// assert!((values[0] - 4.0).abs() < 1e-12 && (values[1] - 3.0).abs() < 1e-12);
/// # Ok::<(), topolens::Error>(())
/// ```
pub fn singular_values(matrix: &[f64], n_rows: usize) -> Result<Vec<f64>, Error> {
    if matrix.is_empty() || n_rows == 0 {
        return Err(InputKind::Empty { argument: "matrix" }.into());
    }
    if !matrix.len().is_multiple_of(n_rows) {
        let expected = matrix.len().next_multiple_of(n_rows);
        return Err(InputKind::ShapeMismatch { argument: "matrix", expected, got: matrix.len() }.into());
    }
    if let Some(at) = matrix.iter().position(|value| !value.is_finite()) {
        let n_columns = matrix.len() / n_rows;
        let (row, column, value) = (at / n_columns, at % n_columns, matrix[at]);
        return Err(InputKind::NotFinite { argument: "matrix", row, column, value }.into());
    }
    decompose(matrix, n_rows, None)
}

fn decompose(
    matrix: &[f64],
    n_rows: usize,
    vectors: Option<(&mut Mat<f64>, &mut Mat<f64>)>,
) -> Result<Vec<f64>, Error> {
    let n_columns = matrix.len() / n_rows;
    let view = MatRef::from_row_major_slice(matrix, n_rows, n_columns);
    let wanted = if vectors.is_some() { ComputeSvdVectors::Thin } else { ComputeSvdVectors::No };
    let mut values = Diag::<f64>::zeros(n_rows.min(n_columns));
    let settings = Spec::default();
    let scratch = svd_scratch::<f64>(n_rows, n_columns, wanted, wanted, Par::Seq, settings);
    let mut buffer = MemBuffer::new(scratch);
    let (left, right) = vectors.unzip();
    let (left, right) = (left.map(Mat::as_mut), right.map(Mat::as_mut));
    svd(view, values.as_mut(), left, right, Par::Seq, MemStack::new(&mut buffer), settings)
        .map_err(|_| Error::eigenvalues_did_not_converge(n_rows.min(n_columns)))?;
    Ok((0..n_rows.min(n_columns)).map(|at| values.column_vector()[at]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decomposition_gives_its_matrix_back() {
        let matrix = [1.0, 2.0, 3.0, 4.0, 5.0, 7.0];
        for n_rows in [2, 3] {
            let Svd { left, values, right } = thin_svd(&matrix, n_rows).unwrap();
            let n_columns = 6 / n_rows;
            for (at, expected) in matrix.iter().enumerate() {
                let (row, column) = (at / n_columns, at % n_columns);
                let term = |k: usize| left[row * 2 + k] * values[k] * right[column * 2 + k];
                assert!((term(0) + term(1) - expected).abs() < 1e-13);
            }
            let alone = singular_values(&matrix, n_rows).unwrap();
            assert!(alone.iter().zip(&values).all(|(a, b)| (a - b).abs() < 1e-13) && values[0] > values[1]);
        }
    }
}
