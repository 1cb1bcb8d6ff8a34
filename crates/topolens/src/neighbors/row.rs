//! The nearest neighbours of one point, from its row of dissimilarities.

use std::cmp::Ordering;

use crate::{Dissimilarities, Scalar};

/// The `n_neighbors` nearest of point `i`, nearest first, ties by index; `n_neighbors` is below the number of points.
pub(crate) fn nearest_in_row<D: Dissimilarities>(
    points: &D,
    i: usize,
    n_neighbors: usize,
) -> Vec<(D::Scalar, u32)> {
    let others: Vec<usize> = (0..points.n_points()).filter(|&other| other != i).collect();
    let mut row = vec![D::Scalar::ZERO; others.len()];
    points.row(i, &others, &mut row);
    let mut neighbors: Vec<(D::Scalar, u32)> =
        row.into_iter().zip(others.into_iter().map(|other| other as u32)).collect();
    let nearer = |a: &(D::Scalar, u32), b: &(D::Scalar, u32)| a.partial_cmp(b).unwrap_or(Ordering::Equal);
    neighbors.select_nth_unstable_by(n_neighbors - 1, nearer);
    neighbors.truncate(n_neighbors);
    neighbors.sort_unstable_by(nearer);
    neighbors
}
