//! Fewer points: drawn at random, or spread out as landmarks.

mod landmarks;
mod random;

pub use landmarks::{Landmarks, furthest_point_landmarks};
pub(crate) use random::{members, shuffled};
pub use random::{stratified_subsample, subsample};
