//! The share of common nearest neighbours.

use crate::error::Error;
use crate::statistics::mean;
use crate::{NeighborTable, PointCloud, Scalar};

use super::centred::ensure_same_rows;

/// How many neighbours two representations have in common.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NeighborhoodOverlap {
    /// The mean share of common neighbours, 0 to 1.
    pub value: f64,
    /// Its standard error, as if points were independent.
    pub standard_error: Option<f64>,
    /// The share for unrelated representations, $k / (n - 1)$.
    pub chance: f64,
}

/// $\frac1n \sum_i |N_k^x(i) \cap N_k^y(i)| / k$: the share of the k nearest neighbours that are the same in both clouds.
///
/// # Shape
///
/// Row $i$ of both clouds is the same input; the numbers of features may differ.
///
/// # Units
///
/// Dimensionless.
///
/// # Errors
///
/// If the numbers of points differ, or `n_neighbors` is 0 or not below them.
///
/// # Complexity
///
/// $O(n^2 D)$ for the neighbours.
///
/// # Examples
///
/// ```
/// use topolens::{neighborhood_overlap, synthetic};
///
/// let x = synthetic::gaussian(50, 5, 0)?;
/// assert_eq!(neighborhood_overlap(&x, &x, 10)?.value, 1.0);
/// # Ok::<(), topolens::Error>(())
/// ```
///
/// # References
///
/// bib: `doimo2020`
pub fn neighborhood_overlap<S: Scalar, T: Scalar>(
    x: &PointCloud<S>,
    y: &PointCloud<T>,
    n_neighbors: usize,
) -> Result<NeighborhoodOverlap, Error> {
    ensure_same_rows(x.n_points(), y.n_points())?;
    neighborhood_overlap_of(&NeighborTable::new(x, n_neighbors)?, &NeighborTable::new(y, n_neighbors)?)
}

pub(super) fn neighborhood_overlap_of(
    x: &NeighborTable,
    y: &NeighborTable,
) -> Result<NeighborhoodOverlap, Error> {
    let (n, k) = (x.n_points(), x.n_neighbors());
    let mut marks = vec![usize::MAX; n];
    let shares: Vec<f64> = (0..n)
        .map(|i| {
            x.indices(i).iter().for_each(|&j| marks[j] = i);
            y.indices(i).iter().filter(|&&j| marks[j] == i).count() as f64 / k as f64
        })
        .collect();
    let mean = mean(&shares)?;
    let chance = k as f64 / (n - 1) as f64;
    Ok(NeighborhoodOverlap { value: mean.value, standard_error: mean.standard_error, chance })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic;

    #[test]
    fn counts_common_neighbors() {
        let x = PointCloud::new(vec![0.0, 1.0, 3.0, 7.0], 4, 1).unwrap();
        let y = PointCloud::new(vec![0.0_f32, 1.0, 7.0, 3.0], 4, 1).unwrap();
        // Nearest in x: 1, 0, 1, 2; in y: 1, 0, 3, 1.
        let overlap = neighborhood_overlap(&x, &y, 1).unwrap();
        assert_eq!((overlap.value, overlap.chance), (0.5, 1.0 / 3.0));
        assert_eq!(neighborhood_overlap(&x, &y, 3).unwrap().value, 1.0);
        assert!(neighborhood_overlap(&x, &y, 4).unwrap_err().to_string().contains("`n_neighbors`"));
        assert!(neighborhood_overlap(&x, &synthetic::gaussian(5, 1, 0).unwrap(), 1).is_err());
    }

    #[test]
    fn unrelated_clouds_are_at_chance() {
        let (x, y) = (synthetic::gaussian(400, 3, 0).unwrap(), synthetic::gaussian(400, 3, 1).unwrap());
        let overlap = neighborhood_overlap(&x, &y, 20).unwrap();
        assert!((overlap.value - overlap.chance).abs() < 4.0 * overlap.standard_error.unwrap());
    }
}
