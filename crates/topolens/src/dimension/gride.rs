//! The generalised ratios estimator of Denti et al.

use super::pointwise::estimate_distinct;
use super::ratio_likelihood::RatioLikelihood;
use super::{Estimate, ScaleEstimate};
use crate::error::{Error, SettingKind};
use crate::{NeighborTable, PointCloud, Scalar};

/// The dimension that makes the ratios $\mu = r_{n_2} / r_{n_1}$ of the distances to two neighbours most likely.
///
/// Where the density is constant up to the $n_2$-th neighbour, $\mu$ has the density
/// $\frac{d (\mu^d - 1)^{n_2 - n_1 - 1}}{B(n_2 - n_1, n_1)\, \mu^{(n_2 - 1) d + 1}}$; $n_2 = 2 n_1$ unless set. The estimate
/// is the maximum of the product over points, found by bisection: the logarithm is concave. A larger $n_1$ looks at a larger
/// scale, see [`scales`](Self::scales).
///
/// All ratios are used; a ratio of 1 counts by its limit. (DADApy leaves out the largest ratios and multiplies $\ln d$ by $n - 1$,
/// which lowers the estimate by at most one part in $n$.) The standard error is that of the observed Fisher information, times
/// 1.3 since neighbours share neighbours (simulated).
///
/// # Errors
///
/// If `n1` is 0 or not below `n2`, if `n2` is not below the number of distinct points, or if almost all ratios are 1.
///
/// # Complexity
///
/// $O(n^2 D)$ for the neighbours, $O(n)$ for each step of the bisection.
///
/// # Examples
///
/// ```
/// use topolens::{Gride, synthetic};
///
/// let plane = synthetic::uniform_cube(1000, 2, 0)?;
/// let estimate = Gride::new().n1(4).estimate(&plane)?;
/// assert!((estimate.value - 2.0).abs() < 0.15);
/// # Ok::<(), topolens::Error>(())
/// ```
///
/// # References
///
/// bib: `denti2022`
#[derive(Debug, Clone)]
pub struct Gride {
    n1: usize,
    n2: Option<usize>,
    max_neighbors: usize,
}

impl Default for Gride {
    fn default() -> Self {
        Self::new()
    }
}

impl Gride {
    /// The first and the second neighbour; scales up to 64 neighbours.
    pub fn new() -> Self {
        Self { n1: 1, n2: None, max_neighbors: 64 }
    }

    /// The nearer neighbour.
    #[must_use]
    pub fn n1(self, n1: usize) -> Self {
        Self { n1, ..self }
    }

    /// The farther neighbour, $2 n_1$ unless set.
    #[must_use]
    pub fn n2(self, n2: usize) -> Self {
        Self { n2: Some(n2), ..self }
    }

    /// The most neighbours that [`scales`](Self::scales) looks at; fewer if the cloud has fewer.
    #[must_use]
    pub fn max_neighbors(self, max_neighbors: usize) -> Self {
        Self { max_neighbors, ..self }
    }

    /// The estimate of a cloud; repeated points are dropped first.
    ///
    /// # Errors
    ///
    /// See [`Gride`].
    pub fn estimate<S: Scalar>(&self, cloud: &PointCloud<S>) -> Result<Estimate, Error> {
        let n2 = self.farther()?;
        estimate_distinct(cloud, n2, |_, table| self.estimate_from_neighbors(table))
    }

    /// The estimate from a table of at least `n2` neighbours; points whose neighbour number `n1` coincides with them are
    /// dropped.
    ///
    /// # Errors
    ///
    /// See [`Gride`].
    pub fn estimate_from_neighbors(&self, table: &NeighborTable) -> Result<Estimate, Error> {
        let n2 = self.farther()?;
        if n2 > table.n_neighbors() {
            let allowed = "above `n1`, and at most the neighbours of the table";
            return Err(SettingKind::OutOfRange { argument: "n2", value: n2 as f64, allowed }.into());
        }
        let likelihood = RatioLikelihood::new("gride", table, self.n1, n2);
        let maximum = likelihood.maximum()?;
        Ok(likelihood.estimate(maximum, maximum))
    }

