//! Matrices and vectors of numbers: NumPy arrays, and what NumPy makes an array of.

use numpy::ndarray::Dimension;
use numpy::{
    PyArray1, PyArray2, PyArrayMethods, PyReadonlyArray, PyReadonlyArray1, PyReadonlyArray2, PyUntypedArray,
    PyUntypedArrayMethods,
};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;

/// A two-dimensional array in its own precision.
pub(crate) enum FloatMatrix<'py> {
    F32(PyReadonlyArray2<'py, f32>),
    F64(PyReadonlyArray2<'py, f64>),
}

impl<'py> FloatMatrix<'py> {
    /// Reads an array, or anything that `numpy.asarray` turns into one.
    pub(crate) fn read(argument: &str, object: &Bound<'py, PyAny>) -> PyResult<Self> {
        ensure_unmasked(argument, object)?;
        if let Some(matrix) = Self::of_array(object)? {
            return Ok(matrix);
        }
        if object.hasattr("tocoo")? {
            return Err(PyTypeError::new_err(format!(
                "{argument} is sparse; make it dense with {argument}.toarray()"
            )));
        }
        let array = as_array(argument, object)?;
        match Self::of_array(&array)? {
            Some(matrix) => Ok(matrix),
            None => Err(not_a_float_matrix(argument, &array)?),
        }
    }

    /// `None` for anything but a two-dimensional array of a known precision.
    fn of_array(object: &Bound<'py, PyAny>) -> PyResult<Option<Self>> {
        let Ok(array) = object.cast::<PyUntypedArray>() else { return Ok(None) };
        let array = aligned(array)?;
        if let Ok(array) = array.extract() {
            return Ok(Some(Self::F32(array)));
        }
        Ok(array.extract().ok().map(Self::F64))
    }

    /// The numbers of rows and columns.
    pub(crate) fn shape(&self) -> [usize; 2] {
        match self {
            Self::F32(array) => [array.shape()[0], array.shape()[1]],
            Self::F64(array) => [array.shape()[0], array.shape()[1]],
        }
    }

    /// The numbers row by row, in double precision.
    pub(crate) fn to_f64(&self) -> Vec<f64> {
        match self {
            Self::F32(array) => array.as_array().iter().copied().map(f64::from).collect(),
            Self::F64(array) => numbers(array),
        }
    }
}

/// A copy of the numbers, the last axis first to move; Python's lock is held for no longer than it takes to move bytes where they
/// already lie so.
pub(crate) fn numbers<T: numpy::Element + Copy, D: Dimension>(array: &PyReadonlyArray<'_, T, D>) -> Vec<T> {
    let array = array.as_array();
    match array.as_slice() {
        Some(slice) => slice.to_vec(),
        None => array.iter().copied().collect(),
    }
}

/// Masked numbers are there, only hidden; to compute with them would be a silent error.
pub(crate) fn ensure_unmasked(argument: &str, object: &Bound<'_, PyAny>) -> PyResult<()> {
    if object.is_instance(&object.py().import("numpy")?.getattr("ma")?.getattr("MaskedArray")?)? {
        return Err(PyTypeError::new_err(format!(
            "{argument} is a masked array; drop what is masked, then give numpy.asarray({argument})"
        )));
    }
    Ok(())
}

/// The array, or a copy if its numbers lie between the places where the processor reads them: a field of packed records.
fn aligned<'py>(array: &Bound<'py, PyUntypedArray>) -> PyResult<Bound<'py, PyAny>> {
    if array.is_aligned() { Ok(array.clone().into_any()) } else { array.call_method0("copy") }
}

/// What `numpy.asarray` makes of an object; its complaint, if it makes nothing of it.
pub(crate) fn as_array<'py>(argument: &str, object: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = object.py();
    py.import("numpy")?.call_method1("asarray", (object,)).map_err(|error| {
        let message = format!("{argument} cannot be read as a NumPy array: {}", error.value(py));
        if error.is_instance_of::<PyValueError>(py) {
            PyValueError::new_err(message)
        } else if error.is_instance_of::<PyTypeError>(py)
            || error.is_instance_of::<pyo3::exceptions::PyRuntimeError>(py)
        {
            PyTypeError::new_err(message)
        } else {
            error
        }
    })
}

fn not_a_float_matrix(argument: &str, array: &Bound<'_, PyAny>) -> PyResult<PyErr> {
    let dtype = array.getattr("dtype")?.str()?;
    let shape: Vec<usize> = array.getattr("shape")?.extract()?;
    let remedy = if shape.len() == 2 {
        format!("convert it with numpy.asarray({argument}, dtype=numpy.float64)")
    } else {
        "give it two axes, rows and columns".to_owned()
    };
    Ok(PyTypeError::new_err(format!(
        "{argument} must be a two-dimensional NumPy array of float32 or float64, not one of {dtype} with shape \
         {shape:?}; {remedy}"
    )))
}

/// One number per point: a one-dimensional array of real numbers, finite, in double precision.
pub(crate) fn vector(argument: &str, object: &Bound<'_, PyAny>) -> PyResult<Vec<f64>> {
    ensure_unmasked(argument, object)?;
    let array = as_array(argument, object)?;
    let dtype = array.getattr("dtype")?;
    let (kind, shape): (String, Vec<usize>) =
        (dtype.getattr("kind")?.extract()?, array.getattr("shape")?.extract()?);
    if shape.len() != 1 || !"biuf".contains(&kind) {
        return Err(PyTypeError::new_err(format!(
            "{argument} must be a one-dimensional array of real numbers, not one of {dtype} with shape {shape:?}"
        )));
    }
    let array: PyReadonlyArray1<'_, f64> = array.call_method1("astype", ("float64",))?.extract()?;
    let values = array.as_array().to_vec();
    match values.iter().position(|value| !value.is_finite()) {
        Some(at) => Err(PyValueError::new_err(format!(
            "{argument} holds {} at index {at}; remove or impute values that are not finite",
            values[at]
        ))),
        None => Ok(values),
    }
}

/// An array of `n_columns` columns, from its rows one after the other.
pub(crate) fn from_rows<T: numpy::Element>(
    py: Python<'_>,
    values: Vec<T>,
    n_columns: usize,
) -> PyResult<Bound<'_, PyArray2<T>>> {
    let n_rows = values.len() / n_columns;
    PyArray1::from_vec(py, values).reshape([n_rows, n_columns])
}

/// Indices of points as an array.
pub(crate) fn from_indices<'py>(py: Python<'py>, indices: &[usize]) -> Bound<'py, PyArray1<i64>> {
    PyArray1::from_iter(py, indices.iter().map(|&index| to_index(index)))
}

/// The index of a point in the type that NumPy indexes with.
#[expect(clippy::cast_possible_wrap, reason = "there are far fewer than 2^63 points")]
pub(crate) fn to_index(point: usize) -> i64 {
    point as i64
}
