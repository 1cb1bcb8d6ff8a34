//! A lifespans sum beside that of null clouds.

use rayon::prelude::*;

use super::null_cloud::Null;
use crate::error::{Error, InputKind, SettingKind, Undefined};
use crate::statistics::{half_samples, mean, relative_spread, students_t_quantile};
use crate::{PointCloud, Scalar, minimum_spanning_tree};

/// A lifespans sum over its mean under the null.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct NullRatio {
    /// $E / \bar E_{\text{null}}$.
    pub value: f64,
    /// The lower end of the 95 % interval.
    pub lower: Option<f64>,
    /// The upper end.
    pub upper: Option<f64>,
}

/// $E_\alpha^0$ of a cloud over the mean $E_\alpha^0$ of null clouds of as many points and features.
///
/// $E$ falls with the number of features, the number of points and the shape of the marginals; the ratio compares like
/// with like.
///
/// The interval joins the relative error of $E$, from half samples, and that of the mean over the null clouds. There is none with fewer than two half
/// samples.
///
/// # Units
///
/// Dimensionless.
///
/// # Errors
///
/// If there is no null cloud, one differs in its number of points, or all points coincide.
///
/// # Complexity
///
/// A spanning tree for every cloud and half sample, in parallel.
///
/// # Examples
///
/// ```
/// use topolens::{Null, OverNull, synthetic::GaussianClusters};
///
/// let (clusters, _) = GaussianClusters::new(10, 30, 16).spread(0.1).sample(0)?;
/// let ratio = OverNull::new().null(Null::Gaussian).n_nulls(4).ratio(&clusters)?;
/// assert!(ratio.value < 0.5);
/// # Ok::<(), topolens::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct OverNull {
    null: Null,
    n_nulls: usize,
    n_half_samples: usize,
    alpha: f64,
    seed: u64,
}

impl Default for OverNull {
    fn default() -> Self {
        Self::new()
    }
}

impl OverNull {
    /// 8 clouds of permuted columns, 8 half samples, $\alpha = 1$, seed 0.
    pub fn new() -> Self {
        Self { null: Null::PermutedColumns, n_nulls: 8, n_half_samples: 8, alpha: 1.0, seed: 0 }
    }

    /// What the null clouds keep of the cloud.
    #[must_use]
    pub fn null(self, null: Null) -> Self {
        Self { null, ..self }
    }

    /// The number of null clouds.
    #[must_use]
    pub fn n_nulls(self, n_nulls: usize) -> Self {
        Self { n_nulls, ..self }
    }

    /// The number of half samples behind the interval.
    #[must_use]
    pub fn half_samples(self, n_half_samples: usize) -> Self {
        Self { n_half_samples, ..self }
    }

    /// The exponent of the lifespans.
    #[must_use]
    pub fn alpha(self, alpha: f64) -> Self {
        Self { alpha, ..self }
    }

    /// The seed of null clouds and half samples.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// The ratio of a cloud.
    ///
    /// # Errors
    ///
    /// See [`OverNull`].
    pub fn ratio<S: Scalar>(&self, cloud: &PointCloud<S>) -> Result<NullRatio, Error> {
        // Seeds of the null clouds: their columns take the streams.
        let seeds = (0..self.n_nulls as u64).into_par_iter().map(|null| self.seed.wrapping_add(null));
        let sums = seeds.map(|seed| Ok(self.sum(&self.null.sample(cloud, seed)?)));
        let sums = sums.collect::<Result<Vec<f64>, Error>>()?;
        self.over(cloud, &sums)
    }

    /// The ratio to given null clouds, such as those of the same inputs in untrained networks.
    ///
    /// # Errors
    ///
    /// See [`OverNull`].
    ///
    /// # Examples
    ///
    /// ```
    /// use topolens::{OverNull, synthetic};
    ///
    /// let (trained, untrained) = (synthetic::sphere(200, 2, 0)?, synthetic::uniform_cube(200, 3, 0)?);
    /// assert!(OverNull::new().ratio_to(&trained, &[untrained])?.value > 0.5);
    /// # Ok::<(), topolens::Error>(())
    /// ```
    pub fn ratio_to<S: Scalar>(
        &self,
        cloud: &PointCloud<S>,
        nulls: &[PointCloud<S>],
    ) -> Result<NullRatio, Error> {
        let expected = cloud.n_points();
        if let Some(other) = nulls.iter().find(|null| null.n_points() != expected) {
            let got = other.n_points();
            return Err(InputKind::ShapeMismatch { argument: "nulls", expected, got }.into());
        }
        let sums: Vec<f64> = nulls.par_iter().map(|null| self.sum(null)).collect();
        self.over(cloud, &sums)
    }

    fn sum<S: Scalar>(&self, cloud: &PointCloud<S>) -> f64 {
        minimum_spanning_tree(cloud).lifespans_sum(self.alpha)
    }

