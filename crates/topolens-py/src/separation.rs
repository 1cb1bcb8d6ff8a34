//! How far classes are apart, and lifespans sums beside those of null clouds.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use topolens::{
    Error, Null, OverNull, PointCloud, class_manifolds, class_mean_geometry, class_silhouette,
    davies_bouldin, nearest_mean_disagreement, neural_collapse, self_duality,
};

use crate::compare::{Comparison, cloud};
use crate::error::{about_points, count, seed, to_python};
use crate::work::detached;

/// How far the classes of a cloud are apart.
///
/// Parameters
/// ----------
/// X : array_like of shape (n_points, n_features), float32 or float64
/// labels : sequence of int, of length n_points
/// weights : array_like of shape (n_classes, n_features), optional
///     Weights of the linear classifier that follows, classes by ascending label; adds "nc3" and, with ``biases``, "nc4".
/// biases : sequence of float, of length n_classes, optional
///
/// Returns
/// -------
/// dict of str to float or None
///     "nc1" (within- over between-class spread), "nc2" (mean offset of the cosines between class means from those of a simplex), "davies_bouldin",
///     "silhouette" (mean), "radius" and "dimension" (means over class manifolds), "nc3", "nc4". None where a number is undefined on this cloud.
///
/// Raises
/// ------
/// TypeError, ValueError
///     If X is no matrix of finite float32 or float64 numbers; if labels, weights or biases do not match it, or name one class only.
///
/// Examples
/// --------
/// >>> import numpy as np
/// >>> import topolens
/// >>> found = topolens.class_separation(np.array([[-1.1], [-0.9], [0.9], [1.1]]), [0, 0, 1, 1])
/// >>> round(found["nc1"], 6), round(found["davies_bouldin"], 6)
/// (0.005, 0.1)
#[pyfunction]
#[pyo3(signature = (X, labels, *, weights=None, biases=None))]
#[expect(non_snake_case, reason = "X is scikit-learn's name for points")]
#[expect(clippy::needless_pass_by_value, reason = "sequences come as vectors")]
pub(crate) fn class_separation<'py>(
    X: &Bound<'py, PyAny>,
    labels: Vec<i64>,
    weights: Option<Bound<'py, PyAny>>,
    biases: Option<Vec<f64>>,
) -> PyResult<Bound<'py, PyDict>> {
    let py = X.py();
    let points = cloud("X", X)?;
    let weights = weights.map(|weights| cloud("weights", &weights)).transpose()?;
    let labels = ranks(&labels);
    let has_classes = labels.contains(&1);
    let found = detached(py, move || measures(&points, &labels, weights.as_ref(), biases.as_deref()))?;
    let result = PyDict::new(py);
    for (name, value) in found {
        match value {
            Ok(value) => result.set_item(name, value)?,
            Err(error) if error.is_undefined() && has_classes => result.set_item(name, py.None())?,
            Err(error) => return Err(to_python(&error)),
        }
    }
    Ok(result)
}

type Named = (&'static str, Result<f64, Error>);

fn measures(
    points: &PointCloud<f64>,
    labels: &[usize],
    weights: Option<&PointCloud<f64>>,
    biases: Option<&[f64]>,
) -> Vec<Named> {
    let classes = class_manifolds(points, labels);
    let mean = |read: fn(&topolens::ClassManifold) -> f64| {
        let classes = classes.as_ref().map_err(Clone::clone)?;
        Ok(classes.iter().map(read).sum::<f64>() / classes.len() as f64)
    };
    let mut found: Vec<Named> = vec![
        ("nc1", neural_collapse(points, labels)),
        ("nc2", class_mean_geometry(points, labels).map(|means| means.angle_offset)),
        ("davies_bouldin", davies_bouldin(points, labels)),
        ("silhouette", class_silhouette(points, labels)),
        ("radius", mean(|class| class.radius)),
        ("dimension", mean(|class| class.dimension)),
    ];
    if let Some(weights) = weights {
        found.push(("nc3", self_duality(points, labels, weights)));
        if let Some(biases) = biases {
            found.push(("nc4", nearest_mean_disagreement(points, labels, weights, biases)));
        }
    }
    found
}

/// Labels counted from 0, in their order.
fn ranks(labels: &[i64]) -> Vec<usize> {
    let mut known = labels.to_vec();
    known.sort_unstable();
    known.dedup();
    labels.iter().map(|label| known.partition_point(|other| other < label)).collect()
}

/// The lifespans sum of connected components over its mean in null clouds of as many points and features.
///
/// Parameters
/// ----------
/// X : array_like of shape (n_points, n_features), float32 or float64
/// null : str, default "permuted-columns"
///     What null clouds keep: "permuted-columns" the marginals, "gaussian" mean and covariance.
/// n_nulls : int, default 8
/// alpha : float, default 1
///     Power of the lifespans.
/// random_state : int, default 0
///
/// Returns
/// -------
/// Comparison
///     The ratio and its 95 % interval, which joins the errors of the cloud and of the nulls.
///
/// Raises
/// ------
/// TypeError, ValueError
///     If X is no matrix of finite float32 or float64 numbers, all its points coincide, or a setting is out of its range.
///
/// Examples
/// --------
/// >>> import numpy as np
/// >>> import topolens
/// >>> plane = np.random.default_rng(0).random((300, 2))
/// >>> round(float(topolens.lifespans_sum_over_null(plane)), 1)
/// 1.0
#[pyfunction]
#[pyo3(signature = (X, *, null="permuted-columns", n_nulls=8, alpha=1.0, random_state=0))]
#[expect(non_snake_case, reason = "X is scikit-learn's name for points")]
pub(crate) fn lifespans_sum_over_null(
    X: &Bound<'_, PyAny>,
    null: &str,
    n_nulls: i64,
    alpha: f64,
    #[pyo3(from_py_with = seed)] random_state: u64,
) -> PyResult<Comparison> {
    let null = match null {
        "permuted-columns" => Null::PermutedColumns,
        "gaussian" => Null::Gaussian,
        _ => {
            let message = format!("null must be \"permuted-columns\" or \"gaussian\", not {null:?}");
            return Err(PyValueError::new_err(message));
        }
    };
    let over_null =
        OverNull::new().null(null).n_nulls(count("n_nulls", n_nulls)?).alpha(alpha).seed(random_state);
    let points = cloud("X", X)?;
    let found = detached(X.py(), move || over_null.ratio(&points))?.map_err(|error| about_points(&error))?;
    Ok(Comparison::of_ratio(found.value, found.lower, found.upper))
}
