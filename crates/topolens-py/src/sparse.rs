//! Sparse matrices: the pairs of points that meet.

use numpy::{PyReadonlyArray1, PyUntypedArrayMethods};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use topolens::{Error, Scalar, SparseDistances};

use crate::array::as_array;
use crate::error::about_points;
use crate::work::{OnDissimilarities, detached};

/// The entries that a sparse matrix stores.
pub(crate) struct SparseMatrix<'py> {
    places: Vec<(usize, usize)>,
    data: Data<'py>,
    n_points: usize,
}

enum Data<'py> {
    F32(PyReadonlyArray1<'py, f32>),
    F64(PyReadonlyArray1<'py, f64>),
}

impl<'py> SparseMatrix<'py> {
    /// Reads a matrix that has the method `tocoo`, as those of scipy do; `None` for any other object.
    pub(crate) fn read(object: &Bound<'py, PyAny>) -> PyResult<Option<Self>> {
        if !object.hasattr("tocoo")? {
            return Ok(None);
        }
        let entries = object.call_method0("tocoo")?;
        let shape: Vec<usize> = entries.getattr("shape")?.extract()?;
        let &[n_points, n_columns] = shape.as_slice() else {
            return Err(PyValueError::new_err(format!(
                "X must be a square matrix of dissimilarities, its shape is {shape:?}"
            )));
        };
        ensure_square(n_points, n_columns)?;
        let data = Data::read(&entries)?;
        let places = places(&entries)?;
        let places = detached(object.py(), move || ensure_distinct(&places).map(|()| places))??;
        if places.len() != data.len() {
            return Err(PyValueError::new_err("X.tocoo() must have as many rows and columns as data"));
        }
        Ok(Some(Self { places, data, n_points }))
    }

    pub(crate) fn n_points(&self) -> usize {
        self.n_points
    }

    /// Copies the entries and does the work without holding Python's lock.
    pub(crate) fn run<W: OnDissimilarities>(self, py: Python<'_>, work: W) -> PyResult<W::Output> {
        let Self { places, data, n_points } = self;
        match data {
            Data::F32(data) => copied(py, &places, &data, n_points, work),
            Data::F64(data) => copied(py, &places, &data, n_points, work),
        }
    }
}

fn copied<S: Scalar + numpy::Element, W: OnDissimilarities>(
    py: Python<'_>,
    places: &[(usize, usize)],
    data: &PyReadonlyArray1<'_, S>,
    n_points: usize,
    work: W,
) -> PyResult<W::Output> {
    let places = places.iter().zip(data.as_array());
    let pairs: Vec<(usize, usize, S)> = places.map(|(&(i, j), &value)| (i, j, value)).collect();
    let run = move || -> Result<W::Output, Error> {
        let distances = SparseDistances::from_pairs(&pairs, n_points)?;
        drop(pairs);
        work.run_on_pairs(&distances)
    };
    detached(py, run)?.map_err(|error| about_points(&error))
}

impl<'py> Data<'py> {
    fn read(entries: &Bound<'py, PyAny>) -> PyResult<Self> {
        let data = as_array("X", &entries.getattr("data")?)?.call_method0("copy")?;
        if let Ok(data) = data.extract() {
            return Ok(Self::F32(data));
        }
        let dtype = data.getattr("dtype")?.str()?;
        let refuse = |_| {
            PyTypeError::new_err(format!(
                "X must be a sparse matrix of float32 or float64, not of {dtype}; convert it with \
                 X.astype(numpy.float64)"
            ))
        };
        data.extract().map(Self::F64).map_err(refuse)
    }

    fn len(&self) -> usize {
        match self {
            Self::F32(data) => data.len(),
            Self::F64(data) => data.len(),
        }
    }
}

fn places(entries: &Bound<'_, PyAny>) -> PyResult<Vec<(usize, usize)>> {
    let (rows, columns) = (indices(entries, "row")?, indices(entries, "col")?);
    if rows.len() != columns.len() {
        return Err(PyValueError::new_err("X.tocoo() must have as many rows as columns"));
    }
    Ok(rows.into_iter().zip(columns).collect())
}

fn indices(entries: &Bound<'_, PyAny>, name: &str) -> PyResult<Vec<usize>> {
    let indices = as_array("X", &entries.getattr(name)?)?.call_method1("astype", ("int64",))?;
    let indices: PyReadonlyArray1<'_, i64> = indices.extract()?;
    let index = |&index: &i64| {
        usize::try_from(index).map_err(|_| {
            PyValueError::new_err(format!("X.tocoo().{name} holds {index}; indices are 0 or more"))
        })
    };
    indices.as_array().iter().map(index).collect()
}

/// Sparse matrices add up entries in one place, which no dissimilarity means.
fn ensure_distinct(places: &[(usize, usize)]) -> PyResult<()> {
    let mut sorted = places.to_vec();
    sorted.sort_unstable();
    match sorted.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(&[(row, column), _]) => Err(PyValueError::new_err(format!(
            "X stores row {row}, column {column} more than once; call X.sum_duplicates() first"
        ))),
        _ => Ok(()),
    }
}

pub(crate) fn ensure_square(n_rows: usize, n_columns: usize) -> PyResult<()> {
    if n_rows == n_columns {
        return Ok(());
    }
    Err(PyValueError::new_err(format!(
        "X must be square for metric='precomputed', its shape is [{n_rows}, {n_columns}]"
    )))
}
