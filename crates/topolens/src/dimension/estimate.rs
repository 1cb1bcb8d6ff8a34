//! What every estimator of intrinsic dimension returns.

use crate::statistics::NORMAL_97_5;

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

impl Estimate {
    /// A normal interval around the value.
    pub(super) fn normal(value: f64, standard_error: f64, n_points: usize, n_dropped: usize) -> Self {
        let half_width = NORMAL_97_5 * standard_error;
        let (lower, upper) = (value - half_width, value + half_width);
        Self { value, standard_error, lower, upper, n_points, n_dropped }
    }
}
