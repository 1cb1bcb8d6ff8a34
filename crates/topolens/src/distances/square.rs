//! The full matrix of a few points, for algorithms that read whole rows.

use crate::{Dissimilarities, DistanceMatrix, Scalar};

/// The dissimilarities of some points of a matrix among themselves, both triangles.
#[derive(Debug, Clone)]
pub(crate) struct SquareMatrix<S> {
    values: Vec<S>,
    n_points: usize,
}

impl<S: Scalar> SquareMatrix<S> {
    /// `indices` must be points of the matrix; ascending ones are read fastest.
    pub(crate) fn of_selected(distances: &DistanceMatrix<S>, indices: &[usize]) -> Self {
        let n_points = indices.len();
        let mut values = vec![S::ZERO; n_points * n_points];
        for (a, &i) in indices.iter().enumerate() {
            for (b, &j) in indices[..a].iter().enumerate() {
                let distance = distances.get(i, j);
                values[a * n_points + b] = distance;
                values[b * n_points + a] = distance;
            }
        }
        Self { values, n_points }
    }
}

impl<S: Scalar> Dissimilarities for SquareMatrix<S> {
    type Scalar = S;

    fn n_points(&self) -> usize {
        self.n_points
    }

    fn row(&self, i: usize, others: &[usize], out: &mut [S]) {
        let row = &self.values[i * self.n_points..][..self.n_points];
        for (&other, distance) in others.iter().zip(out) {
            *distance = row[other];
        }
    }
}
