//! Nearest neighbours.

use numpy::PyArray2;
use pyo3::prelude::*;
use topolens::{Dissimilarities, Error, NeighborTable};

use crate::array::{from_rows, to_index};
use crate::dissimilarity::{Dissimilarity, Points};
use crate::error::count;
use crate::work::OnDissimilarities;

/// Distances and row numbers of neighbours.
type Neighbors<'py> = (Bound<'py, PyArray2<f64>>, Bound<'py, PyArray2<i64>>);

/// The exact nearest neighbours of every point, the point itself left out; ties go to the smaller row number.
///
/// Parameters
/// ----------
/// X : array_like of shape (n_points, n_features), float32 or float64
///     With ``metric="precomputed"`` a square matrix of dissimilarities.
/// n_neighbors : int, default 20
///     From 1 to ``n_points - 1``.
/// metric : str, default "euclidean"
///     As for ``persistent_homology``, but for "geodesic".
///
/// Returns
/// -------
/// distances : ndarray of shape (n_points, n_neighbors), float64
///     Nearest first, computed by direct differences.
/// indices : ndarray of shape (n_points, n_neighbors), int64
///
/// Raises
/// ------
/// TypeError, ValueError
///     As ``persistent_homology``; if ``n_neighbors`` is 0 or not below the number of points.
///
/// Examples
/// --------
/// >>> import numpy as np
/// >>> import topolens
/// >>> distances, indices = topolens.nearest_neighbors(np.array([[0.0], [1.0], [3.0]]), n_neighbors=2)
/// >>> indices
/// array([[1, 2],
///        [0, 2],
///        [1, 0]])
/// >>> distances[2]
/// array([2., 3.])
#[pyfunction]
#[pyo3(signature = (X, *, n_neighbors=20, metric="euclidean"))]
#[expect(non_snake_case, reason = "X is scikit-learn's name for points")]
pub(crate) fn nearest_neighbors<'py>(
    X: &Bound<'py, PyAny>,
    n_neighbors: i64,
    metric: &str,
) -> PyResult<Neighbors<'py>> {
    let n_neighbors = count("n_neighbors", n_neighbors)?;
    let points = Points::read(X, Dissimilarity::new(metric, None)?)?;
    let table = points.run(X.py(), Search { n_neighbors })?;
    let rows = 0..table.n_points();
    let distances = rows.clone().flat_map(|i| table.distances(i)).copied().collect();
    let indices = rows.flat_map(|i| table.indices(i)).map(|&index| to_index(index)).collect();
    Ok((from_rows(X.py(), distances, n_neighbors)?, from_rows(X.py(), indices, n_neighbors)?))
}

struct Search {
    n_neighbors: usize,
}

impl OnDissimilarities for Search {
    type Output = NeighborTable;

    fn run<D: Dissimilarities>(self, points: &D) -> Result<NeighborTable, Error> {
        NeighborTable::new(points, self.n_neighbors)
    }
}
