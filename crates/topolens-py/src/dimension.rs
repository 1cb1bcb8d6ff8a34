//! Intrinsic dimension.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use topolens::{Error, Mle, PersistentDimension, PointCloud, Scalar, TwoNn};

use crate::cloud::{OnArray, on_array};

/// An estimate of intrinsic dimension with its uncertainty.
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

/// Intrinsic dimension of a point cloud.
///
/// Parameters
/// ----------
/// X : ndarray of shape (n_points, n_features), float32 or float64
/// estimator : {"two-nn", "mle", "ph-dimension"}
///     Facco et al. 2017; Levina & Bickel 2004 with the pooling of MacKay & Ghahramani; the growth of the
///     spanning tree's length with the number of points.
/// n_neighbors : int, default 20
///     Neighbours used by "mle".
/// random_state : int, default 0
///     Seed of the subsamples of "ph-dimension".
#[pyfunction]
#[pyo3(signature = (X, *, estimator="two-nn", n_neighbors=20, random_state=0))]
#[expect(non_snake_case, reason = "X is scikit-learn's name for points")]
pub(crate) fn intrinsic_dimension(
    X: &Bound<'_, PyAny>,
    estimator: &str,
    n_neighbors: usize,
    random_state: u64,
) -> PyResult<Estimate> {
    let estimator = match estimator {
        "two-nn" => Estimator::TwoNn,
        "mle" => Estimator::Mle { n_neighbors },
        "ph-dimension" => Estimator::Persistent { seed: random_state },
        other => {
            return Err(PyValueError::new_err(format!(
                "estimator must be 'two-nn', 'mle' or 'ph-dimension', not {other:?}"
            )));
        }
    };
    on_array(X, estimator)
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
