//! Estimators of intrinsic dimension.

mod ess;
mod estimate;
mod local_pca;
mod mle;
mod persistent;
mod spectrum;
mod two_nn;

pub use ess::{Ess, EssVersion};
pub use estimate::Estimate;
pub use local_pca::{LocalPca, PcaRule};
pub use mle::Mle;
pub use persistent::{PersistentDimension, PersistentDimensionEstimate, SizeSum};
pub use two_nn::{TwoNn, TwoNnFit};
