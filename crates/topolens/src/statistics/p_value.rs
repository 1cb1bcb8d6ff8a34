//! Two-sided p-values of correlations and where they come from.

use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

/// The distribution behind a p-value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PValueMethod {
    /// All orders of one variable are equally likely: exact, with or without ties.
    Permutations,
    /// Student's t of the coefficient: exact for independent normal variables, an approximation for ranks.
    StudentsT,
    /// The normal approximation.
    Normal,
}

impl PValueMethod {
    /// The distribution's name: `permutations`, `students-t` or `normal`.
    ///
    /// # Examples
    ///
    /// ```
    /// use topolens::statistics::kendall_correlation;
    ///
    /// let correlation = kendall_correlation(&[1.0, 2.0, 3.0, 4.0], &[1.0, 3.0, 2.0, 4.0])?;
    /// assert_eq!(correlation.method.name(), "permutations");
    /// # Ok::<(), topolens::Error>(())
    /// ```
    pub fn name(self) -> &'static str {
        match self {
            Self::Permutations => "permutations",
            Self::StudentsT => "students-t",
            Self::Normal => "normal",
        }
    }
}

/// $P(|T| \ge |t|)$ of $t = r \sqrt{\nu / (1 - r^2)}$ with $\nu$ degrees of freedom; 1 without any.
pub(super) fn students_t_p_value(correlation: f64, degrees_of_freedom: usize) -> f64 {
    let freedom = degrees_of_freedom as f64;
    let t = correlation.abs() * (freedom / (1.0 - correlation * correlation).max(0.0)).sqrt();
    if t.is_infinite() {
        return 0.0;
    }
    StudentsT::new(0.0, 1.0, freedom).map_or(1.0, |distribution| (2.0 * distribution.sf(t)).min(1.0))
}

/// $P(|Z| \ge |z|)$.
pub(super) fn normal_p_value(z: f64) -> f64 {
    (2.0 * Normal::standard().sf(z.abs())).min(1.0)
}

/// The ends of the interval $\tanh(\operatorname{artanh} r \pm 1.96 \sigma)$; all of −1 to 1 where `variance` is not positive and
/// finite, none where $r$ is ±1 up to rounding: $\operatorname{artanh} r$ is infinite, and its interval would be of no width.
pub(super) fn fisher_interval(correlation: f64, variance: f64) -> [Option<f64>; 2] {
    const ROUNDING: f64 = 1e-12;
    if !(variance > 0.0 && variance.is_finite()) {
        return [Some(-1.0), Some(1.0)];
    }
    if 1.0 - correlation.abs() < ROUNDING {
        return [None; 2];
    }
    let half_width = super::NORMAL_97_5 * variance.sqrt();
    [-half_width, half_width].map(|half_width| Some((correlation.atanh() + half_width).tanh()))
}
