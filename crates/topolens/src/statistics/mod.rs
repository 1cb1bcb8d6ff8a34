//! Regression, correlation and resampling, with their intervals.

mod correlation;
mod half_samples;
mod mean;
mod quantile;
mod regression;

pub use correlation::{Correlation, pearson_correlation};
pub use half_samples::{half_samples, relative_spread};
pub use mean::{Mean, mean};
pub use quantile::{NORMAL_97_5, students_t_quantile};
pub use regression::{LinearFit, linear_regression};
