//! A measured number with its interval.

use crate::Estimate;
use crate::statistics::{relative_spread, students_t_quantile};

/// The value of a descriptor and its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measurement {
    /// The value.
    pub value: f64,
    /// The lower end of the interval, if known and finite.
    pub lower: Option<f64>,
    /// The upper end of the interval, if known and finite.
    pub upper: Option<f64>,
}

impl Measurement {
    /// A value whose relative standard error is that of half samples: Student's t on their number less one.
    pub(super) fn from_half_samples(value: f64, halves: &[f64]) -> Self {
        let t = students_t_quantile(0.975, halves.len().saturating_sub(1));
        let half_width = relative_spread(halves).map(|error| value.abs() * error * t);
        let half_width = half_width.filter(|half_width| half_width.is_finite());
        let (lower, upper) = (half_width.map(|half| value - half), half_width.map(|half| value + half));
        Self { value, lower, upper }
    }
}

impl From<Estimate> for Measurement {
    fn from(estimate: Estimate) -> Self {
        let finite = |end: f64| Some(end).filter(|end| end.is_finite());
        Self { value: estimate.value, lower: finite(estimate.lower), upper: finite(estimate.upper) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_relative_to_the_half_samples() {
        // Mean 10, standard deviation 1: 10 % of 20, times t = 4.302653 with 2 degrees of freedom.
        let measurement = Measurement::from_half_samples(20.0, &[9.0, 10.0, 11.0]);
        assert!((measurement.upper.unwrap() - 20.0 - 2.0 * 4.302_653).abs() < 1e-5);
        assert_eq!(Measurement::from_half_samples(20.0, &[9.0]).lower, None);
        assert_eq!(Measurement::from_half_samples(0.0, &[]).upper, None);
    }
}
