//! Intrinsic dimension.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use topolens::{Error, Mle, PersistentDimension, PointCloud, Scalar, TwoNn};

use crate::array::FloatMatrix;
use crate::cloud::on_array;
use crate::error::count;
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
/// estimator : {"two-nn", "mle", "ph-dimension"}
///     Facco et al. 2017, from the ratios ``r2 / r1`` of the distances to the two nearest neighbours; Levina & Bickel 2004
///     with the pooling of MacKay & Ghahramani; ``1 / (1 - m)`` with the slope m of ``log E`` against ``log n``, where E is
///     the length of the spanning tree of n points.
/// n_neighbors : int, default 20
///     Neighbours used by "mle".
/// random_state : int, default 0
///     Seed of the subsamples of "ph-dimension".
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
#[pyo3(signature = (X, *, estimator="two-nn", n_neighbors=20, random_state=0))]
#[expect(non_snake_case, reason = "X is scikit-learn's name for points")]
pub(crate) fn intrinsic_dimension(
    X: &Bound<'_, PyAny>,
    estimator: &str,
    n_neighbors: i64,
    random_state: u64,
) -> PyResult<Estimate> {
    let estimator = match estimator {
        "two-nn" => Estimator::TwoNn,
        "mle" => Estimator::Mle { n_neighbors: count("n_neighbors", n_neighbors)? },
        "ph-dimension" => Estimator::Persistent { seed: random_state },
        other => {
            return Err(PyValueError::new_err(format!(
                "estimator must be 'two-nn', 'mle' or 'ph-dimension', not {other:?}"
            )));
        }
    };
    on_array(X.py(), &FloatMatrix::read("X", X)?, estimator)
}

enum Estimator {
    TwoNn,
    Mle { n_neighbors: usize },
    Persistent { seed: u64 },
}

impl OnArray for Estimator {
    type Output = Estimate;

    fn run<S: Scalar>(self, values: Vec<S>, n_rows: usize, n_columns: usize) -> Result<Estimate, Error> {
        let cloud = PointCloud::new(values, n_rows, n_columns)?;
        let estimate = match self {
            Self::TwoNn => TwoNn::new().estimate(&cloud)?,
            Self::Mle { n_neighbors } => Mle::new().n_neighbors(n_neighbors).estimate(&cloud)?,
            Self::Persistent { seed } => PersistentDimension::new().seed(seed).estimate(&cloud)?.estimate,
        };
        let topolens::Estimate { value, standard_error, lower, upper, .. } = estimate;
        Ok(Estimate { value, standard_error, lower, upper })
    }
}
