//! Estimators of intrinsic dimension.

mod dimensions;
mod estimate;
mod mle;
mod persistent;
mod registry;
mod two_nn;

pub use dimensions::{Dimensions, NamedEstimate};
pub use estimate::{Estimate, ScaleEstimate};
pub use mle::Mle;
pub use persistent::{PersistentDimension, PersistentDimensionEstimate, SizeSum};
pub use registry::{DimensionEstimator, dimension_estimators};
pub use two_nn::{TwoNn, TwoNnFit};
