//! The minimum spanning tree.

use numpy::{PyArray1, PyArray2};
use pyo3::prelude::*;
use topolens::{Dissimilarities, Error, SpanningTree};

use crate::array::{from_rows, to_index};
use crate::dissimilarity::{Dissimilarity, Points};
use crate::work::OnDissimilarities;

type EdgesAndLengths<'py> = (Bound<'py, PyArray2<i64>>, Bound<'py, PyArray1<f64>>);

/// The minimum spanning tree; its positive lengths are the deaths of the finite intervals of H0.
///
/// Of a Euclidean cloud in O(n_points * n_features) memory, without a matrix of distances. Where several trees are
/// shortest, which one is found does not depend on the number of threads.
///
/// Parameters
/// ----------
/// X, metric, n_neighbors
///     As for ``persistent_homology``.
///
/// Returns
/// -------
/// edges : ndarray of shape (n_points - 1, 2), int64
///     Row numbers of X, the larger first; shortest edges first. Fewer edges if ``inf`` separates the points.
/// lengths : ndarray of shape (n_points - 1,), float64
///     Their dissimilarities, ascending; duplicate points give zeros.
///
/// Raises
/// ------
/// TypeError, ValueError
///     As ``persistent_homology``.
///
/// Examples
/// --------
/// >>> import numpy as np
/// >>> import topolens
/// >>> edges, lengths = topolens.minimum_spanning_tree(np.array([[0.0], [10.0], [1.0]]))
/// >>> edges
/// array([[2, 0],
///        [2, 1]])
/// >>> lengths
/// array([1., 9.])
#[pyfunction]
#[pyo3(signature = (X, *, metric="euclidean", n_neighbors=None))]
#[expect(non_snake_case, reason = "X is scikit-learn's name for points")]
pub(crate) fn minimum_spanning_tree<'py>(
    X: &Bound<'py, PyAny>,
    metric: &str,
    n_neighbors: Option<i64>,
) -> PyResult<EdgesAndLengths<'py>> {
    let tree = Points::read(X, Dissimilarity::new(metric, n_neighbors)?)?.run(X.py(), Tree)?;
    let ends = tree.edges().iter().flat_map(|edge| [to_index(edge.first), to_index(edge.second)]);
    Ok((from_rows(X.py(), ends.collect(), 2)?, PyArray1::from_iter(X.py(), tree.lengths())))
}

struct Tree;

impl OnDissimilarities for Tree {
    type Output = SpanningTree;

    fn run<D: Dissimilarities>(self, points: &D) -> Result<SpanningTree, Error> {
        Ok(topolens::minimum_spanning_tree(points))
    }
}
