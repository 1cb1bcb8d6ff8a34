//! Geodesic distances.

use numpy::PyArray2;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use topolens::{Dissimilarities, DistanceMatrix, Error};

use crate::array::from_rows;
use crate::dissimilarity::{DEFAULT_NEIGHBORS, Dissimilarity, Points};
use crate::error::count;
use crate::work::OnDissimilarities;

/// Lengths of shortest paths in the symmetric graph of nearest neighbours.
///
/// Two points are joined if either is among the k nearest neighbours of the other, and ``d(x, y)`` is the least sum of
/// dissimilarities along a path from x to y; ``inf`` between components of the graph.
///
/// Parameters
/// ----------
/// X : array_like
///     As for ``persistent_homology``.
/// n_neighbors : int, default 15
///     k, from 1 to n_points - 1.
/// metric : {"euclidean", "cosine", "manhattan", "chebyshev", "correlation", "precomputed"}
///     Of the edges.
///
/// Returns
/// -------
/// ndarray of shape (n_points, n_points), float64
///     Symmetric to the last bit, zero on the diagonal. Units: those of the dissimilarities.
///
/// Raises
/// ------
/// TypeError, ValueError
///     As ``persistent_homology``; if ``n_neighbors`` is out of range.
///
/// Examples
/// --------
/// >>> import numpy as np
/// >>> import topolens
/// >>> corner = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]])
/// >>> topolens.geodesic_distances(corner, n_neighbors=1)
/// array([[0., 1., 2.],
///        [1., 0., 1.],
///        [2., 1., 0.]])
#[pyfunction]
#[pyo3(signature = (X, *, n_neighbors=DEFAULT_NEIGHBORS, metric="euclidean"))]
#[pyo3(text_signature = "(X, *, n_neighbors=15, metric='euclidean')")]
#[expect(non_snake_case, reason = "X is scikit-learn's name for points")]
pub(crate) fn geodesic_distances<'py>(
    X: &Bound<'py, PyAny>,
    n_neighbors: i64,
    metric: &str,
) -> PyResult<Bound<'py, PyArray2<f64>>> {
    if metric == "geodesic" {
        return Err(PyValueError::new_err(
            "metric is that of the edges, such as 'euclidean', not 'geodesic'",
        ));
    }
    let n_neighbors = count("n_neighbors", n_neighbors)?;
    let points = Points::read(X, Dissimilarity::new(metric, None)?)?;
    let n_points = points.n_points();
    let square = points.run(X.py(), Geodesic { n_neighbors })?;
    from_rows(X.py(), square, n_points)
}

struct Geodesic {
    n_neighbors: usize,
}

impl OnDissimilarities for Geodesic {
    type Output = Vec<f64>;

    fn run<D: Dissimilarities>(self, points: &D) -> Result<Vec<f64>, Error> {
        Ok(square(&topolens::geodesic_distances(points, self.n_neighbors)?))
    }
}

fn square(distances: &DistanceMatrix<f64>) -> Vec<f64> {
    let all = 0..distances.n_points();
    all.clone().flat_map(|i| all.clone().map(move |j| distances.get(i, j))).collect()
}