    /// The estimates of a cloud at $n_1$ = 1, 2, 4, … as far as the neighbours reach, see
    /// [`scales_from_neighbors`](Self::scales_from_neighbors); repeated points are dropped first.
    ///
    /// # Errors
    ///
    /// See [`Gride`].
    ///
    /// # Examples
    ///
    /// ```
    /// use topolens::{Gride, synthetic};
    ///
    /// let scales = Gride::new().max_neighbors(16).scales(&synthetic::uniform_cube(500, 2, 0)?)?;
    /// assert_eq!(scales.iter().map(|scale| scale.n_neighbors).collect::<Vec<_>>(), [2, 4, 8, 16]);
    /// assert!(scales[0].distance < scales[3].distance);
    /// # Ok::<(), topolens::Error>(())
    /// ```
    pub fn scales<S: Scalar>(&self, cloud: &PointCloud<S>) -> Result<Vec<ScaleEstimate>, Error> {
        let (distinct, n_dropped) = cloud.distinct();
        let n_neighbors = self.max_neighbors.min(distinct.n_points().saturating_sub(1)).max(2);
        let mut scales = self.scales_from_neighbors(&NeighborTable::new(&*distinct, n_neighbors)?)?;
        for scale in &mut scales {
            scale.estimate.n_dropped += n_dropped;
        }
        Ok(scales)
    }

    /// The estimates at $n_1$ = 1, 2, 4, … as long as $2 n_1$ neighbours are in the table and wanted, whatever `n1` and `n2`: how
    /// the dimension depends on the scale.
    ///
    /// # Errors
    ///
    /// See [`Gride`].
    pub fn scales_from_neighbors(&self, table: &NeighborTable) -> Result<Vec<ScaleEstimate>, Error> {
        let most = self.max_neighbors.min(table.n_neighbors());
        if most < 2 {
            let (argument, value) = ("max_neighbors", most as f64);
            let allowed = "2 or more, and the table must have 2 neighbours";
            return Err(SettingKind::OutOfRange { argument, value, allowed }.into());
        }
        let orders = std::iter::successors(Some(1), |n1| Some(2 * n1)).take_while(|n1| 2 * n1 <= most);
        let scale = |n1: usize| {
            let estimate = Self::new().n1(n1).estimate_from_neighbors(table)?;
            let total: f64 = (0..table.n_points()).map(|i| table.distances(i)[2 * n1 - 1]).sum();
            Ok(ScaleEstimate { n_neighbors: 2 * n1, distance: total / table.n_points() as f64, estimate })
        };
        orders.map(scale).collect()
    }

    fn farther(&self) -> Result<usize, Error> {
        let n2 = self.n2.unwrap_or(self.n1.saturating_mul(2));
        if self.n1 == 0 || self.n1 >= n2 {
            let (argument, value) = ("n1", self.n1 as f64);
            return Err(SettingKind::OutOfRange { argument, value, allowed: "from 1 to below `n2`" }.into());
        }
        Ok(n2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{TwoNn, TwoNnFit, synthetic};

    #[test]
    fn the_first_scale_is_two_nn() {
        let cloud = synthetic::gaussian(200, 5, 1).unwrap();
        let two_nn = TwoNn::new().fit(TwoNnFit::MaximumLikelihood).estimate(&cloud).unwrap();
        let gride = Gride::new().estimate(&cloud).unwrap();
        assert!((gride.value / two_nn.value - 1.0).abs() < 1e-12);
        assert!((gride.standard_error / two_nn.standard_error - 1.0).abs() < 1e-12);
    }

    #[test]
    fn settings_out_of_range_and_lattices_are_errors() {
        let cloud = synthetic::gaussian(10, 2, 1).unwrap();
        for (gride, argument) in [
            (Gride::new().n1(0), "`n1`"),
            (Gride::new().n1(3).n2(3), "`n1`"),
            (Gride::new().n1(5), "`n_neighbors`"),
        ] {
            let error = gride.estimate(&cloud).unwrap_err();
            assert!(error.to_string().contains(argument), "{error}");
        }
        let table = NeighborTable::new(&cloud, 3).unwrap();
        assert!(Gride::new().n1(2).estimate_from_neighbors(&table).unwrap_err().to_string().contains("`n2`"));
        assert!(Gride::new().max_neighbors(1).scales_from_neighbors(&table).is_err());
        let corners = PointCloud::new(vec![0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0], 4, 2).unwrap();
        assert!(Gride::new().estimate(&corners).unwrap_err().is_undefined());
    }

    #[test]
    fn a_torus_has_dimension_two_at_all_scales() {
        let cloud = synthetic::clifford_torus(4000, 3).unwrap();
        let repeated = cloud.select(&(0..4000).chain(0..10).collect::<Vec<_>>()).unwrap();
        let scales = Gride::new().max_neighbors(33).scales(&repeated).unwrap();
        assert_eq!(scales.len(), 5);
        for scale in scales {
            assert_eq!((scale.estimate.n_points, scale.estimate.n_dropped), (4000, 10));
            assert!((scale.estimate.value - 2.0).abs() < 0.07, "{scale:?}");
        }
    }
}
