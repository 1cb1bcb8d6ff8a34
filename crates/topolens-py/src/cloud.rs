//! NumPy arrays as point clouds, in their own precision.

use numpy::PyReadonlyArray2;
use pyo3::prelude::*;
use topolens::Scalar;

use crate::array::{FloatMatrix, numbers};
use crate::error::about_points;
use crate::work::{OnArray, detached};

/// Copies the array row by row and does the work without holding Python's lock.
pub(crate) fn on_array<W: OnArray>(py: Python<'_>, array: &FloatMatrix<'_>, work: W) -> PyResult<W::Output> {
    match array {
        FloatMatrix::F32(array) => copied(py, array, work),
        FloatMatrix::F64(array) => copied(py, array, work),
    }
}

fn copied<S: Scalar + numpy::Element, W: OnArray>(
    py: Python<'_>,
    array: &PyReadonlyArray2<'_, S>,
    work: W,
) -> PyResult<W::Output> {
    let (n_rows, n_columns) = array.as_array().dim();
    let values = numbers(array);
    detached(py, move || work.run(values, n_rows, n_columns))?.map_err(|error| about_points(&error))
}
