//! A cloud in random parts, so that sums over pairs of points are known for every union of parts.

use crate::subsample::shuffled;

/// The rows in up to `most` random parts whose sizes differ by at most one, each of two rows or more.
pub(super) fn random_parts(rows: &[f64], n_columns: usize, most: usize, seed: u64) -> Vec<Vec<f64>> {
    let order = shuffled(rows.len() / n_columns, seed);
    let n_parts = most.min(order.len() / 2);
    let row = |&i: &usize| &rows[i * n_columns..(i + 1) * n_columns];
    (0..n_parts)
        .map(|part| order.iter().skip(part).step_by(n_parts).flat_map(row).copied().collect())
        .collect()
}
