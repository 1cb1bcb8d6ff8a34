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

/// Pairs with their dissimilarities.
pub(crate) type Pairs<S> = Vec<(usize, usize, S)>;

/// The rows of the file `path` as pairs with their dissimilarities, and the number of points: the largest index and one.
pub(crate) fn pairs<S: Scalar>(
    path: &Path,
    values: &[S],
    n_columns: usize,
) -> anyhow::Result<(Pairs<S>, usize)> {
    let file = path.display();
    anyhow::ensure!(
        n_columns == 3 && !values.is_empty(),
        "{file}: --sparse needs rows of three numbers, i, j and their dissimilarity; these have {n_columns}"
    );
    let mut pairs = Vec::with_capacity(values.len() / 3);
    for (row, triple) in values.chunks_exact(3).enumerate() {
        let index = |column: usize| {
            let value = triple[column].to_f64();
            index(value).with_context(|| {
                format!("{file}: row {row}, column {column} holds {value}; --sparse needs point indices from 0 to 65534")
            })
        };
        pairs.push((index(0)?, index(1)?, triple[2]));
    }
    let n_points = pairs.iter().map(|pair| pair.0.max(pair.1) + 1).max().unwrap_or_default();
    Ok((pairs, n_points))
}

/// A number as an index, if it is one.
#[expect(clippy::cast_sign_loss, reason = "not negative")]
fn index(value: f64) -> Option<usize> {
    let most = f64::from(u16::MAX) - 1.0;
    (value.fract() == 0.0 && (0.0..=most).contains(&value)).then_some(value as usize)
}
