//! Regression, correlation, tests and resampling, with their intervals.

mod bootstrap;
mod correlation;
mod delong;
mod granulated;
mod half_samples;
mod kendall;
mod mean;
mod multiple_testing;
mod mutual_information;
mod p_value;
mod partial;
mod permutations;
mod power_law;
mod quantile;
mod ranks;
mod regression;
mod ridge;
mod roc;
mod spearman;

pub use bootstrap::{Bootstrap, BootstrapInterval};
pub use correlation::{Correlation, pearson_correlation};
pub use delong::{RocArea, RocComparison, compare_roc_areas, roc_area};
pub use granulated::{GranulatedKendall, granulated_kendall};
pub use half_samples::{half_samples, relative_spread};
pub use kendall::kendall_correlation;
pub use mean::{Mean, mean};
pub use multiple_testing::MultipleTesting;
pub use mutual_information::{ConditionalInformation, conditional_information};
pub use p_value::PValueMethod;
pub use partial::{partial_correlation, partial_spearman_correlation};
pub use power_law::{PowerLaw, power_law};
pub use quantile::{NORMAL_97_5, students_t_quantile};
pub use regression::{LinearFit, linear_regression};
pub use ridge::{RidgeFit, ridge_regression};
pub use roc::{RocCurve, RocPoint};
pub use spearman::spearman_correlation;
