//! The dissimilarities of two rows of a cloud.

#[allow(clippy::module_inception, reason = "the file is named for the noun it defines")]
mod metric;
mod norm;
mod unit_rows;

pub use metric::Metric;
pub(crate) use norm::{Chebyshev, Euclidean, HalfSquare, Manhattan, Norm, distances_to};
pub(crate) use unit_rows::{centred_unit_rows, unit_rows};
