//! The maximum-likelihood estimator of Levina and Bickel.

use std::ops::RangeInclusive;

use super::Estimate;
use super::pointwise::{check_n_neighbors, distinct_rows, estimate_distinct, mean_estimate};
use super::translated::log_shrinkage;
use crate::error::{Error, SettingKind, Undefined};
use crate::{NeighborTable, PointCloud, Scalar};

/// How [`Mle`] makes one dimension of those at the single points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum MlePooling {
    /// The inverse of the mean of the inverse dimensions, the maximum likelihood of all points together (MacKay and Ghahramani).
    #[default]
    Harmonic,
    /// The mean of the dimensions (Levina and Bickel); points whose neighbours are all equally far are dropped.
    Mean,
}

/// Maximum likelihood of neighbour distances, pooled over points as MacKay and Ghahramani propose or as [`MlePooling`] says.
///
/// With $T_j$ the distance to the j-th neighbour, a point's inverse dimension is
/// $\hat m_i^{-1} = \frac{1}{k-1} \sum_{j<k} \ln (T_k / T_j)$ and the estimate $\hat m = (\frac1n \sum_i \hat m_i^{-1})^{-1}$.
/// [`unbiased`](Self::unbiased) replaces $k - 1$ by $k - 2$.
///
/// With [`n_neighbors_range`](Self::n_neighbors_range) the pooled estimates of all $k$ in the range are averaged. With
/// [`noise`](Self::noise) the distances $T_j$, $j < k$, are taken for measurements with a normal error of that standard deviation $\sigma$, and
/// each logarithm for its mean over the true distances $r > 0$, as Haro et al. propose:
/// $\frac{\int_0^\infty f(r) \ln (T_k / r)\, dr}{\int_0^\infty f(r)\, dr}$ with $f(r) = e^{-(r - T_j)^2 / 2 \sigma^2}$.
///
/// The standard error is $\hat m / \sqrt n$ times the relative spread of the pointwise terms, times 1.3 since neighbours
/// share neighbours (simulated).
///
/// # Errors
///
/// If `n_neighbors` is below 2 (3 unbiased) or not below the number of distinct points, or if no point has neighbours
/// at different distances, or if `noise` is negative or as large as the distances.
///
/// # Complexity
///
/// $O(n^2 D)$ for the neighbours, $O(nk)$ for the estimate, for a whole range of $k$ as for one.
///
/// # Examples
///
/// ```
/// use topolens::{Mle, synthetic};
///
/// let plane = synthetic::uniform_cube(1000, 2, 0)?;
/// let estimate = Mle::new().n_neighbors(20).estimate(&plane)?;
/// assert!((estimate.value - 2.0).abs() < 0.15);
/// # Ok::<(), topolens::Error>(())
/// ```
///
/// # References
///
/// bib: `levina2004`, `mackay2005`, `haro2008`
#[derive(Debug, Clone)]
pub struct Mle {
    first: usize,
    last: usize,
    is_unbiased: bool,
    pooling: MlePooling,
    noise: f64,
}

impl Default for Mle {
    fn default() -> Self {
        Self::new()
    }
}

impl Mle {
    /// 20 neighbours, the $k - 1$ form pooled by the harmonic mean (as in scikit-dimension), no noise.
    pub fn new() -> Self {
        let pooling = MlePooling::Harmonic;
        Self { first: 20, last: 20, is_unbiased: false, pooling, noise: 0.0 }
    }

    /// The number of neighbours, k.
    #[must_use]
    pub fn n_neighbors(self, n_neighbors: usize) -> Self {
        Self { first: n_neighbors, last: n_neighbors, ..self }
    }

    /// All numbers of neighbours whose estimates are averaged.
    ///
    /// # Examples
    ///
    /// ```
    /// use topolens::{Mle, MlePooling, synthetic};
    ///
    /// let levina_bickel = Mle::new().n_neighbors_range(10..=20).unbiased(true).pooling(MlePooling::Mean);
    /// let estimate = levina_bickel.estimate(&synthetic::uniform_cube(1000, 2, 0)?)?;
    /// assert!((estimate.value - 2.0).abs() < 0.15);
    /// # Ok::<(), topolens::Error>(())
    /// ```
    #[must_use]
    pub fn n_neighbors_range(self, range: RangeInclusive<usize>) -> Self {
        Self { first: *range.start(), last: *range.end(), ..self }
    }

