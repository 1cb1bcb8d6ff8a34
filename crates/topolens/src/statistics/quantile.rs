//! Quantiles behind the intervals.

use statrs::distribution::{ContinuousCDF, StudentsT};

/// The 97.5 % quantile of the standard normal distribution: half the width of a 95 % interval in standard errors.
pub const NORMAL_97_5: f64 = 1.959_963_984_540_054;

/// The quantile of Student's t distribution at `probability`; NaN unless there is at least one degree of freedom.
///
/// # Examples
///
/// ```
/// use topolens::statistics::students_t_quantile;
///
/// assert!((students_t_quantile(0.975, 6) - 2.446_912).abs() < 1e-6);
/// ```
pub fn students_t_quantile(probability: f64, degrees_of_freedom: usize) -> f64 {
    StudentsT::new(0.0, 1.0, degrees_of_freedom as f64).map_or(f64::NAN, |t| t.inverse_cdf(probability))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equals_printed_tables() {
        for (degrees, quantile) in [(1, 12.7062), (2, 4.30265), (7, 2.36462), (30, 2.04227), (1000, 1.96234)]
        {
            assert!((students_t_quantile(0.975, degrees) / quantile - 1.0).abs() < 1e-5, "{degrees}");
            assert!((students_t_quantile(0.025, degrees) / quantile + 1.0).abs() < 1e-5, "{degrees}");
        }
        assert!(students_t_quantile(0.975, 0).is_nan());
    }
}
