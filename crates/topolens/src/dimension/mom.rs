//! The method-of-moments estimator of Amsaleg et al.

use super::Estimate;
use super::pointwise::{check_n_neighbors, distinct_rows, estimate_distinct, mean_estimate};
use crate::error::Error;
use crate::{NeighborTable, PointCloud, Scalar};

/// The dimension that makes the mean distance to the neighbours what it is, averaged over points.
///
/// Where the density is constant, $E[T] = \frac{d}{d+1} w$ for neighbours within distance $w$, so with $T_j$ the distance to the
/// j-th neighbour, $w = T_k$ and $\mu_i = \frac1k \sum_{j \le k} T_j$, $\hat d_i = \mu_i / (w - \mu_i)$.
///
/// The standard error is the spread of the $\hat d_i$ over $\sqrt n$, times 1.3 since neighbours share neighbours (simulated).
///
/// # Errors
///
/// If `n_neighbors` is below 2 or not below the number of distinct points, or if no point has neighbours at different
/// distances.
///
/// # Complexity
///
/// $O(n^2 D)$ for the neighbours, $O(nk)$ for the estimate.
///
/// # Examples
///
/// ```
/// use topolens::{Mom, synthetic};
///
/// let plane = synthetic::uniform_cube(1000, 2, 0)?;
/// let estimate = Mom::new().n_neighbors(20).estimate(&plane)?;
/// assert!((estimate.value - 2.0).abs() < 0.25);
/// # Ok::<(), topolens::Error>(())
/// ```
///
/// # References
///
/// bib: `amsaleg2018`
#[derive(Debug, Clone)]
pub struct Mom {
    n_neighbors: usize,
}

impl Default for Mom {
    fn default() -> Self {
        Self::new()
    }
}

impl Mom {
    /// 100 neighbours (as in scikit-dimension).
    pub fn new() -> Self {
        Self { n_neighbors: 100 }
    }

    /// The number of neighbours, k.
    #[must_use]
    pub fn n_neighbors(self, n_neighbors: usize) -> Self {
        Self { n_neighbors }
    }

    /// The mean estimate of a cloud; repeated points are dropped first.
    ///
    /// # Errors
    ///
    /// See [`Mom`].
    pub fn estimate<S: Scalar>(&self, cloud: &PointCloud<S>) -> Result<Estimate, Error> {
        estimate_distinct(cloud, self.n_neighbors, |_, table| self.estimate_from_neighbors(table))
    }

    /// The mean estimate from a table with at least `n_neighbors` neighbours; points at distance 0 from a neighbour and
    /// points whose neighbours are all equally far are dropped.
    ///
    /// # Errors
    ///
    /// See [`Mom`].
    pub fn estimate_from_neighbors(&self, table: &NeighborTable) -> Result<Estimate, Error> {
        mean_estimate("mom", &self.pointwise(table)?, table.n_points())
    }

    /// The estimates at the single points, in their order; points at distance 0 from a neighbour are left out. Infinite
    /// for points whose neighbours are all equally far.
    ///
    /// # Errors
    ///
    /// If `n_neighbors` is below 2, or exceeds the table's.
    ///
    /// # Examples
    ///
    /// ```
    /// use topolens::{Mom, NeighborTable, synthetic};
    ///
    /// let table = NeighborTable::new(&synthetic::uniform_cube(100, 2, 0)?, 12)?;
    /// assert_eq!(Mom::new().n_neighbors(10).pointwise(&table)?.len(), 100);
    /// # Ok::<(), topolens::Error>(())
    /// ```
    pub fn pointwise(&self, table: &NeighborTable) -> Result<Vec<f64>, Error> {
        let k = self.n_neighbors;
        check_n_neighbors(k, 2, table, "2 or more, and at most that of the table")?;
        let estimate = |distances: &[f64]| {
            let mean = distances.iter().sum::<f64>() / k as f64;
            mean / (distances.iter().map(|nearer| distances[k - 1] - nearer).sum::<f64>() / k as f64)
        };
        Ok(distinct_rows(table, k).map(estimate).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic;

    #[test]
    fn equals_the_formula_by_hand() {
        // The end points of 0, 1, 2, 4, 8: distances 1, 2, 4, 8 from 0 and 4, 6, 7, 8 from 8.
        let line = PointCloud::new(vec![0.0_f32, 1.0, 2.0, 4.0, 8.0], 5, 1).unwrap();
        let table = NeighborTable::new(&line, 4).unwrap();
        let pointwise = Mom::new().n_neighbors(4).pointwise(&table).unwrap();
        assert!((pointwise[0] - 3.75 / 4.25).abs() < 1e-12, "{}", pointwise[0]);
        assert!((pointwise[4] - 6.25 / 1.75).abs() < 1e-12, "{}", pointwise[4]);
        let estimate = Mom::new().n_neighbors(4).estimate(&line).unwrap();
        assert!((estimate.value - pointwise.iter().sum::<f64>() / 5.0).abs() < 1e-12);
    }

    #[test]
    fn duplicates_and_ties_are_dropped_and_counted() {
        let values = vec![0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0, 0.0, 0.0];
        let square = PointCloud::new(values.clone(), 5, 2).unwrap();
        let error = Mom::new().n_neighbors(2).estimate(&square).unwrap_err();
        assert!(error.is_undefined(), "{error}");
        let with_outlier = PointCloud::new([values, vec![3.0, 5.0]].concat(), 6, 2).unwrap();
        let estimate = Mom::new().n_neighbors(2).estimate(&with_outlier).unwrap();
        assert_eq!((estimate.n_points, estimate.n_dropped), (1, 5));
    }

    #[test]
    fn settings_out_of_range_are_errors() {
        let cloud = synthetic::gaussian(10, 2, 0).unwrap();
        assert!(Mom::new().n_neighbors(10).estimate(&cloud).is_err());
        let error = Mom::new().n_neighbors(1).estimate(&cloud).unwrap_err();
        assert!(error.to_string().contains("`n_neighbors`"), "{error}");
    }
}
