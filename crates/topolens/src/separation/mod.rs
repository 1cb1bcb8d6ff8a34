//! How far classes are apart, and what a number would be without structure.

mod neural_collapse;
mod null;

pub use neural_collapse::neural_collapse;
pub use null::{NullRatio, column_permuted, lifespans_sum_over_null};
