//! Likeness and difference of two clouds.

use std::ffi::CString;

use numpy::PyArray2;
use pyo3::exceptions::{PyRuntimeWarning, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use topolens::{Comparisons, PointCloud};

use crate::array::{FloatMatrix, from_rows};
use crate::error::{about, count, seed, to_python};
use crate::pickle::pickled;
use crate::shown::Shown;
use crate::work::detached;

/// A measure between two clouds with its uncertainty.
///
/// Attributes
/// ----------
/// value : float
///     Also by ``float()``.
/// lower, upper : float or None
///     The ends of the 95 % interval.
/// null_mean : float or None
///     The mean when the rows of the second cloud are shuffled.
/// p_value : float or None
///     The share of shuffles at least as alike, the cloud itself among them.
#[pyclass(frozen, get_all, module = "topolens")]
#[derive(Debug)]
pub(crate) struct Comparison {
    value: f64,
    lower: Option<f64>,
    upper: Option<f64>,
    null_mean: Option<f64>,
    p_value: Option<f64>,
}

impl From<topolens::Comparison> for Comparison {
    fn from(found: topolens::Comparison) -> Self {
        let topolens::Comparison { value, lower, upper, null, .. } = found;
        Self {
            value,
            lower,
            upper,
            null_mean: null.map(|null| null.mean),
            p_value: null.map(|null| null.p_value),
        }
    }
}

impl Comparison {
    /// A ratio to a null.
    pub(crate) fn of_ratio(value: f64, lower: Option<f64>, upper: Option<f64>) -> Self {
        Self { value, lower, upper, null_mean: None, p_value: None }
    }
}

pickled!(Comparison { value: f64, lower: Option<f64>, upper: Option<f64>, null_mean: Option<f64>, p_value: Option<f64> });

#[pymethods]
impl Comparison {
    fn __repr__(&self) -> String {
        let number = |end: Option<f64>| end.map_or_else(|| "?".to_owned(), |end| Shown(end).to_string());
        let (lower, upper) = (number(self.lower), number(self.upper));
        format!("Comparison({}, 95 % [{lower}, {upper}])", Shown(self.value))
    }

    fn __float__(&self) -> f64 {
        self.value
    }
}

/// Measures of likeness and difference of two clouds, each with its interval and its value under shuffled rows.
///
/// Parameters
/// ----------
/// X, Y : array_like of shape (n_points, n_features), float32 or float64
///     Where a measure needs the same inputs, row i of both is the same input; the numbers of features may differ.
/// measures : sequence of str, optional
///     Names from ``comparison_measures()``; by default all.
/// n_permutations : int, default 19
///     Shuffles of the rows of Y; 0 for none.
/// random_state : int, default 0
///     Seed of everything random.
///
/// Returns
/// -------
/// dict of str to Comparison or None
///     None where a measure has no value on these clouds; a warning says why.
///
/// Raises
/// ------
/// TypeError
///     If X or Y is not two-dimensional, or of another type than float32 and float64.
/// ValueError
///     If X or Y is empty or holds NaN or infinite numbers; if a name is not known; if a measure that was named needs as many rows of both.
///
/// Examples
/// --------
/// >>> import numpy as np
/// >>> import topolens
/// >>> X = np.random.default_rng(0).normal(size=(200, 5))
/// >>> turned = X @ np.linalg.qr(np.random.default_rng(1).normal(size=(5, 5)))[0]
/// >>> round(float(topolens.compare(X, turned, measures=["cka"])["cka"]), 6)
/// 1.0
#[pyfunction]
#[pyo3(signature = (X, Y, *, measures=None, n_permutations=19, random_state=0))]
#[expect(non_snake_case, reason = "X is scikit-learn's name for points")]
pub(crate) fn compare<'py>(
    X: &Bound<'py, PyAny>,
    Y: &Bound<'py, PyAny>,
    measures: Option<Vec<String>>,
    n_permutations: i64,
    #[pyo3(from_py_with = seed)] random_state: u64,
) -> PyResult<Bound<'py, PyDict>> {
    let py = X.py();
    let are_asked_for = measures.is_some();
    let comparisons =
        named(measures)?.n_permutations(count("n_permutations", n_permutations)?).seed(random_state);
    let (x, y) = (cloud("X", X)?, cloud("Y", Y)?);
    let result = PyDict::new(py);
    for (name, found) in detached(py, move || comparisons.compare(&x, &y))? {
        if let Err(error) = &found {
            if are_asked_for && !error.is_undefined() {
                return Err(about("X, Y", error));
            }
            let kind = py.get_type::<PyRuntimeWarning>();
            PyErr::warn(py, &kind, &CString::new(format!("{name}: {error}"))?, 1)?;
        }
        result.set_item(name, found.ok().map(Comparison::from))?;
    }
    Ok(result)
}

