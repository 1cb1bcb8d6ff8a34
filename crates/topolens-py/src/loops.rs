//! Where the loops of a diagram are.

use numpy::PyArray1;
use pyo3::prelude::*;
use topolens::{Dissimilarities, DistanceMatrix, Error, Scalar, VietorisRips};

use crate::array::from_indices;
use crate::dissimilarity::{Dissimilarity, Points};
use crate::homology::{kept, rips};
use crate::landmarks::Landmarks;
use crate::shown::Shown;
use crate::work::OnDissimilarities;

/// An interval of H1 with the simplices that begin and end it, and a cycle that can be drawn.
///
/// All points are row numbers of X. Births and deaths have the units of the dissimilarities.
///
/// Attributes
/// ----------
/// birth : float
/// death : float
///     ``inf`` for an essential class.
/// birth_edge : ndarray of shape (2,), int64
///     The edge whose entrance gives birth, descending; its length is the birth.
/// death_triangle : ndarray of shape (3,), int64, or None
///     The triangle whose entrance kills, descending; its diameter is the death. None for an essential class.
/// cycle : ndarray of shape (n_vertices,), int64
///     The points of the cycle in order, four or more; the first and the last are the ends of the birth edge.
#[pyclass(frozen, module = "topolens")]
#[derive(Debug)]
pub(crate) struct LoopRepresentative {
    found: topolens::LoopRepresentative,
}

#[pymethods]
impl LoopRepresentative {
    #[getter]
    fn birth(&self) -> f64 {
        self.found.interval.birth
    }

    #[getter]
    fn death(&self) -> f64 {
        self.found.interval.death
    }

    #[getter]
    fn birth_edge<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<i64>> {
        from_indices(py, &[self.found.birth_edge.first, self.found.birth_edge.second])
    }

    #[getter]
    fn death_triangle<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyArray1<i64>>> {
        self.found.death_triangle.map(|triangle| from_indices(py, &triangle))
    }

    #[getter]
    fn cycle<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<i64>> {
        from_indices(py, &self.found.cycle)
    }

    fn __repr__(&self) -> String {
        let topolens::Interval { birth, death } = self.found.interval;
        format!("LoopRepresentative([{}, {}), {} points)", Shown(birth), Shown(death), self.found.cycle.len())
    }
}

/// A cycle for each interval of H1, with the edge that gives birth and the triangle that kills.
///
/// The cycle is the birth edge closed by the shortest path between its ends over edges that enter before it: neither
/// it nor a cycle homologous to it exists before the birth. It represents *a* class born then; it need not be the
/// shortest cycle around the hole, nor die when the interval does. Among edges of equal length the one between points
/// of smaller mean dissimilarity comes first.
///
/// Parameters
/// ----------
/// X, metric, n_neighbors, threshold, coeff, landmarks
///     As for ``persistent_homology``; 65535 points at most.
///
/// Returns
/// -------
/// list of LoopRepresentative
///     In the order of the rows of ``persistent_homology(X, ...)[1]``. With landmarks, points are still rows of X.
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
/// >>> square = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
/// >>> (found,) = topolens.loop_representatives(square)
/// >>> found
/// LoopRepresentative([1.0000, 1.4142), 4 points)
/// >>> square[found.cycle].shape
/// (4, 2)
/// >>> np.sort(found.cycle)
/// array([0, 1, 2, 3])
#[pyfunction]
#[pyo3(signature = (X, *, metric="euclidean", n_neighbors=None, threshold=None, coeff=2, landmarks=None))]
#[expect(non_snake_case, reason = "X is scikit-learn's name for points")]
#[expect(clippy::too_many_arguments, reason = "Python's keyword arguments")]
pub(crate) fn loop_representatives(
    X: &Bound<'_, PyAny>,
    metric: &str,
    n_neighbors: Option<i64>,
    threshold: Option<f64>,
    coeff: i64,
    landmarks: Option<&Bound<'_, Landmarks>>,
) -> PyResult<Vec<LoopRepresentative>> {
    let rips = rips(threshold, coeff)?;
    let points = Points::read(X, Dissimilarity::new(metric, n_neighbors)?)?;
    let landmarks = landmarks.map(|landmarks| landmarks.get().among(&points)).transpose()?;
    points.run(X.py(), Loops { rips, landmarks })
}

struct Loops {
    rips: VietorisRips,
    landmarks: Option<Vec<usize>>,
}

impl OnDissimilarities for Loops {
    type Output = Vec<LoopRepresentative>;

    fn run<D: Dissimilarities>(self, points: &D) -> Result<Self::Output, Error> {
        let mut loops = self.rips.loop_representatives(&kept(points, self.landmarks.as_deref())?)?;
        if let Some(landmarks) = &self.landmarks {
            for found in &mut loops {
                name_points(found, landmarks);
            }
        }
        Ok(loops.into_iter().map(|found| LoopRepresentative { found }).collect())
    }

    fn run_on_matrix<S: Scalar>(self, distances: &DistanceMatrix<S>) -> Result<Self::Output, Error> {
        if self.landmarks.is_some() {
            return self.run(distances);
        }
        let loops = self.rips.loop_representatives(distances)?;
        Ok(loops.into_iter().map(|found| LoopRepresentative { found }).collect())
    }
}

/// Puts the points that the landmarks are in their place.
fn name_points(found: &mut topolens::LoopRepresentative, landmarks: &[usize]) {
    let (a, b) = (landmarks[found.birth_edge.first], landmarks[found.birth_edge.second]);
    (found.birth_edge.first, found.birth_edge.second) = (a.max(b), a.min(b));
    if let Some(triangle) = &mut found.death_triangle {
        *triangle = triangle.map(|point| landmarks[point]);
        triangle.sort_unstable_by(|a, b| b.cmp(a));
    }
    found.cycle.iter_mut().for_each(|point| *point = landmarks[*point]);
}
