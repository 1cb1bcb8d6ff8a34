//! Estimators of intrinsic dimension.

mod estimate;
mod mle;
mod persistent;
mod two_nn;

pub use estimate::Estimate;
pub use mle::Mle;
pub use persistent::{PersistentDimension, PersistentDimensionEstimate, SizeSum};
pub use two_nn::{TwoNn, TwoNnFit};
