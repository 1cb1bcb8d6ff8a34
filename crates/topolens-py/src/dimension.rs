//! Intrinsic dimension.

use std::ffi::CString;

use numpy::PyArray1;
use pyo3::exceptions::{PyRuntimeWarning, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use topolens::{DimensionEstimator, Dimensions, Error, NamedEstimate, PointCloud, Scalar};

use crate::array::FloatMatrix;
use crate::cloud::on_array;
use crate::error::{about_points, count, seed};
use crate::pickle::pickled;
use crate::work::OnArray;

/// An estimate of intrinsic dimension with its uncertainty; dimensionless.
///
/// Attributes
/// ----------
/// value : float
///     The dimension, also by ``float()``.
/// standard_error : float
/// lower, upper : float
///     The ends of the 95 % interval.
#[pyclass(frozen, get_all, module = "topolens")]
#[derive(Debug)]
pub(crate) struct Estimate {
    /// The dimension.
    value: f64,
    /// Its standard error.
    standard_error: f64,
    /// Lower end of the 95 % interval.
    lower: f64,
    /// Upper end of the 95 % interval.
    upper: f64,
}

impl From<topolens::Estimate> for Estimate {
    fn from(estimate: topolens::Estimate) -> Self {
        let topolens::Estimate { value, standard_error, lower, upper, .. } = estimate;
        Self { value, standard_error, lower, upper }
    }
}

pickled!(Estimate { value: f64, standard_error: f64, lower: f64, upper: f64 });

#[pymethods]
impl Estimate {
    fn __repr__(&self) -> String {
        format!(
            "Estimate({:.4} ± {:.4}, 95 % [{:.4}, {:.4}])",
            self.value, self.standard_error, self.lower, self.upper
        )
    }

    fn __float__(&self) -> f64 {
        self.value
    }
}

/// Intrinsic dimension of a point cloud: how many coordinates describe it near each point.
///
/// Parameters
/// ----------
/// X : array_like of shape (n_points, n_features), float32 or float64
/// estimator : str
///     A name from ``dimension_estimators()``.
/// n_neighbors : int, optional
///     Neighbours of the estimators that take a single number of them; by default that of each, 20 for "mle".
/// alpha : float, default 1
///     Power of the lifespans in the persistent-homology dimensions.
/// random_state : int, default 0
///     Seed of everything random.
///
/// Returns
/// -------
/// Estimate
///     With ``value``, ``standard_error`` and the ends ``lower`` and ``upper`` of the 95 % interval; ``float()`` gives the
///     value. Dimensionless.
///
/// Raises
/// ------
/// TypeError
///     If X is not two-dimensional, or of integers or another type than float32 and float64.
/// ValueError
///     If X is empty, holds NaN or infinite numbers, or too few distinct points; if a setting is out of its range.
///
/// Examples
/// --------
/// >>> import numpy as np
/// >>> import topolens
/// >>> plane = np.random.default_rng(0).random((1000, 2)) @ np.ones((2, 7))
/// >>> plane[:, 0] += np.random.default_rng(1).random(1000)
/// >>> estimate = topolens.intrinsic_dimension(plane)
/// >>> round(float(estimate))
/// 2
#[pyfunction]
#[pyo3(signature = (X, *, estimator="two-nn", n_neighbors=None, alpha=1.0, random_state=0))]
#[expect(non_snake_case, reason = "X is scikit-learn's name for points")]
pub(crate) fn intrinsic_dimension(
    X: &Bound<'_, PyAny>,
    estimator: &str,
    n_neighbors: Option<i64>,
    alpha: f64,
    #[pyo3(from_py_with = seed)] random_state: u64,
) -> PyResult<Estimate> {
    let settings = Settings::new(vec![estimator.to_owned()], n_neighbors, alpha, random_state)?;
    let found = on_array(X.py(), &FloatMatrix::read("X", X)?, All(settings))?;
    let (_, estimate) =
        found.into_iter().next().ok_or_else(|| PyValueError::new_err("estimator is empty"))?;
    estimate.map(Estimate::from).map_err(|error| about_points(&error))
}

/// Several estimators of intrinsic dimension on one point cloud, whose neighbours are found once for all.
///
/// Parameters
/// ----------
/// X, n_neighbors, alpha, random_state
///     As for ``intrinsic_dimension``.
/// estimators : sequence of str, optional
///     Names from ``dimension_estimators()``; by default all.
///
/// Returns
/// -------
/// dict of str to Estimate or None
///     None where an estimator has no value on this cloud; a warning says why.
///
/// Raises
/// ------
/// TypeError, ValueError
///     As ``intrinsic_dimension``; not because one estimator has no value.
///
/// Examples
/// --------
/// >>> import numpy as np
/// >>> import topolens
/// >>> plane = np.random.default_rng(0).random((1000, 2))
/// >>> found = topolens.intrinsic_dimensions(plane, estimators=("two-nn", "mle"))
/// >>> {name: round(float(estimate)) for name, estimate in found.items()}
/// {'two-nn': 2, 'mle': 2}
#[pyfunction]
#[pyo3(signature = (X, *, estimators=None, n_neighbors=None, alpha=1.0, random_state=0))]
#[expect(non_snake_case, reason = "X is scikit-learn's name for points")]
pub(crate) fn intrinsic_dimensions<'py>(
    X: &Bound<'py, PyAny>,
    estimators: Option<Vec<String>>,
    n_neighbors: Option<i64>,
    alpha: f64,
    #[pyo3(from_py_with = seed)] random_state: u64,
) -> PyResult<Bound<'py, PyDict>> {
    let py = X.py();
    let names = estimators.unwrap_or_else(|| known().map(|known| known.name.to_owned()).collect());
    let settings = Settings::new(names, n_neighbors, alpha, random_state)?;
    let result = PyDict::new(py);
    for (name, estimate) in on_array(py, &FloatMatrix::read("X", X)?, All(settings))? {
        if let Err(error) = &estimate {
            let (message, kind) = (about_points(error).to_string(), py.get_type::<PyRuntimeWarning>());
            PyErr::warn(py, &kind, &CString::new(format!("{name}: {message}"))?, 1)?;
        }
        result.set_item(name, estimate.ok().map(Estimate::from))?;
    }
    Ok(result)
}

