//! A matrix file as a point cloud or as dissimilarities, in its own precision.

use std::path::Path;

use anyhow::Context;
use topolens::{DistanceMatrix, PointCloud, Scalar};
use topolens_lab::input::{Matrix, Values, read_matrix};

/// Work on a matrix whose precision is known when its file is read.
pub(crate) trait OnMatrix {
    type Output;

    fn run<S: Scalar>(self, values: Vec<S>, n_rows: usize, n_columns: usize) -> anyhow::Result<Self::Output>;
}

/// Reads the file and does the work in its precision.
pub(crate) fn on_matrix<W: OnMatrix>(path: &Path, work: W) -> anyhow::Result<W::Output> {
    let Matrix { values, n_rows, n_columns } = read_matrix(path)?;
    match values {
        Values::F32(values) => work.run(values, n_rows, n_columns),
        Values::F64(values) => work.run(values, n_rows, n_columns),
    }
}

/// The rows of the file `path` as points.
pub(crate) fn cloud<S: Scalar>(
    path: &Path,
    values: Vec<S>,
    n_rows: usize,
    n_columns: usize,
) -> anyhow::Result<PointCloud<S>> {
    PointCloud::new(values, n_rows, n_columns).with_context(|| path.display().to_string())
}

/// The square matrix of the file `path` as dissimilarities.
pub(crate) fn dissimilarities<S: Scalar>(
    path: &Path,
    values: &[S],
    n_rows: usize,
    n_columns: usize,
) -> anyhow::Result<DistanceMatrix<S>> {
    anyhow::ensure!(
        n_rows == n_columns,
        "{}: --metric precomputed needs a square matrix, this one has {n_rows} rows and {n_columns} columns",
        path.display()
    );
    DistanceMatrix::from_square(values, n_rows).with_context(|| path.display().to_string())
}
