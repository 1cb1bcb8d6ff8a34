//! The manifold-adaptive estimator of Farahmand et al.

use super::Estimate;
use super::pointwise::{check_n_neighbors, distinct_rows, estimate_distinct, mean_estimate};
use crate::error::Error;
use crate::{NeighborTable, PointCloud, Scalar};

/// The dimension from how much farther twice as many neighbours are, averaged over points.
///
/// With $T_j$ the distance to the j-th neighbour, $\hat d_i = \ln 2 / \ln (T_k / T_{\lceil k/2 \rceil})$.
///
/// The standard error is the spread of the $\hat d_i$ over $\sqrt n$, times 1.3 since neighbours share neighbours (simulated).
///
/// # Errors
///
/// If `n_neighbors` is below 2 or not below the number of distinct points, or if $T_k = T_{\lceil k/2 \rceil}$ at all points.
///
/// # Complexity
///
/// $O(n^2 D)$ for the neighbours, $O(n)$ for the estimate.
///
/// # Examples
///
/// ```
/// use topolens::{Mada, synthetic};
///
/// let plane = synthetic::uniform_cube(1000, 2, 0)?;
/// let estimate = Mada::new().n_neighbors(40).estimate(&plane)?;
/// assert!((estimate.value - 2.0).abs() < 0.25);
/// # Ok::<(), topolens::Error>(())
/// ```
///
/// # References
///
/// bib: `farahmand2007`
#[derive(Debug, Clone)]
pub struct Mada {
    n_neighbors: usize,
}

impl Default for Mada {
    fn default() -> Self {
        Self::new()
    }
}

impl Mada {
    /// 20 neighbours (as in scikit-dimension).
    pub fn new() -> Self {
        Self { n_neighbors: 20 }
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
    /// See [`Mada`].
    pub fn estimate<S: Scalar>(&self, cloud: &PointCloud<S>) -> Result<Estimate, Error> {
        estimate_distinct(cloud, self.n_neighbors, |_, table| self.estimate_from_neighbors(table))
    }

    /// The mean estimate from a table with at least `n_neighbors` neighbours; points at distance 0 from a neighbour and
    /// points whose k-th neighbour is as near as number ⌈k/2⌉ are dropped.
    ///
    /// # Errors
    ///
    /// See [`Mada`].
    pub fn estimate_from_neighbors(&self, table: &NeighborTable) -> Result<Estimate, Error> {
        mean_estimate("mada", &self.pointwise(table)?, table.n_points())
    }

    /// The estimates at the single points, in their order; points at distance 0 from a neighbour are left out. Infinite
    /// for points whose k-th neighbour is as near as number ⌈k/2⌉.
    ///
    /// # Errors
    ///
    /// If `n_neighbors` is below 2, or exceeds the table's.
    ///
    /// # Examples
    ///
    /// ```
    /// use topolens::{Mada, NeighborTable, synthetic};
    ///
    /// let table = NeighborTable::new(&synthetic::uniform_cube(100, 2, 0)?, 12)?;
    /// assert_eq!(Mada::new().n_neighbors(10).pointwise(&table)?.len(), 100);
    /// # Ok::<(), topolens::Error>(())
    /// ```
    pub fn pointwise(&self, table: &NeighborTable) -> Result<Vec<f64>, Error> {
        let k = self.n_neighbors;
        check_n_neighbors(k, 2, table, "2 or more, and at most that of the table")?;
        let estimate = |distances: &[f64]| {
            std::f64::consts::LN_2 / (distances[k - 1] / distances[k.div_ceil(2) - 1]).ln()
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
        let pointwise = Mada::new().n_neighbors(4).pointwise(&table).unwrap();
        assert!((pointwise[0] - 0.5).abs() < 1e-12, "{}", pointwise[0]);
        assert!(
            (pointwise[4] - std::f64::consts::LN_2 / (8.0_f64 / 6.0).ln()).abs() < 1e-12,
            "{}",
            pointwise[4]
        );
        let estimate = Mada::new().n_neighbors(4).estimate(&line).unwrap();
        assert!((estimate.value - pointwise.iter().sum::<f64>() / 5.0).abs() < 1e-12);
    }

    #[test]
    fn duplicates_and_ties_are_dropped_and_counted() {
        let values = vec![0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0, 0.0, 0.0];
        let square = PointCloud::new(values.clone(), 5, 2).unwrap();
        let error = Mada::new().n_neighbors(2).estimate(&square).unwrap_err();
        assert!(error.is_undefined(), "{error}");
        let with_outlier = PointCloud::new([values, vec![3.0, 5.0]].concat(), 6, 2).unwrap();
        let estimate = Mada::new().n_neighbors(2).estimate(&with_outlier).unwrap();
        assert_eq!((estimate.n_points, estimate.n_dropped), (1, 5));
    }

    #[test]
    fn settings_out_of_range_are_errors() {
        let cloud = synthetic::gaussian(10, 2, 0).unwrap();
        assert!(Mada::new().n_neighbors(10).estimate(&cloud).is_err());
        let error = Mada::new().n_neighbors(1).estimate(&cloud).unwrap_err();
        assert!(error.to_string().contains("`n_neighbors`"), "{error}");
    }
}
