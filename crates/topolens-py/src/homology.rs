//! Persistent homology.

use numpy::PyArray2;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use topolens::{
    Diagram, Diagrams, Dissimilarities, DistanceMatrix, Error, Scalar, SparseDistances, VietorisRips,
};

use crate::array::from_rows;
use crate::dissimilarity::{Dissimilarity, Points};
use crate::error::count;
use crate::landmarks::Landmarks;
use crate::work::OnDissimilarities;

/// Persistent homology of the Vietoris-Rips filtration.
///
/// A simplex enters at its diameter, ``max d(x, y)`` over its vertices; a class of homology is born when a simplex
/// makes it and dies when a simplex fills it.
///
/// Parameters
/// ----------
/// X : array_like of shape (n_points, n_features), float32 or float64
///     The point cloud, or with ``metric="precomputed"`` a square matrix of dissimilarities: symmetric, zero on the
///     diagonal, ``inf`` where two points never meet. A sparse matrix (anything with ``tocoo()``) holds the pairs that
///     meet, in one direction or in both; pairs that it does not store never meet, stored zeros are zeros.
/// max_homology_dimension : int, default 1
///     0 for components, 1 for loops, 2 for cavities, and above. From 1 on there may be 65535 points at most.
/// metric : {"euclidean", "cosine", "manhattan", "chebyshev", "correlation", "geodesic", "precomputed"}
///     Geodesic is the length of shortest paths in the symmetric graph of nearest neighbours.
/// n_neighbors : int, optional
///     Neighbours of each point, for ``metric="geodesic"`` only: 15 if left out.
/// threshold : float, optional
///     Largest filtration value; classes alive there have death ``inf``. By default the enclosing radius, past which
///     nothing changes. If few pairs are within the threshold, they alone take memory.
/// coeff : int, default 2
///     Prime p of the field Z/p.
/// landmarks : Landmarks, optional
///     Of ``furthest_point_landmarks`` with the same X and metric: the homology of these points alone. Their
///     ``error_bound`` says how far the diagrams may be from those of all points.
///
/// Returns
/// -------
/// list of ndarray of shape (n_intervals, 2), float64
///     Births and deaths, one array per homology dimension, ordered by birth, then by death; an essential class has
///     death ``inf``. Intervals of length zero are left out. Units: those of the dissimilarities.
///
/// Raises
/// ------
/// TypeError
///     If X is not two-dimensional, or of integers or another type than float32 and float64.
/// ValueError
///     If X is empty, holds NaN, infinite or huge numbers, or is not a matrix of dissimilarities; if a setting is out
///     of its range.
///
/// Examples
/// --------
/// Four corners of a square: a loop is born with the sides and dies with the diagonals.
///
/// >>> import numpy as np
/// >>> import topolens
/// >>> square = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
/// >>> components, loops = topolens.persistent_homology(square)
/// >>> loops
/// array([[1.        , 1.41421356]])
///
/// Corners that are not joined by a diagonal never fill the loop.
///
/// >>> topolens.persistent_homology(square, threshold=1.2)[1]
/// array([[ 1., inf]])
#[pyfunction]
#[pyo3(signature = (X, *, max_homology_dimension=1, metric="euclidean", n_neighbors=None, threshold=None, coeff=2,
                    landmarks=None))]
#[expect(non_snake_case, reason = "X is scikit-learn's name for points")]
#[expect(clippy::too_many_arguments, reason = "Python's keyword arguments")]
pub(crate) fn persistent_homology<'py>(
    X: &Bound<'py, PyAny>,
    max_homology_dimension: i64,
    metric: &str,
    n_neighbors: Option<i64>,
    threshold: Option<f64>,
    coeff: i64,
    landmarks: Option<&Bound<'py, Landmarks>>,
) -> PyResult<Vec<Bound<'py, PyArray2<f64>>>> {
    let py = X.py();
    let max_homology_dimension = count("max_homology_dimension", max_homology_dimension)?;
    let rips = rips(threshold, coeff)?.max_homology_dimension(max_homology_dimension);
    let points = Points::read(X, Dissimilarity::new(metric, n_neighbors)?)?;
    let landmarks = landmarks.map(|landmarks| landmarks.get().among(&points)).transpose()?;
    let diagrams = points.run(py, Homology { rips, landmarks })?;
    diagrams.iter().map(|diagram| to_array(py, diagram)).collect()
}

/// The filtration that the arguments `threshold` and `coeff` describe.
pub(crate) fn rips(threshold: Option<f64>, coeff: i64) -> PyResult<VietorisRips> {
    let modulus = u32::try_from(coeff).map_err(|_| {
        PyValueError::new_err(format!("coeff must be a prime below 32768, such as 2 or 3, not {coeff}"))
    })?;
    let rips = VietorisRips::new().modulus(modulus);
    Ok(match threshold {
        Some(threshold) => rips.threshold(threshold),
        None => rips,
    })
}

struct Homology {
    rips: VietorisRips,
    landmarks: Option<Vec<usize>>,
}

impl OnDissimilarities for Homology {
    type Output = Diagrams;

    fn run<D: Dissimilarities>(self, points: &D) -> Result<Diagrams, Error> {
        match &self.landmarks {
            Some(_) => self.rips.diagrams(&kept(points, self.landmarks.as_deref())?),
            None => self.rips.point_diagrams(points),
        }
    }

    fn run_on_matrix<S: Scalar>(self, distances: &DistanceMatrix<S>) -> Result<Diagrams, Error> {
        match &self.landmarks {
            Some(landmarks) => self.rips.diagrams(&distances.select(landmarks)?),
            None => self.rips.diagrams(distances),
        }
    }

    fn run_on_pairs<S: Scalar>(self, distances: &SparseDistances<S>) -> Result<Diagrams, Error> {
        match &self.landmarks {
            Some(_) => self.run_on_matrix(&distances.to_matrix()),
            None => self.rips.sparse_diagrams(distances),
        }
    }
}

/// The dissimilarities of the landmarks, or of all points.
pub(crate) fn kept<D: Dissimilarities>(
    points: &D,
    landmarks: Option<&[usize]>,
) -> Result<DistanceMatrix<D::Scalar>, Error> {
    match (landmarks, points.cloud()) {
        (Some(landmarks), _) => DistanceMatrix::from_dissimilarities(points, landmarks),
        (None, Some(cloud)) => Ok(DistanceMatrix::from_cloud(cloud)),
        (None, None) => {
            let all: Vec<usize> = (0..points.n_points()).collect();
            DistanceMatrix::from_dissimilarities(points, &all)
        }
    }
}

/// The births and deaths of a diagram.
pub(crate) fn to_array<'py>(py: Python<'py>, diagram: &Diagram) -> PyResult<Bound<'py, PyArray2<f64>>> {
    let intervals = diagram.intervals().iter();
    from_rows(py, intervals.flat_map(|interval| [interval.birth, interval.death]).collect(), 2)
}