    /// How to pool the points.
    #[must_use]
    pub fn pooling(self, pooling: MlePooling) -> Self {
        Self { pooling, ..self }
    }

    /// The standard deviation of the error of the distances, in their units.
    #[must_use]
    pub fn noise(self, noise: f64) -> Self {
        Self { noise, ..self }
    }

    /// Whether to divide by $k - 2$. That makes the *pointwise* estimates $\hat m_i$ unbiased for a homogeneous Poisson
    /// process; pooled as above, it is the $k - 1$ form that is consistent, and this one is $(k-2)/(k-1)$ times it.
    #[must_use]
    pub fn unbiased(self, is_unbiased: bool) -> Self {
        Self { is_unbiased, ..self }
    }

    /// The pooled estimate of a cloud; repeated points are dropped first.
    ///
    /// # Errors
    ///
    /// See [`Mle`].
    pub fn estimate<S: Scalar>(&self, cloud: &PointCloud<S>) -> Result<Estimate, Error> {
        estimate_distinct(cloud, self.last, |_, table| self.estimate_from_neighbors(table))
    }

    /// The pooled estimate from a table with at least `n_neighbors` neighbours; points at distance 0 from a neighbour
    /// are dropped.
    ///
    /// # Errors
    ///
    /// See [`Mle`].
    pub fn estimate_from_neighbors(&self, table: &NeighborTable) -> Result<Estimate, Error> {
        let inverses = self.inverse_dimensions(table)?;
        match self.pooling {
            MlePooling::Harmonic => self.harmonic(&inverses, table.n_points()),
            MlePooling::Mean => mean_estimate("mle", &self.averages(&inverses), table.n_points()),
        }
    }

    /// The estimates $\hat m_i$ at the single points, in their order, averaged over the range of k; points at distance 0
    /// from a neighbour are left out. Infinite where all neighbours are equally far.
    ///
    /// # Errors
    ///
    /// If `n_neighbors` is too small, or exceeds the table's.
    ///
    /// # Examples
    ///
    /// ```
    /// use topolens::{Mle, NeighborTable, synthetic};
    ///
    /// let table = NeighborTable::new(&synthetic::uniform_cube(100, 2, 0)?, 10)?;
    /// assert_eq!(Mle::new().n_neighbors(5).pointwise(&table)?.len(), 100);
    /// # Ok::<(), topolens::Error>(())
    /// ```
    pub fn pointwise(&self, table: &NeighborTable) -> Result<Vec<f64>, Error> {
        Ok(self.averages(&self.inverse_dimensions(table)?))
    }

    fn averages(&self, inverses: &[f64]) -> Vec<f64> {
        let average = |point: &[f64]| point.iter().map(|x| x.recip()).sum::<f64>() / point.len() as f64;
        inverses.chunks_exact(self.n_scales()).map(average).collect()
    }

    fn n_scales(&self) -> usize {
        self.last - self.first + 1
    }

    /// The mean over k of $(\frac1n \sum_i \hat m_i^{-1})^{-1}$, with the error of the delta method.
    fn harmonic(&self, inverses: &[f64], n_points: usize) -> Result<Estimate, Error> {
        let n_scales = self.n_scales();
        let mut totals = vec![0.0; n_scales];
        for point in inverses.chunks_exact(n_scales) {
            totals.iter_mut().zip(point).for_each(|(total, inverse)| *total += inverse);
        }
        if totals.is_empty() || totals.iter().any(|&total| total <= 0.0) {
            return Err(Error::undefined("mle", Undefined::NoSpread));
        }
        let n = inverses.len() / n_scales;
        let estimates: Vec<f64> = totals.into_iter().map(|total| n as f64 / total).collect();
        let mean = estimates.iter().sum::<f64>() / n_scales as f64;
        let influence = |point: &[f64]| {
            let terms = point.iter().zip(&estimates).map(|(inverse, m)| m * (inverse * m - 1.0));
            terms.sum::<f64>() / n_scales as f64
        };
        let squares: f64 = inverses.chunks_exact(n_scales).map(|point| influence(point).powi(2)).sum();
        Ok(Estimate::from_ratios(mean, squares.sqrt() / n as f64 / mean, n, n_points - n))
    }

