//! How points are compared, and work on what comes of it.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use topolens::{DistanceMatrix, Error, Metric, MetricCloud, NeighborGraph, PointCloud, Scalar};

use crate::array::FloatMatrix;
use crate::cloud::on_array;
use crate::error::count;
use crate::sparse::{SparseMatrix, ensure_square};
use crate::work::{OnArray, OnDissimilarities};

/// Neighbours of each point for geodesic distances, unless the caller says how many.
pub(crate) const DEFAULT_NEIGHBORS: i64 = 15;

/// The dissimilarity that the arguments `metric` and `n_neighbors` name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Dissimilarity {
    /// Of the rows of a point cloud.
    Rows(Metric),
    /// Along the graph of nearest neighbours.
    Geodesic { n_neighbors: usize },
    /// Given as a square matrix, or as the pairs that meet.
    Precomputed,
}

impl Dissimilarity {
    pub(crate) fn new(metric: &str, n_neighbors: Option<i64>) -> PyResult<Self> {
        if metric == "geodesic" {
            let n_neighbors = count("n_neighbors", n_neighbors.unwrap_or(DEFAULT_NEIGHBORS))?;
            return Ok(Self::Geodesic { n_neighbors });
        }
        if n_neighbors.is_some() {
            return Err(PyValueError::new_err(
                "n_neighbors is for metric='geodesic'; leave it out or choose that metric",
            ));
        }
        if metric == "precomputed" {
            return Ok(Self::Precomputed);
        }
        let found = Metric::ALL.into_iter().find(|known| known.name() == metric);
        found.map(Self::Rows).ok_or_else(|| unknown(metric))
    }

    /// As the arguments say it.
    pub(crate) fn in_words(self) -> String {
        match self {
            Self::Rows(metric) => format!("metric={:?}", metric.name()),
            Self::Geodesic { n_neighbors } => format!("metric=\"geodesic\", n_neighbors={n_neighbors}"),
            Self::Precomputed => "metric=\"precomputed\"".to_owned(),
        }
    }

    /// Whether it has no triangle inequality; a matrix is taken to have one.
    pub(crate) fn lacks_triangle_inequality(self) -> bool {
        matches!(self, Self::Rows(metric) if !metric.has_triangle_inequality())
    }
}

fn unknown(metric: &str) -> PyErr {
    let known: Vec<&str> = Metric::ALL.into_iter().map(Metric::name).collect();
    PyValueError::new_err(format!(
        "metric must be one of {}, geodesic and precomputed, not {metric:?}",
        known.join(", ")
    ))
}

/// The argument `X`, and how its points are compared.
pub(crate) struct Points<'py> {
    given: Given<'py>,
    by: Dissimilarity,
}

enum Given<'py> {
    Dense(FloatMatrix<'py>),
    Sparse(SparseMatrix),
}

impl<'py> Points<'py> {
    pub(crate) fn read(points: &Bound<'py, PyAny>, by: Dissimilarity) -> PyResult<Self> {
        if by != Dissimilarity::Precomputed {
            ensure_dense(points)?;
            return Ok(Self { given: Given::Dense(FloatMatrix::read("X", points)?), by });
        }
        if let Some(matrix) = SparseMatrix::read(points)? {
            return Ok(Self { given: Given::Sparse(matrix), by });
        }
        let matrix = FloatMatrix::read("X", points)?;
        let [n_rows, n_columns] = matrix.shape();
        ensure_square(n_rows, n_columns)?;
        Ok(Self { given: Given::Dense(matrix), by })
    }

    pub(crate) fn n_points(&self) -> usize {
        match &self.given {
            Given::Dense(matrix) => matrix.shape()[0],
            Given::Sparse(matrix) => matrix.n_points(),
        }
    }

    pub(crate) fn by(&self) -> Dissimilarity {
        self.by
    }

    /// Does the work without holding Python's lock.
    pub(crate) fn run<W: OnDissimilarities>(self, py: Python<'py>, work: W) -> PyResult<W::Output> {
        match self.given {
            Given::Dense(matrix) => on_array(py, &matrix, Compared { by: self.by, work }),
            Given::Sparse(matrix) => matrix.run(py, work),
        }
    }
}

fn ensure_dense(points: &Bound<'_, PyAny>) -> PyResult<()> {
    if points.hasattr("tocoo")? {
        return Err(PyTypeError::new_err(
            "X is sparse; give metric='precomputed' if it holds dissimilarities, or make it dense with X.toarray()",
        ));
    }
    Ok(())
}

struct Compared<W> {
    by: Dissimilarity,
    work: W,
}

impl<W: OnDissimilarities> OnArray for Compared<W> {
    type Output = W::Output;

    fn run<S: Scalar>(self, values: Vec<S>, n_rows: usize, n_columns: usize) -> Result<W::Output, Error> {
        match self.by {
            Dissimilarity::Precomputed => {
                let distances = DistanceMatrix::from_square(&values, n_rows)?;
                drop(values);
                self.work.run_on_matrix(&distances)
            }
            Dissimilarity::Geodesic { n_neighbors } => {
                let cloud = PointCloud::new(values, n_rows, n_columns)?;
                self.work.run(&NeighborGraph::new(&cloud, n_neighbors)?)
            }
            Dissimilarity::Rows(metric) => {
                let cloud = PointCloud::new(values, n_rows, n_columns)?;
                self.work.run(&MetricCloud::new(&cloud, metric)?)
            }
        }
    }
}
