//! Persistent homology.

use numpy::{PyArray1, PyArray2, PyArrayMethods, PyReadonlyArray2, PyUntypedArrayMethods};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use topolens::{Diagram, Diagrams, DistanceMatrix, Error, PointCloud, Scalar, VietorisRips};

use crate::cloud::{OnArray, on_array};

/// Persistent homology of the Vietoris-Rips filtration.
///
/// Parameters
/// ----------
/// X : ndarray of shape (n_points, n_features), float32 or float64
///     The point cloud, or with ``metric="precomputed"`` a square matrix of dissimilarities.
/// max_homology_dimension : int, default 1
/// metric : {"euclidean", "precomputed"}
/// threshold : float, optional
///     Largest filtration value; by default the enclosing radius, past which nothing changes.
/// coeff : int, default 2
///     Prime p of the field Z/p.
///
/// Returns
/// -------
/// list of ndarray of shape (n_intervals, 2)
///     Births and deaths, one array per homology dimension; an essential class has death ``inf``. Intervals of
///     length zero are left out.
#[pyfunction]
#[pyo3(signature = (X, *, max_homology_dimension=1, metric="euclidean", threshold=None, coeff=2))]
#[expect(non_snake_case, reason = "X is scikit-learn's name for points")]
pub(crate) fn persistent_homology<'py>(
    X: &Bound<'py, PyAny>,
    max_homology_dimension: usize,
    metric: &str,
    threshold: Option<f64>,
    coeff: u32,
) -> PyResult<Vec<Bound<'py, PyArray2<f64>>>> {
    let mut rips = VietorisRips::new().max_homology_dimension(max_homology_dimension).modulus(coeff);
    if let Some(threshold) = threshold {
        rips = rips.threshold(threshold);
    }
    let precomputed = match metric {
        "euclidean" => false,
        "precomputed" => true,
        other => {
            return Err(PyValueError::new_err(format!(
                "metric must be 'euclidean' or 'precomputed', not {other:?}"
            )));
        }
    };
    let dims: Vec<usize> = X.getattr("shape").and_then(|shape| shape.extract()).unwrap_or_default();
    if precomputed && dims.len() == 2 && dims[0] != dims[1] {
        return Err(PyValueError::new_err(format!(
            "X must be square for metric='precomputed', its shape is {dims:?}"
        )));
    }
    let diagrams = on_array(X, Homology { rips, precomputed })?;
    diagrams.iter().map(|diagram| to_array(X.py(), diagram)).collect()
}

struct Homology {
    rips: VietorisRips,
    precomputed: bool,
}

impl OnArray for Homology {
    type Output = Diagrams;

    fn run<S: Scalar>(self, values: Vec<S>, n_rows: usize, n_columns: usize) -> Result<Diagrams, Error> {
        if self.precomputed {
            return self.rips.diagrams(&DistanceMatrix::from_square(&values, n_rows)?);
        }
        self.rips.point_diagrams(&PointCloud::new(values, n_rows, n_columns)?)
    }
}

fn to_array<'py>(py: Python<'py>, diagram: &Diagram) -> PyResult<Bound<'py, PyArray2<f64>>> {
    let flat: Vec<f64> =
        diagram.intervals().iter().flat_map(|interval| [interval.birth, interval.death]).collect();
    PyArray1::from_vec(py, flat).reshape([diagram.intervals().len(), 2])
}

/// Sum of ``(death - birth) ** alpha`` over the finite intervals of a diagram.
///
/// Parameters
/// ----------
/// diagram : ndarray of shape (n_intervals, 2), float64
///     As returned by :func:`persistent_homology`.
/// alpha : float, default 1.0
#[pyfunction]
#[pyo3(signature = (diagram, *, alpha=1.0))]
pub(crate) fn lifespans_sum(diagram: &Bound<'_, PyAny>, alpha: f64) -> PyResult<f64> {
    let Ok(diagram) = diagram.extract::<PyReadonlyArray2<'_, f64>>() else {
        return Err(PyTypeError::new_err("diagram must be a two-dimensional NumPy array of float64"));
    };
    if diagram.shape()[1] != 2 {
        let shape = diagram.shape();
        return Err(PyValueError::new_err(format!(
            "diagram must have two columns, birth and death; its shape is {shape:?}"
        )));
    }
    let mut lifespans = Vec::new();
    for (row, interval) in diagram.as_array().rows().into_iter().enumerate() {
        let (birth, death) = (interval[0], interval[1]);
        if birth.is_nan() || death.is_nan() || death < birth {
            return Err(PyValueError::new_err(format!(
                "diagram: row {row} has birth {birth} and death {death}; a death comes after its birth"
            )));
        }
        if death.is_finite() {
            lifespans.push(death - birth);
        }
    }
    Ok(topolens::lifespans_sum(&lifespans, alpha))
}
