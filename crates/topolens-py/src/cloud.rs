//! NumPy arrays as point clouds, in their own precision.

use numpy::PyReadonlyArray2;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use topolens::Scalar;

/// Work on an array whose precision is known when the call comes.
pub(crate) trait OnArray: Send {
    type Output: Send;

    fn run<S: Scalar>(
        self,
        values: Vec<S>,
        n_rows: usize,
        n_columns: usize,
    ) -> Result<Self::Output, topolens::Error>;
}

/// Copies the array row by row and does the work without holding Python's lock.
pub(crate) fn on_array<W: OnArray>(points: &Bound<'_, PyAny>, work: W) -> PyResult<W::Output> {
    if let Ok(array) = points.extract::<PyReadonlyArray2<'_, f32>>() {
        return detached(points.py(), &array, work);
    }
    if let Ok(array) = points.extract::<PyReadonlyArray2<'_, f64>>() {
        return detached(points.py(), &array, work);
    }
    let found = points.get_type().name()?;
    Err(PyTypeError::new_err(format!(
        "X must be a two-dimensional NumPy array of float32 or float64, not this {found}"
    )))
}

fn detached<S: Scalar + numpy::Element, W: OnArray>(
    py: Python<'_>,
    array: &PyReadonlyArray2<'_, S>,
    work: W,
) -> PyResult<W::Output> {
    let array = array.as_array();
    let (n_rows, n_columns) = array.dim();
    let values: Vec<S> = array.iter().copied().collect();
    py.detach(|| work.run(values, n_rows, n_columns)).map_err(|error| crate::to_python(&error))
}