    /// The inverse dimensions of all points, for each of them at all k of the range.
    fn inverse_dimensions(&self, table: &NeighborTable) -> Result<Vec<f64>, Error> {
        let least = if self.is_unbiased { 3 } else { 2 };
        let allowed = "2 or more (3 if unbiased), and at most that of the table";
        check_n_neighbors(self.first, least, table, allowed)?;
        check_n_neighbors(self.last, self.first, table, allowed)?;
        if self.noise.is_nan() || self.noise < 0.0 || self.noise.is_infinite() {
            let (argument, value) = ("noise", self.noise);
            return Err(SettingKind::OutOfRange { argument, value, allowed: "0 or more" }.into());
        }
        let mut inverses = Vec::new();
        for distances in distinct_rows(table, self.last) {
            self.push_inverses(distances, least, &mut inverses);
        }
        if self.noise > 0.0 && inverses.iter().any(|&inverse| inverse <= 0.0) {
            return Err(Error::undefined("mle", Undefined::NoiseTooLarge));
        }
        Ok(inverses)
    }

    /// $\sum_{j<k} \ln (T_k / T_j)$ grows with $k$ by $(k - 1) \ln (T_k / T_{k-1})$: one logarithm per neighbour.
    fn push_inverses(&self, distances: &[f64], least: usize, inverses: &mut Vec<f64>) {
        let (mut logarithms, mut shrinkage) = (0.0, 0.0);
        for (k, pair) in (2..).zip(distances.windows(2)) {
            logarithms += (k - 1) as f64 * (pair[1] / pair[0]).ln();
            if self.noise > 0.0 {
                shrinkage += log_shrinkage(pair[0] / self.noise);
            }
            if k >= self.first {
                inverses.push((logarithms + shrinkage) / (k + 1 - least) as f64);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic;

    #[test]
    fn a_range_is_the_mean_of_its_numbers() {
        let table = NeighborTable::new(&synthetic::gaussian(60, 4, 8).unwrap(), 30).unwrap();
        for pooling in [MlePooling::Harmonic, MlePooling::Mean] {
            let mle = Mle::new().pooling(pooling);
            let one = |k| mle.clone().n_neighbors(k).estimate_from_neighbors(&table).unwrap();
            let mean = (7..=12).map(|k| one(k).value).sum::<f64>() / 6.0;
            let range = mle.clone().n_neighbors_range(7..=12).estimate_from_neighbors(&table).unwrap();
            assert!((range.value / mean - 1.0).abs() < 1e-12);
            assert!(
                one(12).standard_error < range.standard_error && range.standard_error < one(7).standard_error
            );
        }
    }

    #[test]
    fn noise_raises_the_inverse_and_too_much_is_an_error() {
        let cloud = synthetic::gaussian(100, 3, 8).unwrap();
        let exact = Mle::new().n_neighbors(10).estimate(&cloud).unwrap();
        let tiny = Mle::new().n_neighbors(10).noise(1e-9).estimate(&cloud).unwrap();
        let noisy = Mle::new().n_neighbors(10).noise(0.05).estimate(&cloud).unwrap();
        assert!((tiny.value / exact.value - 1.0).abs() < 1e-12 && noisy.value < exact.value);
        assert!(Mle::new().n_neighbors(10).noise(50.0).estimate(&cloud).unwrap_err().is_undefined());
        assert!(Mle::new().n_neighbors(10).noise(-1.0).estimate(&cloud).is_err());
    }

    #[test]
    fn ranges_out_of_order_are_errors() {
        let cloud = synthetic::gaussian(30, 3, 8).unwrap();
        #[expect(clippy::reversed_empty_ranges, reason = "the error is the point")]
        let error = Mle::new().n_neighbors_range(9..=5).estimate(&cloud).unwrap_err();
        assert!(error.to_string().contains("`n_neighbors`"), "{error}");
        assert!(Mle::new().n_neighbors(2).unbiased(true).estimate(&cloud).is_err());
    }
}
