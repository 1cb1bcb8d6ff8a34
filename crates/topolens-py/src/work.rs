//! Work on points whose kind and precision are known when the call comes; it is done without holding Python's lock.

use topolens::{Dissimilarities, DistanceMatrix, Error, Scalar, SparseDistances};

/// Work on an array.
pub(crate) trait OnArray: Send {
    type Output: Send;

    fn run<S: Scalar>(self, values: Vec<S>, n_rows: usize, n_columns: usize) -> Result<Self::Output, Error>;
}

/// Work on points with dissimilarities.
pub(crate) trait OnDissimilarities: Send + Sized {
    type Output: Send;

    fn run<D: Dissimilarities>(self, points: &D) -> Result<Self::Output, Error>;

    fn run_on_matrix<S: Scalar>(self, distances: &DistanceMatrix<S>) -> Result<Self::Output, Error> {
        self.run(distances)
    }

    fn run_on_pairs<S: Scalar>(self, distances: &SparseDistances<S>) -> Result<Self::Output, Error> {
        self.run_on_matrix(&distances.to_matrix())
    }
}