    fn over<S: Scalar>(&self, cloud: &PointCloud<S>, sums: &[f64]) -> Result<NullRatio, Error> {
        if sums.is_empty() {
            let (argument, value) = ("n_nulls", 0.0);
            return Err(SettingKind::OutOfRange { argument, value, allowed: "1 or more" }.into());
        }
        let null = mean(sums)?;
        if null.value <= 0.0 {
            let reason = Undefined::ZeroSum { n_points: cloud.n_points() };
            return Err(Error::undefined("lifespans-sum-over-null", reason));
        }
        let value = self.sum(cloud) / null.value;
        let null_error = null.standard_error.map_or(0.0, |error| error / null.value);
        let halves = self.half_sums(cloud).unwrap_or_default();
        let t = students_t_quantile(0.975, halves.len().saturating_sub(1));
        let half_width = relative_spread(&halves).map(|error| value * error.hypot(null_error) * t);
        let half_width = half_width.filter(|half_width| half_width.is_finite());
        let (lower, upper) = (half_width.map(|half| value - half), half_width.map(|half| value + half));
        Ok(NullRatio { value, lower, upper })
    }

    /// Too few points for halves leave the ratio without an interval.
    fn half_sums<S: Scalar>(&self, cloud: &PointCloud<S>) -> Result<Vec<f64>, Error> {
        let halves = half_samples(cloud.n_points(), self.n_half_samples, self.seed)?;
        halves.par_iter().map(|half| Ok(self.sum(&cloud.select(half)?))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic;
    use crate::synthetic::GaussianClusters;

    #[test]
    fn what_is_its_own_null_has_ratio_one() {
        let cube = synthetic::uniform_cube(400, 6, 2).unwrap();
        let gaussian = synthetic::gaussian(400, 6, 2).unwrap();
        for (cloud, null) in [(cube, Null::PermutedColumns), (gaussian, Null::Gaussian)] {
            let ratio = OverNull::new().null(null).ratio(&cloud).unwrap();
            assert!((ratio.value - 1.0).abs() < 0.03, "{ratio:?}");
            assert!(ratio.lower.unwrap() < 1.0 && ratio.upper.unwrap() > 1.0, "{ratio:?}");
            let same = OverNull::new().ratio_to(&cloud, &[cloud.clone(), cloud.clone()]).unwrap();
            assert!((same.value - 1.0).abs() < 1e-12);
        }
    }

    /// Correlation leaves marginals alone: the one null keeps it, the other does not.
    #[test]
    fn nulls_differ_in_what_they_keep() {
        let base = synthetic::gaussian(400, 3, 5).unwrap();
        let values = base.points().flat_map(|p| [p[0], p[0] + 0.05 * p[1], p[0] + 0.05 * p[2]]);
        let line = PointCloud::new(values.collect(), 400, 3).unwrap();
        let of = |null| OverNull::new().null(null).ratio(&line).unwrap().value;
        assert!(of(Null::PermutedColumns) < 0.4, "{}", of(Null::PermutedColumns));
        assert!((of(Null::Gaussian) - 1.0).abs() < 0.1, "{}", of(Null::Gaussian));
        let (clusters, _) = GaussianClusters::new(10, 40, 16).spread(0.05).sample(0).unwrap();
        assert!(OverNull::new().null(Null::Gaussian).ratio(&clusters).unwrap().upper.unwrap() < 0.3);
    }

    /// The interval holds the ratio of the means in about 95 of 100 clouds.
    #[test]
    fn the_interval_covers() {
        let of = |seed| {
            OverNull::new().seed(7 * seed).ratio(&synthetic::clifford_torus(150, seed).unwrap()).unwrap()
        };
        let found: Vec<NullRatio> = (0..100).map(of).collect();
        let mean = found.iter().map(|ratio| ratio.value).sum::<f64>() / 100.0;
        let covers = |ratio: &&NullRatio| ratio.lower.unwrap() < mean && mean < ratio.upper.unwrap();
        let covered = found.iter().filter(covers).count();
        assert!((85..=100).contains(&covered), "{covered}");
    }

    #[test]
    fn no_nulls_one_location_and_other_numbers_of_points_are_errors() {
        let cloud = PointCloud::new(vec![2.0; 6], 3, 2).unwrap();
        assert!(OverNull::new().n_nulls(0).ratio(&cloud).is_err());
        assert!(OverNull::new().ratio(&cloud).unwrap_err().is_undefined());
        let two = PointCloud::new(vec![2.0, 1.0, 1.0, 4.0], 2, 2).unwrap();
        assert!(
            OverNull::new()
                .ratio_to(&cloud, std::slice::from_ref(&two))
                .unwrap_err()
                .to_string()
                .contains("`nulls`")
        );
        let alone = OverNull::new().half_samples(0).ratio(&two).unwrap();
        assert_eq!((alone.lower, alone.upper), (None, None));
    }
}
