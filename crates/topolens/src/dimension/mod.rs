//! Estimators of intrinsic dimension.

mod corr_int;
mod estimate;
mod gride;
mod lid;
mod mada;
mod mind_ml;
mod mle;
mod mom;
mod persistent;
mod pointwise;
mod ratio_likelihood;
mod tle;
mod translated;
mod two_nn;

pub use corr_int::CorrInt;
pub use estimate::Estimate;
pub use gride::{Gride, GrideScale};
pub use lid::Lid;
pub use mada::Mada;
pub use mind_ml::{MindMl, MindMlDimensions};
pub use mle::{Mle, MlePooling};
pub use mom::Mom;
pub use persistent::{PersistentDimension, PersistentDimensionEstimate, SizeSum};
pub use tle::Tle;
pub use two_nn::{TwoNn, TwoNnFit};
