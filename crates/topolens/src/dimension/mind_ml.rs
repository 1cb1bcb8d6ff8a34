//! The minimum-neighbour-distance estimators of Rozza et al.

use super::Estimate;
use super::pointwise::{check_n_neighbors, estimate_distinct};
use super::ratio_likelihood::RatioLikelihood;
use crate::error::{Error, SettingKind};
use crate::{NeighborTable, PointCloud, Scalar};

/// Which dimensions [`MindMl`] allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum MindMlDimensions {
    /// All real numbers: MiND_MLk.
    #[default]
    Real,
    /// 1, 2, 3, …: MiND_MLi.
    Integer,
}

/// Maximum likelihood of the ratio $\rho = r_1 / r_{k+1}$ of the distances to the nearest and the (k+1)-th neighbour.
///
/// Within a ball around a point the nearest of k uniform points is at relative distance $\rho$ with density
/// $g(\rho; d) = k d \rho^{d-1} (1 - \rho^d)^{k-1}$, and the estimate maximises $\sum_i \ln g(\rho_i; d)$. That is
/// [`Gride`](crate::Gride) with $n_1 = 1$ and $n_2 = k + 1$; the logarithm is concave, so the best integer is next to the best
/// real number.
///
/// There is no bound on the dimension unless [`max_dimension`](Self::max_dimension) sets one (scikit-dimension stops at 10 unless
/// told otherwise). The standard error is that of the observed Fisher information of the real maximum, times 1.3 since
/// neighbours share neighbours (simulated); an integer estimate has the rounding on top of it.
///
/// # Errors
///
/// If `n_neighbors` is 0, if k + 1 is not below the number of distinct points, or if almost all neighbours are equally far.
///
/// # Complexity
///
/// $O(n^2 D)$ for the neighbours, $O(n)$ for each step of the bisection.
///
/// # Examples
///
/// ```
/// use topolens::{MindMl, MindMlDimensions, synthetic};
///
/// let plane = synthetic::uniform_cube(1000, 2, 0)?;
/// assert!((MindMl::new().estimate(&plane)?.value - 2.0).abs() < 0.2);
/// assert_eq!(MindMl::new().dimensions(MindMlDimensions::Integer).estimate(&plane)?.value, 2.0);
/// # Ok::<(), topolens::Error>(())
/// ```
///
/// # References
///
/// bib: `rozza2012`
#[derive(Debug, Clone)]
pub struct MindMl {
    n_neighbors: usize,
    dimensions: MindMlDimensions,
    max_dimension: Option<usize>,
}

impl Default for MindMl {
    fn default() -> Self {
        Self::new()
    }
}

impl MindMl {
    /// 20 neighbours, real dimensions without bound.
    pub fn new() -> Self {
        Self { n_neighbors: 20, dimensions: MindMlDimensions::Real, max_dimension: None }
    }

    /// The number of neighbours, k; the table needs one more.
    #[must_use]
    pub fn n_neighbors(self, n_neighbors: usize) -> Self {
        Self { n_neighbors, ..self }
    }

    /// Real or integer dimensions.
    #[must_use]
    pub fn dimensions(self, dimensions: MindMlDimensions) -> Self {
        Self { dimensions, ..self }
    }

    /// The largest dimension allowed.
    #[must_use]
    pub fn max_dimension(self, max_dimension: usize) -> Self {
        Self { max_dimension: Some(max_dimension), ..self }
    }

    /// The estimate of a cloud; repeated points are dropped first.
    ///
    /// # Errors
    ///
    /// See [`MindMl`].
    pub fn estimate<S: Scalar>(&self, cloud: &PointCloud<S>) -> Result<Estimate, Error> {
        estimate_distinct(cloud, self.n_neighbors + 1, |_, table| self.estimate_from_neighbors(table))
    }

    /// The estimate from a table of at least `n_neighbors` + 1 neighbours; points that coincide with a neighbour are dropped.
    ///
    /// # Errors
    ///
    /// See [`MindMl`].
    pub fn estimate_from_neighbors(&self, table: &NeighborTable) -> Result<Estimate, Error> {
        let k = self.n_neighbors;
        let allowed = "1 or more, and below that of the table";
        check_n_neighbors(k, 1, table, allowed)?;
        check_n_neighbors(k + 1, 1, table, allowed)?;
        if self.max_dimension == Some(0) {
            let (argument, value) = ("max_dimension", 0.0);
            return Err(SettingKind::OutOfRange { argument, value, allowed: "1 or more" }.into());
        }
        let likelihood = RatioLikelihood::new("mind-ml", table, 1, k + 1);
        let maximum = likelihood.maximum()?;
        let bound = self.max_dimension.map_or(f64::INFINITY, |most| most as f64);
        let value = match self.dimensions {
            MindMlDimensions::Real => maximum,
            MindMlDimensions::Integer => better_integer(&likelihood, maximum),
        };
        Ok(likelihood.estimate(value.min(bound), maximum))
    }
}

/// The more likely of the integers next to the maximum, at least 1; the smaller if they are equally likely.
fn better_integer(likelihood: &RatioLikelihood, maximum: f64) -> f64 {
    let lower = maximum.floor().max(1.0);
    if likelihood.logarithm(lower + 1.0) > likelihood.logarithm(lower) { lower + 1.0 } else { lower }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic;

    #[test]
    fn is_bounded_only_on_request() {
        let cloud = synthetic::gaussian(400, 20, 2).unwrap();
        let free = MindMl::new().estimate(&cloud).unwrap();
        let bounded = MindMl::new().max_dimension(10).estimate(&cloud).unwrap();
        assert!(free.value > 11.0 && bounded.value == 10.0);
        let integer = MindMl::new().dimensions(MindMlDimensions::Integer).estimate(&cloud).unwrap();
        assert!((integer.value - free.value).abs() < 1.0 && integer.value.fract() == 0.0);
    }

    #[test]
    fn a_line_has_at_least_dimension_one() {
        let line = synthetic::uniform_cube(200, 1, 3).unwrap();
        let estimate = MindMl::new().n_neighbors(5).dimensions(MindMlDimensions::Integer).estimate(&line);
        assert_eq!(estimate.unwrap().value, 1.0);
    }

    #[test]
    fn settings_out_of_range_are_errors() {
        let cloud = synthetic::gaussian(10, 2, 2).unwrap();
        assert!(MindMl::new().n_neighbors(9).estimate(&cloud).is_err());
        assert!(MindMl::new().n_neighbors(0).estimate(&cloud).is_err());
        assert!(MindMl::new().n_neighbors(5).max_dimension(0).estimate(&cloud).is_err());
        let table = NeighborTable::new(&cloud, 5).unwrap();
        let error = MindMl::new().n_neighbors(5).estimate_from_neighbors(&table).unwrap_err();
        assert!(error.to_string().contains("`n_neighbors`"), "{error}");
    }
}