/// Intrinsic dimension at every point of a cloud.
///
/// Parameters
/// ----------
/// X, n_neighbors, random_state
///     As for ``intrinsic_dimension``.
/// estimator : str, default "mle"
///     One of the estimators that have values at points; an error lists them.
///
/// Returns
/// -------
/// ndarray of shape (n_points,), float64
///     Infinite where all neighbours of a point are equally far.
///
/// Raises
/// ------
/// TypeError, ValueError
///     As ``intrinsic_dimension``.
///
/// Examples
/// --------
/// >>> import numpy as np
/// >>> import topolens
/// >>> plane = np.random.default_rng(0).random((1000, 2))
/// >>> topolens.pointwise_dimension(plane).shape
/// (1000,)
#[pyfunction]
#[pyo3(signature = (X, *, estimator="mle", n_neighbors=None, random_state=0))]
#[expect(non_snake_case, reason = "X is scikit-learn's name for points")]
pub(crate) fn pointwise_dimension<'py>(
    X: &Bound<'py, PyAny>,
    estimator: &str,
    n_neighbors: Option<i64>,
    #[pyo3(from_py_with = seed)] random_state: u64,
) -> PyResult<Bound<'py, PyArray1<f64>>> {
    let settings = Settings::new(vec![estimator.to_owned()], n_neighbors, 1.0, random_state)?;
    let found = on_array(X.py(), &FloatMatrix::read("X", X)?, AtPoints(settings))?;
    let (_, values) = found.into_iter().next().ok_or_else(|| no_points(estimator))?;
    Ok(PyArray1::from_vec(X.py(), values.map_err(|error| about_points(&error))?))
}

fn no_points(estimator: &str) -> PyErr {
    let names: Vec<&str> =
        known().filter(|estimator| estimator.is_pointwise).map(|known| known.name).collect();
    PyValueError::new_err(format!(
        "estimator {estimator:?} has no values at points; choose one of {}",
        names.join(", ")
    ))
}

/// The estimators of intrinsic dimension, each with a line about it.
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
/// >>> known = topolens.dimension_estimators()
/// >>> "two-nn" in known
/// True
#[pyfunction]
pub(crate) fn dimension_estimators(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    let names = PyDict::new(py);
    for estimator in known() {
        names.set_item(estimator.name, estimator.description)?;
    }
    Ok(names)
}

fn known() -> impl Iterator<Item = DimensionEstimator> {
    topolens::dimension_estimators().into_iter()
}

/// What the arguments ask for.
struct Settings {
    names: Vec<String>,
    n_neighbors: Option<usize>,
    alpha: f64,
    seed: u64,
}

impl Settings {
    fn new(names: Vec<String>, n_neighbors: Option<i64>, alpha: f64, seed: u64) -> PyResult<Self> {
        let n_neighbors = n_neighbors.map(|k| count("n_neighbors", k)).transpose()?;
        if n_neighbors == Some(0) {
            return Err(PyValueError::new_err("n_neighbors must be 1 or more, not 0"));
        }
        Ok(Self { names, n_neighbors, alpha, seed })
    }

    fn of<'c, S: Scalar>(&self, cloud: &'c PointCloud<S>) -> Result<Dimensions<'c, S>, Error> {
        let names: Vec<&str> = self.names.iter().map(String::as_str).collect();
        let dimensions = Dimensions::new(cloud, &names)?;
        Ok(dimensions.n_neighbors(self.n_neighbors).alpha(self.alpha).seed(self.seed))
    }
}

struct All(Settings);

impl OnArray for All {
    type Output = Vec<NamedEstimate>;

    fn run<S: Scalar>(self, values: Vec<S>, n_rows: usize, n_columns: usize) -> Result<Self::Output, Error> {
        Ok(self.0.of(&PointCloud::new(values, n_rows, n_columns)?)?.estimates())
    }
}

struct AtPoints(Settings);

impl OnArray for AtPoints {
    type Output = Vec<(&'static str, Result<Vec<f64>, Error>)>;

    fn run<S: Scalar>(self, values: Vec<S>, n_rows: usize, n_columns: usize) -> Result<Self::Output, Error> {
        Ok(self.0.of(&PointCloud::new(values, n_rows, n_columns)?)?.pointwise())
    }
}
