//! What every estimator of intrinsic dimension returns.

use crate::statistics::NORMAL_97_5;

/// How much larger the spread of neighbour-ratio estimates is than for independent points: neighbours share
/// neighbours. Simulated on flat tori of dimension 2 to 10 with 400 and 1600 points and 2 to 40 neighbours: 1.17 to
/// 1.50, without trend.
const DEPENDENCE: f64 = 1.3;

/// An intrinsic dimension with its uncertainty.
///
/// The interval is about sampling only: estimators underestimate high dimensions however narrow it is.
///
/// # Units
///
/// Dimensionless.
///
/// # Examples
///
/// ```
/// use topolens::{TwoNn, synthetic};
///
/// let estimate = TwoNn::new().estimate(&synthetic::uniform_cube(500, 2, 0)?)?;
/// assert!(estimate.lower < estimate.value && estimate.value < estimate.upper);
/// # Ok::<(), topolens::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Estimate {
    /// The estimated dimension.
    pub value: f64,
    /// The standard error of the value.
    pub standard_error: f64,
    /// The lower end of the 95 % interval.
    pub lower: f64,
    /// The upper end of the 95 % interval; infinite where the interval is unbounded.
    pub upper: f64,
    /// The number of points used.
    pub n_points: usize,
    /// The number of points left out because they repeat another.
    pub n_dropped: usize,
}

/// An intrinsic dimension at one scale.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct ScaleEstimate {
    /// The neighbours that reach so far.
    pub n_neighbors: usize,
    /// The mean distance to the farthest of them, in the units of the points.
    pub distance: f64,
    /// The dimension there.
    pub estimate: Estimate,
}

impl Estimate {
    /// A normal interval around an estimate from neighbour ratios, given the relative standard error that it would have
    /// if the points were independent.
    pub(super) fn from_ratios(value: f64, relative_error: f64, n_points: usize, n_dropped: usize) -> Self {
        Self::with_standard_error(value, DEPENDENCE * relative_error * value, n_points, n_dropped)
    }

    /// A normal interval around an estimate of known standard error.
    pub(super) fn with_standard_error(
        value: f64,
        standard_error: f64,
        n_points: usize,
        n_dropped: usize,
    ) -> Self {
        let half_width = NORMAL_97_5 * standard_error;
        let (lower, upper) = ((value - half_width).max(0.0), value + half_width);
        Self { value, standard_error, lower, upper, n_points, n_dropped }
    }

    /// A normal interval around an estimate whose values on random halves of the points are `halves`: their spread is the
    /// standard error (the delete-half jackknife, see [`half_samples`](crate::statistics::half_samples)).
    pub(super) fn from_half_samples(value: f64, halves: &[f64], n_points: usize, n_dropped: usize) -> Self {
        let mean = halves.iter().sum::<f64>() / halves.len() as f64;
        let squares: f64 = halves.iter().map(|half| (half - mean).powi(2)).sum();
        let standard_error = (squares / (halves.len() as f64 - 1.0)).sqrt();
        Self::with_standard_error(value, standard_error, n_points, n_dropped)
    }
}

#[cfg(test)]
mod tests {
    use crate::{Mle, PointCloud, TwoNn, synthetic};

    /// A torus has no boundary, so the spread over seeds is sampling error alone.
    fn assert_standard_error_is_the_spread(estimate: impl Fn(&PointCloud<f64>) -> super::Estimate) {
        let estimates: Vec<_> =
            (0..300).map(|seed| estimate(&synthetic::clifford_torus(200, seed).unwrap())).collect();
        let mean = estimates.iter().map(|e| e.value).sum::<f64>() / 300.0;
        let variance = estimates.iter().map(|e| (e.value - mean).powi(2)).sum::<f64>() / 299.0;
        let stated = estimates.iter().map(|e| e.standard_error).sum::<f64>() / 300.0;
        assert!((0.85..1.15).contains(&(variance.sqrt() / stated)), "{} against {stated}", variance.sqrt());
        let covered = estimates.iter().filter(|e| e.lower < mean && mean < e.upper).count();
        assert!((275..=297).contains(&covered), "{covered} of 300 intervals hold the mean");
    }

    #[test]
    fn standard_errors_are_the_spread_over_clouds() {
        assert_standard_error_is_the_spread(|cloud| TwoNn::new().estimate(cloud).unwrap());
        assert_standard_error_is_the_spread(|cloud| Mle::new().n_neighbors(10).estimate(cloud).unwrap());
    }
}
