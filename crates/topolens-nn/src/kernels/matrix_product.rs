//! Matrix products, by faer on the calling thread: the only file that knows faer's functions.

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};

use crate::tensor::Element;

/// A row-major matrix, possibly to be read as its transpose.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Matrix<'a, E> {
    values: &'a [E],
    n_rows: usize,
    n_columns: usize,
    transposed: bool,
}

impl<'a, E: Element> Matrix<'a, E> {
    /// `values` as `n_rows` × `n_columns`, row-major.
    pub(crate) fn new(values: &'a [E], n_rows: usize, n_columns: usize) -> Self {
        Self { values, n_rows, n_columns, transposed: false }
    }

    /// Rows become columns.
    pub(crate) fn transposed(self) -> Self {
        Self { transposed: !self.transposed, ..self }
    }

    fn view(self) -> MatRef<'a, E> {
        let view = MatRef::from_row_major_slice(self.values, self.n_rows, self.n_columns);
        if self.transposed { view.transpose() } else { view }
    }
}

/// What happens to the numbers that are in the output already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Write {
    /// They are replaced.
    Replace,
    /// The product is added to them.
    Add,
}

/// Writes `left` · `right` to `output`, row-major.
pub(crate) fn matrix_product<E: Element>(
    output: &mut [E],
    left: Matrix<'_, E>,
    right: Matrix<'_, E>,
    write: Write,
) {
    let (left, right) = (left.view(), right.view());
    let output = MatMut::from_row_major_slice_mut(output, left.nrows(), right.ncols());
    let write = match write {
        Write::Replace => Accum::Replace,
        Write::Add => Accum::Add,
    };
    matmul(output, write, left, right, E::ONE, Par::Seq);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_by_three_times_three_by_two() {
        let left = [1.0_f32, 2.0, 3.0, 4.0, 5.0, 6.0];
        let right = [7.0_f32, 8.0, 9.0, 10.0, 11.0, 12.0];
        let mut output = [1.0; 4];
        matrix_product(&mut output, Matrix::new(&left, 2, 3), Matrix::new(&right, 3, 2), Write::Replace);
        assert_eq!(output, [58.0, 64.0, 139.0, 154.0]);
        matrix_product(
            &mut output,
            Matrix::new(&left, 2, 3),
            Matrix::new(&left, 2, 3).transposed(),
            Write::Add,
        );
        assert_eq!(output, [72.0, 96.0, 171.0, 231.0]);
    }
}
