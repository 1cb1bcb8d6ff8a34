//! Sparse matrices: the pairs of points that meet.

use numpy::PyReadonlyArray1;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use topolens::{Error, Scalar, SparseDistances};

use crate::array::{as_array, numbers};
use crate::error::about_points;
use crate::work::{OnDissimilarities, detached};

/// The entries that a sparse matrix stores.
pub(crate) struct SparseMatrix {
    places: Vec<(usize, usize)>,
    data: Data,
    n_points: usize,
}

enum Data {
    F32(Vec<f32>),
    F64(Vec<f64>),
}

impl SparseMatrix {
    /// Reads a matrix that has the method `tocoo`, as those of scipy do; `None` for any other object.
    pub(crate) fn read(object: &Bound<'_, PyAny>) -> PyResult<Option<Self>> {
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
        let (rows, columns) = (indices(&entries, "row")?, indices(&entries, "col")?);
        let places = detached(object.py(), move || places(&rows, &columns))??;
        if places.len() != data.len() {
            return Err(PyValueError::new_err("X.tocoo() must have as many rows and columns as data"));
        }
        Ok(Some(Self { places, data, n_points }))
    }

    pub(crate) fn n_points(&self) -> usize {
        self.n_points
    }

    /// Does the work without holding Python's lock.
    pub(crate) fn run<W: OnDissimilarities>(self, py: Python<'_>, work: W) -> PyResult<W::Output> {
        let Self { places, data, n_points } = self;
        match data {
            Data::F32(data) => detached(py, move || worked(&places, &data, n_points, work)),
            Data::F64(data) => detached(py, move || worked(&places, &data, n_points, work)),
        }?
        .map_err(|error| about_points(&error))
    }
}

fn worked<S: Scalar, W: OnDissimilarities>(
    places: &[(usize, usize)],
    data: &[S],
    n_points: usize,
    work: W,
) -> Result<W::Output, Error> {
    let pairs: Vec<(usize, usize, S)> =
        places.iter().zip(data).map(|(&(i, j), &value)| (i, j, value)).collect();
    let distances = SparseDistances::from_pairs(&pairs, n_points)?;
    drop(pairs);
    work.run_on_pairs(&distances)
}

impl Data {
    fn read(entries: &Bound<'_, PyAny>) -> PyResult<Self> {
        let data = as_array("X", &entries.getattr("data")?)?;
        if let Ok(data) = data.extract::<PyReadonlyArray1<'_, f32>>() {
            return Ok(Self::F32(numbers(&data)));
        }
        let dtype = data.getattr("dtype")?.str()?;
        let refuse = |_| {
            PyTypeError::new_err(format!(
                "X must be a sparse matrix of float32 or float64, not of {dtype}; convert it with \
                 X.astype(numpy.float64)"
            ))
        };
        let data: PyReadonlyArray1<'_, f64> = data.extract().map_err(refuse)?;
        Ok(Self::F64(numbers(&data)))
    }

    fn len(&self) -> usize {
        match self {
            Self::F32(data) => data.len(),
            Self::F64(data) => data.len(),
        }
    }
}

fn indices(entries: &Bound<'_, PyAny>, name: &str) -> PyResult<Vec<i64>> {
    let indices = as_array("X", &entries.getattr(name)?)?.call_method1("astype", ("int64",))?;
    let indices: PyReadonlyArray1<'_, i64> = indices.extract()?;
    Ok(numbers(&indices))
}

fn places(rows: &[i64], columns: &[i64]) -> PyResult<Vec<(usize, usize)>> {
    if rows.len() != columns.len() {
        return Err(PyValueError::new_err("X.tocoo() must have as many rows as columns"));
    }
    let index = |name: &str, index: i64| {
        usize::try_from(index).map_err(|_| {
            PyValueError::new_err(format!("X.tocoo().{name} holds {index}; indices are 0 or more"))
        })
    };
    let places =
        rows.iter().zip(columns).map(|(row, column)| Ok((index("row", *row)?, index("col", *column)?)));
    let places = places.collect::<PyResult<Vec<_>>>()?;
    ensure_distinct(&places)?;
    Ok(places)
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