/// A measure between all layers of two networks.
///
/// Parameters
/// ----------
/// layers, others : sequence of array_like of shape (n_points, n_features)
///     The clouds of the same inputs, row for row.
/// measure : str, default "cka-debiased"
///     A name from ``comparison_measures()``.
/// random_state : int, default 0
///     Seed of batches.
///
/// Returns
/// -------
/// ndarray of shape (len(layers), len(others)), float64
///
/// Raises
/// ------
/// TypeError, ValueError
///     As ``compare``; if a pair of layers has no value.
///
/// Examples
/// --------
/// >>> import numpy as np
/// >>> import topolens
/// >>> layers = [np.random.default_rng(seed).normal(size=(100, 4)) for seed in range(3)]
/// >>> topolens.comparison_matrix(layers, layers).argmax(axis=1)
/// array([0, 1, 2])
#[pyfunction]
#[pyo3(signature = (layers, others, *, measure="cka-debiased", random_state=0))]
#[expect(clippy::needless_pass_by_value, reason = "sequences come as vectors")]
pub(crate) fn comparison_matrix<'py>(
    py: Python<'py>,
    layers: Vec<Bound<'py, PyAny>>,
    others: Vec<Bound<'py, PyAny>>,
    measure: &str,
    #[pyo3(from_py_with = seed)] random_state: u64,
) -> PyResult<Bound<'py, PyArray2<f64>>> {
    let comparisons = named(Some(vec![measure.to_owned()]))?.seed(random_state);
    let clouds = |argument: &str, layers: &[Bound<'py, PyAny>]| {
        layers.iter().map(|layer| cloud(argument, layer)).collect::<PyResult<Vec<_>>>()
    };
    for (argument, given) in [("layers", &layers), ("others", &others)] {
        if given.is_empty() {
            return Err(PyValueError::new_err(format!("{argument} must hold one at least")));
        }
    }
    let (layers, others) = (clouds("layers", &layers)?, clouds("others", &others)?);
    let n_columns = others.len();
    let values =
        detached(py, move || comparisons.matrix(&layers, &others))?.map_err(|error| to_python(&error))?;
    from_rows(py, values, n_columns)
}

/// The measures of likeness and difference, each with a line about it.
///
/// Parameters
/// ----------
/// None
///
/// Returns
/// -------
/// dict of str to str
///
/// Raises
/// ------
/// Nothing
///
/// Examples
/// --------
/// >>> import topolens
/// >>> known = topolens.comparison_measures()
/// >>> "rtd" in known
/// True
#[pyfunction]
pub(crate) fn comparison_measures(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    let names = PyDict::new(py);
    for measure in topolens::comparison_measures() {
        names.set_item(measure.name, measure.description)?;
    }
    Ok(names)
}

fn named(measures: Option<Vec<String>>) -> PyResult<Comparisons> {
    let all = || topolens::comparison_measures().iter().map(|measure| measure.name.to_owned()).collect();
    let names: Vec<String> = measures.unwrap_or_else(all);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    Comparisons::new(&names).map_err(|error| to_python(&error))
}

/// The rows of an array as points, in double precision.
pub(crate) fn cloud(argument: &str, array: &Bound<'_, PyAny>) -> PyResult<PointCloud<f64>> {
    let matrix = FloatMatrix::read(argument, array)?;
    let [n_rows, n_columns] = matrix.shape();
    PointCloud::new(matrix.to_f64(), n_rows, n_columns).map_err(|error| about(argument, &error))
}
