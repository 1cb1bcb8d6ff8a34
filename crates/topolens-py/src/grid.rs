//! Grids of filtration values.

use numpy::PyArray1;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use topolens::Grid;

use crate::error::{about, count};

/// Values of a grid, unless the caller says how many.
pub(crate) const DEFAULT_VALUES: usize = 100;
/// More numbers than any plot or feature vector has; they must fit into memory.
const MOST_NUMBERS: usize = 1 << 27;

/// Reads a number of values, spread over `range`, or (start, end, number of values).
pub(crate) fn read_grid(
    argument: &str,
    object: Option<&Bound<'_, PyAny>>,
    range: Option<(f64, f64)>,
) -> PyResult<Grid> {
    if let Some(Ok((start, end, n))) = object.map(PyAnyMethods::extract::<(f64, f64, i64)>) {
        return grid(argument, start, end, count(argument, n)?);
    }
    let n = match object.map(PyAnyMethods::extract::<i64>) {
        None => DEFAULT_VALUES,
        Some(Ok(n)) => count(argument, n)?,
        Some(Err(_)) => {
            return Err(PyTypeError::new_err(format!(
                "{argument} must be a number of values or (start, end, number of values), the arguments of \
                 numpy.linspace"
            )));
        }
    };
    let Some((start, end)) = range.filter(|(start, end)| end > start) else {
        return Err(PyValueError::new_err(format!(
            "the diagram gives no range for {argument}; give (start, end, number of values)"
        )));
    };
    grid(argument, start, end, n)
}

fn grid(argument: &str, start: f64, end: f64, n: usize) -> PyResult<Grid> {
    ensure_fits(argument, n, 1)?;
    Grid::new(start, end, n).map_err(|error| about(argument, &error))
}

/// Refuses what would not fit into memory.
pub(crate) fn ensure_fits(argument: &str, n_columns: usize, n_rows: usize) -> PyResult<()> {
    if n_columns.saturating_mul(n_rows) <= MOST_NUMBERS {
        return Ok(());
    }
    Err(PyValueError::new_err(format!(
        "{argument} asks for {n_rows} x {n_columns} numbers, {MOST_NUMBERS} is the most; give fewer values"
    )))
}

pub(crate) fn values<'py>(py: Python<'py>, grid: &Grid) -> Bound<'py, PyArray1<f64>> {
    PyArray1::from_iter(py, grid.values())
}
