//! Landmarks that are spread out, and how well they cover.

use numpy::PyArray1;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use topolens::{Dissimilarities, Error};

use crate::array::from_indices;
use crate::dissimilarity::{Dissimilarity, Points};
use crate::error::count;
use crate::shown::Shown;
use crate::work::OnDissimilarities;

/// Some points of a set, chosen one after the other, each the furthest from those before it.
///
/// Any first m of them are the m landmarks of the same start. Radii have the units of the dissimilarities.
///
/// Attributes
/// ----------
/// indices : ndarray of shape (n_landmarks,), int64
///     Row numbers of X, in the order in which they were chosen.
/// insertion_radii : ndarray of shape (n_landmarks,), float64
///     The dissimilarity of each landmark to the nearest one before it; ``inf`` for the first. They never increase.
/// covering_radius : float
///     ``r = max_x min_l d(x, l)`` over all points x and landmarks l.
/// error_bound : float or None
///     ``2 r``: births and deaths of the landmarks' diagrams come later than those of all points by at most that, and
///     intervals no longer than that may be missing or spurious; so the bottleneck distance is at most ``2 r``. It holds
///     without a threshold. None for cosine and correlation, which have no triangle inequality; a precomputed matrix
///     must bring it.
#[pyclass(frozen, module = "topolens")]
#[derive(Debug)]
pub(crate) struct Landmarks {
    found: topolens::Landmarks,
    n_points: usize,
    by: Dissimilarity,
}

#[pymethods]
impl Landmarks {
    #[getter]
    fn indices<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<i64>> {
        from_indices(py, &self.found.indices)
    }

    #[getter]
    fn insertion_radii<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        PyArray1::from_slice(py, &self.found.insertion_radii)
    }

    #[getter]
    fn covering_radius(&self) -> f64 {
        self.found.covering_radius
    }

    #[getter]
    fn error_bound(&self) -> Option<f64> {
        (!self.by.lacks_triangle_inequality()).then(|| self.found.error_bound())
    }

    fn __len__(&self) -> usize {
        self.found.indices.len()
    }

    fn __repr__(&self) -> String {
        let bound = match self.error_bound() {
            Some(bound) => format!("error bound {}", Shown(bound)),
            None => "no error bound: the metric has no triangle inequality".to_owned(),
        };
        let (n_landmarks, radius) = (self.found.indices.len(), self.found.covering_radius);
        format!(
            "Landmarks({n_landmarks} of {} points, covering radius {}, {bound})",
            self.n_points,
            Shown(radius)
        )
    }
}

impl Landmarks {
    /// The landmarks among the points, which must be those that they were chosen from.
    pub(crate) fn among(&self, points: &Points<'_>) -> PyResult<Vec<usize>> {
        if points.n_points() != self.n_points {
            return Err(PyValueError::new_err(format!(
                "landmarks were chosen from {} points, but X has {}; choose them from this X",
                self.n_points,
                points.n_points()
            )));
        }
        if points.by() != self.by {
            return Err(PyValueError::new_err(format!(
                "landmarks were chosen with {}, not with {}; choose them with the metric of the homology",
                self.by.in_words(),
                points.by().in_words()
            )));
        }
        Ok(self.found.indices.clone())
    }
}

/// Landmarks by furthest-point sampling: first `start`, then always the point furthest from those chosen.
///
/// Nothing is random; ties go to the smaller row number.
///
/// Parameters
/// ----------
/// X, metric, n_neighbors
///     As for ``persistent_homology``. Distances of a cloud are computed on the fly, without a matrix.
/// n_landmarks : int
///     From 1 to the number of points.
/// start : int, default 0
///     Row number of the first landmark.
///
/// Returns
/// -------
/// Landmarks
///     With ``indices``, ``insertion_radii``, ``covering_radius`` and ``error_bound``.
///
/// Raises
/// ------
/// TypeError, ValueError
///     As ``persistent_homology``; if ``n_landmarks`` or ``start`` is out of range.
///
/// Examples
/// --------
/// >>> import numpy as np
/// >>> import topolens
/// >>> line = np.array([[0.0], [1.0], [2.0], [3.0], [4.0]])
/// >>> landmarks = topolens.furthest_point_landmarks(line, 3)
/// >>> landmarks.indices, landmarks.covering_radius, landmarks.error_bound
/// (array([0, 4, 2]), 1.0, 2.0)
/// >>> (components,) = topolens.persistent_homology(line, max_homology_dimension=0, landmarks=landmarks)
/// >>> components
/// array([[ 0.,  2.],
///        [ 0.,  2.],
///        [ 0., inf]])
#[pyfunction]
#[pyo3(signature = (X, n_landmarks, *, metric="euclidean", n_neighbors=None, start=0))]
#[expect(non_snake_case, reason = "X is scikit-learn's name for points")]
pub(crate) fn furthest_point_landmarks(
    X: &Bound<'_, PyAny>,
    n_landmarks: i64,
    metric: &str,
    n_neighbors: Option<i64>,
    start: i64,
) -> PyResult<Landmarks> {
    let (n_landmarks, start) = (count("n_landmarks", n_landmarks)?, count("start", start)?);
    let by = Dissimilarity::new(metric, n_neighbors)?;
    let points = Points::read(X, by)?;
    let n_points = points.n_points();
    let found = points.run(X.py(), Choice { n_landmarks, start })?;
    Ok(Landmarks { found, n_points, by })
}

struct Choice {
    n_landmarks: usize,
    start: usize,
}

impl OnDissimilarities for Choice {
    type Output = topolens::Landmarks;

    fn run<D: Dissimilarities>(self, points: &D) -> Result<topolens::Landmarks, Error> {
        topolens::furthest_point_landmarks(points, self.n_landmarks, self.start)
    }
}
