//! Estimators of intrinsic dimension.

mod corr_int;
mod dimensions;
mod ess;
mod estimate;
mod gride;
mod lid;
mod local_pca;
mod mada;
mod magnitude;
mod mind_ml;
mod mle;
mod mom;
mod persistent;
mod pointwise;
mod ratio_likelihood;
mod registry;
mod spectrum;
mod tle;
mod translated;
mod two_nn;

pub use corr_int::CorrInt;
pub use dimensions::{Dimensions, NamedEstimate};
pub use ess::{Ess, EssVersion};
pub use estimate::{Estimate, ScaleEstimate};
pub use gride::Gride;
pub use lid::Lid;
pub use local_pca::{LocalPca, PcaRule};
pub use mada::Mada;
pub use magnitude::{MagnitudeDimension, magnitude, positive_magnitude};
pub use mind_ml::{MindMl, MindMlDimensions};
pub use mle::{Mle, MlePooling};
pub use mom::Mom;
pub use persistent::{PersistentDimension, PersistentDimensionEstimate, SizeSum};
pub use registry::{DimensionEstimator, dimension_estimators};
pub use tle::Tle;
pub use two_nn::{TwoNn, TwoNnFit};
